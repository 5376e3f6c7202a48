// Degrees as people type them: whether they can be one, and whether latitude and longitude were taken for each other.
import { readNumber } from '../number-text.ts';

/** 0: longitude, 1: latitude; as in a position. */
export type DegreeAxis = 0 | 1;
export type DegreeFault = 'number' | 'range' | 'swapped';

export const DEGREE_LIMITS = [180, 90] as const;

/** A typed coordinate, or what is wrong with it; `extent` is the plan's: west, south, east, north. */
export function readDegrees(text: string, axis: DegreeAxis, extent: readonly number[] | null): number | DegreeFault {
  const n = readNumber(text);
  if (!Number.isFinite(n)) return 'number';
  if (extent?.length === 4) {
    const inside = (a: DegreeAxis) => extent[a]! <= n && n <= extent[a + 2]!;
    const other: DegreeAxis = axis === 0 ? 1 : 0;
    if (!inside(axis) && inside(other)) return 'swapped';
  }
  return Math.abs(n) <= DEGREE_LIMITS[axis] ? n : 'range';
}
