// What is being edited now, and the guard over it: nothing typed or drawn is lost by a stray press.
import type { RecordType } from '../domain/edit/vocab.ts';
import type { View } from '../domain/view.ts';
import { RecordEdit } from './record-edit.svelte.ts';
import type { SessionState } from './session.svelte.ts';
import type { ViewState } from './view.svelte.ts';

export class EditState {
  /** A step that waits until the reader says what becomes of the unsaved changes. */
  leaving = $state.raw<Partial<View> | null>(null);
  /** The target, quota, section or theme in the dialogue. */
  record = $state.raw<RecordEdit | null>(null);
  /** The target that gets a reading. */
  reading = $state.raw<{ id: string } | null>(null);
  /** Whether the drawn place differs from the saved one; the place's own panel says so. */
  placeDirty = $state(false);
  /** The step back from an edited project: to the worklist, when it was opened there. */
  fromWorklist = $state(false);
  readonly #drafts = new Map<string, RecordEdit>();
  readonly #session: SessionState;
  readonly #view: ViewState;
  #project = $state.raw<RecordEdit | null>(null);
  readonly dirty: boolean = $derived.by(() => {
    const { panel } = this.#view.current;
    return (panel === 'edit' && (this.#project?.dirty ?? false)) || (panel === 'place' && this.placeDirty);
  });

  constructor(session: SessionState, view: ViewState) {
    this.#session = session;
    this.#view = view;
    view.guard = (change) => this.#guard(change);
    $effect(() => {
      if (!this.dirty && !this.record?.dirty) return;
      const stay = (event: BeforeUnloadEvent) => event.preventDefault();
      addEventListener('beforeunload', stay);
      return () => removeEventListener('beforeunload', stay);
    });
  }

  /** The edit of a project; a draft that was left by the Back button is still there. */
  project(id: string): RecordEdit {
    const draft = this.#drafts.get(id);
    const edit = draft?.dirty ? draft : new RecordEdit(this.#session, 'project', id);
    this.#drafts.set(id, edit);
    this.#project = edit;
    return edit;
  }

  open(type: RecordType, id: string): void {
    this.record = new RecordEdit(this.#session, type, id);
  }

  /** Throws the unsaved changes away and takes the step that waited. */
  discard(): void {
    const change = this.leaving;
    this.leaving = null;
    this.placeDirty = false;
    if (this.#project) this.#drafts.delete(this.#project.id);
    this.#project = null;
    if (change) this.#view.go(change);
  }

  #guard(change: Partial<View>): boolean {
    const { current } = this.#view;
    const leaves =
      (change.panel !== undefined && change.panel !== current.panel) ||
      (change.project !== undefined && change.project !== current.project) ||
      (change.page !== undefined && change.page !== current.page);
    if (!leaves || !this.dirty) return true;
    this.leaving = change;
    return false;
  }
}
