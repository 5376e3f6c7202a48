// What the map shows, as plain values: the whole input of the style.
import type { FeatureCollection, Geometry, MultiPolygon } from 'geojson';
import type { Position2 } from '../domain/ring.ts';
import type { Change } from '../domain/compare.ts';
import type { Lang } from '../domain/vocab.ts';

export interface BasemapLook {
  type: 'xyz' | 'tilejson';
  url: string;
  attribution: string;
  tile_size: number;
  max_zoom: number;
}

export interface Look {
  lang: Lang;
  dark?: boolean;
  /** The projects to show strong; the others step back. null: all are strong. */
  matching?: readonly string[] | null;
  selected?: string | null;
  hovered?: string | null;
  /** Where the selected project may really be. */
  error?: MultiPolygon | null;
  /** The searched radius or area. */
  reach?: MultiPolygon | null;
  /** What the radius is drawn around. */
  origin?: Geometry | null;
  /** Where the names of lines and areas stand; without them each piece of a tile names itself. */
  anchors?: FeatureCollection | null;
  draft?: readonly Position2[];
  /** The draft is a line, which does not close. */
  draftIsLine?: boolean;
  /** A corner that is picked out. */
  corner?: Position2 | null;
  basemap?: BasemapLook | null;
  /** The day in the past that the plan's tiles are asked for. */
  day?: string | null;
  /** What two compared days differ in. */
  changed?: ChangedLook | null;
  /** Where the chosen project's reports and photos were made, and the report that is meant. */
  evidence?: { spots: FeatureCollection; lit: string | null } | null;
  /** The patches of the inspectors, while a card is about them, and the one that is meant. */
  patches?: { shapes: FeatureCollection; lit: string | null } | null;
  /** The projects that just changed, and whether their pulse is up. */
  fresh?: readonly string[];
  beat?: boolean;
}

export interface ChangedLook {
  groups: readonly { change: Change; projects: readonly string[] }[];
  /** Where the moved and the dropped were before. */
  before: FeatureCollection | null;
  /** A point for each changed project, with its sign. */
  signs: FeatureCollection;
}
