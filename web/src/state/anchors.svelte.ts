// Where the marker of each feature stands. Tiles cut lines and areas, and each piece would carry the name again; and only
// in one source can what is late take its place before all else.
import type { FeatureCollection, Geometry } from 'geojson';
import { untrack } from 'svelte';
import { listCollections, listFeatures } from '../api/client.ts';
import { anchorOf } from '../domain/geo/anchor.ts';
import { Resource } from './resource.svelte.ts';
import type { ViewState } from './view.svelte.ts';

function shapeOf({ type }: Geometry): 'points' | 'lines' | 'areas' {
  if (type.endsWith('Polygon')) return 'areas';
  return type.endsWith('LineString') ? 'lines' : 'points';
}

export class AnchorsState {
  readonly #found = new Resource<FeatureCollection>();
  /** null until they are known, and when there are too many: the map then names each piece. */
  readonly points: FeatureCollection | null = $derived(this.#found.data);

  constructor(view: ViewState) {
    $effect(() => {
      void view.asOf;
      untrack(() => this.load());
    });
  }

  load(): void {
    void this.#found.load(async (signal) => {
      const collections = await listCollections(signal);
      const pages = await Promise.all(collections.map((c) => listFeatures(c, signal)));
      const features = pages.flat().flatMap(({ geometry, properties }) => {
        const at = anchorOf(geometry);
        if (!at) return [];
        const shape = shapeOf(geometry);
        const point = { type: 'Point' as const, coordinates: at };
        return [{ type: 'Feature' as const, geometry: point, properties: { ...properties, shape } }];
      });
      return { type: 'FeatureCollection', features };
    });
  }
}
