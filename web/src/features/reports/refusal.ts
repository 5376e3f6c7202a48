// Why a report was not decided, in the reader's language: the plan's rules in the server's words, the rest in ours.
import { ApiError } from '../../api/client.ts';
import '../../domain/words/inspection.ts';
import type { AppState } from '../../state/app.svelte.ts';
import type { Refusal } from '../../state/decisions.svelte.ts';
import { refusalText, violationText } from '../edit/say.ts';

export function refusedText({ t, view }: AppState, refusal: Refusal): string {
  if (!('failure' in refusal)) {
    const said = view.lang === 'zh' ? (refusal.detail_zh ?? refusal.detail) : (refusal.detail ?? refusal.detail_zh);
    return said ?? t('state.failed');
  }
  const { failure } = refusal;
  if (!(failure instanceof ApiError)) return t('state.failed_hint');
  if (failure.status === 409) return t('decide.already');
  if (failure.status === 404) return t('decide.gone');
  const violations = failure.problem?.violations ?? [];
  return violations.map((v) => violationText(t, v)).join(' ') || refusalText(t, failure) || failure.message;
}
