// A failure in words: the cases that people meet at the door in our own, the rest in the server's.
import { ApiError } from '../../api/client.ts';
import type { Problem } from '../../api/types.ts';
import type { AppState } from '../../state/app.svelte.ts';

export function problemText(t: AppState['t'], error: unknown): string {
  if (!(error instanceof ApiError)) return t('state.failed_hint');
  if (error.status === 429) return throttledText(t, error.retry_s ?? 60);
  if (error.status === 403) return t('edit.forbidden', { detail: error.message });
  const violations = (error.problem as Problem | null)?.violations ?? [];
  return violations.map((v) => v.detail).join(' ') || error.message;
}

/** How long somebody is locked out, in the unit that people wait in. */
export function throttledText(t: AppState['t'], seconds: number): string {
  if (seconds < 90) return t('account.throttled', { n: seconds });
  return t('account.throttled_minutes', { n: Math.ceil(seconds / 60) });
}
