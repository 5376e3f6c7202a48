// The day that the app looks at. Every read of the plan carries it; nothing else knows how.

let moment: string | null = null;

/** From now on reads are for this day; null: for now. */
export function lookAt(day: string | null): void {
  moment = day;
}

/** An address with the day that is looked at. */
export function atMoment(path: string, day: string | null = moment): string {
  return day === null ? path : `${path}${path.includes('?') ? '&' : '?'}as_of=${day}`;
}
