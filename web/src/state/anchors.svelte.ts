// Where the names of lines and areas stand. Tiles cut such shapes, and each piece would carry the name again.
import type { FeatureCollection } from 'geojson';
import { listFeatures } from '../api/client.ts';
import { anchorOf } from '../domain/geo/anchor.ts';
import { Resource } from './resource.svelte.ts';

const COLLECTIONS = ['roads', 'bridges', 'parks', 'zones'];

export class AnchorsState {
  readonly #found = new Resource<FeatureCollection>();
  /** null until they are known, and when there are too many: the map then names each piece. */
  readonly points: FeatureCollection | null = $derived(this.#found.data);

  constructor() {
    void this.#found.load(async (signal) => {
      const pages = await Promise.all(COLLECTIONS.map((c) => listFeatures(c, signal)));
      const features = pages.flat().flatMap(({ geometry, properties }) => {
        const at = anchorOf(geometry);
        return at
          ? [{ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: at }, properties }]
          : [];
      });
      return { type: 'FeatureCollection', features };
    });
  }
}
