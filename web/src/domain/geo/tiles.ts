// Which Web Mercator tiles cover a box. The north-west corner is tile 0/0, as maps on the web have it.
import type { Box } from './plane.ts';

/** Web Mercator ends here. */
const MAX_LATITUDE = 85.051129;
/** More tiles than any screen shows; a degenerate box must not ask for the world. */
const MOST = 64;

export interface Tile {
  z: number;
  x: number;
  y: number;
}

export function tilesIn([west, south, east, north]: Box, z: number): Tile[] {
  const across = 2 ** z;
  const within = (n: number) => Math.min(across - 1, Math.max(0, Math.floor(n)));
  const column = (lon: number) => within(((lon + 180) / 360) * across);
  const row = (lat: number) => {
    const phi = (Math.min(MAX_LATITUDE, Math.max(-MAX_LATITUDE, lat)) * Math.PI) / 180;
    return within(((1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2) * across);
  };
  const tiles: Tile[] = [];
  for (let y = row(north); y <= row(south); y++) {
    for (let x = column(west); x <= column(east); x++) {
      if (tiles.length === MOST) return tiles;
      tiles.push({ z, x, y });
    }
  }
  return tiles;
}
