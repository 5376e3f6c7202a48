// Which tiles a phone takes along: the ground of the whole district, and the plan where there is something of it.
import type { Geometry } from 'geojson';
import { boxOf, partsOf, type Box } from '../geo/plane.ts';
import { tilesIn } from '../geo/tiles.ts';

/** Deeper tiles are drawn from these: a unit of them is half a metre. */
export const FIELD_MAX_ZOOM = 14;
/** Zooms at which a district is smaller than a screen are all in a few tiles. */
const FIRST_ZOOM = 8;

function each(box: Box): string[] {
  const out: string[] = [];
  for (let z = FIRST_ZOOM; z <= FIELD_MAX_ZOOM; z++) {
    // Row by row, as no answer holds more tiles than a screen does.
    for (const { x } of tilesIn([box[0], box[3], box[2], box[3]], z)) {
      const west = (x / 2 ** z) * 360 - 180 + 1e-9;
      for (const tile of tilesIn([west, box[1], west, box[3]], z)) out.push(`${z}/${x}/${tile.y}`);
    }
  }
  return out;
}

export function groundTiles(extent: Box): string[] {
  return each(extent);
}

export function planTilesOf(shapes: readonly Geometry[]): string[] {
  const all = new Set<string>();
  for (const shape of shapes) {
    const { points, paths } = partsOf(shape);
    const box = boxOf([...points, ...paths.flat()]);
    if (box) for (const tile of each(box)) all.add(tile);
  }
  return [...all];
}
