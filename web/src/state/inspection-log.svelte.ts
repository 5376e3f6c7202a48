// Reports from the field as they are read: the newest page, and further back page by page.
import { followInspections, listInspections, MOST_REPORTS, type InspectionQuery } from '../api/inspections.ts';
import type { InspectionFeature, InspectionPage } from '../api/inspection-types.ts';
import { Resource } from './resource.svelte.ts';

export class InspectionLog {
  readonly #page = new Resource<InspectionPage>();
  readonly #more = new Resource<InspectionPage>();
  #earlier = $state.raw<InspectionFeature[]>([]);
  #asked: InspectionQuery = {};
  /** The address of the page further back, or null at the end. */
  next = $state.raw<string | null>(null);
  readonly found: boolean = $derived(this.#page.data !== null);
  readonly reports: InspectionFeature[] = $derived([...(this.#page.data?.features ?? []), ...this.#earlier]);
  readonly counts: InspectionPage['counts'] | null = $derived(this.#page.data?.counts ?? null);
  readonly matched: number = $derived(this.#page.data?.number_matched ?? 0);
  readonly error: unknown = $derived(this.#page.error);
  readonly loading: boolean = $derived(this.#page.loading);
  readonly moreFailed: boolean = $derived(this.#more.error !== null);
  readonly moreLoading: boolean = $derived(this.#more.loading);

  load(asked: InspectionQuery): void {
    this.#asked = asked;
    this.#read(asked.limit ?? 0);
  }

  /** Reads again as much as is shown, so that nobody who reads further down loses the place. */
  reload(): void {
    this.#read(Math.min(MOST_REPORTS, Math.max(this.#asked.limit ?? 0, this.reports.length)));
  }

  #read(limit: number): void {
    const asked = { ...this.#asked, ...(limit > 0 && { limit }) };
    void this.#page.load(async (signal) => {
      const found = await listInspections(asked, signal);
      signal.throwIfAborted();
      this.#earlier = [];
      this.next = found.next;
      return found;
    });
  }

  clear(): void {
    this.#page.clear();
    this.#more.clear();
    this.#earlier = [];
    this.next = null;
  }

  async loadMore(): Promise<void> {
    const at = this.next;
    if (!at) return;
    await this.#more.load((signal) => followInspections(at, signal));
    const { data } = this.#more;
    if (!data || this.next !== at) return;
    this.#earlier = [...this.#earlier, ...data.features];
    this.next = data.next;
  }
}
