// The drawn reach of a shape holds what is near and leaves out what is far; anchors lie on or in their shapes.
import type { Geometry } from 'geojson';
import { readDegrees } from '../src/domain/geo/degrees.ts';
import { describe, expect, test } from 'vitest';
import { anchorOf } from '../src/domain/geo/anchor.ts';
import { distanceToSegment, insideRings, partsOf, planeAt, unionBox } from '../src/domain/geo/plane.ts';
import { reach } from '../src/domain/geo/reach.ts';
import { nearestPerProject, tally } from '../src/domain/tally.ts';
import type { Position2 } from '../src/domain/ring.ts';

const road: Geometry = { type: 'LineString', coordinates: [[120.759, 30.714], [120.766, 30.714], [120.772, 30.716]] }; // prettier-ignore
const park: Geometry = { type: 'Polygon', coordinates: [[[120.7, 30.7], [120.72, 30.7], [120.72, 30.71], [120.7, 30.71], [120.7, 30.7]]] }; // prettier-ignore
const ring: Geometry = { type: 'LineString', coordinates: [[120.7, 30.7], [120.74, 30.7], [120.74, 30.73], [120.7, 30.73], [120.7, 30.7]] }; // prettier-ignore

describe.each([
  ['a road', road, 500],
  ['a park', park, 300],
  ['a ring road, with a hole', ring, 200],
])('%s', (_, geometry, radius) => {
  test('its reach agrees with a plain distance loop', () => {
    const shape = reach(geometry, radius);
    const parts = partsOf(geometry);
    const plane = planeAt([120.74, 30.715]);
    const flat = parts.paths.map((p) => p.map(plane.toMetres));
    const rims = shape.coordinates.flat() as Position2[][];
    let checked = 0;
    for (let i = 0; i < 60; i++) {
      for (let j = 0; j < 60; j++) {
        const at: Position2 = [120.69 + i * 0.0016, 30.69 + j * 0.0008];
        const p = plane.toMetres(at);
        const lines = flat.flatMap((path) => path.slice(1).map((b, k) => distanceToSegment(p, path[k]!, b)));
        const d = insideRings(at, parts.rings) ? 0 : Math.min(...lines);
        // Near the rim the picture may be a grid cell off.
        if (Math.abs(d - radius) < 25) continue;
        checked++;
        expect(insideRings(at, rims)).toBe(d < radius);
      }
    }
    expect(checked).toBeGreaterThan(3000);
  });
});

test('a point reaches a closed circle', () => {
  const circle = reach({ type: 'Point', coordinates: [120.7, 30.7] }, 100).coordinates[0]![0];
  expect(circle!.at(0)).toEqual(circle!.at(-1));
});

test('anchors lie on the line and in the area', () => {
  expect(anchorOf(road)![0]).toBeCloseTo(120.7655, 3);
  expect(insideRings(anchorOf(park)!, park.coordinates as Position2[][])).toBe(true);
  expect(anchorOf({ type: 'LineString', coordinates: [] })).toBeNull();
});

test('boxes without a place are passed over', () => {
  expect(unionBox([null, [1, 2, 3, 4], undefined, [0, 3, 2, 9]])).toEqual([0, 2, 3, 9]);
  expect(unionBox([null])).toBeNull();
});

test('a project of two features is counted once, at its nearest', () => {
  const found = [
    { project: 'a', distance_m: 90 },
    { project: 'b', distance_m: 10 },
    { project: 'a', distance_m: 5 },
  ];
  expect(nearestPerProject(found).map((f) => [f.project, f.distance_m])).toEqual([
    ['a', 5],
    ['b', 10],
  ]);
  expect(tally([{ kind: 'road', stage: 'planned', light: 'red' }]).late).toBe(1);
});

test('a typed coordinate is read, or what is wrong with it is told', () => {
  const extent = [120.6, 30.6, 120.9, 30.9];
  expect(readDegrees('120.75', 0, extent)).toBe(120.75);
  expect(readDegrees(' 30。75 ', 1, extent)).toBe(30.75);
  expect([readDegrees('120.75', 1, extent), readDegrees('30.75', 0, extent)]).toEqual(['swapped', 'swapped']);
  expect([readDegrees('', 1, extent), readDegrees('east', 0, extent)]).toEqual(['number', 'number']);
  expect([readDegrees('95', 1, extent), readDegrees('95', 1, null)]).toEqual(['range', 'range']);
  // Outside of the plan, but possible: the server has the last word.
  expect(readDegrees('31.5', 1, extent)).toBe(31.5);
});
