// What a change that is heard makes the app read anew: only what it touches, and without taking away what is shown.
import { UNSEEN, type Batch } from '../domain/live.ts';
import type { WordKey } from '../domain/words.ts';
import type { AppState } from './app.svelte.ts';
import type { Listener } from './live.svelte.ts';

/** Records that are not drawn on the map. */
const UNDRAWN = ['target', 'theme', 'section', 'inspection', 'inspection_rule', 'patch'];
/** Records that any project's card may show. */
const WIDE = ['light_rule', 'quota', 'section', 'plan', UNSEEN];

export function liveListener(app: AppState): Listener {
  return {
    wanted: () => !app.time.isPast && app.plan.tree !== null,
    since: () => app.time.seq,
    today: () => app.plan.settings?.today ?? null,
    refresh(batch) {
      readTouched(app, batch);
      // One's own change has been answered already, and what one may not see has no name.
      const { actors, types } = batch;
      const own = actors.length === 1 && actors[0] === app.session.user?.name;
      if (!own && types.some((type) => type !== UNSEEN)) app.notice.show(said(app, batch));
    },
    // The server ends a stream when its listener is signed out or may see more or less than before.
    doubt: () => void app.session.look(),
    reload() {
      app.reload();
      app.notice.show(app.t('live.reset'));
    },
    newDay(date) {
      app.reload();
      app.notice.show(app.t('live.new_day', { date }));
    },
    back() {
      // What was asked for meanwhile did not arrive.
      app.reload();
      app.notice.show(app.t('live.back'));
    },
  };
}

function readTouched(app: AppState, batch: Batch): void {
  const { plan, results, selection, analysis, compare, time } = app;
  const { projects, types } = batch;
  plan.load();
  results.page.retry();
  time.reload();
  if (types.includes('inspection') || types.includes(UNSEEN)) app.waiting.load();
  const open = selection.project;
  const touched = (id: string) => projects.includes(id);
  const wide = types.some((type) => WIDE.includes(type));
  if (open && (wide || [open, ...open.neighbours].some(({ id }) => touched(id)))) selection.detail.retry();
  if (types.every((type) => UNDRAWN.includes(type))) return;
  analysis.found.retry();
  compare.found.retry();
  app.anchors.load();
  app.screen.refreshing = {};
}

/** One sentence for a burst: "Wang updated Zuili road". */
export function said(app: AppState, { actors, projects, types }: Batch): string {
  const { t, plan, name } = app;
  const who = actors.length === 1 ? app.actorName(actors[0]!) : t(actors.length ? 'live.several' : 'live.someone');
  const only = projects.length === 1 ? plan.projects.find((p) => p.id === projects[0]) : undefined;
  if (types.every((type) => type === 'patch')) return t('live.patches', { who });
  const what = only ? 'one' : projects.length ? 'many' : 'other';
  const key: WordKey = types.every((type) => type === 'inspection') ? `live.report_${what}` : `live.${what}`;
  return t(key, { who, n: projects.length, name: only ? name(only.name) : '' });
}
