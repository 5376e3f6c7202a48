// The phone's map is a valid style for every mood, ends where its kept tiles end, and keeps the plan's own layers.
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { expect, test } from 'vitest';
import { FIELD_MAX_ZOOM } from '../src/domain/field/keep-tiles.ts';
import type { Position2 } from '../src/domain/ring.ts';
import { fieldStyle, type FieldLook } from '../src/map/field-style.ts';
import { absolute, planStyle } from '../src/map/style.ts';

const AT: Position2 = [120.75, 30.75];
const square = {
  type: 'Polygon' as const,
  coordinates: [[[120.7, 30.7], [120.8, 30.7], [120.8, 30.8], [120.7, 30.7]]], // prettier-ignore
};
const empty: FieldLook = { lang: 'zh', me: null, mine: [], round: [], unsent: [] };
const full: FieldLook = {
  ...empty,
  dark: true,
  me: { at: AT, accuracy_m: 12, chosen: false },
  mine: [
    { name: '七号网格', geometry: square },
    { name: '长水塘', geometry: { type: 'LineString', coordinates: [AT, [120.8, 30.8]] } },
  ],
  round: [AT, [120.76, 30.76], [120.77, 30.75]],
  unsent: [AT],
};

test.each([
  ['empty', empty],
  ['full', full],
  ['with a chosen point', { ...full, dark: false, me: { at: AT, accuracy_m: null, chosen: true } }],
])('%s it is a valid style', (_, look) => {
  expect(validateStyleMin(absolute(fieldStyle(look), 'http://guatu.test') as never)).toEqual([]);
});

test('its tiles end where those that the phone keeps end', () => {
  for (const source of Object.values(fieldStyle(full).sources))
    if (source.type === 'vector') expect(source.maxzoom).toBe(FIELD_MAX_ZOOM);
});

test('the plan’s layers are all there in their order, patches under them and the rest above', () => {
  const ids = fieldStyle(full).layers.map((l) => l.id);
  const plan = planStyle(full).layers.map((l) => l.id);
  expect(ids.filter((id) => plan.includes(id))).toEqual(plan);
  expect(ids.indexOf('patches-fill')).toBeLessThan(ids.indexOf('zones-fill'));
  expect(ids.at(-1)).toBe('me');
  expect(fieldStyle(empty).layers.map((l) => l.id)).toEqual(plan);
});
