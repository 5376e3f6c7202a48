// Calendar days as ISO text (`2019-12-31`), which sorts and compares as it stands. No clock and no time zone in here.

const DAY_MS = 86_400_000;
const SHAPE = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a text is a day that really exists. */
export function isDay(text: string | null): text is string {
  if (text === null || !SHAPE.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && isoDay(time) === text;
}

function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return isoDay(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);
}

/** The same day some months on; where the month is shorter, its last day. */
export function addMonths(day: string, months: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0));
  return isoDay(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), Math.min(date, last.getUTCDate())));
}

export function clampDay(day: string, first: string, last: string): string {
  return day < first ? first : day > last ? last : day;
}

/** The first day of every month from one day to another, both included. */
export function monthsBetween(first: string, last: string): string[] {
  const out: string[] = [];
  let at = `${first.slice(0, 7)}-01`;
  if (at < first) at = addMonths(at, 1);
  for (; at <= last; at = addMonths(at, 1)) out.push(at);
  return out;
}

/** The reader's clock time of a moment: `2026-11-24 09:05`. */
export function clockTime(moment: string | number): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return String(moment);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
