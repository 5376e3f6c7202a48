// A local flat plane in metres around a place: good to a per mille over a district. Not for continents.
import type { Geometry } from 'geojson';
import type { Position2 } from '../ring.ts';

const EARTH_RADIUS_M = 6_371_008.8;
const METRES_PER_DEGREE = (Math.PI / 180) * EARTH_RADIUS_M;

export interface Plane {
  toMetres(at: Position2): Position2;
  toDegrees(at: Position2): Position2;
}

export function planeAt([lon0, lat0]: Position2): Plane {
  const kx = METRES_PER_DEGREE * Math.cos((lat0 * Math.PI) / 180);
  const ky = METRES_PER_DEGREE;
  return {
    toMetres: ([lon, lat]) => [(lon - lon0) * kx, (lat - lat0) * ky],
    toDegrees: ([x, y]) => [lon0 + x / kx, lat0 + y / ky],
  };
}

/** A geometry taken apart: single points, paths, and the rings of areas (also in `paths`). */
export interface Parts {
  points: Position2[];
  paths: Position2[][];
  rings: Position2[][];
}

export function partsOf(geometry: Geometry): Parts {
  const parts: Parts = { points: [], paths: [], rings: [] };
  const add = (g: Geometry): void => {
    switch (g.type) {
      case 'Point':
        parts.points.push(g.coordinates as Position2);
        break;
      case 'MultiPoint':
        parts.points.push(...(g.coordinates as Position2[]));
        break;
      case 'LineString':
        parts.paths.push(g.coordinates as Position2[]);
        break;
      case 'MultiLineString':
        parts.paths.push(...(g.coordinates as Position2[][]));
        break;
      case 'Polygon':
        parts.rings.push(...(g.coordinates as Position2[][]));
        break;
      case 'MultiPolygon':
        parts.rings.push(...(g.coordinates.flat() as Position2[][]));
        break;
      case 'GeometryCollection':
        g.geometries.forEach(add);
    }
  };
  add(geometry);
  parts.paths.push(...parts.rings);
  return parts;
}

/** Distance from a point to a segment, in the plane. */
export function distanceToSegment([px, py]: Position2, [ax, ay]: Position2, [bx, by]: Position2): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  const t = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / length2));
  return Math.hypot(px - ax - t * dx, py - ay - t * dy);
}

/** Even-odd rule over all rings, so holes count as outside. */
export function insideRings([x, y]: Position2, rings: Position2[][]): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [[xi, yi], [xj, yj]] = [ring[i]!, ring[j]!];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}

export type Box = [west: number, south: number, east: number, north: number];

export function boxOf(positions: Iterable<Position2>): Box | null {
  let box: Box | null = null;
  for (const [x, y] of positions) {
    box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y];
  }
  return box;
}

/** The box round several boxes; those without a place are passed over. */
export function unionBox(boxes: Iterable<readonly number[] | null | undefined>): Box | null {
  const corners: Position2[] = [];
  for (const box of boxes) {
    if (box?.length === 4) corners.push([box[0]!, box[1]!], [box[2]!, box[3]!]);
  }
  return boxOf(corners);
}

/** Whether two boxes have a place in common. */
export function meets(a: readonly number[], b: readonly number[]): boolean {
  return a[0]! <= b[2]! && a[2]! >= b[0]! && a[1]! <= b[3]! && a[3]! >= b[1]!;
}

/** Whether a box holds all of another. */
export function contains(outer: readonly number[], inner: readonly number[]): boolean {
  return outer[0]! <= inner[0]! && inner[2]! <= outer[2]! && outer[1]! <= inner[1]! && inner[3]! <= outer[3]!;
}
