// The log of changes as it is read: the newest page, and further back page by page.
import { followChanges } from '../api/time-client.ts';
import type { Change, ChangePage } from '../api/types.ts';
import { isUndone, undoneBy } from '../domain/undone.ts';
import { Resource } from './resource.svelte.ts';

/** Asks for the changes after one that took others back. */
type AskUndoers = (since: number, signal: AbortSignal) => Promise<Change[]>;

export class ChangeLog {
  readonly #page = new Resource<ChangePage>();
  readonly #more = new Resource<ChangePage>();
  #earlier = $state.raw<Change[]>([]);
  /** What took changes back and is not in the list itself. */
  #undoers = $state.raw<Change[]>([]);
  #askUndoers: AskUndoers | null = null;
  /** The address of the page further back, or null at the end. */
  next = $state.raw<string | null>(null);
  readonly found: boolean = $derived(this.#page.data !== null);
  readonly changes: Change[] = $derived([...(this.#page.data?.changes ?? []), ...this.#earlier]);
  readonly #undone: ReadonlySet<string> = $derived(undoneBy([...this.changes, ...this.#undoers]));
  readonly error: unknown = $derived(this.#page.error);
  readonly loading: boolean = $derived(this.#page.loading);
  readonly moreFailed: boolean = $derived(this.#more.error !== null);
  readonly moreLoading: boolean = $derived(this.#more.loading);
  /** Whether the reader went further back than the first page. */
  readonly isDeep: boolean = $derived(this.#earlier.length > 0);

  /** `askUndoers` where the list may leave out what took its changes back, as a filtered one does. */
  load(first: (signal: AbortSignal) => Promise<ChangePage>, askUndoers: AskUndoers | null = null): void {
    this.#askUndoers = askUndoers;
    void this.#page.load(async (signal) => {
      const found = await first(signal);
      await this.#look(found.changes, signal);
      this.#earlier = [];
      this.next = found.next;
      return found;
    });
  }

  retry(): void {
    this.#page.retry();
  }

  /** Whether a change was taken back. */
  undone(change: Change): boolean {
    return isUndone(change, this.#undone);
  }

  /** Whether others landed together with a change. What programs made, such as a whole plan, was never one step. */
  together({ batch, seq, actor }: Change): boolean {
    if (actor === 'seed' || actor === 'simulation') return false;
    return this.changes.some((other) => other.batch === batch && other.seq !== seq);
  }

  async loadMore(): Promise<void> {
    const at = this.next;
    if (!at) return;
    await this.#more.load(async (signal) => {
      const found = await followChanges(at, signal);
      await this.#look(found.changes, signal);
      return found;
    });
    const { data } = this.#more;
    if (!data || this.next !== at) return;
    this.#earlier = [...this.#earlier, ...data.changes];
    this.next = data.next;
  }

  async #look(changes: readonly Change[], signal: AbortSignal): Promise<void> {
    const oldest = changes.at(-1)?.seq;
    if (this.#askUndoers && oldest !== undefined) this.#undoers = await this.#askUndoers(oldest, signal);
  }
}
