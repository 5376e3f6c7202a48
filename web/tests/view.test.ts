// An address reopens its view exactly, and no address, however hostile, breaks the page.
import { describe, expect, test } from 'vitest';
import { decodeRing, encodeRing, MAX_VERTICES, type Position2 } from '../src/domain/ring.ts';
import { emptyFilters, emptyView, filterCount, formatView, parseView, toggled, type View } from '../src/domain/view.ts';

function reopened(view: View): View {
  const [path, search = ''] = formatView(view).split('?');
  return parseView(path!, search);
}

const ring: Position2[] = [
  [120.70001, 30.69999],
  [120.8, 30.7],
  [120.75, 30.80001],
];

test.each<[string, Partial<View>]>([
  ['the empty view', {}],
  ['a language and a tab', { lang: 'en', tab: 'results' }],
  [
    'every filter',
    {
      filters: {
        kind: ['road', 'park'],
        stage: ['not_reported'],
        light: ['red', 'yellow'],
        position: ['rough'],
        section: ['s4'],
        quota: ['q-parks'],
        q: '槜李 & 路',
      },
    },
  ],
  ['a descending sort', { sort: 'due', descending: true }],
  ['a project', { project: 'zuili-road', panel: 'project' }],
  [
    'a project over an analysis',
    { project: 'mars', panel: 'project', ask: { type: 'feature', ref: 'roads/zuili-road' }, radius_m: 800 },
  ],
  [
    'an analysis with a project behind it',
    { project: 'mars', panel: 'near', ask: { type: 'point', at: [120.75, 30.73] } },
  ],
  [
    'a radius round a road, late only',
    { panel: 'near', ask: { type: 'feature', ref: 'roads/zuili-road' }, lateOnly: true },
  ],
  ['a drawn area', { panel: 'near', ask: { type: 'area', ring, relation: 'within' } }],
  ['a panel with nothing in it yet', { panel: 'draw' }],
  ['a camera and a base map', { camera: { zoom: 12.34, lat: 30.7, lon: -120.12345 }, basemap: 'photo' }],
  ['a day in the past', { as_of: '2019-06-30' }],
  [
    'two days compared, with a filter',
    { panel: 'compare', compare: { from: '2019-01-01', to: '2019-06-30', what: ['moved', 'due'] } },
  ],
  [
    'a project over a comparison',
    { project: 'mars', panel: 'project', compare: { from: '2019-01-01', to: '2019-06-30', what: [] } },
  ],
  [
    'the page of changes, filtered',
    {
      page: 'audit',
      audit: { type: 'project', actor: '王工', kind: 'updated', from: '2019-01-01', to: '2019-06-30' },
    },
  ],
  ['the reports that wait', { page: 'reports' }],
  [
    'the reports of a project by somebody, in any state',
    { page: 'reports', reports: { state: 'all', project: 'zuili-road', inspector: 'wang' } },
  ],
  ['the patches', { panel: 'patches' }],
  ['a patch in hand', { panel: 'patch', patch: 'north-grid' }],
  ['a new patch', { panel: 'patch' }],
  ['the dashboard', { page: 'dashboard', lang: 'zh' }],
])('%s comes back as it was', (_, change) => {
  const view = { ...emptyView(), ...change };
  expect(reopened(view)).toEqual(view);
});

test('an address shows only what differs, readably', () => {
  const ask = { type: 'feature', ref: 'roads/zuili-road' } as const;
  expect(formatView(emptyView())).toBe('/');
  expect(formatView({ ...emptyView(), panel: 'near', ask })).toBe('/?near=roads/zuili-road&radius=500');
});

describe('hostile addresses open as something harmless', () => {
  test.each([
    'kind=road,__proto__,<script>',
    'project=%3Cimg%20src=x%20onerror=alert(1)%3E',
    'project=../../etc/passwd',
    'near=999,999&radius=1e9',
    'near=roads/../../api',
    'radius=-5&near=120,30',
    'area=!!!!',
    `area=${'A'.repeat(9000)}`,
    'area=________',
    'map=99/999/999',
    'map=NaN/Infinity/0',
    'lang=fr&tab=x&sort=drop&panel=constructor',
    'state=__proto__&of=../../etc&by=%00&panel=patch&patch=%3Cscript%3E',
    'as_of=2019-02-30&compare=2019-01-01',
    'as_of=yesterday&compare=2019-01-01..2019-99-99&what=moved',
    'q=' + 'x'.repeat(5000),
    '%',
    '&&&===',
  ])('%s', (search) => {
    const view = parseView('/', search);
    expect(view.project).toBeNull();
    expect(view.ask === null || view.ask.type === 'point').toBe(true);
    expect(view.filters.kind.every((k) => k === 'road')).toBe(true);
    expect(view.filters.q.length).toBeLessThanOrEqual(100);
    expect(view.radius_m).toBe(500);
    expect(view.camera).toBeNull();
    expect([view.as_of, view.compare]).toEqual([null, null]);
    expect(() => formatView(view)).not.toThrow();
  });
});

test('random text never throws and settles after one reading', () => {
  // A small fixed generator: the same texts each time.
  let seed = 20190101;
  const next = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  const pieces = [
    'kind=',
    'near=',
    'area=',
    'map=',
    '&',
    ',',
    '/',
    '%E6',
    '-',
    '1',
    '120.7',
    'road',
    '=',
    ';',
    '\u0000',
    '槜',
    '_',
    'A',
  ];
  for (let i = 0; i < 2000; i++) {
    const text = Array.from({ length: next(12) }, () => pieces[next(pieces.length)]).join('');
    const view = parseView('/', text);
    expect(reopened(view)).toEqual(view);
  }
});

test('a ring survives to a metre, and too many corners are refused', () => {
  expect(decodeRing(encodeRing(ring))).toEqual(ring);
  const many = Array.from({ length: MAX_VERTICES + 1 }, (_, i): Position2 => [i / 1000, 0]);
  expect(decodeRing(encodeRing(many))).toBeNull();
  expect(decodeRing(encodeRing(ring.slice(0, 2)))).toBeNull();
});

test('filters are counted and toggled without touching the others', () => {
  const one = toggled(emptyFilters(), 'kind', 'road');
  expect(one.kind).toEqual(['road']);
  expect(filterCount({ ...one, q: 'x' })).toBe(2);
  expect(toggled(one, 'kind', 'road')).toEqual(emptyFilters());
});

test('two days are read in either order', () => {
  expect(parseView('/', 'compare=2019-06-30..2019-01-01').compare).toEqual({
    from: '2019-01-01',
    to: '2019-06-30',
    what: [],
  });
});
