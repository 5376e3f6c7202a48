// The box that a map shows, from where its camera is and how large its window.
import type { Camera } from '../view.ts';

/** The world's width on the screen at zoom 0, as the map draws it. */
const WORLD_PX = 512;

/** West, south, east, north; to five digits, about a metre. */
export function boxOfCamera(
  { zoom, lat, lon }: Camera,
  width: number,
  height: number,
): [number, number, number, number] {
  const world = WORLD_PX * 2 ** zoom;
  const half = (width / world) * 180;
  const y = mercator(lat);
  const dy = (height / world) * Math.PI;
  const round = (degrees: number) => Number(degrees.toFixed(5));
  return [
    round(Math.max(-180, lon - half)),
    round(latitude(y - dy)),
    round(Math.min(180, lon + half)),
    round(latitude(y + dy)),
  ];
}

const mercator = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
const latitude = (y: number) => (Math.atan(Math.exp(y)) * 360) / Math.PI - 90;
