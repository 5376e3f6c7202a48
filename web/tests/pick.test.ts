// What a click means is decided by distance, not by whose label lies on top.
import { expect, test } from 'vitest';
import { meant, type Candidate } from '../src/map/pick.ts';

const flat = ([x, y]: [number, number]) => ({ x, y });
const spot = (layer: Candidate['layer'], x: number, y: number): Candidate => ({
  layer,
  geometry: { type: 'Point', coordinates: [x, y] },
});
const area: Candidate = { layer: 'zones-fill', geometry: { type: 'Polygon', coordinates: [] } };
const road: Candidate = { layer: 'roads', geometry: { type: 'LineString', coordinates: [] } };

test('a dot under the pointer wins over the label of its neighbour', () => {
  const label = spot('late-name', 60, 10);
  const dot = spot('points-dot', 12, 11);
  expect(meant([label, dot], { x: 10, y: 10 }, flat)).toBe(dot);
});

test('where only a label is, the label is meant, even over a road or an area', () => {
  const label = spot('points-marker', 60, 10);
  expect(meant([area, road, label], { x: 10, y: 10 }, flat)).toBe(label);
});

test('a road is meant before the zone that it runs through, and nothing where nothing is', () => {
  expect(meant([area, road], { x: 0, y: 0 }, flat)).toBe(road);
  expect(meant([], { x: 0, y: 0 }, flat)).toBeUndefined();
});
