// Snapping: the corner or the edge of a drawn line that a pointer is close to. Screen distances decide, as the eye does.
import type { Geometry } from 'geojson';
import { partsOf } from '../domain/geo/plane.ts';
import type { Position2 } from '../domain/ring.ts';

interface Spot {
  x: number;
  y: number;
}
type Project = (at: Position2) => Spot;

/** Corners win over edges within the reach: roads are to be joined, not nearly joined. */
export function snapTo(shapes: readonly Geometry[], at: Spot, project: Project, reach_px: number): Position2 | null {
  let corner: { at: Position2; off: number } | null = null;
  let edge: { at: Position2; off: number } | null = null;
  for (const shape of shapes) {
    const { points, paths } = partsOf(shape);
    for (const path of [...points.map((p) => [p]), ...paths]) {
      const flat = path.map(project);
      for (const [i, b] of flat.entries()) {
        const off = Math.hypot(b.x - at.x, b.y - at.y);
        if (off <= reach_px && off < (corner?.off ?? Infinity)) corner = { at: path[i]!, off };
        if (i === 0) continue;
        const a = flat[i - 1]!;
        const t = along(a, b, at);
        const away = Math.hypot(a.x + t * (b.x - a.x) - at.x, a.y + t * (b.y - a.y) - at.y);
        if (away <= reach_px && away < (edge?.off ?? Infinity))
          edge = { at: between(path[i - 1]!, path[i]!, t), off: away };
      }
    }
  }
  return corner?.at ?? edge?.at ?? null;
}

function along(a: Spot, b: Spot, p: Spot): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length2 = dx * dx + dy * dy;
  return length2 === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2));
}

/** Straight on the map is straight in degrees, near enough over one edge of a road. */
function between([ax, ay]: Position2, [bx, by]: Position2, t: number): Position2 {
  return [ax + (bx - ax) * t, ay + (by - ay) * t];
}
