// A position from the device, how good it is, and which of several to go by.
import { planeAt } from '../geo/plane.ts';
import type { Position2 } from '../ring.ts';

export interface Fix {
  lon: number;
  lat: number;
  /** Metres around it within which one stands; null: the device does not know. */
  accuracy_m: number | null;
  source: 'device' | 'chosen';
  /** When it was taken, in milliseconds. */
  at: number;
}

export const QUALITIES = ['good', 'fair', 'poor', 'chosen', 'none'] as const;
export type Quality = (typeof QUALITIES)[number];

/** A fix this good tells one side of a street from the other. */
export const GOOD_M = 15;
/** For so long a better fix stands against a worse one that came after it: nobody walks far meanwhile. */
export const STANDS_MS = 12_000;
/** A fix older than this says where one was, not where one is. */
export const OLD_MS = 60_000;

/** `limit_m`: what the plan's rule accepts without a question. */
export function qualityOf(fix: Fix | null, limit_m: number): Quality {
  if (!fix) return 'none';
  if (fix.source === 'chosen') return 'chosen';
  if (fix.accuracy_m === null) return 'poor';
  return fix.accuracy_m <= GOOD_M && GOOD_M <= limit_m ? 'good' : fix.accuracy_m <= limit_m ? 'fair' : 'poor';
}

/**
 * The fix to go by when another one comes: the better of the two, unless the worse one shows that one is somewhere else by
 * now.
 */
export function takeFix(held: Fix | null, fresh: Fix): Fix {
  if (!held || fresh.at - held.at > STANDS_MS) return fresh;
  const [before, now] = [held.accuracy_m ?? Infinity, fresh.accuracy_m ?? Infinity];
  if (now <= before) return fresh;
  const moved_m = Math.hypot(...planeAt(placeOf(held)).toMetres(placeOf(fresh)));
  return moved_m > before + now ? fresh : held;
}

export function isOld(fix: Fix, now: number): boolean {
  return fix.source === 'device' && now - fix.at > OLD_MS;
}

export function placeOf(fix: Fix): Position2 {
  return [fix.lon, fix.lat];
}

/** What a browser tells of a position, or null when it is none. */
export function readFix(coords: { longitude: number; latitude: number; accuracy: number }, at: number): Fix | null {
  const { longitude: lon, latitude: lat, accuracy } = coords;
  if (!Number.isFinite(lon) || !Number.isFinite(lat)) return null;
  return { lon, lat, accuracy_m: Number.isFinite(accuracy) ? accuracy : null, source: 'device', at };
}
