// The preview of an import as it is read: its rows page by page, its shapes for the map, and the row that is meant.
import { listOutcomes, listRows } from '../api/imports.ts';
import type { ImportRow, OutcomeFeatures, RowPage } from '../api/data-types.ts';
import type { Outcome } from '../domain/data/vocab.ts';
import { keyOf } from '../domain/data/outcome.ts';
import { Resource } from './resource.svelte.ts';

/** Few enough that what comes after the list is near. */
export const PAGE = 25;

export class Outcomes {
  readonly #page = new Resource<RowPage>();
  readonly #more = new Resource<RowPage>();
  readonly #shapes = new Resource<OutcomeFeatures>();
  #later = $state.raw<ImportRow[]>([]);
  #next = $state.raw<string | null>(null);
  #id = '';
  outcome = $state<Outcome | null>(null);
  layer = $state<string | null>(null);
  /** The key of the row that is meant, and whether it was chosen on the map. */
  chosen = $state.raw<{ key: string; onMap: boolean } | null>(null);
  readonly rows: ImportRow[] = $derived([...(this.#page.data?.rows ?? []), ...this.#later]);
  readonly matched: number = $derived(this.#page.data?.matched ?? 0);
  readonly rest: number = $derived(this.#next ? Math.max(0, this.matched - this.rows.length) : 0);
  readonly found: boolean = $derived(this.#page.data !== null);
  readonly error: unknown = $derived(this.#page.error);
  readonly loading: boolean = $derived(this.#page.loading || this.#more.loading);
  readonly moreFailed: boolean = $derived(this.#more.error !== null);
  readonly shapes: OutcomeFeatures | null = $derived(this.#shapes.data);
  readonly shapesFailed: boolean = $derived(this.#shapes.error !== null);
  /** The keys that have a shape on the map. */
  readonly drawn: ReadonlySet<string> = $derived(
    new Set(this.shapes?.features.map(({ properties }) => keyOf(properties)) ?? []),
  );

  open(id: string, outcome: Outcome, { shapes }: { shapes: boolean }): void {
    this.#id = id;
    this.outcome = outcome;
    this.layer = null;
    this.chosen = null;
    this.#page.clear();
    this.#shapes.clear();
    this.read();
    if (shapes) void this.#shapes.load((signal) => listOutcomes(id, signal));
  }

  read(): void {
    const { outcome, layer } = this;
    void this.#page.load(async (signal) => {
      const page = await listRows(this.#id, { outcome, layer, limit: PAGE }, signal);
      signal.throwIfAborted();
      this.#later = [];
      this.#next = page.next;
      return page;
    });
  }

  async readMore(): Promise<void> {
    const cursor = this.#next;
    if (!cursor) return;
    const { outcome, layer } = this;
    await this.#more.load((signal) => listRows(this.#id, { outcome, layer, limit: PAGE, cursor }, signal));
    const { data } = this.#more;
    if (!data || this.#next !== cursor) return;
    this.#later = [...this.#later, ...data.rows];
    this.#next = data.next;
  }

  /** Shows the row of a shape, going to its outcome when another is shown. */
  async choose(key: string, outcome: Outcome): Promise<void> {
    this.chosen = { key, onMap: true };
    if (this.outcome !== null && this.outcome !== outcome) {
      this.outcome = outcome;
      this.read();
    }
  }
}
