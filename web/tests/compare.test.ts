// What changed between two days: counted, filtered, marked by its weightiest change, and safe as a table.
import { expect, test } from 'vitest';
import {
  bothWays,
  CHANGES,
  CHANGES_SHOWN,
  compareCsv,
  differences,
  groupByMain,
  mainChange,
  presetRange,
  readingsBetween,
  tallyChanges,
  tellingReason,
  withChanges,
  type Change,
  type CompareEntry,
  type Side,
} from '../src/domain/compare.ts';
import { CHANGE_SIGNS } from '../src/domain/palette.ts';

const reason = { zh: '', en: '' };
const side = (more: Partial<Side> = {}): Side => ({
  stage: 'planned',
  progress: 20,
  light: { colour: 'green', reason },
  due: '2019-12-31',
  ...more,
});
const entry = (project: string, what: Change[], more: Partial<CompareEntry> = {}): CompareEntry => ({
  project,
  name: { zh: project, en: project },
  kind: 'road',
  section: 's4',
  what,
  before: side(),
  after: side(),
  moved_m: null,
  bbox: null,
  ...more,
});
const entries = [
  entry('a', ['added'], { before: null }),
  entry('b', ['advanced', 'light']),
  entry('c', ['slipped', 'due']),
  entry('d', ['moved', 'advanced'], { moved_m: 34.2 }),
];

test('a project counts under each of its changes', () => {
  expect(tallyChanges(entries)).toEqual({ added: 1, dropped: 0, advanced: 2, slipped: 1, moved: 1, light: 1, due: 1 });
});

test('no filter leaves all; a filter leaves those with any of its changes', () => {
  const ids = (...chosen: Change[]) =>
    withChanges(entries, chosen)
      .map((e) => e.project)
      .join('');
  expect([ids(), ids('advanced'), ids('due', 'added'), ids('dropped')]).toEqual(['abcd', 'bd', 'ac', '']);
});

test('the weightiest change marks the project, among the chosen ones', () => {
  expect(mainChange(['advanced', 'moved'])).toBe('moved');
  expect(mainChange(['advanced', 'moved'], ['advanced'])).toBe('advanced');
  expect(mainChange([])).toBeNull();
  expect([...groupByMain(entries)]).toEqual([
    ['added', ['a']],
    ['light', ['b']],
    ['slipped', ['c']],
    ['moved', ['d']],
  ]);
});

test('every change has a sign of its own and is shown once', () => {
  expect(new Set(CHANGES.map((c) => CHANGE_SIGNS[c].sign)).size).toBe(CHANGES.length);
  expect([...CHANGES_SHOWN].sort()).toEqual([...CHANGES].sort());
});

test('only what differs is told', () => {
  const e = entry('x', ['slipped', 'light'], {
    after: side({ progress: null, light: { colour: 'red', reason } }),
  });
  expect(differences(e, 'zh')).toEqual([
    { field: '进度', before: '20%', after: '未报告' },
    { field: '亮灯', before: '绿灯', after: '红灯' },
  ]);
  expect(differences(entries[0]!, 'en')).toEqual([]);
});

test('last month is the calendar month; the other presets end today, and none begins before the first record', () => {
  expect(presetRange('month', '2019-01-05', '2019-07-31')).toEqual({ from: '2019-05-31', to: '2019-06-30' });
  expect(presetRange('month', '2019-01-05', '2019-03-30')).toEqual({ from: '2019-01-31', to: '2019-02-28' });
  expect(presetRange('month', '2019-01-05', '2019-01-20')).toEqual({ from: '2019-01-05', to: '2019-01-05' });
  expect(presetRange('quarter', '2019-01-05', '2019-07-31')).toEqual({ from: '2019-04-30', to: '2019-07-31' });
  expect(presetRange('year', '2019-01-05', '2019-07-31')).toEqual({ from: '2019-01-05', to: '2019-07-31' });
});

test('a project that went both ways says how', () => {
  const both: Change[] = ['advanced', 'slipped'];
  expect(bothWays(entry('a', both, { after: side({ due: '2020-01-31' }) }))).toBe('due');
  expect(bothWays(entry('a', both))).toBe('mixed');
  expect(bothWays(entry('a', ['slipped']))).toBeNull();
});

test('a light has its reason where it changed or warns', () => {
  const red = side({ light: { colour: 'red', reason: { zh: '过期', en: 'overdue' } } });
  expect(tellingReason(entry('a', ['advanced'], { after: red }))?.en).toBe('overdue');
  expect(tellingReason(entry('a', ['advanced']))).toBeNull();
  expect(tellingReason(entry('a', ['light']))).toEqual(reason);
});

test('the readings between two days, both included', () => {
  const readings = ['2019-03-31', '2019-04-30', '2019-05-31', '2019-06-30'].map((date) => ({ date }));
  const range = { from: '2019-04-30', to: '2019-06-01' };
  expect(readingsBetween(readings, range)).toEqual({ first: readings[1], last: readings[2] });
  expect(readingsBetween(readings.slice(3), range)).toBeNull();
});

test('the table opens in a spreadsheet: UTF-8 mark, quoted commas, no formulas', () => {
  const name = { zh: '甲,乙"丙', en: '=HYPERLINK("x")' };
  const range = { from: '2019-01-01', to: '2019-06-30' };
  const rows = (lang: 'zh' | 'en') =>
    compareCsv([entry('d', ['moved', 'advanced'], { name, moved_m: 34.2 })], range, lang).split('\r\n');
  expect(rows('zh')[0]!.startsWith('\uFEFFid,项目,')).toBe(true);
  expect(rows('zh')[1]).toContain('"甲,乙""丙"');
  expect(rows('zh')[1]!.endsWith(',34')).toBe(true);
  expect(rows('en')[1]).toContain(`"'=HYPERLINK(""x"")"`);
  expect(rows('en')[1]!.split(',').length).toBeGreaterThanOrEqual(rows('en')[0]!.split(',').length);
});
