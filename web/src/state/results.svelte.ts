// The projects that the filters leave, with the counts of every filter value.
import { listProjects } from '../api/client.ts';
import type { ProjectPage } from '../api/types.ts';
import { filterCount } from '../domain/view.ts';
import { Resource } from './resource.svelte.ts';
import type { ViewState } from './view.svelte.ts';

export class ResultsState {
  readonly page = new Resource<ProjectPage>();
  readonly #view: ViewState;
  /** The question as text, so that a moved camera or an opened panel asks nothing anew. */
  readonly #key: string = $derived.by(() => {
    const { filters, sort, descending } = this.#view.current;
    return JSON.stringify({ ...filters, sort, descending });
  });
  readonly filtered: boolean = $derived.by(() => filterCount(this.#view.current.filters) > 0);
  /** The ids to show strong on the map, or null when nothing is filtered. */
  readonly matching: string[] | null = $derived.by(() =>
    this.filtered && this.page.data ? this.page.data.projects.map((p) => p.id) : null,
  );

  constructor(view: ViewState) {
    this.#view = view;
    $effect(() => {
      const question = JSON.parse(this.#key);
      void view.asOf;
      void this.page.load((signal) => listProjects(question, signal));
    });
  }
}
