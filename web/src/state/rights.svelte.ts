// What the reader may do, as far as undoing needs it. Nobody signed in means no rights.
import { findSession } from '../api/time-client.ts';
import type { Change, Session } from '../api/time-types.ts';
import { Resource } from './resource.svelte.ts';

/** Places and layers are the GIS staff's, all else the planners'. */
const PLACES: readonly string[] = ['feature', 'collection'];

export class RightsState {
  readonly #session = new Resource<Session>();
  readonly rights: readonly string[] = $derived(this.#session.data?.user?.rights ?? []);

  readonly signedIn: boolean = $derived(Boolean(this.#session.data?.user));

  /** Asks once, when the first history is opened. */
  want(): void {
    if (!this.#session.data && !this.#session.loading) void this.#session.load(findSession);
  }

  mayUndo({ type }: Pick<Change, 'type'>): boolean {
    return this.rights.includes(PLACES.includes(type) ? 'edit_geometry' : 'edit_plan');
  }
}
