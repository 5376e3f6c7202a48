// What will be noted beside a report, by the same rule as the server's: the phone asks before, so that nobody is surprised.
import { planeAt } from '../geo/plane.ts';
import { placeOf, type Fix } from './fix.ts';
import type { KeptPhoto } from './report.ts';
import { awayFrom, type Place } from './where.ts';

export const MARKS = ['no_fix', 'poor_fix', 'far', 'photo_elsewhere', 'photo_old', 'clock_ahead'] as const;
export type Mark = (typeof MARKS)[number];

export interface InspectionRule {
  /** Metres; a fix worse than this is noted. */
  fix_limit_m: number;
  /** Metres beyond the place's error and the fix's that one may stand away. */
  reach_m: number;
  /** A project is due a visit when its last report is older. */
  visit_days: number;
  accept_at_once: boolean;
}

export interface Doubt {
  mark: Mark;
  /** Metres that explain it, where there are some. */
  metres: number | null;
  /** The photo that it is about. */
  photo?: KeptPhoto;
}

/** A photo taken farther from the fix, or earlier or later, is of something else as far as anybody can tell. */
const ELSEWHERE_M = 500;
const OLD_MS = 24 * 3_600_000;

export function doubtsAbout(
  fix: Fix | null,
  places: readonly Place[],
  rule: Pick<InspectionRule, 'fix_limit_m' | 'reach_m'>,
  { photos, observed_at }: { photos: readonly KeptPhoto[]; observed_at: number } = { photos: [], observed_at: 0 },
): Doubt[] {
  const doubts: Doubt[] = [];
  if (!fix || fix.source === 'chosen') doubts.push({ mark: 'no_fix', metres: null });
  else if (fix.accuracy_m === null || fix.accuracy_m > rule.fix_limit_m)
    doubts.push({ mark: 'poor_fix', metres: fix.accuracy_m });
  const away = fix && awayFrom(placeOf(fix), places);
  if (away && away.distance_m > away.accuracy_m + (fix.accuracy_m ?? 0) + rule.reach_m)
    doubts.push({ mark: 'far', metres: away.distance_m });
  for (const photo of photos) {
    const off = fix && photo.position ? Math.hypot(...planeAt(placeOf(fix)).toMetres(photo.position)) : 0;
    if (off > ELSEWHERE_M) doubts.push({ mark: 'photo_elsewhere', metres: off, photo });
    if (photo.taken_at != null && Math.abs(photo.taken_at - observed_at) > OLD_MS)
      doubts.push({ mark: 'photo_old', metres: null, photo });
  }
  return doubts;
}
