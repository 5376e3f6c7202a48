// How many reports wait for a decision, for those who decide.
import { listInspections } from '../api/inspections.ts';
import { Resource } from './resource.svelte.ts';
import type { SessionState } from './session.svelte.ts';

export class WaitingState {
  readonly #found = new Resource<number>();
  readonly #session: SessionState;
  readonly count: number = $derived(this.#found.data ?? 0);

  constructor(session: SessionState) {
    this.#session = session;
    const decides = $derived(session.may('edit_plan'));
    $effect(() => {
      if (decides) this.load();
      else this.#found.clear();
    });
  }

  load(): void {
    if (!this.#session.may('edit_plan')) return;
    void this.#found.load(async (signal) => {
      const { counts } = await listInspections({ state: 'pending', limit: 1 }, signal);
      return counts.pending;
    });
  }
}
