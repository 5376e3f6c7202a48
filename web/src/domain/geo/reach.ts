// Everything within a distance of a geometry, as polygons to draw: the search radius and the error band. The server
// answers what lies inside; this is only its picture.
import type { Geometry, MultiPolygon } from 'geojson';
import type { Position2 } from '../ring.ts';
import { boxOf, distanceToSegment, insideRings, partsOf, planeAt, type Plane } from './plane.ts';

const CIRCLE_STEPS = 96;
/** Cells along the longer side of the field: the picture is right to about a hundredth of its size. */
const GRID = 112;

export function circle(centre: Position2, radius_m: number): MultiPolygon {
  const plane = planeAt(centre);
  const ring = Array.from({ length: CIRCLE_STEPS + 1 }, (_, i): Position2 => {
    const angle = ((i % CIRCLE_STEPS) / CIRCLE_STEPS) * 2 * Math.PI;
    return plane.toDegrees([radius_m * Math.cos(angle), radius_m * Math.sin(angle)]);
  });
  return { type: 'MultiPolygon', coordinates: [[ring]] };
}

/** The outline of all places at most `radius_m` from the geometry. */
export function reach(geometry: Geometry, radius_m: number): MultiPolygon {
  if (geometry.type === 'Point') return circle(geometry.coordinates as Position2, radius_m);
  const parts = partsOf(geometry);
  const all = [...parts.points, ...parts.paths.flat()];
  const box = boxOf(all);
  if (!box || radius_m <= 0) return { type: 'MultiPolygon', coordinates: [] };
  const plane = planeAt([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]);
  const flat = (path: Position2[]) => path.map(plane.toMetres);
  const [points, paths, rings] = [flat(parts.points), parts.paths.map(flat), parts.rings.map(flat)];
  const distance = (at: Position2): number => {
    if (rings.length && insideRings(at, rings)) return 0;
    let best = Infinity;
    for (const [x, y] of points) best = Math.min(best, Math.hypot(at[0] - x, at[1] - y));
    for (const path of paths) {
      for (let i = 1; i < path.length; i++) {
        best = Math.min(best, distanceToSegment(at, path[i - 1]!, path[i]!));
      }
    }
    return best;
  };
  const rims = contour(distance, flat(all), radius_m);
  return { type: 'MultiPolygon', coordinates: nest(rims).map((p) => p.map((r) => degrees(r, plane))) };
}

function degrees(ring: Position2[], plane: Plane): Position2[] {
  return ring.map(plane.toDegrees);
}

/** Marching squares over the distance field; rings keep the near side on their left. */
function contour(distance: (at: Position2) => number, all: Position2[], radius: number): Position2[][] {
  const [w, s, e, n] = boxOf(all)!;
  const cell = (Math.max(e - w, n - s) + 2.2 * radius) / GRID;
  const [x0, y0] = [w - 1.1 * radius, s - 1.1 * radius];
  const nx = Math.ceil((e - w + 2.2 * radius) / cell) + 1;
  const ny = Math.ceil((n - s + 2.2 * radius) / cell) + 1;
  const field = new Float64Array((nx + 1) * (ny + 1));
  for (let j = 0; j <= ny; j++) {
    for (let i = 0; i <= nx; i++) {
      field[j * (nx + 1) + i] = distance([x0 + i * cell, y0 + j * cell]) - radius;
    }
  }
  const value = (i: number, j: number) => field[j * (nx + 1) + i]!;
  // Each crossing lies on one grid edge; its key names the edge, so pieces of neighbouring cells join exactly.
  const next = new Map<string, string>();
  const place = new Map<string, Position2>();
  const cross = (i: number, j: number, di: number, dj: number): string => {
    const key = `${i},${j},${di}`;
    if (!place.has(key)) {
      const [a, b] = [value(i, j), value(i + di, j + dj)];
      const t = a / (a - b);
      place.set(key, [x0 + (i + t * di) * cell, y0 + (j + t * dj) * cell]);
    }
    return key;
  };
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      const edge = [
        () => cross(i, j, 1, 0),
        () => cross(i + 1, j, 0, 1),
        () => cross(i, j + 1, 1, 0),
        () => cross(i, j, 0, 1),
      ];
      const inside = [value(i, j), value(i + 1, j), value(i + 1, j + 1), value(i, j + 1)].map((v) => v < 0);
      for (let k = 0; k < 4; k++) {
        // Walk the cell's corners: a piece starts where we leave the inside and ends where we last came in.
        if (!(inside[k] && !inside[(k + 1) % 4])) continue;
        let back = k;
        while (inside[(back + 3) % 4] && back !== (k + 1) % 4) back = (back + 3) % 4;
        next.set(edge[k]!(), edge[(back + 3) % 4]!());
      }
    }
  }
  return join(next, place);
}

function join(next: Map<string, string>, place: Map<string, Position2>): Position2[][] {
  const rings: Position2[][] = [];
  while (next.size > 0) {
    const [start] = next.keys();
    const ring: Position2[] = [];
    let at: string | undefined = start;
    while (at !== undefined && next.has(at)) {
      ring.push(place.get(at)!);
      const to: string | undefined = next.get(at);
      next.delete(at);
      at = to;
    }
    if (ring.length > 2) rings.push([...ring, ring[0]!]);
  }
  return rings;
}

function signedArea(ring: Position2[]): number {
  return (
    ring.reduce((sum, [x, y], i) => {
      const [nx, ny] = ring[(i + 1) % ring.length]!;
      return sum + x * ny - nx * y;
    }, 0) / 2
  );
}

/** Sorts rings into polygons: outer rings, each followed by the holes inside it. */
function nest(rings: Position2[][]): Position2[][][] {
  const depth = (ring: Position2[]) => rings.filter((o) => o !== ring && insideRings(ring[0]!, [o])).length;
  const turned = (ring: Position2[], ccw: boolean) => (signedArea(ring) > 0 === ccw ? ring : [...ring].reverse());
  const outer = rings.filter((r) => depth(r) % 2 === 0);
  const holes = rings.filter((r) => depth(r) % 2 === 1);
  return outer.map((o) => [
    turned(o, true),
    ...holes.filter((h) => insideRings(h[0]!, [o])).map((h) => turned(h, false)),
  ]);
}
