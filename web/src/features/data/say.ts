// Why an export or an import was refused, in the reader's language: the server's words where it says what would be right.
import { ApiError } from '../../api/client.ts';
import type { AppState } from '../../state/app.svelte.ts';
import { WORD_KEYS, type WordKey } from '../../domain/words.ts';
import { refusalText, violationText } from '../edit/say.ts';

/** The whole refusal as one text. */
export function refusedText(t: AppState['t'], error: unknown): string {
  if (!(error instanceof ApiError) || error.status === 0) return t('state.failed_hint');
  if (error.status === 503) return t('export.busy', { n: error.retry_s ?? 10 });
  const violations = error.problem?.violations ?? [];
  if (violations.length) return violations.map((v) => violationText(t, v)).join(' ');
  const expected = error.problem?.expected;
  // Without a reason of the server, at least that it was refused.
  const detail = error.message || t('data.refused');
  return refusalText(t, error) || (expected ? t('fault.expected', { detail, expected }) : detail);
}

/** Whether a refusal is about one parameter. */
export function isAbout(error: unknown, parameter: string): boolean {
  if (!(error instanceof ApiError)) return false;
  const { problem } = error;
  return problem?.parameter === parameter || (problem?.violations ?? []).some((v) => v.field === parameter);
}

/** A word for a name that the server gives, such as `gcj-02`; without one, the name itself. */
function named(t: AppState['t'], family: string, id: string): string {
  const key = `${family}.${id.replaceAll('-', '')}` as WordKey;
  return WORD_KEYS.includes(key) ? t(key) : id.toUpperCase();
}

export const offsetText = (t: AppState['t'], id: string) => named(t, 'export.offset', id);
export const encodingText = (t: AppState['t'], id: string) => named(t, 'encoding', id);
