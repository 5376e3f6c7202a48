// What each answer means for a report that waits, how long to wait, and how a refusal reads.
import { expect, test } from 'vitest';
import { faultsOf, verdictOnPhoto, verdictOnReport, waitMs } from '../src/domain/field/answer.ts';
import { bodyOf, saidAnew, type KeptReport } from '../src/domain/field/report.ts';
import { refusalText, standing } from '../src/features/field/queue-text.ts';

const said = (status: number, fields: string[] = [], retry_s: number | null = null) => ({
  status,
  problem: { detail: 'no', violations: fields.map((field) => ({ field, detail: 'no', detail_zh: '不行' })) },
  retry_s,
});

test.each([
  [201, 'sent'],
  [200, 'sent'],
  [401, 'sign_in'],
  [403, 'no_right'],
  [409, 'exists'],
  [0, 'later'],
  [404, 'later'],
  [405, 'later'],
  [408, 'later'],
  [429, 'later'],
  [500, 'later'],
  [503, 'later'],
  [400, 'refused'],
  [413, 'refused'],
])('a report answered with %d is %s', (status, is) => expect(verdictOnReport(said(status)).is).toBe(is));

test.each([
  [204, 'sent'],
  [401, 'sign_in'],
  [404, 'upload_gone'],
  [410, 'upload_gone'],
  [409, 'later'],
  [423, 'later'],
  [502, 'later'],
  [413, 'refused'],
  [415, 'refused'],
  [422, 'refused'],
])('a photo answered with %d is %s', (status, is) => expect(verdictOnPhoto(said(status), 'p').is).toBe(is));

test('a report whose photos alone are wrong can be healed; any other fault is for a person', () => {
  expect(verdictOnReport(said(422, ['photos[0]', 'photos[3]'])).is).toBe('photos_gone');
  expect(verdictOnReport(said(422, ['photos[0]', 'project'])).is).toBe('refused');
  expect(verdictOnReport(said(422, ['confirmed'])).is).toBe('refused');
});

test('faults are told in both languages, with what would be right', () => {
  const violations = [
    { field: 'stage', detail: 'cannot jump', expected: 'building', detail_zh: '不能跳', expected_zh: '在建' },
    { field: 'note', detail: 'too long', expected: 'at most 1000' },
  ];
  expect(faultsOf({ status: 422, problem: { violations }, retry_s: null })).toEqual([
    { field: 'stage', zh: '不能跳（应为 在建）', en: 'cannot jump (expected building)' },
    { field: 'note', zh: 'too long（应为 at most 1000）', en: 'too long (expected at most 1000)' },
  ]);
  expect(faultsOf({ status: 418, problem: null, retry_s: null })[0]!.en).toBe('HTTP 418');
});

test('waits grow, have an end, keep apart, and respect what the server asks', () => {
  const waits = [1, 2, 3, 4, 20].map((failures) => waitMs(failures, null, 0.5));
  expect(waits).toEqual([2000, 4000, 8000, 16_000, 300_000]);
  expect(waitMs(1, null, 0)).toBeLessThan(waitMs(1, null, 1));
  expect(waitMs(1, 60, 0)).toBe(60_000);
});

const report: KeptReport = {
  n: 3,
  id: 'one',
  user: 'li',
  user_name: '李',
  project: 'park',
  project_name: { zh: '公园', en: 'Park' },
  observed_at: '2026-11-24T08:00:00Z',
  stage: 'building',
  progress: 40,
  note: null,
  fix: { lon: 120.75, lat: 30.75, accuracy_m: 8, source: 'device' },
  confirmed: false,
  photos: [{ id: 'a', name: 'IMG_1.jpg', type: 'image/jpeg', bytes: 3 }],
  state: 'refused',
  body: '{}',
  refusal: { status: 422, faults: [{ field: 'project', zh: '没有', en: 'none' }], photo: null },
  healed: true,
  sent_at: null,
};

test('a report says what the server takes and nothing else', () => {
  expect(JSON.parse(bodyOf(report, ['u1']))).toEqual({
    id: 'one',
    project: 'park',
    observed_at: '2026-11-24T08:00:00Z',
    stage: 'building',
    progress: 40,
    note: null,
    fix: { lon: 120.75, lat: 30.75, accuracy_m: 8, source: 'device' },
    confirmed: false,
    photos: ['u1'],
  });
});

test('said anew it keeps when, where and who, and nothing of its refusal', () => {
  const said = { project: 'school', stage: 'planned' as const, progress: null, note: 'so', confirmed: true };
  const anew = saidAnew(report, 'two', said, { zh: '学校', en: 'School' }, []);
  expect(anew).toMatchObject({ ...said, id: 'two', user: 'li', observed_at: report.observed_at, fix: report.fix });
  expect(anew).toMatchObject({ state: 'waiting', body: null, refusal: null, healed: false, photos: [] });
  expect(anew.n).toBeUndefined();
});

test('a refusal names the project or the photo in the reader’s language', () => {
  expect(refusalText(report, 'zh')).toBe('计划里已没有“公园”。可以改报给另一个项目。');
  const photo = (status: number) => refusalText({ ...report, refusal: { status, faults: [], photo: 'a' } }, 'en');
  expect(photo(415)).toBe('The photo “IMG_1.jpg” was not taken. Photos must be JPEG, PNG or WebP');
  expect(photo(422)).toContain('damaged');
  expect(photo(0)).toBe('A photo is no longer on the phone.');
});

test('a report that waits says what it waits for', () => {
  const waiting = { ...report, state: 'waiting' as const };
  const at = (now: Partial<Parameters<typeof standing>[1]>) =>
    standing(waiting, { progress: null, rest: null, user: 'li', ...now }).key;
  expect(at({})).toBe('site.state.waiting');
  expect(at({ rest: { is: 'later', retry_s: null } })).toBe('site.state.later');
  expect(at({ rest: { is: 'sign_in' } })).toBe('site.state.sign_in');
  expect(at({ rest: { is: 'no_right' } })).toBe('site.state.no_right');
  expect(at({ user: 'wang' })).toBe('site.state.other');
  expect(at({ progress: { n: 3, sent: 1, total: 2 } })).toBe('site.state.sending');
  expect(standing(report, { progress: null, rest: null, user: 'li' }).is).toBe('refused');
});
