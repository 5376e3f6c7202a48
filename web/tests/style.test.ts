// The style is valid in every language and state, and its layers stand in the one order.
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { expect, test } from 'vitest';
import { circle } from '../src/domain/geo/reach.ts';
import { LAYER_ORDER, CLICKABLE } from '../src/map/order.ts';
import { absolute, familyOf, planStyle } from '../src/map/style.ts';
import type { Look } from '../src/map/look.ts';

const busy: Look = {
  lang: 'en',
  dark: true,
  matching: ['zuili-road', 'mars'],
  selected: 'zuili-road',
  hovered: 'mars',
  error: circle([120.75, 30.73], 400),
  reach: circle([120.75, 30.73], 900),
  origin: { type: 'Point', coordinates: [120.75, 30.73] },
  anchors: { type: 'FeatureCollection', features: [] },
  corner: [120.75, 30.74],
  draft: [
    [120.7, 30.7],
    [120.8, 30.7],
    [120.8, 30.8],
  ],
  day: '2019-06-30',
  changed: {
    groups: [
      { change: 'moved', projects: ['zuili-road'] },
      { change: 'slipped', projects: ['mars'] },
    ],
    before: { type: 'FeatureCollection', features: [] },
    signs: { type: 'FeatureCollection', features: [] },
  },
  evidence: {
    spots: {
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          geometry: { type: 'Point', coordinates: [120.75, 30.73] },
          properties: { report: 'r1', n: 1, what: 'report', photo: null },
        },
      ],
    },
    lit: 'r1',
  },
  patches: { shapes: { type: 'FeatureCollection', features: [] }, lit: 'north-grid' },
  fresh: ['mars'],
  beat: true,
};

test.each<[string, Look]>([
  ['plain, Chinese', { lang: 'zh' }],
  ['plain, English', { lang: 'en' }],
  ['with everything on', busy],
  [
    'with a base map',
    {
      lang: 'zh',
      basemap: {
        type: 'xyz',
        url: 'https://tiles.example/{z}/{x}/{y}.png',
        attribution: 'A',
        tile_size: 256,
        max_zoom: 18,
      },
    },
  ],
])('the style is valid: %s', (_, look) => {
  // The specification wants an absolute sprite address; ours becomes absolute when it is handed out.
  expect(validateStyleMin(absolute(planStyle(look), 'http://localhost'))).toEqual([]);
});

test('every layer stands in the order, and every clickable layer exists', () => {
  const ids = planStyle({
    ...busy,
    basemap: { type: 'tilejson', url: '/t.json', attribution: '', tile_size: 512, max_zoom: 18 },
  }).layers.map((l) => familyOf(l.id));
  expect([...new Set(ids)]).toEqual([...LAYER_ORDER]);
  for (const id of CLICKABLE) expect(ids).toContain(id);
});

test('the style fetches nothing from another origin', () => {
  const text = JSON.stringify(planStyle({ lang: 'zh' }));
  expect(text).not.toMatch(/https?:/);
  expect(planStyle({ lang: 'zh' }).glyphs).toBeUndefined();
});

test('labels follow the language', () => {
  expect(JSON.stringify(planStyle({ lang: 'zh' }).layers)).toContain('name_zh');
  const zh = JSON.stringify(planStyle({ lang: 'zh' }).layers.filter((l) => l.id === 'river-names'));
  expect(zh.indexOf('name_zh')).toBeLessThan(zh.indexOf('name_en'));
});

test.each(['zh', 'en'] as const)(
  'the style for other clients is valid and holds only the plan and its ground: %s',
  (lang) => {
    const style = planStyle({ lang });
    expect(validateStyleMin(absolute(style, 'http://localhost'))).toEqual([]);
    expect(Object.keys(style.sources)).toEqual(['context', 'plan']);
    expect(style.layers.length).toBeGreaterThan(30);
  },
);

test('what the operator writes as attribution stays text', () => {
  const basemap = {
    type: 'xyz',
    url: 'https://t.example/{z}/{x}/{y}',
    attribution: '© A <img src=x>',
    tile_size: 256,
    max_zoom: 18,
  } as const;
  const style = planStyle({ lang: 'zh', basemap });
  expect(JSON.stringify(style.sources['basemap'])).not.toContain('<');
});

test("only the plan's tiles know the day, and those of now have no day", () => {
  const tilesOf = (look: Look) => {
    const { plan, context } = planStyle(look).sources;
    return [plan, context].map((source) => (source as { tiles: string[] }).tiles[0]);
  };
  expect(tilesOf({ lang: 'zh', day: '2019-06-30' })).toEqual([
    '/tiles/places/{z}/{x}/{y}?as_of=2019-06-30',
    '/tiles/context/{z}/{x}/{y}',
  ]);
  expect(tilesOf({ lang: 'zh' })[0]).toBe('/tiles/places/{z}/{x}/{y}');
});

test('late markers stand above all others, wherever the markers come from', () => {
  for (const anchors of [null, busy.anchors]) {
    const ids = planStyle({ lang: 'zh', anchors }).layers.map((l) => familyOf(l.id));
    expect(ids.indexOf('late-marker')).toBeGreaterThan(ids.lastIndexOf('points-marker'));
  }
});
