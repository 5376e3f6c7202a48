// One record being edited: the form, its faults, and what to do when somebody else was faster.
import { ApiError } from '../api/client.ts';
import { findRecord, patchRecord } from '../api/write.ts';
import type { Body, Versioned, Violation, WriteProblem } from '../api/edit-types.ts';
import { differences, merged, patchOf, same, type Difference, type Keep } from '../domain/edit/compare.ts';
import { FIELDS } from '../domain/edit/fields.ts';
import { bodyOf, formOf, type Fault, type Form } from '../domain/edit/form.ts';
import type { RecordType } from '../domain/edit/vocab.ts';
import type { SessionState } from './session.svelte.ts';
import { SubmitKey } from './submit.ts';

export interface Conflict {
  theirs: Versioned;
  mine: Body;
  differences: Difference[];
}

export class RecordEdit {
  readonly type: RecordType;
  readonly id: string;
  status = $state<'loading' | 'ready' | 'saving' | 'failed'>('loading');
  form = $state<Form>({});
  note = $state('');
  faults = $state.raw<Fault[]>([]);
  violations = $state.raw<Violation[]>([]);
  conflict = $state.raw<Conflict | null>(null);
  /** What went wrong, in the server's words. */
  error = $state('');
  #base = $state.raw<Versioned | null>(null);
  readonly dirty: boolean = $derived.by(
    () => this.#base !== null && !same($state.snapshot(this.form), formOf(FIELDS[this.type], this.#base.record)),
  );
  readonly #session: SessionState;
  readonly #key = new SubmitKey();

  /** `seen`: the version and body that the reader has in sight; without it the record is fetched. */
  constructor(session: SessionState, type: RecordType, id: string, seen?: { version: number; record: Body }) {
    this.#session = session;
    this.type = type;
    this.id = id;
    if (seen) {
      this.#rebase({ type, id, ...seen });
      this.status = 'ready';
    } else void this.load();
  }

  async load(): Promise<void> {
    this.status = 'loading';
    try {
      this.#rebase(await this.#session.keeping(() => findRecord(this.type, this.id)));
      this.status = 'ready';
    } catch (error) {
      this.status = 'failed';
      this.error = error instanceof Error ? error.message : '';
    }
  }

  #rebase(base: Versioned): void {
    this.#base = base;
    this.form = formOf(FIELDS[this.type], base.record);
  }

  /** The record as it was before any change of ours. */
  get seen(): Body {
    return this.#base?.record ?? {};
  }

  /** The names of the members that this form would change. */
  get changed(): string[] {
    const patch = this.#base && patchOf(this.#base.record, this.#body(this.#base).body);
    return patch ? Object.keys(patch) : [];
  }

  #body(base: Versioned) {
    return bodyOf(FIELDS[this.type], $state.snapshot(this.form) as Form, base.record);
  }

  /** Sends what the form changes. True when it is saved or there was nothing to save. */
  async save(): Promise<boolean> {
    const base = this.#base;
    if (!base || this.status === 'saving') return false;
    const { body, faults } = this.#body(base);
    this.faults = faults;
    this.violations = [];
    this.error = '';
    return faults.length === 0 && this.#send(base, body);
  }

  /** Saves on top of theirs, with the members that are kept from mine. */
  async resolve(keep: ReadonlyMap<string, Keep>): Promise<boolean> {
    const { conflict } = this;
    if (!conflict) return false;
    const body = merged(conflict.theirs.record, conflict.mine, keep);
    this.conflict = null;
    this.#base = conflict.theirs;
    this.form = formOf(FIELDS[this.type], body);
    return this.#send(conflict.theirs, body);
  }

  async #send(base: Versioned, body: Body): Promise<boolean> {
    const patch = patchOf(base.record, body);
    if (!patch) return true;
    this.status = 'saving';
    const { version } = base;
    const key = this.#key.for({ version, patch, note: this.note });
    try {
      const how = { version, key, note: this.note };
      const written = await this.#session.keeping(() => patchRecord(this.type, this.id, patch, how));
      this.#key.done();
      this.#rebase({ ...base, version: written.version, record: written.record ?? body });
      this.note = '';
      return true;
    } catch (error) {
      await this.#refused(error, base, body);
      return false;
    } finally {
      this.status = 'ready';
    }
  }

  async #refused(error: unknown, base: Versioned, body: Body): Promise<void> {
    this.error = error instanceof Error ? error.message : String(error);
    if (!(error instanceof ApiError)) return;
    const problem = error.problem as WriteProblem | null;
    if (error.status === 422) this.violations = problem?.violations ?? [];
    if (error.status !== 412) return;
    const theirs = currentOf(problem, base) ?? (await findRecord(this.type, this.id).catch(() => null));
    if (!theirs) return;
    this.error = '';
    this.conflict = { theirs, mine: body, differences: differences(base.record, body, theirs.record) };
  }
}

/** What the server says is there now; nothing when it does not say so in full. */
function currentOf(problem: WriteProblem | null, base: Versioned): Versioned | null {
  const current = problem?.current as Partial<Versioned> | null | undefined;
  if (typeof current?.version !== 'number' || !current.record) return null;
  return { ...base, version: current.version, record: current.record };
}
