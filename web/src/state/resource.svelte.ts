// One thing that is fetched: its data, its failure, and whether it is under way. A newer request aborts an older one.
import { ApiError } from '../api/client.ts';

export class Resource<T> {
  data = $state.raw<T | null>(null);
  error = $state.raw<unknown>(null);
  loading = $state(false);

  #abort: AbortController | null = null;
  #last: ((signal: AbortSignal) => Promise<T>) | null = null;

  /** Fetches. What was there stays until the new data comes, so that lists do not blink. */
  async load(fetcher: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.#last = fetcher;
    this.loading = true;
    this.error = null;
    try {
      const data = await fetcher(abort.signal);
      if (!abort.signal.aborted) this.data = data;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.error = error;
      // What is there no more, or for others only, must not go on showing.
      if (error instanceof ApiError && error.status === 404) this.data = null;
    } finally {
      if (!abort.signal.aborted) this.loading = false;
    }
  }

  retry(): void {
    if (this.#last) void this.load(this.#last);
  }

  clear(): void {
    this.#abort?.abort();
    this.#last = null;
    this.data = null;
    this.error = null;
    this.loading = false;
  }
}
