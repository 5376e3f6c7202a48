// How long ago something was, in the unit that people think in.
import type { SiteKey } from './words.ts';

export interface Age {
  key: SiteKey;
  n: number;
}

const NOW_S = 10;

export function ageOf(at: number, now: number): Age {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < NOW_S) return { key: 'site.fix.now', n: 0 };
  if (seconds < 60) return { key: 'site.fix.seconds', n: Math.floor(seconds / 5) * 5 };
  if (seconds < 3600) return { key: 'site.fix.minutes', n: Math.floor(seconds / 60) };
  return { key: 'site.fix.hours', n: Math.floor(seconds / 3600) };
}

/** The days since the last report from the field. */
export function visitAge(days: number | null): Age {
  if (days === null) return { key: 'site.never', n: 0 };
  if (days <= 0) return { key: 'site.today', n: 0 };
  return days === 1 ? { key: 'site.day_ago', n: 1 } : { key: 'site.days_ago', n: days };
}
