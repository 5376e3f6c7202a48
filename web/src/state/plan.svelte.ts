// The plan and the server's settings: read once, shared by all.
import { findPlan, findSettings } from '../api/client.ts';
import type { PlanTree, ProjectSummary, Quota, Section, Settings } from '../api/types.ts';
import { Resource } from './resource.svelte.ts';

export class PlanState {
  readonly #all = new Resource<{ settings: Settings; tree: PlanTree }>();
  readonly settings: Settings | null = $derived(this.#all.data?.settings ?? null);
  readonly tree: PlanTree | null = $derived(this.#all.data?.tree ?? null);
  readonly error: unknown = $derived(this.#all.error);
  readonly loading: boolean = $derived(this.#all.loading);

  readonly projects: ProjectSummary[] = $derived(
    this.tree?.sections.flatMap((s) => s.items.flatMap((i) => i.projects)) ?? [],
  );
  readonly quotas: Map<string, Quota> = $derived(
    new Map(this.tree?.sections.flatMap((s) => s.items.flatMap((i) => i.quotas)).map((q) => [q.id, q])),
  );
  readonly sections: Map<string, Section> = $derived(new Map(this.tree?.sections.map((s) => [s.id, s])));

  constructor() {
    this.load();
  }

  load(): void {
    void this.#all.load(async (signal) => {
      const settings = await findSettings(signal);
      return { settings, tree: await findPlan(settings.plan, signal) };
    });
  }
}
