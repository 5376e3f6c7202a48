// The chosen project in full, and the one under the pointer.
import { findProject } from '../api/client.ts';
import type { Project } from '../api/types.ts';
import { Resource } from './resource.svelte.ts';
import type { ViewState } from './view.svelte.ts';

export class SelectionState {
  readonly detail = new Resource<Project>();
  /** The project under the pointer or the focus, in the list or on the map. */
  hovered = $state<string | null>(null);
  readonly #view: ViewState;
  readonly #id: string | null = $derived.by(() => this.#view.current.project);
  /** The detail, only when it is that of the chosen project. */
  readonly project: Project | null = $derived.by(() => (this.detail.data?.id === this.#id ? this.detail.data : null));

  constructor(view: ViewState) {
    this.#view = view;
    $effect(() => {
      const id = this.#id;
      void view.asOf;
      if (id) void this.detail.load((signal) => findProject(id, signal));
      else this.detail.clear();
    });
  }
}
