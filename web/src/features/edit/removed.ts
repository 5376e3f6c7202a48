// After a record was removed: what showed it closes, and for a moment the way back is offered.
import type { AppState } from '../../state/app.svelte.ts';
import { takeBack, type Removal } from '../../state/removal.svelte.ts';

export function removed(app: AppState, { type, id, name }: Removal, seqs: readonly number[]): void {
  const { edit, notice, session, view, t } = app;
  edit.removal = edit.record = null;
  if (type === 'project') {
    edit.settled();
    view.go({ project: null, panel: 'none' });
  }
  if (type === 'patch') {
    edit.placeDirty = false;
    app.openPatches();
  }
  app.reload();

  async function comeBack(): Promise<void> {
    notice.hide();
    try {
      await takeBack(session, seqs);
      notice.show(t('history.undone'));
      if (type === 'project') app.choose(id);
    } catch {
      notice.show(t('remove.undo_failed'));
    }
    app.reload();
  }

  const offer = seqs.length ? { text: t('remove.undo'), take: () => void comeBack() } : null;
  notice.show(t('remove.done', { name: app.name(name) }), offer);
}
