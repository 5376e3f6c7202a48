// Reports from the field: what one would change, which can be accepted together, and where they stand on the map.
import { expect, test } from 'vitest';
import {
  cameLate,
  cameraTime,
  clean,
  hoursBetween,
  isOvertaken,
  proposal,
  spotsOf,
  type InspectionState,
  type Mark,
} from '../src/domain/inspection.ts';
import { fileSize } from '../src/domain/format.ts';

interface Photo { id: string; position: [number, number] | null } // prettier-ignore

function report(id: string, state: InspectionState = 'pending', marks: Mark[] | null = [], photos: Photo[] = []) {
  return {
    id,
    geometry: null as { type: 'Point'; coordinates: number[] } | null,
    properties: { state, marks, photos },
  };
}

test('what a report would change stands beside what is there', () => {
  const project = { stage: 'building', progress: 40 } as const;
  expect(proposal({ stage: 'completed', progress: 100 }, project)).toEqual({
    stage: { before: 'building', after: 'completed', changes: true },
    progress: { before: 40, after: 100, changes: true },
  });
  expect(proposal({ stage: 'building', progress: 40 }, project).progress.changes).toBe(false);
});

test('a report that tells no progress leaves it as it is', () => {
  const { progress } = proposal({ stage: 'building', progress: null }, { stage: 'building', progress: 40 });
  expect(progress).toEqual({ before: 40, after: 40, changes: false });
});

test.each([
  ['2026-11-23', '2026-11-24', true],
  ['2026-11-24', '2026-11-24', false],
  ['2026-11-24', null, false],
])('a report of %s beside one of %s is overtaken: %s', (day, reported, overtaken) => {
  expect(isOvertaken(day, reported)).toBe(overtaken);
});

test('only reports that wait and that nothing speaks against are accepted together', () => {
  const reports = [report('a'), report('b', 'pending', ['far']), report('c', 'accepted'), report('d', 'pending', null)];
  expect(clean(reports).map(({ id }) => id)).toEqual(['a', 'd']);
});

test.each([
  ['2026-11-24T09:00:00Z', '2026-11-24T09:20:00Z', false],
  ['2026-11-24T09:00:00Z', '2026-11-24T12:10:00Z', true],
  ['2026-11-24T09:00:00+08:00', '2026-11-24T01:01:00Z', false],
  ['2026-11-24T09:00:00Z', '2026-11-24T08:00:00Z', false],
])('made %s and received %s came late: %s', (observed, received, late) => {
  expect(cameLate(observed, received)).toBe(late);
});

test('how long a report waited is told in hours', () => {
  expect(hoursBetween('2026-11-24T09:00:00Z', '2026-11-24T12:10:00Z')).toBe(3);
});

test('reports and their photos stand on the map by their number in the list, photos under the numbers', () => {
  const first = report('a', 'accepted', [], [{ id: 'p1', position: [120.71, 30.71] }, { id: 'p2', position: null }]); // prettier-ignore
  first.geometry = { type: 'Point', coordinates: [120.7, 30.7] };
  const third = report('c');
  third.geometry = { type: 'Point', coordinates: [120.8, 30.8] };
  const spots = spotsOf([first, report('b'), third]).features.map(({ geometry, properties: p }) => [
    p.what,
    p.n,
    p.photo,
    geometry.coordinates,
  ]);
  // The newest is drawn last, over the others.
  expect(spots).toEqual([
    ['photo', 1, 'p1', [120.71, 30.71]],
    ['report', 3, null, [120.8, 30.8]],
    ['report', 1, 'p1', [120.7, 30.7]],
  ]);
});

test.each([
  ['2026-11-24T09:05:31', '2026-11-24 09:05'],
  ['2026-11-24T09:05:31+08:00', '2026-11-24 09:05'],
  ['2026-11-24 09:05', '2026-11-24 09:05'],
  ['unknown', 'unknown'],
])('a camera’s %s reads as %s', (text, said) => expect(cameraTime(text)).toBe(said));

test.each([
  [200, '1 KB'],
  [840 * 1024, '840 KB'],
  [3.2 * 1024 * 1024, '3.2 MB'],
  [1024 * 1024, '1 MB'],
])('%d bytes read as %s', (bytes, said) => expect(fileSize(bytes)).toBe(said));
