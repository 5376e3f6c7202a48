// The patches, for their list and for the map: their shapes, and where the name of each stands.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import { listPatches } from '../api/patches.ts';
import type { PatchFeature, PatchFeatures } from '../api/inspection-types.ts';
import { anchorOf } from '../domain/geo/anchor.ts';
import { Resource } from './resource.svelte.ts';
import type { ViewState } from './view.svelte.ts';

export class PatchesState {
  readonly found = new Resource<PatchFeatures>();
  /** The patch under the pointer, in the list or on the map. */
  hovered = $state<string | null>(null);
  readonly #view: ViewState;
  readonly all: readonly PatchFeature[] = $derived(this.found.data?.features ?? []);
  /** What the map shows: all of them, without the one that is being drawn; null where no card is about patches. */
  readonly shown: FeatureCollection | null = $derived.by(() => {
    const { panel, patch } = this.#view.current;
    if (panel !== 'patches' && panel !== 'patch') return null;
    const features = this.all
      .filter(({ id }) => panel === 'patches' || id !== patch)
      .flatMap(({ id, geometry, properties: { name_zh, name_en } }) => {
        const properties = { patch: id, name_zh, name_en };
        const shape = (part: string, drawn: Geometry): Feature => ({
          type: 'Feature',
          geometry: drawn,
          properties: { ...properties, part },
        });
        const at = anchorOf(geometry);
        return [shape('shape', geometry), ...(at ? [shape('name', { type: 'Point', coordinates: at })] : [])];
      });
    return { type: 'FeatureCollection', features };
  });

  constructor(view: ViewState) {
    this.#view = view;
  }

  load(): void {
    void this.found.load((signal) => listPatches(signal));
  }
}
