// One record being edited: the form, its faults, and what to do when somebody else was faster.
import { ApiError } from '../api/client.ts';
import { changeRecord, createRecord, findRecord } from '../api/write.ts';
import type { Body, Problem, Versioned, Violation } from '../api/types.ts';
import { differences, merged, patchOf, same, type Difference, type Keep } from '../domain/edit/compare.ts';
import { FIELDS } from '../domain/edit/fields.ts';
import { bodyOf, formOf, type Fault, type Form } from '../domain/edit/form.ts';
import { isSlug, suggestedId } from '../domain/edit/slug.ts';
import type { RecordType } from '../domain/edit/vocab.ts';
import type { Text } from '../domain/vocab.ts';
import type { SessionState } from './session.svelte.ts';
import { SubmitKey } from './submit.ts';

export interface Conflict {
  theirs: Versioned;
  mine: Body;
  differences: Difference[];
}

/** What a record that is not there yet begins with, and the ids that it cannot have. */
export interface Beginning {
  record: Body;
  taken: ReadonlySet<string>;
}

export class RecordEdit {
  readonly type: RecordType;
  readonly isNew: boolean;
  /** The id that was typed for a new record; null while the suggested one will do. */
  typedId = $state<string | null>(null);
  status = $state<'loading' | 'ready' | 'saving' | 'failed'>('loading');
  form = $state<Form>({});
  note = $state('');
  faults = $state.raw<Fault[]>([]);
  violations = $state.raw<Violation[]>([]);
  conflict = $state.raw<Conflict | null>(null);
  /** What went wrong, in the server's words. */
  error = $state('');
  /** The refusal itself, for those who say it in other words. */
  failure = $state.raw<unknown>(null);
  #base = $state.raw<Versioned | null>(null);
  readonly dirty: boolean = $derived.by(
    () => this.#base !== null && !same($state.snapshot(this.form), formOf(FIELDS[this.type], this.#base.record)),
  );
  readonly #session: SessionState;
  readonly #key = new SubmitKey();
  readonly #id: string;
  #taken: ReadonlySet<string> = new Set();
  readonly #suggested: string = $derived.by(() => {
    const name = (this.form['name'] ?? this.form['title']) as Text | undefined;
    // A name in Chinese alone tells no id; the type and a number will do.
    const otherwise = name?.zh.trim() ? this.type : '';
    return suggestedId(name?.en || name?.zh || '', this.#taken, otherwise);
  });

  /** `seen`: the version and body that the reader has in sight; without it the record is fetched. */
  constructor(
    session: SessionState,
    type: RecordType,
    id: string | Beginning,
    seen?: { version: number; record: Body },
  ) {
    this.#session = session;
    this.type = type;
    this.isNew = typeof id !== 'string';
    this.#id = typeof id === 'string' ? id : '';
    if (typeof id !== 'string') {
      this.#taken = id.taken;
      this.#rebase({ type, id: '', version: 0, record: id.record });
      this.status = 'ready';
    } else if (seen) {
      this.#rebase({ type, id, ...seen });
      this.status = 'ready';
    } else void this.load();
  }

  get id(): string {
    return this.isNew ? (this.typedId ?? this.#suggested).trim() : this.#id;
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

  /** What it is called as it was saved. */
  get name(): Text {
    return (this.seen['name'] ?? this.seen['title'] ?? { zh: this.id, en: this.id }) as Text;
  }

  /** The names of the members that this form would change. */
  get changed(): string[] {
    const patch = this.#base && patchOf(this.#base.record, this.#body(this.#base).body);
    return patch ? Object.keys(patch) : [];
  }

  /** The body that the form says now; nothing while it has faults. */
  get tried(): Body | null {
    if (!this.#base) return null;
    const { body, faults } = this.#body(this.#base);
    return faults.length ? null : body;
  }

  /** Takes back what was typed. */
  revert(): void {
    if (!this.#base) return;
    this.#rebase(this.#base);
    [this.faults, this.violations, this.error, this.failure] = [[], [], '', null];
  }

  #body(base: Versioned) {
    return bodyOf(FIELDS[this.type], $state.snapshot(this.form) as Form, base.record);
  }

  /** Sends what the form changes. True when it is saved or there was nothing to save. */
  async save(): Promise<boolean> {
    const base = this.#base;
    if (!base || this.status === 'saving') return false;
    const { body, faults } = this.#body(base);
    this.faults = [...this.#idFaults(), ...faults];
    this.violations = [];
    this.error = '';
    this.failure = null;
    if (this.faults.length) return false;
    return this.isNew ? this.#make(base, body) : this.#send(base, body);
  }

  #idFaults(): Fault[] {
    if (!this.isNew) return [];
    const code = this.id === '' ? 'needed' : !isSlug(this.id) ? 'slug' : this.#taken.has(this.id) ? 'taken' : null;
    return code ? [{ field: 'id', code }] : [];
  }

  async #make(base: Versioned, body: Body): Promise<boolean> {
    this.status = 'saving';
    const { id, note } = this;
    const key = this.#key.for({ id, body, note });
    try {
      await this.#session.keeping(() => createRecord(this.type, id, body, { key, note }));
      this.#key.done();
      return true;
    } catch (error) {
      await this.#refused(error, base, body);
      return false;
    } finally {
      this.status = 'ready';
    }
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
      const change = { patch, body };
      const written = await this.#session.keeping(() => changeRecord(this.type, this.id, change, how));
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
    this.failure = error;
    this.error = error instanceof Error ? error.message : String(error);
    if (!(error instanceof ApiError)) return;
    const problem = error.problem as Problem | null;
    if (error.status === 422) this.violations = problem?.violations ?? [];
    if (error.status === 409 && this.isNew) {
      this.error = '';
      this.faults = [{ field: 'id', code: 'taken' }];
    }
    if (error.status !== 412) return;
    const theirs = currentOf(problem, base) ?? (await findRecord(this.type, this.id).catch(() => null));
    if (!theirs) return;
    this.error = '';
    this.conflict = { theirs, mine: body, differences: differences(base.record, body, theirs.record) };
  }
}

/** What the server says is there now; nothing when it does not say so in full. */
function currentOf(problem: Problem | null, base: Versioned): Versioned | null {
  const current = problem?.current as Partial<Versioned> | null | undefined;
  if (typeof current?.version !== 'number' || !current.record) return null;
  return { ...base, version: current.version, record: current.record };
}
