// How many features of each collection a request would find, counted a moment after it was changed.
import { countFeatures, type Conditions } from '../api/exports.ts';
import { Resource } from './resource.svelte.ts';

const PAUSE_MS = 350;

export class FeatureCounts {
  readonly #found = new Resource<Map<string, number>>();
  /** What was counted last; nothing when the question turned out wrong. */
  readonly counts: ReadonlyMap<string, number> | null = $derived(this.#found.error ? null : this.#found.data);
  readonly error: unknown = $derived(this.#found.error);
  readonly loading: boolean = $derived(this.#found.loading);
  #timer: ReturnType<typeof setTimeout> | undefined;

  ask(collections: readonly string[], conditions: Conditions): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () =>
        void this.#found.load(async (signal) => {
          const one = async (id: string) => [id, await countFeatures(id, conditions, signal)] as const;
          return new Map(await Promise.all(collections.map(one)));
        }),
      this.counts ? PAUSE_MS : 0,
    );
  }

  /** The question cannot be counted: it is too long, or wrong already. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#found.clear();
  }
}
