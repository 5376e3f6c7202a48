// The map on the phone: the plan's own style, with the patches under it and, above, where one stands, the round and the
// reports that wait. Its tiles end where those that the phone keeps end; deeper, they are drawn larger.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type {
  GeoJSONSourceSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from '@maplibre/maplibre-gl-style-spec';
import { FIELD_MAX_ZOOM } from '../domain/field/keep-tiles.ts';
import { anchorOf } from '../domain/geo/anchor.ts';
import { circle } from '../domain/geo/reach.ts';
import type { Position2 } from '../domain/ring.ts';
import type { Look } from './look.ts';
import { FONT } from './parts.ts';
import { planStyle } from './style.ts';
import { tonesFor } from './tones.ts';

export interface FieldLook extends Look {
  /** Where one stands, and how sure that is. */
  me: { at: Position2; accuracy_m: number | null; chosen: boolean } | null;
  /** The patches that are the reader's to look after. */
  mine: readonly { name: string; geometry: Geometry }[];
  /** From here along the stops that are left. */
  round: readonly Position2[];
  /** Where reports were made that are not sent yet. */
  unsent: readonly Position2[];
}

const ME = { light: '#1668c4', dark: '#6fb1ff' };
const PATCH = { light: '#7a3fa8', dark: '#cf9df5' };
const WAITS = { light: '#9a5b00', dark: '#f3cf6b' };
/** The patches lie under everything that is of the plan. */
const ABOVE_PATCHES = 'zones-fill';

export function fieldStyle(look: FieldLook): StyleSpecification {
  const style = planStyle(look);
  const at = style.layers.findIndex(({ id }) => id === ABOVE_PATCHES);
  const cut = at < 0 ? style.layers.length : at;
  const sources = { ...Object.fromEntries(Object.entries(style.sources).map(shallow)), ...ownSources(look) };
  const layers = [...style.layers.slice(0, cut), ...patchLayers(look), ...style.layers.slice(cut), ...topLayers(look)];
  return { ...style, sources, layers: layers.filter((l) => !('source' in l) || String(l.source) in sources) };
}

function shallow([id, source]: [string, SourceSpecification]): [string, SourceSpecification] {
  return [id, source.type === 'vector' ? { ...source, maxzoom: FIELD_MAX_ZOOM } : source];
}

function feature(geometry: Geometry, properties: Record<string, unknown> = {}): Feature {
  return { type: 'Feature', properties, geometry };
}

function source(features: Feature[]): GeoJSONSourceSpecification {
  return { type: 'geojson', data: { type: 'FeatureCollection', features } satisfies FeatureCollection };
}

function ownSources({ me, mine, round, unsent }: FieldLook): Record<string, GeoJSONSourceSpecification> {
  const all: Record<string, GeoJSONSourceSpecification> = {};
  // The name stands once, not in each piece of a tile.
  const named = ({ name, geometry }: FieldLook['mine'][number]) => {
    const at = anchorOf(geometry);
    return [feature(geometry), ...(at ? [feature({ type: 'Point', coordinates: at }, { name })] : [])];
  };
  if (mine.length) all['patches'] = source(mine.flatMap(named));
  if (round.length > 1) {
    const stops = round.slice(1).map((at, i) => feature({ type: 'Point', coordinates: at }, { n: String(i + 1) }));
    all['round'] = source([feature({ type: 'LineString', coordinates: [...round] }), ...stops]);
  }
  if (unsent.length) all['unsent'] = source(unsent.map((at) => feature({ type: 'Point', coordinates: at })));
  if (me) {
    const spot = feature({ type: 'Point', coordinates: me.at }, { chosen: me.chosen });
    const around = me.accuracy_m ? [feature(circle(me.at, me.accuracy_m))] : [];
    all['me'] = source([...around, spot]);
  }
  return all;
}

const is = (type: string) => ['==', ['geometry-type'], type] as never;

function patchLayers(look: FieldLook): LayerSpecification[] {
  const colour = PATCH[look.dark ? 'dark' : 'light'];
  const areas = ['in', ['geometry-type'], ['literal', ['Polygon', 'MultiPolygon']]] as never;
  return [
    {
      id: 'patches-fill',
      type: 'fill',
      source: 'patches',
      filter: areas,
      paint: { 'fill-color': colour, 'fill-opacity': 0.08 },
    },
    {
      id: 'patches-line',
      type: 'line',
      source: 'patches',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': colour, 'line-width': 3, 'line-opacity': 0.7, 'line-dasharray': [2, 2] },
    },
  ];
}

function topLayers(look: FieldLook): LayerSpecification[] {
  const tones = tonesFor(look.dark ?? false);
  const me = ME[look.dark ? 'dark' : 'light'];
  const waits = WAITS[look.dark ? 'dark' : 'light'];
  const patch = PATCH[look.dark ? 'dark' : 'light'];
  const text = { 'text-font': FONT, 'text-allow-overlap': true, 'text-ignore-placement': true };
  return [
    {
      id: 'patches-name',
      type: 'symbol',
      source: 'patches',
      filter: is('Point'),
      layout: { 'text-field': ['coalesce', ['get', 'name'], ''], 'text-font': FONT, 'text-size': 13 },
      paint: { 'text-color': patch, 'text-halo-color': tones.halo, 'text-halo-width': 1.6 },
    },
    {
      id: 'round-line',
      type: 'line',
      source: 'round',
      filter: is('LineString'),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': me, 'line-width': 3.5, 'line-opacity': 0.75, 'line-dasharray': [1, 1.8] },
    },
    {
      id: 'round-stop',
      type: 'circle',
      source: 'round',
      filter: is('Point'),
      paint: {
        'circle-radius': 11,
        'circle-color': me,
        'circle-stroke-color': tones.halo,
        'circle-stroke-width': 2,
        'circle-translate': [15, -15],
      },
    },
    {
      id: 'round-number',
      type: 'symbol',
      source: 'round',
      filter: is('Point'),
      layout: { ...text, 'text-field': ['get', 'n'], 'text-size': 13 },
      paint: { 'text-color': look.dark ? '#08182a' : '#ffffff', 'text-translate': [15, -15] },
    },
    {
      id: 'unsent',
      type: 'circle',
      source: 'unsent',
      paint: {
        'circle-radius': 8,
        'circle-color': waits,
        'circle-stroke-color': tones.halo,
        'circle-stroke-width': 2.5,
      },
    },
    {
      id: 'me-around',
      type: 'fill',
      source: 'me',
      filter: ['!=', ['geometry-type'], 'Point'] as never,
      paint: { 'fill-color': me, 'fill-opacity': 0.14 },
    },
    {
      id: 'me',
      type: 'circle',
      source: 'me',
      filter: is('Point'),
      paint: {
        'circle-radius': 8,
        'circle-color': ['case', ['get', 'chosen'], tones.halo, me],
        'circle-stroke-color': ['case', ['get', 'chosen'], me, '#ffffff'],
        'circle-stroke-width': 3,
      },
    },
  ];
}
