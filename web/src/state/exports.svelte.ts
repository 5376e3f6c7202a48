// Exports of this visit: what is asked for, the one that is being made, and those that were made. They outlive the page.
import { createExport, deleteExport, findExport } from '../api/exports.ts';
import type { Export, ExportRequest } from '../api/data-types.ts';
import { ApiError } from '../api/client.ts';
import { emptyDraft, type Draft } from '../domain/data/request.ts';
import type { SessionState } from './session.svelte.ts';

/** How long to wait between two looks: soon at first, then less often, as what takes long goes on taking long. */
const LOOK_MS = { first: 300, most: 2000, growth: 1.4 };
/** As many as a reader looks back on. */
const KEPT = 10;

export class ExportsState {
  draft = $state.raw<Draft>(emptyDraft());
  /** Newest first. */
  made = $state.raw<Export[]>([]);
  /** The one whose receipt is open. */
  shown = $state<string | null>(null);
  /** Whether the request itself is under way. */
  asking = $state(false);
  error = $state.raw<unknown>(null);
  readonly running: Export | null = $derived(this.made.find(({ state }) => state === 'running') ?? null);
  readonly current: Export | null = $derived(this.made.find(({ id }) => id === this.shown) ?? null);
  readonly busy: boolean = $derived(this.asking || this.running !== null);

  set(change: Partial<Draft>): void {
    this.draft = { ...this.draft, ...change };
    // What was wrong with the last request may be mended; its own answer will say.
    this.error = null;
  }

  /** Makes a file and follows it to its end. */
  async make(session: SessionState, body: ExportRequest): Promise<Export | null> {
    if (this.busy) return null;
    this.asking = true;
    this.error = null;
    try {
      const begun = await session.keeping(() => createExport(body));
      this.#put(begun);
      this.shown = begun.id;
      this.asking = false;
      return await this.#follow(begun);
    } catch (error) {
      this.error = error;
      return null;
    } finally {
      this.asking = false;
    }
  }

  async stop(): Promise<void> {
    const { running } = this;
    if (!running) return;
    this.made = this.made.filter(({ id }) => id !== running.id);
    this.shown = null;
    await deleteExport(running.id).catch(() => {});
  }

  /** Somebody else reads now: what was made for another is none of theirs. */
  forget(): void {
    this.made = [];
    this.shown = null;
    this.error = null;
  }

  async #follow(begun: Export): Promise<Export | null> {
    let at = begun;
    for (let wait = LOOK_MS.first; at.state === 'running'; wait = Math.min(wait * LOOK_MS.growth, LOOK_MS.most)) {
      await new Promise((done) => setTimeout(done, wait));
      if (!this.made.some(({ id }) => id === begun.id)) return null;
      try {
        at = await findExport(begun.id);
      } catch (error) {
        // Stopped meanwhile, or gone: no more to follow. A line that broke is tried again.
        if (!(error instanceof ApiError)) continue;
        this.made = this.made.filter(({ id }) => id !== begun.id);
        throw error;
      }
      if (this.made.some(({ id }) => id === at.id)) this.#put(at);
    }
    return at;
  }

  #put(one: Export): void {
    const others = this.made.filter(({ id }) => id !== one.id);
    this.made = [one, ...others].slice(0, KEPT);
  }
}

/** One for the whole visit. */
export const exports = new ExportsState();
