// How far a project is from where one stands, and in which direction: to the nearest point of its places, not to a middle.
import type { Geometry } from 'geojson';
import { errorOf } from '../accuracy.ts';
import { insideRings, partsOf, planeAt } from '../geo/plane.ts';
import type { Position2 } from '../ring.ts';
import type { Position } from '../vocab.ts';

export interface Place {
  geometry: Geometry;
  position: Position;
  accuracy_m: number;
}

export interface Away {
  distance_m: number;
  /** Degrees clockwise from north; null when one stands on it. */
  bearing_deg: number | null;
  /** How far the place may be from where it is drawn. */
  error_m: number;
  /** As recorded, also of a surveyed place. */
  accuracy_m: number;
  position: Position;
}

/** The nearest of a project's places, or null when it has none. */
export function awayFrom(at: Position2, places: readonly Place[]): Away | null {
  let best: Away | null = null;
  for (const place of places) {
    const near = nearestPoint(at, place.geometry);
    if (near && near.distance_m < (best?.distance_m ?? Infinity)) {
      const { position, accuracy_m } = place;
      best = { ...near, error_m: errorOf(place), accuracy_m, position };
    }
  }
  return best;
}

/** Distance and bearing to the nearest point of a geometry; the inside of an area is at distance zero. */
export function nearestPoint(
  at: Position2,
  geometry: Geometry,
): { distance_m: number; bearing_deg: number | null } | null {
  const plane = planeAt(at);
  const { points, paths, rings } = partsOf(geometry);
  if (rings.length && insideRings(at, rings)) return { distance_m: 0, bearing_deg: null };
  let best: Position2 | null = null;
  let off = Infinity;
  const consider = (candidate: Position2): void => {
    const length = Math.hypot(...candidate);
    if (length < off) [best, off] = [candidate, length];
  };
  for (const point of points) consider(plane.toMetres(point));
  for (const path of paths) {
    const flat = path.map(plane.toMetres);
    for (const [i, b] of flat.entries()) consider(i === 0 ? b : closest(flat[i - 1]!, b));
  }
  if (!best) return null;
  const [east, north]: Position2 = best;
  const bearing = off < 0.5 ? null : (Math.atan2(east, north) * 180) / Math.PI;
  return { distance_m: off, bearing_deg: bearing === null ? null : (bearing + 360) % 360 };
}

/** The point of a segment that is closest to the plane's origin. */
function closest([ax, ay]: Position2, [bx, by]: Position2): Position2 {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  const t = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length2));
  return [ax + t * dx, ay + t * dy];
}
