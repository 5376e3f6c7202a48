// The timeline: which marks and labels its bar has, and where a key or the next step of play leads.
import { placeOf, type Axis, type Span } from './axis.ts';
import { addDays, addMonths, clampDay, monthsBetween } from './day.ts';

/** A day with changes, as a mark on the bar: where it stands and how tall it is, both from 0 to 1. */
export interface Mark {
  day: string;
  at: number;
  height: number;
  changes: number;
}

export interface Label {
  day: string;
  at: number;
  text: string;
  major: boolean;
}

/** How far play moves at each step. */
export const STEP_DAYS = 7;
export const SPEEDS = [1, 2, 4] as const;
export type Speed = (typeof SPEEDS)[number];

/** Marks of the days with changes. Height grows with the root, so that the first import does not dwarf the rest. */
export function marksOf(days: readonly { date: string; changes: number }[], span: Span, axis: Axis): Mark[] {
  const inside = days.filter((d) => d.changes > 0 && d.date >= span.first && d.date <= span.today);
  const most = Math.max(1, ...inside.map((d) => d.changes));
  return inside.map(({ date, changes }) => ({
    day: date,
    at: placeOf(date, axis),
    height: 0.25 + 0.75 * Math.sqrt(changes / most),
    changes,
  }));
}

/** As many month labels as stand without touching; Januaries are written as the year, and each stretch tells its year. */
export function labelsOf(axis: Axis, most: number): Label[] {
  const busy = axis.filter((s) => !s.quiet);
  const width = busy.reduce((sum, s) => sum + s.end - s.start, 0);
  const months = busy.map((s) => monthsBetween(s.from, s.to));
  const count = months.reduce((sum, m) => sum + m.length, 0);
  const every = [1, 3, 6, 12, 24, 60].find((n) => count / n <= most * width) ?? 120;
  const index = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
  const labels = months.flatMap((stretch) => {
    const shown = stretch.filter((day) => index(day) % every === 0);
    // A stretch too short for a label of the common step still says when it is.
    const some = shown.length ? shown : stretch.slice(0, 1);
    return some.map((day, i) => {
      const major = day.slice(5, 7) === '01';
      const short = i === 0 ? day.slice(0, 7) : day.slice(5, 7);
      return { day, at: placeOf(day, axis), text: major ? day.slice(0, 4) : short, major };
    });
  });
  return apart(labels, 0.8 / most);
}

/** Labels that stand too close to the one before are left out. */
function apart(labels: Label[], least: number): Label[] {
  const kept: Label[] = [];
  for (const label of labels) {
    // A long label, with year and month, takes more room.
    const room = label.text.length > 4 ? least * 1.3 : least;
    if (label.at - (kept.at(-1)?.at ?? -1) >= room) kept.push(label);
  }
  return kept;
}

/** The day a key leads to, or nothing when the key is not ours. */
export function dayForKey(key: string, day: string, { first, today }: Span): string | null {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return clampDay(addDays(day, -1), first, today);
    case 'ArrowRight':
    case 'ArrowUp':
      return clampDay(addDays(day, 1), first, today);
    case 'PageDown':
      return clampDay(addMonths(day, -1), first, today);
    case 'PageUp':
      return clampDay(addMonths(day, 1), first, today);
    case 'Home':
      return first;
    case 'End':
      return today;
    default:
      return null;
  }
}

/** Where play begins: where the reader is, or at the first day when that is already the last. */
export function startOfPlay(day: string, { first, today }: Span): string {
  return day >= today ? first : day;
}

/** The next step of play, past what is quiet, or nothing when today has been reached. */
export function nextOfPlay(day: string, { today }: Span, axis: Axis): string | null {
  if (day >= today) return null;
  const next = clampDay(addDays(day, STEP_DAYS), day, today);
  const still = axis.find((s) => s.quiet && next > s.from && next < s.to);
  return still ? still.to : next;
}
