// The scale of the timeline's bar: days in proportion, and long stretches without a change drawn in, so that a year of
// changes long ago is not squeezed by the quiet years since.
import { addDays, clampDay } from './day.ts';
import { daysBetween } from './format.ts';

export interface Span {
  first: string;
  today: string;
}

/** A piece of the bar, in days and in places from 0 to 1. */
export interface Stretch {
  from: string;
  to: string;
  start: number;
  end: number;
  /** Nothing changed here, and its days stand closer. */
  quiet: boolean;
}

export type Axis = readonly Stretch[];

/** Around each change this many days keep their room. */
const ROOM_DAYS = 14;
/** A stretch is drawn in when it is longer than this, and longer than this share of the whole. */
const QUIET_DAYS = 90;
const QUIET_SHARE = 0.2;
/** How much of the bar a drawn-in stretch takes. */
const QUIET_WIDTH = 0.08;

/** The bar from the first day to today, with the days on which something changed. */
export function axisOf(days: readonly { date: string; changes: number }[], { first, today }: Span): Axis {
  const whole = daysBetween(first, today);
  if (whole <= 0) return [{ from: first, to: first, start: 0, end: 1, quiet: false }];
  const known = days.filter((d) => d.changes > 0 && d.date >= first && d.date <= today).map((d) => d.date);
  const pieces: Omit<Stretch, 'start' | 'end'>[] = [];
  let from = first;
  let last = addDays(first, ROOM_DAYS);
  for (const day of [...known, today]) {
    const until = addDays(day, -ROOM_DAYS);
    const gap = daysBetween(last, until);
    if (gap > QUIET_DAYS && gap > whole * QUIET_SHARE) {
      pieces.push({ from, to: last, quiet: false }, { from: last, to: until, quiet: true });
      from = until;
    }
    const next = addDays(day, ROOM_DAYS);
    if (next > last) last = next;
  }
  pieces.push({ from, to: today, quiet: false });
  const busy = pieces.filter((p) => !p.quiet).reduce((sum, p) => sum + daysBetween(p.from, p.to), 0);
  const quiet = pieces.filter((p) => p.quiet).length * QUIET_WIDTH;
  let at = 0;
  return pieces.map((piece) => {
    const start = at;
    at += piece.quiet ? QUIET_WIDTH : (daysBetween(piece.from, piece.to) / busy) * (1 - quiet);
    return { ...piece, start, end: at };
  });
}

/** Where a day stands on the bar: 0 at the first, 1 today. */
export function placeOf(day: string, axis: Axis): number {
  const last = axis.at(-1)!;
  const at = clampDay(day, axis[0]!.from, last.to);
  const { from, to, start, end } = axis.find((s) => at <= s.to) ?? last;
  const length = daysBetween(from, to);
  return length === 0 ? end : start + (daysBetween(from, at) / length) * (end - start);
}

/** The day at a place on the bar. */
export function dayAt(place: number, axis: Axis): string {
  const last = axis.at(-1)!;
  const { from, to, start, end } = axis.find((s) => place <= s.end) ?? last;
  const share = end === start ? 1 : (place - start) / (end - start);
  return clampDay(addDays(from, Math.round(share * daysBetween(from, to))), from, to);
}

/** Steps of a slider on the bar: a day each, where days keep their room. */
export function stepsOf(axis: Axis): number {
  const busy = axis.filter((s) => !s.quiet);
  const days = busy.reduce((sum, s) => sum + daysBetween(s.from, s.to), 0);
  const width = busy.reduce((sum, s) => sum + s.end - s.start, 0);
  return Math.max(1, Math.round(days / width));
}
