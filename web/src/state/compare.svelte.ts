// Two days compared: what changed, which of it is shown, and where the moved and the dropped were before.
import type { FeatureCollection } from 'geojson';
import { compareDays, findProjectOn } from '../api/time-client.ts';
import type { Comparison } from '../api/types.ts';
import { tallyChanges, withChanges, type Change, type CompareEntry } from '../domain/compare.ts';
import type { Text } from '../domain/vocab.ts';
import { Resource } from './resource.svelte.ts';
import type { ViewState } from './view.svelte.ts';

/** Old places are asked for one project at a time; more than this would only make the map illegible. */
const MOST_BEFORE = 40;

export class CompareState {
  readonly found = new Resource<Comparison>();
  readonly #before = new Resource<FeatureCollection>();
  readonly #owners = new Resource<ReadonlyMap<string, Text>>();
  /** Who answers for the projects, once that was asked for; the comparison itself does not tell. */
  readonly owners: ReadonlyMap<string, Text> | null = $derived(this.#owners.data);
  readonly #view: ViewState;
  readonly #range: string | null = $derived.by(() => {
    const { compare } = this.#view.current;
    return compare && `${compare.from}..${compare.to}`;
  });
  /** The comparison, only when it is that of the days in the address. */
  readonly data: Comparison | null = $derived.by(() => {
    const { data } = this.found;
    return data && `${data.from}..${data.to}` === this.#range ? data : null;
  });
  readonly what: Change[] = $derived.by(() => this.#view.current.compare?.what ?? []);
  readonly tally: Record<Change, number> = $derived(tallyChanges(this.data?.entries ?? []));
  readonly shown: CompareEntry[] = $derived(withChanges(this.data?.entries ?? [], this.what));
  /** The ids to show strong on the map, or null when nothing is compared. */
  readonly matching: string[] | null = $derived(this.data ? this.shown.map((e) => e.project) : null);
  /** Where the shown projects were on the first day, of those that moved or are gone. */
  readonly before: FeatureCollection | null = $derived.by(() => {
    const shown = new Set(this.shown.map((e) => e.project));
    const features = (this.#before.data?.features ?? []).filter((f) => shown.has(String(f.properties?.['project'])));
    return this.data && features.length ? { type: 'FeatureCollection', features } : null;
  });

  /** Reads who answers for the projects that are shown, for the sheet. */
  async readOwners(): Promise<void> {
    const { data, shown } = this;
    if (!data) return;
    await this.#owners.load(async (signal) => {
      const on = shown.map((e) => findProjectOn(e.project, e.after ? data.to : data.from, signal));
      const projects = (await Promise.allSettled(on)).flatMap((p) => (p.status === 'fulfilled' ? [p.value] : []));
      return new Map(projects.flatMap(({ id, record }) => (record.owner ? [[id, record.owner] as const] : [])));
    });
  }

  constructor(view: ViewState) {
    this.#view = view;
    $effect(() => {
      const range = this.#range;
      this.#owners.clear();
      if (range === null) return this.found.clear();
      const [from, to] = range.split('..') as [string, string];
      void this.found.load((signal) => compareDays(from, to, signal));
    });
    $effect(() => {
      const { data } = this;
      if (!data) return this.#before.clear();
      const ids = data.entries.filter((e) => e.before && e.what.some((w) => w === 'moved' || w === 'dropped'));
      void this.#before.load(async (signal) => {
        const on = ids.slice(0, MOST_BEFORE).map((e) => findProjectOn(e.project, data.from, signal));
        const projects = await Promise.allSettled(on);
        const features = projects.flatMap((p) => (p.status === 'fulfilled' ? p.value.features.features : []));
        return { type: 'FeatureCollection', features };
      });
    });
  }
}
