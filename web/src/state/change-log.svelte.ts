// The log of changes as it is read: the newest page, and further back page by page.
import { followChanges } from '../api/time-client.ts';
import type { Change, ChangePage } from '../api/types.ts';
import { Resource } from './resource.svelte.ts';

export class ChangeLog {
  readonly #page = new Resource<ChangePage>();
  readonly #more = new Resource<ChangePage>();
  #earlier = $state.raw<Change[]>([]);
  /** The address of the page further back, or null at the end. */
  next = $state.raw<string | null>(null);
  readonly found: boolean = $derived(this.#page.data !== null);
  readonly changes: Change[] = $derived([...(this.#page.data?.changes ?? []), ...this.#earlier]);
  /** The numbers of the changes that another one took back. */
  readonly undone: ReadonlySet<number | null> = $derived(new Set(this.changes.map((c) => c.undoes)));
  readonly error: unknown = $derived(this.#page.error);
  readonly loading: boolean = $derived(this.#page.loading);
  readonly moreFailed: boolean = $derived(this.#more.error !== null);
  readonly moreLoading: boolean = $derived(this.#more.loading);
  /** Whether the reader went further back than the first page. */
  readonly isDeep: boolean = $derived(this.#earlier.length > 0);

  load(first: (signal: AbortSignal) => Promise<ChangePage>): void {
    void this.#page.load(async (signal) => {
      const found = await first(signal);
      this.#earlier = [];
      this.next = found.next;
      return found;
    });
  }

  retry(): void {
    this.#page.retry();
  }

  async loadMore(): Promise<void> {
    const at = this.next;
    if (!at) return;
    await this.#more.load((signal) => followChanges(at, signal));
    const { data } = this.#more;
    if (!data || this.next !== at) return;
    this.#earlier = [...this.#earlier, ...data.changes];
    this.next = data.next;
  }
}
