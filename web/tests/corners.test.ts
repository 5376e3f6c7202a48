// Corners are moved, put in and taken away one by one, and a shape never falls below what makes it one.
import { expect, test } from 'vitest';
import * as corners from '../src/domain/geo/corners.ts';
import {
  addCorner,
  canRemove,
  cornerAt,
  cornerNear,
  moveCorner,
  pathsOf,
  pieceFrom,
  removeCorner,
} from '../src/domain/geo/corners.ts';
import type { Piece } from '../src/domain/geo/pieces.ts';

const line: Piece = { type: 'LineString', coordinates: [[0, 0], [2, 0], [4, 2]] }; // prettier-ignore
const area: Piece = { type: 'Polygon', coordinates: [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]] }; // prettier-ignore
const ref = (piece: number, at: number, ring = 0) => ({ piece, ring, at });

test('a ring closes itself, whichever corner moves or goes', () => {
  expect(pathsOf(area)[0]).toHaveLength(4);
  expect(moveCorner([area], ref(0, 0), [1, 1])[0]!.coordinates).toEqual([[[1, 1], [4, 0], [4, 4], [0, 4], [1, 1]]]); // prettier-ignore
  expect(removeCorner([area], ref(0, 0))[0]!.coordinates).toEqual([[[4, 0], [4, 4], [0, 4], [4, 0]]]); // prettier-ignore
});

test('only the named corner of the named piece changes', () => {
  const [a, b] = removeCorner([area, line], ref(1, 1));
  expect(a).toEqual(area);
  expect(b!.coordinates).toEqual([[0, 0], [4, 2]]); // prettier-ignore
  expect(cornerAt([area, line], ref(1, 2))).toEqual([4, 2]);
  expect(cornerAt([area], ref(3, 0))).toBeNull();
});

test('a line keeps two corners and an area three', () => {
  const short = removeCorner([line], ref(0, 0));
  expect(canRemove(short, ref(0, 0))).toBe(false);
  expect(removeCorner(short, ref(0, 0))).toEqual(short);
  const triangle = removeCorner([area], ref(0, 3));
  expect(canRemove(triangle, ref(0, 0))).toBe(false);
});

test('a new corner stands half way to the next, round a ring, and beyond the end of a line', () => {
  expect(addCorner([line], ref(0, 0))[0]!.coordinates).toEqual([[0, 0], [1, 0], [2, 0], [4, 2]]); // prettier-ignore
  expect(addCorner([line], ref(0, 2))[0]!.coordinates.at(-1)).toEqual([5, 3]);
  expect(pathsOf(addCorner([area], ref(0, 3))[0]!)[0]!.at(-1)).toEqual([0, 2]);
});

test('corners become a piece once they are enough', () => {
  expect(pieceFrom('LineString', [[0, 0]])).toBeNull();
  expect(pieceFrom('Polygon', [[0, 0], [1, 0]])).toBeNull(); // prettier-ignore
  expect(pieceFrom('Polygon', [[0, 0], [1, 0], [0, 1]])!.coordinates).toEqual([[[0, 0], [1, 0], [0, 1], [0, 0]]]); // prettier-ignore
  expect(pieceFrom('Point', [[3, 4]])).toEqual({ type: 'Point', coordinates: [3, 4] });
});

test('the nearest corner within reach is chosen, and none beyond it', () => {
  const project = ([x, y]: [number, number]) => ({ x: x * 10, y: y * 10 });
  expect(cornerNear([line, area], { x: 38, y: 3 }, project, 8)).toEqual(ref(1, 1));
  expect(cornerNear([line, area], { x: 28, y: 30 }, project, 8)).toBeNull();
  expect(corners.sameCorner(ref(1, 1), ref(1, 1))).toBe(true);
  expect(corners.spoken([120.7654321, 30.1])).toBe('30.100000, 120.765432');
});
