// What is being edited now, and the guard over it: nothing typed or drawn is lost by a stray press.
import type { Spot } from '../domain/edit/blank.ts';
import type { RecordType } from '../domain/edit/vocab.ts';
import type { Text } from '../domain/vocab.ts';
import type { View } from '../domain/view.ts';
import { RecordEdit, type Beginning } from './record-edit.svelte.ts';
import { Removal } from './removal.svelte.ts';
import type { SessionState } from './session.svelte.ts';
import type { ViewState } from './view.svelte.ts';

export class EditState {
  /** A step that waits until the reader says what becomes of the unsaved changes. */
  leaving = $state.raw<Partial<View> | null>(null);
  /** The target, quota or other record in the dialogue. */
  record = $state.raw<RecordEdit | null>(null);
  /** The target that gets a reading. */
  reading = $state.raw<{ id: string } | null>(null);
  /** The record about to be removed. */
  removal = $state.raw<Removal | null>(null);
  /** Whether the place or the patch in hand differs from the saved one; its own panel says so. */
  placeDirty = $state(false);
  /** Whether the rule of the lights, or that of the reports, is changed and not saved; their page says so. */
  ruleDirty = $state(false);
  visitRuleDirty = $state(false);
  /** Where in the plan the next new project begins. */
  spot: Spot = {};
  /** The step back from an edited project: to the worklist, when it was opened there. */
  fromWorklist = $state(false);
  readonly #drafts = new Map<string, RecordEdit>();
  readonly #session: SessionState;
  readonly #view: ViewState;
  #project = $state.raw<RecordEdit | null>(null);
  readonly dirty: boolean = $derived.by(() => {
    const { panel, page } = this.#view.current;
    if (page !== 'map') return page === 'lights' && (this.ruleDirty || this.visitRuleDirty);
    const form = panel === 'edit' || panel === 'new';
    return (form && (this.#project?.dirty ?? false)) || ((panel === 'place' || panel === 'patch') && this.placeDirty);
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

  /** The project that is being made; what was typed for it is still there, unless it is to begin somewhere else. */
  newProject(beginning: () => Beginning): RecordEdit {
    const draft = this.#drafts.get('');
    const edit = draft?.dirty ? draft : new RecordEdit(this.#session, 'project', beginning());
    this.#drafts.set('', edit);
    this.#project = edit;
    return edit;
  }

  /** What was made or saved is no draft any more. */
  settled(): void {
    if (this.#project) this.#drafts.delete(this.#project.isNew ? '' : this.#project.id);
    this.#project = null;
  }

  /** Opens a record in the dialogue, or begins one. */
  open(type: RecordType, id: string | Beginning): void {
    this.record = new RecordEdit(this.#session, type, id);
  }

  remove(type: RecordType, id: string, name: Text): void {
    this.removal = new Removal(this.#session, type, id, name);
  }

  /** Throws the unsaved changes away and takes the step that waited. */
  discard(): void {
    const change = this.leaving;
    this.leaving = null;
    this.placeDirty = false;
    this.ruleDirty = this.visitRuleDirty = false;
    this.settled();
    if (change) this.#view.go(change);
  }

  #guard(change: Partial<View>): boolean {
    const { current } = this.#view;
    const leaves =
      (change.panel !== undefined && change.panel !== current.panel) ||
      (change.project !== undefined && change.project !== current.project) ||
      (change.patch !== undefined && change.patch !== current.patch) ||
      (change.page !== undefined && change.page !== current.page);
    if (!leaves || !this.dirty) return true;
    this.leaving = change;
    return false;
  }
}
