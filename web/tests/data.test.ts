// What an export asks for, what an import still has to be told, and how both are read back.
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { boxOfCamera } from '../src/domain/data/extent.ts';
import { questionsOf, samplesText, spotOf } from '../src/domain/data/mapping.ts';
import { changeCount, firstOutcome, keyOf, movedOf, valueOf } from '../src/domain/data/outcome.ts';
import { errorText, grouped } from '../src/domain/data/receipt.ts';
import {
  conditionText,
  curlLine,
  emptyDraft,
  exportBody,
  readBox,
  type Draft,
  type FormatTraits,
} from '../src/domain/data/request.ts';
import { FORMATS, OUTCOMES } from '../src/domain/data/vocab.ts';
import { formatView, parseView } from '../src/domain/view.ts';
import { WORD_KEYS } from '../src/domain/words.ts';
import '../src/domain/words/data.ts';
import '../src/domain/words/import.ts';
import { keyed, outcomeStyle } from '../src/map/outcome-style.ts';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { absolute } from '../src/map/style.ts';
import type { OutcomeFeature, OutcomeFeatures } from '../src/api/data-types.ts';

const SHP: FormatTraits = { id: 'shp', crs: 'any', encodings: ['utf-8', 'gbk'], options: [] };
const CSV: FormatTraits = {
  id: 'csv',
  crs: 'any',
  encodings: ['utf-8', 'gbk'],
  options: ['bom', 'geometry', 'formulas'],
};
const KML: FormatTraits = { id: 'kml', crs: 'wgs84', encodings: ['utf-8'], options: [] };
const PMTILES: FormatTraits = { id: 'pmtiles', crs: 'web_mercator', encodings: ['utf-8'], options: ['zoom'] };
const draft = (change: Partial<Draft>): Draft => ({ ...emptyDraft(), ...change });

describe('the request of an export', () => {
  test.each<[string, Partial<Draft>, FormatTraits, readonly string[] | null, string | null, object]>([
    ['nothing but the format', {}, KML, null, null, { format: 'kml' }],
    [
      'the roads as a shapefile in 4549 with GBK',
      { collections: ['roads'], crs: 'EPSG:4549', encoding: 'gbk' },
      SHP,
      null,
      null,
      { format: 'shp', collections: ['roads'], crs: 'EPSG:4549', encoding: 'gbk' },
    ],
    [
      'a format that cannot hold what was chosen is not asked for it',
      { crs: 'EPSG:4549', encoding: 'gbk', offset: 'gcj-02', bom: true },
      KML,
      null,
      null,
      { format: 'kml' },
    ],
    [
      'offset coordinates have no other system',
      { crs: 'EPSG:4549', offset: 'gcj-02' },
      SHP,
      null,
      null,
      { format: 'shp', offset: 'gcj-02', encoding: 'utf-8' },
    ],
    [
      'all conditions together',
      { kinds: ['road'], box: ['120.6', '30.6', '120.8', '30.8'], filter: " light = 'red' " },
      CSV,
      ['zuili-road'],
      '2019-06-30',
      {
        format: 'csv',
        projects: ['zuili-road'],
        kinds: ['road'],
        bbox: [120.6, 30.6, 120.8, 30.8],
        filter: "light = 'red'",
        as_of: '2019-06-30',
        encoding: 'utf-8',
        bom: false,
        geometry: 'wkt',
      },
    ],
    [
      'texts that spreadsheets run are escaped where that is chosen',
      { escape: true },
      CSV,
      null,
      null,
      { format: 'csv', encoding: 'utf-8', bom: false, formulas: 'escape', geometry: 'wkt' },
    ],
    ['levels of tiles', { max_zoom: 12 }, PMTILES, null, null, { format: 'pmtiles', min_zoom: 0, max_zoom: 12 }],
  ])('%s', (_, change, format, projects, day, expected) => {
    expect(exportBody(draft(change), format, projects, day)).toEqual(expected);
  });

  test.each<[Draft['box'], unknown]>([
    [['', ' ', '', ''], { box: null, fault: null }],
    [['120.6', '30。6', '１２０．８', '30.8'], { box: [120.6, 30.6, 120.8, 30.8], fault: null }],
    [['120.6', '', '120.8', '30.8'], { box: null, fault: 'incomplete' }],
    [['120.6', 'x', '120.8', '30.8'], { box: null, fault: 'number' }],
    [['120.8', '30.6', '120.6', '30.8'], { box: null, fault: 'order' }],
    [['30.6', '120.6', '30.8', '120.8'], { box: null, fault: 'range' }],
  ])('the box %j is read', (texts, expected) => expect(readBox(texts)).toEqual(expected));

  test('conditions become one expression, with quotes as CQL2 has them', () => {
    expect(conditionText(draft({}), null)).toBe('');
    expect(conditionText(draft({ filter: "a = 'x' OR b > 2" }), null)).toBe("a = 'x' OR b > 2");
    expect(conditionText(draft({ filter: "a = 'x' OR b > 2", kinds: ['road'] }), ['o’k', "it's"])).toBe(
      "(a = 'x' OR b > 2) AND project IN ('o’k', 'it''s') AND kind IN ('road')",
    );
  });

  test('the command line hands the shell exactly the request', () => {
    const body = exportBody(draft({ filter: `name_zh = 'a''b' OR name_en LIKE '$x \`y\` "z"'` }), SHP, null, null);
    const line = curlLine('http://host:1', body, { key: true });
    const [, asked] = /-d ('.*') \|/s.exec(line)!;
    expect(JSON.parse(execFileSync('sh', ['-c', `printf %s ${asked}`], { encoding: 'utf8' }))).toEqual(body);
    // What the server answers leads to the file, also when the receipt names another.
    const answer = '{"id":"a","receipt":{"file":"guatu.zip"},"file":"/api/v1/exports/a/file","expires_at":"x"}';
    const [, sed] = /\| (sed .*)\)$/s.exec(line)!;
    const found = execFileSync('sh', ['-c', `printf %s '${answer}' | ${sed}`], { encoding: 'utf8' });
    expect(found.trim()).toBe('/api/v1/exports/a/file');
  });

  test('the box of a camera is what its window shows', () => {
    const [w, s, e, n] = boxOfCamera({ zoom: 0, lat: 0, lon: 0 }, 512, 512);
    expect([w, e]).toEqual([-180, 180]);
    expect(s).toBeCloseTo(-85.05113, 4);
    expect(n).toBeCloseTo(85.05113, 4);
    const small = boxOfCamera({ zoom: 12, lat: 30.73, lon: 120.75 }, 1440, 900);
    expect((small[0] + small[2]) / 2).toBeCloseTo(120.75, 4);
    expect(small[2] - small[0]).toBeCloseTo((1440 / (512 * 4096)) * 360, 4);
  });
});

describe('what an import must be told', () => {
  const layer = {
    name: 'a',
    geometry_type: 'Point',
    crs: { state: 'stated' as const },
    suggested: { match: 'name' as 'id' | 'name' },
  };
  const choice = {
    layer: 'a',
    collection: 'roads' as string | null,
    crs: null as string | null,
    match: 'id' as 'id' | 'name',
    fields: { id: 'ID', name_zh: null } as Record<string, string | null>,
  };
  test.each([
    ['nothing when all is said', layer, choice, []],
    ['where the coordinates belong', { ...layer, crs: { state: 'missing' as const } }, choice, ['crs']],
    ['also when the file names what is not known', { ...layer, crs: { state: 'unknown' as const } }, choice, ['crs']],
    [
      'nothing once it was chosen',
      { ...layer, crs: { state: 'missing' as const } },
      { ...choice, crs: 'EPSG:4549' },
      [],
    ],
    ['which field is the id', layer, { ...choice, fields: { id: null } }, ['id']],
    [
      'nothing when features bear ids of their own',
      { ...layer, suggested: { match: 'id' as const } },
      { ...choice, fields: {} },
      [],
    ],
    ['which field is the name', layer, { ...choice, match: 'name' as const }, ['name']],
    ['nothing of what is left out', layer, { ...choice, collection: null, fields: {} }, []],
  ])('%s', (_, facts, said, expected) => expect(questionsOf(facts, said)).toEqual(expected));

  test.each([
    ['layers[0].crs', { layer: 0, member: 'crs' }],
    ['layers[2].fields.id', { layer: 2, member: 'id' }],
    ['/layers/1/defaults/accuracy_m', { layer: 1, member: 'accuracy_m' }],
    ['workbook.absent', { layer: null, member: 'workbook.absent' }],
  ])('%s is about', (field, expected) => expect(spotOf(field)).toEqual(expected));

  test('samples fit a line', () => {
    expect(samplesText(['槜李路', null, 4.5, '', 'x'.repeat(50), 'more'], '、')).toBe(
      `槜李路、4.5、${'x'.repeat(40)}…`,
    );
  });
});

describe('what would change', () => {
  const counts = { added: 3, changed: 5, unchanged: 40, removed: 1, rejected: 0 };
  test('what presses most is shown first, and only changes count', () => {
    expect(firstOutcome(counts)).toBe('added');
    expect(firstOutcome({ ...counts, rejected: 1 })).toBe('rejected');
    expect(firstOutcome({ added: 0, changed: 0, unchanged: 0, removed: 0, rejected: 0 })).toBe('unchanged');
    expect(changeCount(counts)).toBe(9);
  });

  test('a row and its shape have one key, also what the file lacks', () => {
    const row = { outcome: 'changed' as const, layer: 'a', place: '3', collection: 'roads', id: 'x' };
    expect(keyOf(row)).toBe(keyOf({ ...row, id: null }));
    // Of what the file lacks, a workbook tells the sheet; several of one sheet are told apart all the same.
    const removed = { ...row, outcome: 'removed' as const, place: 'projects' };
    expect(keyOf(removed)).toBe(keyOf({ ...removed, place: '', layer: 'b' }));
    expect(keyOf(removed)).not.toBe(keyOf({ ...removed, id: 'y' }));
  });

  test.each<[unknown, string]>([
    [null, '–'],
    ['', '–'],
    [4.4, '4.4'],
    [{ zh: '路', en: 'Road' }, '路 / Road'],
    [{ zh: '路', en: '路' }, '路'],
    [['a'], '["a"]'],
  ])('%j reads as %s', (value, text) => expect(valueOf(value)).toBe(text));

  test('how far a shape moves is read from the short text, and nothing from another', () => {
    expect(movedOf('12.0 m moved, 14 → 18 vertices')).toEqual({ metres: 12, before: 14, after: 18 });
    expect([movedOf('12 m'), movedOf(12), movedOf(null)]).toEqual([null, null, null]);
  });

  const feature = (outcome: OutcomeFeature['properties']['outcome'], place: string): OutcomeFeature => ({
    type: 'Feature',
    geometry: {
      type: 'LineString',
      coordinates: [
        [120.7, 30.7],
        [120.8, 30.8],
      ],
    },
    properties: { outcome, layer: 'a', place, collection: 'roads', id: place, name_zh: '', name_en: '', reason: null },
  });
  const shapes: OutcomeFeatures = {
    type: 'FeatureCollection',
    truncated: false,
    features: OUTCOMES.map((outcome, i) => feature(outcome, String(i))),
  };

  test.each([true, false])('the map of a preview is a style that the engine takes (dark: %s)', (dark) => {
    const data = keyed(shapes);
    expect(data.features.length).toBe(2 * OUTCOMES.length);
    for (const outcome of [...OUTCOMES, null]) {
      const style = outcomeStyle({ lang: 'zh', dark, shapes, outcome, chosen: 'a#1' }, data);
      expect(validateStyleMin(absolute(style, 'http://localhost')).map((e) => e.message)).toEqual([]);
    }
  });
});

test('a receipt tells errors in millimetres and its digest in groups', () => {
  expect(errorText({ value: 0.0004, unit: 'metre' })).toBe('0.4 mm');
  expect(errorText({ value: 0.00001, unit: 'metre' })).toBe('< 0.1 mm');
  expect(errorText({ value: 1e-8, unit: 'degree' })).toBe('1.1 mm');
  expect(errorText({ value: 0.5, unit: 'metre' })).toBe('500 mm');
  expect(grouped('0123456789abcdef')).toBe('01234567 89abcdef');
});

test.each([
  '/data',
  '/data?tab=import',
  '/data?tab=connect',
  '/data?tab=import&file=01J-abc',
  '/data?of=filtered&kind=road&light=red&as_of=2019-06-30',
])('%s reopens as it was', (address) => {
  const [path, search = ''] = address.split('?');
  const again = formatView(parseView(path!, search));
  expect(Object.fromEntries(new URLSearchParams(again.split('?')[1] ?? ''))).toEqual(
    Object.fromEntries(new URLSearchParams(search)),
  );
});

test('a hostile address of the data page leaves nothing behind', () => {
  const { data } = parseView('/data', 'tab=evil&of=none&file=../../x');
  expect(data).toEqual({ tab: 'export', of: 'all', file: null });
});

test('every format and every outcome has words', () => {
  for (const id of FORMATS) expect(WORD_KEYS).toContain(`format.${id}`);
  for (const outcome of OUTCOMES) expect(WORD_KEYS).toContain(`outcome.${outcome}`);
});
