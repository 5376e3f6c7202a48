// The scale of the timeline: where a day stands on the bar, which marks it has, and where a key or the next step leads.
import { addDays, addMonths, clampDay, monthsBetween } from './day.ts';
import { daysBetween } from './format.ts';

export interface Span {
  first: string;
  today: string;
}

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

export function lengthOf({ first, today }: Span): number {
  return Math.max(0, daysBetween(first, today));
}

/** Where a day stands on the bar: 0 at the first, 1 today. */
export function fractionOf(day: string, span: Span): number {
  const length = lengthOf(span);
  return length === 0 ? 1 : daysBetween(span.first, clampDay(day, span.first, span.today)) / length;
}

/** Marks of the days with changes. Height grows with the root, so that the first import does not dwarf the rest. */
export function marksOf(days: readonly { date: string; changes: number }[], span: Span): Mark[] {
  const inside = days.filter((d) => d.changes > 0 && d.date >= span.first && d.date <= span.today);
  const most = Math.max(1, ...inside.map((d) => d.changes));
  return inside.map(({ date, changes }) => ({
    day: date,
    at: fractionOf(date, span),
    height: 0.25 + 0.75 * Math.sqrt(changes / most),
    changes,
  }));
}

/** As many month labels as stand without touching; Januaries are written as the year, and the first tells its year. */
export function labelsOf(span: Span, most: number): Label[] {
  const months = monthsBetween(span.first, span.today);
  const every = [1, 3, 6, 12, 24, 60].find((n) => months.length / n <= most) ?? 120;
  const index = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
  return months
    .filter((day) => index(day) % every === 0)
    .map((day, i) => {
      const major = day.slice(5, 7) === '01';
      const short = i === 0 ? day.slice(0, 7) : day.slice(5, 7);
      return { day, at: fractionOf(day, span), text: major ? day.slice(0, 4) : short, major };
    });
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

/** The next step of play, or nothing when today has been reached. */
export function nextOfPlay(day: string, { today }: Span): string | null {
  return day >= today ? null : clampDay(addDays(day, STEP_DAYS), day, today);
}
