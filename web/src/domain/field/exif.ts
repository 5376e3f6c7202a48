// When a camera says that a photo was taken: `2026:11:24 09:05:00`, with or without an offset from universal time.

const TIME = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/;
const OFFSET = /^[+-]\d\d:\d\d$/;

/** In milliseconds; without an offset the camera's clock is taken to be the device's. Null for what is no time. */
export function takenAt(time: unknown, offset: unknown): number | null {
  const found = typeof time === 'string' ? TIME.exec(time) : null;
  if (!found) return null;
  const [, year, month, day, hour, minute, second] = found;
  const zone = typeof offset === 'string' && OFFSET.test(offset) ? offset : '';
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(at) ? null : at;
}
