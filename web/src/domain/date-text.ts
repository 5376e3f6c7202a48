// What people type for a day, as the one spelling that the plan uses: `2019-05-31`.
import { isDay } from './day.ts';

/** Year, month and day in this order, apart or not; other orders mean different days to different readers. */
const APART = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/;
const TOGETHER = /^(\d{4})(\d{2})(\d{2})$/;

/** The day as ISO text, or nothing when the text is no day that exists. */
export function readDay(text: string): string | null {
  const plain = text.normalize('NFKC').replaceAll('。', '.').trim();
  const found = APART.exec(plain) ?? TOGETHER.exec(plain);
  if (!found) return null;
  const [, year, month, date] = found as unknown as [string, string, string, string];
  const day = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  return isDay(day) ? day : null;
}
