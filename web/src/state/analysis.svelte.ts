// A spatial question and its answer: what is near a point, along a road, or inside a drawn area.
import { findNear, projectsOf } from '../api/client.ts';
import type { Found, FoundProject, Origin } from '../api/types.ts';
import { circle, reach } from '../domain/geo/reach.ts';
import { errorOf } from '../domain/accuracy.ts';
import { nearestPerProject, tally, isLate, type Tally } from '../domain/tally.ts';
import type { Geometry, MultiPolygon } from 'geojson';
import type { Position2 } from '../domain/ring.ts';
import type { Ask } from '../domain/view.ts';
import { Resource } from './resource.svelte.ts';
import type { ViewState } from './view.svelte.ts';

export class AnalysisState {
  readonly found = new Resource<Found>();
  /** The feature that is asked about, to name and draw it; nothing while the answer is still that to an older question. */
  readonly origin: Origin | null = $derived.by(() => {
    const origin = this.found.data?.origin;
    return origin && `${origin.properties.collection}/${origin.id}` === this.#ref ? origin : null;
  });
  /** The corners of the area being drawn. */
  draft = $state.raw<Position2[]>([]);

  /** Whether the map should show the asked place once its outline is known. */
  wantsFrame = false;

  readonly #view: ViewState;
  readonly #ask: string = $derived.by(() => JSON.stringify(this.#view.current.ask));
  readonly #radius: number = $derived.by(() => this.#view.current.radius_m);
  readonly #ref: string | null = $derived.by(() => {
    const { ask } = this.#view.current;
    return ask?.type === 'feature' ? ask.ref : null;
  });

  /** All that was found, nearest first, one entry a project. */
  readonly all: FoundProject[] = $derived(nearestPerProject(this.found.data ? projectsOf(this.found.data) : []));
  readonly listed: FoundProject[] = $derived.by(() =>
    this.#view.current.lateOnly ? this.all.filter((f) => isLate(f.light)) : this.all,
  );
  readonly tally: Tally = $derived(tally(this.all));
  /** The ids to show strong on the map, or null when nothing is asked. */
  readonly matching: string[] | null = $derived.by(() =>
    this.#view.current.ask && this.found.data ? this.listed.map((f) => f.project) : null,
  );

  /** How many were found whose place nobody knows: whether they lie there cannot be told. */
  readonly unplaced: number = $derived(this.all.filter((f) => f.position === 'placeholder').length);
  /** How far the asked place itself may be off, in metres. */
  readonly error_m: number = $derived.by(() => errorOf(this.origin?.properties));

  /** What is asked about, as a shape. */
  readonly shape: Geometry | null = $derived.by(() => {
    const { ask } = this.#view.current;
    if (ask?.type === 'point') return { type: 'Point', coordinates: ask.at };
    return ask?.type === 'feature' ? (this.origin?.geometry ?? null) : null;
  });
  /** The searched ground: the radius around the shape, or the area itself. */
  readonly ground: MultiPolygon | null = $derived.by(() => {
    const { ask } = this.#view.current;
    if (ask?.type === 'area') {
      return { type: 'MultiPolygon', coordinates: [[[...ask.ring, ask.ring[0]!]]] };
    }
    if (ask?.type === 'point') return circle(ask.at, this.#radius);
    return this.shape && reach(this.shape, this.#radius);
  });

  constructor(view: ViewState) {
    this.#view = view;
    this.wantsFrame = view.current.camera === null;
    $effect(() => {
      const ask = JSON.parse(this.#ask) as Ask | null;
      void view.asOf;
      const radius = ask?.type === 'area' ? 0 : this.#radius;
      if (ask) void this.found.load((signal) => findNear(ask, radius, signal));
      else this.found.clear();
    });
  }
}
