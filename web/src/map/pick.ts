// Which of several features under the pointer is meant: the spot that is nearest, then the most particular shape.
import type { Geometry } from 'geojson';
import type { Position2 } from '../domain/ring.ts';
import { CLICKABLE, type LayerId } from './order.ts';

export interface Candidate {
  layer: LayerId;
  geometry: Geometry;
}

interface Spot {
  x: number;
  y: number;
}

/** Shapes that are drawn as such; of all others the pointer's distance to their point counts. */
const SHAPES: readonly LayerId[] = CLICKABLE.slice(CLICKABLE.indexOf('bridges'));

/** A label may reach far over its neighbours' dots, so it is not the topmost that is meant but the nearest. */
export function meant<T extends Candidate>(
  found: readonly T[],
  at: Spot,
  project: (at: Position2) => Spot,
): T | undefined {
  const measured = found.map((candidate) => {
    const { layer, geometry } = candidate;
    if (SHAPES.includes(layer) || geometry.type !== 'Point')
      return { candidate, rank: 1 + CLICKABLE.indexOf(layer), off: 0 };
    const spot = project(geometry.coordinates as Position2);
    return { candidate, rank: 0, off: Math.hypot(spot.x - at.x, spot.y - at.y) };
  });
  return measured.sort((a, b) => a.rank - b.rank || a.off - b.off)[0]?.candidate;
}
