// What an answer of the server means for a report that waits: done, refused, or to be tried again, and when.
import type { Lang } from '../vocab.ts';
import { word } from '../words.ts';
import type { Fault, Refusal } from './report.ts';

export type Verdict =
  | { is: 'sent' }
  /** Said no, and would say no again. */
  | { is: 'refused'; refusal: Refusal }
  /** Nothing is wrong with it; later. */
  | { is: 'later'; retry_s: number | null }
  /** The server does not know who this is. */
  | { is: 'sign_in' }
  /** The right to report is gone; an administrator can give it back. */
  | { is: 'no_right' }
  /** There is a report of this id: perhaps this one, whose answer was lost. */
  | { is: 'exists' }
  /** The photos that it names are not there any more. */
  | { is: 'photos_gone' }
  /** The upload is not there any more. */
  | { is: 'upload_gone' };

interface Violation {
  field: string;
  detail: string;
  expected?: string | null;
  detail_zh?: string | null;
  expected_zh?: string | null;
}

export interface Said {
  status: number;
  problem: { detail?: string; title?: string; violations?: Violation[] | null } | null;
  retry_s: number | null;
}

/** A rule that was broken, with what would be right. */
function told(lang: Lang, detail: string, expected: string | null | undefined): string {
  return expected ? word('fault.expected', lang, { detail, expected }) : detail;
}

export function faultsOf({ status, problem }: Said): Fault[] {
  const found = problem?.violations ?? [];
  if (found.length === 0) {
    const text = problem?.detail ?? problem?.title ?? `HTTP ${status}`;
    return [{ field: '', zh: text, en: text }];
  }
  return found.map((v) => ({
    field: v.field,
    zh: told('zh', v.detail_zh ?? v.detail, v.detail_zh ? v.expected_zh : v.expected),
    en: told('en', v.detail, v.expected),
  }));
}

/** What is the same for photos and reports. */
function common({ status, retry_s }: Said): Verdict | null {
  if (status >= 200 && status < 300) return { is: 'sent' };
  if (status === 401) return { is: 'sign_in' };
  if (status === 403) return { is: 'no_right' };
  if (status >= 500 || [0, 408, 423, 425, 429].includes(status)) return { is: 'later', retry_s };
  return null;
}

export function verdictOnReport(said: Said): Verdict {
  const known = common(said);
  if (known) return known;
  if (said.status === 409) return { is: 'exists' };
  // A server that does not know the address is another version; the report waits for the next one.
  if (said.status === 404 || said.status === 405) return { is: 'later', retry_s: said.retry_s };
  const faults = faultsOf(said);
  if (said.status === 422 && faults.every(({ field }) => field.startsWith('photos['))) return { is: 'photos_gone' };
  return { is: 'refused', refusal: { status: said.status, faults, photo: null } };
}

export function verdictOnPhoto(said: Said, photo: string): Verdict {
  const known = common(said);
  if (known) return known;
  if (said.status === 404 || said.status === 410) return { is: 'upload_gone' };
  // What arrived is more or less than was thought; the server tells where to go on when it is asked.
  if (said.status === 409) return { is: 'later', retry_s: 1 };
  return { is: 'refused', refusal: { status: said.status, faults: faultsOf(said), photo } };
}

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;

/** How long to wait after so many failures in a row; phones of one street must not all come back at once. */
export function waitMs(failures: number, retry_s: number | null, random: number): number {
  const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1));
  return Math.max((retry_s ?? 0) * 1000, backoff * (0.75 + 0.5 * random));
}
