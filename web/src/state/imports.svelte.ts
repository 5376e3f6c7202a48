// Data coming in: the file that is being sent, the import that is worked on, and one's own imports that wait.
import { ApiError } from '../api/client.ts';
import { deleteImport, findImport, listImports, replaceMapping, uploadImport, commitImport } from '../api/imports.ts';
import type { Commit, Import, LayerMapping, Mapping } from '../api/data-types.ts';
import type { Violation } from '../api/types.ts';
import { undoBatch } from '../api/time-client.ts';
import { MEMBERS } from '../domain/data/vocab.ts';
import { Resource } from './resource.svelte.ts';
import type { SessionState } from './session.svelte.ts';
import { SubmitKey } from './submit.ts';

export interface Upload {
  name: string;
  sent: number;
  total: number;
}

/** What the page begins with: what was said last, or what the server would do. */
function mappingOf({ mapping, layers, format }: Import): Mapping {
  if (mapping) return mapping;
  const suggested = layers.map(({ name, suggested: asked }) => asked ?? leftOut(name));
  return format === 'workbook' ? { layers: suggested, workbook: { absent: 'keep' } } : { layers: suggested };
}

/** A layer that nobody knows what to do with. */
function leftOut(layer: string): LayerMapping {
  return {
    layer,
    collection: null,
    crs: null,
    offset: null,
    encoding: null,
    match: 'id',
    fields: Object.fromEntries(MEMBERS.map((member) => [member, null])) as LayerMapping['fields'],
    defaults: { position: null, accuracy_m: null, project: null },
    absent: 'keep',
  };
}

export class ImportsState {
  readonly mine = new Resource<Import[]>();
  upload = $state.raw<Upload | null>(null);
  /** Why the last file was not taken. */
  refused = $state.raw<unknown>(null);

  current = $state.raw<Import | null>(null);
  /** What is what in its file, as it is being said. */
  mapping = $state.raw<Mapping>({ layers: [] });
  /** Whether the mapping was changed since it was looked at. */
  dirty = $state(false);
  loading = $state(false);
  busy = $state<'preview' | 'commit' | 'undo' | null>(null);
  error = $state.raw<unknown>(null);
  violations = $state.raw<Violation[]>([]);
  /** The imports of this visit that were taken back. */
  undone = $state.raw<ReadonlySet<string>>(new Set());

  #stop: (() => void) | null = null;
  /** What was said of imports that were left. */
  readonly #drafts = new Map<string, Mapping>();
  readonly #key = new SubmitKey();

  list(): void {
    void this.mine.load(listImports);
  }

  /** Sends a file; answers with its import when it was read. */
  async send(session: SessionState, file: File): Promise<Import | null> {
    this.refused = null;
    this.upload = { name: file.name, sent: 0, total: file.size };
    try {
      const found = await session.keeping(() => {
        const sending = uploadImport(file, (sent, total) => (this.upload = { name: file.name, sent, total }));
        this.#stop = sending.stop;
        return sending.done;
      });
      this.#open(found);
      return found;
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.refused = error;
      return null;
    } finally {
      this.upload = null;
      this.#stop = null;
    }
  }

  stopSending(): void {
    this.#stop?.();
  }

  /** Opens an import, or none. */
  async look(id: string | null): Promise<void> {
    if (this.current?.id === id) return;
    this.#leave();
    if (id === null) return;
    this.loading = true;
    try {
      const found = await findImport(id);
      if (this.loading) this.#open(found);
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
    }
  }

  set(i: number, change: Partial<LayerMapping>): void {
    this.change({
      ...this.mapping,
      layers: this.mapping.layers.map((layer, at) => (at === i ? { ...layer, ...change } : layer)),
    });
  }

  /** The layers that still ask where their coordinates belong. */
  get withoutCrs(): LayerMapping[] {
    const asks = new Set(this.current?.layers.filter(({ crs }) => crs.state !== 'stated').map(({ name }) => name));
    return this.mapping.layers.filter(({ layer, collection, crs }) => collection && !crs && asks.has(layer));
  }

  /** Answers for all layers that still ask. */
  setCrsOfRest(crs: string): void {
    const rest = new Set(this.withoutCrs.map(({ layer }) => layer));
    const layers = this.mapping.layers.map((choice) => (rest.has(choice.layer) ? { ...choice, crs } : choice));
    this.change({ ...this.mapping, layers });
  }

  change(mapping: Mapping): void {
    this.mapping = mapping;
    this.dirty = true;
    this.violations = [];
    if (this.current) this.#drafts.set(this.current.id, mapping);
  }

  /** Holds the file against the plan. */
  async preview(session: SessionState): Promise<boolean> {
    return this.#work('preview', async (id) => {
      const found = await session.keeping(() => replaceMapping(id, this.mapping));
      this.#drafts.delete(id);
      this.#open(found);
    });
  }

  async commit(session: SessionState, body: Commit): Promise<boolean> {
    return this.#work('commit', async (id) => {
      try {
        const key = this.#key.for([id, this.current?.preview?.sequence, body]);
        const done = await session.keeping(() => commitImport(id, body, key));
        this.#key.done();
        this.#open(done);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
        this.#key.done();
        // It may have landed before, from another window or by an answer that was lost.
        const now = await findImport(id);
        this.#open(now);
        if (!now.committed) throw error;
      }
    });
  }

  async undo(session: SessionState): Promise<boolean> {
    const { committed } = this.current ?? {};
    if (!committed) return false;
    return this.#work('undo', async (id) => {
      await session.keeping(() => undoBatch(committed.batch));
      this.undone = new Set([...this.undone, id]);
    });
  }

  async discard(session: SessionState, id: string): Promise<void> {
    this.#drafts.delete(id);
    this.mine.data = (this.mine.data ?? []).filter((one) => one.id !== id);
    if (this.current?.id === id) this.#leave();
    await session.keeping(() => deleteImport(id)).catch(() => this.list());
  }

  /** Somebody else is signed in: their imports are others. */
  forget(): void {
    this.#stop?.();
    this.#leave();
    this.#drafts.clear();
    this.mine.clear();
    this.undone = new Set();
  }

  #leave(): void {
    this.current = null;
    this.mapping = { layers: [] };
    this.dirty = false;
    this.error = null;
    this.violations = [];
    this.loading = false;
  }

  #open(found: Import): void {
    const draft = found.committed ? undefined : this.#drafts.get(found.id);
    this.current = found;
    this.mapping = draft ?? mappingOf(found);
    this.dirty = draft !== undefined;
    this.violations = [];
    this.error = null;
    this.mine.data = [found, ...(this.mine.data ?? []).filter(({ id }) => id !== found.id)];
  }

  async #work(what: 'preview' | 'commit' | 'undo', work: (id: string) => Promise<void>): Promise<boolean> {
    const { current } = this;
    if (!current || this.busy) return false;
    this.busy = what;
    this.error = null;
    try {
      await work(current.id);
      return true;
    } catch (error) {
      this.error = error;
      this.violations = (error instanceof ApiError && error.problem?.violations) || [];
      return false;
    } finally {
      this.busy = null;
    }
  }
}

/** One for the whole visit, so that an unfinished import is there when one comes back to it. */
export const imports = new ImportsState();
