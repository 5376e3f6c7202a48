// The list of what is near: by distance from where one stands, narrowed to what one came for.
import type { Position2 } from '../ring.ts';
import { awayFrom, type Away, type Place } from './where.ts';

export interface NearFilter {
  /** null: however far. */
  radius_m: number | null;
  due: boolean;
  mine: boolean;
}

export const RADII_M: readonly (number | null)[] = [500, 1000, 2000, 5000, null];

interface Project {
  id: string;
  due_visit: boolean;
  mine: boolean;
  places: readonly Place[];
}

export interface NearRow<P> {
  project: P;
  /** null: it has no place, or where one stands is not known. */
  away: Away | null;
}

/** Nearest first; what has no place comes last, in the plan's order, and only without a radius. */
export function nearList<P extends Project>(
  projects: readonly P[],
  at: Position2 | null,
  filter: NearFilter,
): NearRow<P>[] {
  const rows = projects
    .filter((p) => (!filter.due || p.due_visit) && (!filter.mine || p.mine))
    .map((project) => ({ project, away: at && awayFrom(at, project.places) }));
  if (!at) return rows;
  const { radius_m } = filter;
  return rows
    .filter(({ away }) => radius_m === null || (away !== null && away.distance_m <= radius_m))
    .sort((a, b) => (a.away?.distance_m ?? Infinity) - (b.away?.distance_m ?? Infinity) || 0);
}
