// The plan's features: kind by symbol, stage by colour, and what is not surveyed dashed or hollow.
import type { ExpressionSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { Layer } from './base.ts';
import type { Look } from './look.ts';
import type { LayerId } from './order.ts';
import { FADED, FONT, byStage, growing, isProject, labelIn, marker, strong, surveyed, unsurveyed } from './parts.ts';
import { tonesFor } from './tones.ts';

/** All point collections are one source layer apart in the tile; each layer of ours is drawn for each of them. */
export const POINT_COLLECTIONS = ['schools', 'hospitals', 'estates', 'services', 'hotels', 'industry'] as const;
const AREAS = ['zones', 'parks'] as const;
const LINES = ['roads', 'bridges'] as const;

const from = (layer: string) => ({ source: 'plan', 'source-layer': layer });

/** Where the markers of lines and areas come from: the anchors, or the tiles when there are none. */
function markersOf(look: Look, collection: string, filter: ExpressionSpecification) {
  if (!look.anchors) return { ...from(collection), filter };
  const own: ExpressionSpecification = ['==', ['get', 'collection'], collection];
  return { source: 'anchors', filter: ['all', own, filter] as ExpressionSpecification };
}

/** Without anchors a line's marker looks for the line's own middle. */
function alongLine(look: Look): object {
  return look.anchors ? {} : { 'symbol-placement': 'line-center', 'icon-rotation-alignment': 'viewport' };
}

/** The id of a layer that is repeated for each point collection: `points-marker:schools`. */
export function repeatedId(id: LayerId, collection: string): LayerId {
  return `${id}:${collection}` as LayerId;
}

export function planLayers(look: Look): Layer[] {
  return [...AREAS.flatMap((c) => area(look, c)), ...LINES.flatMap((c) => line(look, c)), ...points(look)];
}

function area(look: Look, collection: 'zones' | 'parks'): Layer[] {
  const [weight, width] = collection === 'zones' ? [0.07, 1.3] : [0.24, 1.6];
  const chosen: ExpressionSpecification = ['case', isProject(look.selected), weight + 0.12, strong(look, weight, 0.02)];
  const edge = {
    'line-color': byStage(look.dark ? 'night' : 'edge'),
    'line-width': growing(width, width * 1.5, width * 2),
    'line-opacity': strong(look, 0.9, FADED),
  };
  return [
    {
      id: `${collection}-fill`,
      type: 'fill',
      ...from(collection),
      paint: { 'fill-color': byStage(look.dark ? 'night' : 'edge'), 'fill-opacity': chosen },
    },
    {
      id: `${collection}-line`,
      type: 'line',
      ...from(collection),
      filter: unsurveyed,
      paint: { ...edge, 'line-dasharray': collection === 'zones' ? [4, 2.5] : [2.4, 1.6] },
    },
    { id: `${collection}-line-surveyed`, type: 'line', ...from(collection), filter: surveyed, paint: edge },
    {
      id: `${collection}-marker`,
      type: 'symbol',
      ...markersOf(look, collection, shown(look)),
      ...symbol(look, collection === 'zones' ? 0.72 : 0.9, collection === 'zones' ? 11.5 : 12.5),
    },
  ];
}

function line(look: Look, collection: 'roads' | 'bridges'): Layer[] {
  const tones = tonesFor(look.dark ?? false);
  const [thin, thick] = collection === 'roads' ? [2.2, 5.5] : [3.6, 8.5];
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const core = {
    'line-color': byStage(look.dark ? 'night' : 'edge'),
    'line-width': growing(thin, thick, thick * 2.6),
    'line-opacity': strong(look, 1, FADED),
  };
  const layers: Layer[] = [
    {
      id: `${collection}-case`,
      type: 'line',
      ...from(collection),
      layout: round,
      paint: {
        'line-color': tones.casing,
        'line-width': growing(thin + 2, thick + 3, thick * 2.6 + 5),
        'line-opacity': strong(look, 0.95, 0.3),
      },
    },
    {
      id: collection,
      type: 'line',
      ...from(collection),
      filter: unsurveyed,
      paint: { ...core, 'line-dasharray': [2.2, 0.9] },
    },
    { id: `${collection}-surveyed`, type: 'line', ...from(collection), filter: surveyed, layout: round, paint: core },
    {
      id: `${collection}-marker`,
      type: 'symbol',
      ...markersOf(look, collection, shown(look)),
      ...symbol(look, 0.8, 12.5, alongLine(look)),
    },
  ];
  return layers;
}

/** The markers to draw: not the chosen one, which stands above, and none that would only take a match's place. */
function shown(look: Look): ExpressionSpecification {
  const other: ExpressionSpecification = ['!=', ['get', 'project'], look.selected ?? ''];
  return look.matching ? ['all', other, ['in', ['get', 'project'], ['literal', [...look.matching]]]] : other;
}

function symbol(look: Look, size: number, text: number, more: object = {}) {
  const tones = tonesFor(look.dark ?? false);
  return {
    layout: {
      'icon-image': marker,
      'icon-size': ['interpolate', ['linear'], ['zoom'], 10, size * 0.72, 13, size, 17, size * 1.25],
      'icon-padding': 1,
      'text-field': labelIn(look.lang),
      'text-font': FONT,
      'text-size': ['interpolate', ['linear'], ['zoom'], 10, text - 1, 15, text + 1.5],
      'text-variable-anchor': ['top', 'left', 'right', 'bottom'],
      'text-radial-offset': 1.35 * size,
      'text-justify': 'auto',
      'text-max-width': 9,
      'text-optional': true,
      'text-padding': 3,
      'text-rotation-alignment': 'viewport',
      // Who is late gets its place first; of the rest, whoever is strong.
      'symbol-sort-key': ['match', ['get', 'light'], 'red', 0, 'yellow', 1, 2],
      ...more,
    },
    paint: {
      'text-color': tones.label,
      'text-halo-color': tones.halo,
      'text-halo-width': 1.8,
    },
  } as object;
}

function points(look: Look): Layer[] {
  const tones = tonesFor(look.dark ?? false);
  const hollow: ExpressionSpecification = ['==', ['get', 'position'], 'placeholder'];
  return POINT_COLLECTIONS.flatMap((collection) => [
    {
      // Where there is no room for a marker its dot remains: nothing in the plan is missing from the map.
      id: repeatedId('points-dot', collection),
      type: 'circle',
      ...from(collection),
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 3, 14, 5],
        'circle-color': ['case', hollow, '#ffffff', byStage('fill')],
        'circle-stroke-color': ['case', hollow, byStage('edge'), tones.casing],
        'circle-stroke-width': 1.6,
        'circle-opacity': strong(look, 1, 0.3),
        'circle-stroke-opacity': strong(look, 1, 0.3),
      },
    },
    {
      id: repeatedId('points-marker', collection),
      type: 'symbol',
      ...from(collection),
      filter: shown(look),
      ...symbol(look, 0.95, 12),
    },
  ]) as Layer[];
}

/** The chosen project and the one under the pointer, above all others and never pushed aside. */
export function chosenLayers(look: Look): Layer[] {
  const tones = tonesFor(look.dark ?? false);
  const lit = ['in', ['get', 'project'], ['literal', [look.selected ?? '', look.hovered ?? '']]] as const;
  const shapes = [...AREAS, ...LINES].map((collection) => ({
    id: repeatedId('halo-line', collection),
    type: 'line',
    ...from(collection),
    filter: lit,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': tones.accent,
      'line-opacity': ['case', isProject(look.selected), 0.5, 0.35],
      'line-width': LINES.includes(collection as 'roads') ? growing(11, 20, 36) : growing(5, 8, 12),
    },
  }));
  const spots = POINT_COLLECTIONS.map((collection) => ({
    id: repeatedId('halo-point', collection),
    type: 'circle',
    ...from(collection),
    filter: lit,
    paint: {
      'circle-radius': ['case', isProject(look.selected), 22, 19],
      'circle-color': tones.accent,
      'circle-opacity': ['case', isProject(look.selected), 0.4, 0.28],
    },
  }));
  const names = [...AREAS, ...LINES, ...POINT_COLLECTIONS].map((collection) => ({
    id: repeatedId('chosen-marker', collection),
    type: 'symbol',
    ...(POINT_COLLECTIONS.includes(collection as 'schools')
      ? { ...from(collection), filter: isProject(look.selected) }
      : markersOf(look, collection, isProject(look.selected))),
    ...symbol(look, 1.12, 13.5, {
      ...(LINES.includes(collection as 'roads') ? alongLine(look) : {}),
      'icon-allow-overlap': true,
      'icon-ignore-placement': false,
      'text-ignore-placement': false,
    }),
  }));
  // They stay when nothing is chosen: putting symbol layers in and out while tiles load confuses the engine.
  return [...shapes, ...spots, ...names] as Layer[];
}
