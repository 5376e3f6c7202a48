// Why a change was not taken back, in words; the server's own stand beside them where they say more.
import { ApiError } from '../../api/client.ts';
import type { AppState } from '../../state/app.svelte.ts';
import { WORD_KEYS, type WordKey } from '../../domain/words.ts';

export interface Refusal {
  text: string;
  /** The server's words; empty when ours say as much. */
  detail: string;
}

const NEEDED = /is still needed: (.+)$/;

export function undoRefusal(app: AppState, error: unknown): Refusal {
  const { t } = app;
  if (!(error instanceof ApiError)) return { text: t('history.refused'), detail: '' };
  const detail = error.problem?.detail ?? '';
  const needed = NEEDED.exec(detail)?.[1];
  if (error.status === 409 && needed) {
    const what = needed.split(', ').map((thing) => named(app, thing));
    return { text: t('history.needed', { what: what.join(t('list.comma')) }), detail: '' };
  }
  if (error.status === 409) return { text: t('history.conflict'), detail };
  if (error.status === 403) return { text: t('history.not_allowed'), detail };
  if (error.status === 401) return { text: t('history.signed_out'), detail: '' };
  return { text: t('history.refused'), detail };
}

/** `quota q-6` as "Quota Six parks". */
function named({ plan, name, t }: AppState, thing: string): string {
  const [, type, id] = /^(\w+) (.+)$/.exec(thing) ?? [];
  const key = `record.${type}` as WordKey;
  if (!type || !id || !WORD_KEYS.includes(key)) return thing;
  const known = plan.quotas.get(id) ?? plan.sections.get(id) ?? plan.projects.find((p) => p.id === id);
  return t('history.thing', { type: t(key), name: known ? name(known.name) : id });
}
