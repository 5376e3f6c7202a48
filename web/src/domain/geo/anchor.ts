// Where the name of a line or an area stands: one place for the whole thing, however many tiles it is cut into.
import type { Geometry } from 'geojson';
import type { Position2 } from '../ring.ts';
import { boxOf, partsOf, planeAt } from './plane.ts';

/** Half way along the longest path. */
function middleOf(paths: Position2[][]): Position2 | null {
  const measured = paths.map((path) => {
    const plane = planeAt(path[0]!);
    const flat = path.map(plane.toMetres);
    const steps = flat.slice(1).map((p, i) => Math.hypot(p[0] - flat[i]![0], p[1] - flat[i]![1]));
    return { path, steps, length: steps.reduce((a, b) => a + b, 0) };
  });
  const longest = measured.sort((a, b) => b.length - a.length)[0];
  if (!longest) return null;
  let left = longest.length / 2;
  for (const [i, step] of longest.steps.entries()) {
    if (left <= step && step > 0) {
      const [a, b] = [longest.path[i]!, longest.path[i + 1]!];
      return [a[0] + ((b[0] - a[0]) * left) / step, a[1] + ((b[1] - a[1]) * left) / step];
    }
    left -= step;
  }
  return longest.path[0] ?? null;
}

/** The middle of the widest stretch inside the rings on a level line half way up. */
function insideOf(rings: Position2[][]): Position2 | null {
  const box = boxOf(rings.flat());
  if (!box) return null;
  const y = (box[1] + box[3]) / 2 + 1e-9;
  const cuts = rings
    .flatMap((ring) =>
      ring.slice(1).flatMap((b, i) => {
        const a = ring[i]!;
        return a[1] > y === b[1] > y ? [] : [a[0] + ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1])];
      }),
    )
    .sort((a, b) => a - b);
  let best: Position2 | null = null;
  let width = 0;
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    if (cuts[i + 1]! - cuts[i]! > width) {
      width = cuts[i + 1]! - cuts[i]!;
      best = [(cuts[i]! + cuts[i + 1]!) / 2, y];
    }
  }
  return best;
}

export function anchorOf(geometry: Geometry): Position2 | null {
  const { points, paths, rings } = partsOf(geometry);
  if (rings.length) return insideOf(rings);
  return points[0] ?? middleOf(paths.filter((p) => p.length > 1));
}
