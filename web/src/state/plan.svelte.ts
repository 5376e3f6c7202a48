// The plan and the server's settings: read once, shared by all.
import { untrack } from 'svelte';
import { findPlan, findSettings } from '../api/client.ts';
import type { PlanTree, ProjectSummary, Quota, Section, Settings } from '../api/types.ts';
import { Resource } from './resource.svelte.ts';
import type { ViewState } from './view.svelte.ts';

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

  constructor(view: ViewState) {
    $effect(() => {
      void view.asOf;
      untrack(() => this.load());
    });
  }

  /** The ids of a type of record that are taken, as far as the plan tells. */
  idsOf(type: 'project' | 'target' | 'quota' | 'theme' | 'section' | 'collection'): string[] {
    if (type === 'section') return [...this.sections.keys()];
    if (type === 'collection') return [];
    const items = this.tree?.sections.flatMap((s) => s.items) ?? [];
    const list = { project: 'projects', target: 'targets', quota: 'quotas', theme: 'themes' } as const;
    return items.flatMap((item) => item[list[type]].map(({ id }) => id));
  }

  /** Reads the plan; the settings are kept unless they are asked for anew, as on a new day. */
  load({ afresh = false } = {}): void {
    void this.#all.load(async (signal) => {
      const settings = (afresh ? null : this.settings) ?? (await findSettings(signal));
      return { settings, tree: await findPlan(settings.plan, signal) };
    });
  }
}
