// The plan's features: kind by symbol, stage by colour, and what is not surveyed dashed or hollow.
import type { ExpressionSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { Layer } from './base.ts';
import type { Look } from './look.ts';
import type { LayerId } from './order.ts';
import {
  FADED,
  FONT,
  badge,
  byStage,
  growing,
  isProject,
  late,
  marker,
  nameIn,
  strong,
  surveyed,
  unsurveyed,
} from './parts.ts';
import { tonesFor } from './tones.ts';

/** Plans name their collections as they like; the server's `places` tiles have them by geometry, each feature with its kind. */
const from = (layer: 'areas' | 'lines' | 'points') => ({ source: 'plan', 'source-layer': layer });

/** How a family of layers is found among the areas or lines: one kind that is drawn in a way of its own, and the rest. */
const FAMILIES = {
  zones: { layer: 'areas', only: ['==', ['get', 'kind'], 'zone'] },
  parks: { layer: 'areas', only: ['!=', ['get', 'kind'], 'zone'] },
  roads: { layer: 'lines', only: ['!=', ['get', 'kind'], 'bridge'] },
  bridges: { layer: 'lines', only: ['==', ['get', 'kind'], 'bridge'] },
} as const satisfies Record<string, { layer: 'areas' | 'lines'; only: ExpressionSpecification }>;
type Family = keyof typeof FAMILIES;

/** A family's features, and of those the ones that pass. */
function those(family: Family, filter?: ExpressionSpecification) {
  const { layer, only } = FAMILIES[family];
  return { ...from(layer), filter: (filter ? ['all', only, filter] : only) as ExpressionSpecification };
}

/** Where the markers of lines and areas come from: the anchors, or the tiles when there are none. */
function markersOf(look: Look, family: Family, filter: ExpressionSpecification) {
  if (!look.anchors) return those(family, filter);
  const { layer, only } = FAMILIES[family];
  const own: ExpressionSpecification = ['==', ['get', 'shape'], layer];
  return { source: 'anchors', filter: ['all', own, only, filter] as ExpressionSpecification };
}

/** Without anchors a line's marker looks for the line's own middle. */
function alongLine(look: Look): object {
  return look.anchors ? {} : { 'symbol-placement': 'line-center', 'icon-rotation-alignment': 'viewport' };
}

/** The id of a layer that is repeated: `halo-line:areas`. */
export function repeatedId(id: LayerId, what: string): LayerId {
  return `${id}:${what}` as LayerId;
}

export function planLayers(look: Look): Layer[] {
  return [
    ...(['zones', 'parks'] as const).flatMap((family) => area(look, family)),
    ...(['roads', 'bridges'] as const).flatMap((family) => line(look, family)),
    ...points(look),
    ...lateLayers(look),
  ];
}

function area(look: Look, family: 'zones' | 'parks'): Layer[] {
  const [weight, width] = family === 'zones' ? [0.07, 1.3] : [0.24, 1.6];
  const chosen: ExpressionSpecification = ['case', isProject(look.selected), weight + 0.12, strong(look, weight, 0.02)];
  const edge = {
    'line-color': byStage(look.dark ? 'night' : 'edge'),
    'line-width': growing(width, width * 1.5, width * 2),
    'line-opacity': strong(look, 0.9, FADED),
  };
  return [
    {
      id: `${family}-fill`,
      type: 'fill',
      ...those(family),
      paint: { 'fill-color': byStage(look.dark ? 'night' : 'edge'), 'fill-opacity': chosen },
    },
    {
      id: `${family}-line`,
      type: 'line',
      ...those(family, unsurveyed),
      paint: { ...edge, 'line-dasharray': family === 'zones' ? [4, 2.5] : [2.4, 1.6] },
    },
    { id: `${family}-line-surveyed`, type: 'line', ...those(family, surveyed), paint: edge },
    {
      id: `${family}-marker`,
      type: 'symbol',
      ...markersOf(look, family, calm(look)),
      ...symbol(look, family === 'zones' ? 0.72 : 0.9, family === 'zones' ? 11.5 : 12.5),
    },
  ];
}

function line(look: Look, family: 'roads' | 'bridges'): Layer[] {
  const tones = tonesFor(look.dark ?? false);
  const [thin, thick] = family === 'roads' ? [2.2, 5.5] : [3.6, 8.5];
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const core = {
    'line-color': byStage(look.dark ? 'night' : 'edge'),
    'line-width': growing(thin, thick, thick * 2.6),
    'line-opacity': strong(look, 1, FADED),
  };
  const layers: Layer[] = [
    {
      id: `${family}-case`,
      type: 'line',
      ...those(family),
      layout: round,
      paint: {
        'line-color': tones.casing,
        'line-width': growing(thin + 2, thick + 3, thick * 2.6 + 5),
        'line-opacity': strong(look, 0.95, 0.3),
      },
    },
    {
      id: family,
      type: 'line',
      ...those(family, unsurveyed),
      paint: { ...core, 'line-dasharray': [2.2, 0.9] },
    },
    { id: `${family}-surveyed`, type: 'line', ...those(family, surveyed), layout: round, paint: core },
    {
      id: `${family}-marker`,
      type: 'symbol',
      ...markersOf(look, family, calm(look)),
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

/** Of the shown, those that are not late: they take what room is left. */
function calm(look: Look): ExpressionSpecification {
  return ['all', ['!', late], shown(look)];
}

const sized = (size: number): ExpressionSpecification => [
  'interpolate',
  ['linear'],
  ['zoom'],
  ...[10, size * 0.72, 13, size, 17, size * 1.25],
];

/** A marker with its name beside it where there is room. */
function symbol(look: Look, size: number, text: number, more: object = {}) {
  const name = nameOf(look, size, text);
  const layout = { 'icon-image': marker, 'icon-size': sized(size), 'icon-padding': 1, ...name.layout, ...more };
  return { layout, paint: name.paint } as object;
}

function nameOf(look: Look, size: number, text: number) {
  const tones = tonesFor(look.dark ?? false);
  return {
    layout: {
      'text-field': nameIn(look.lang),
      'text-font': FONT,
      'text-size': ['interpolate', ['linear'], ['zoom'], 10, text - 1, 15, text + 1.5],
      'text-variable-anchor': ['top', 'left', 'right', 'bottom'],
      'text-radial-offset': 1.35 * size,
      'text-justify': 'auto',
      'text-max-width': 9,
      'text-optional': true,
      'text-padding': 3,
      'text-rotation-alignment': 'viewport',
      'symbol-sort-key': WORST_FIRST,
    },
    paint: {
      'text-color': tones.label,
      'text-halo-color': tones.halo,
      'text-halo-width': 1.8,
    },
  };
}

/** Whoever is worst gets its place first. */
const WORST_FIRST: ExpressionSpecification = ['match', ['get', 'light'], 'red', 0, 'yellow', 1, 2];

/** A marker that stands whatever is around it, with its light on its corner. */
function firmMarker(size: number) {
  return {
    layout: {
      'icon-image': marker,
      'icon-size': sized(size),
      'icon-padding': 1,
      'icon-allow-overlap': true,
      'text-field': badge,
      'text-font': FONT,
      'text-size': ['interpolate', ['linear'], ['zoom'], 10, 12, 15, 14],
      'text-anchor': 'center',
      'text-offset': [-0.95 * size, -0.75 * size],
      'text-allow-overlap': true,
      'text-ignore-placement': true,
      'text-rotation-alignment': 'viewport',
      'symbol-sort-key': WORST_FIRST,
    },
  } as object;
}

/** Features of every shape, and how to find them: one source when the anchors are known, else each family's tiles. */
function everywhere(look: Look, filter: ExpressionSpecification): { what: string; found: object; more: object }[] {
  if (look.anchors) return [{ what: 'all', found: { source: 'anchors', filter }, more: {} }];
  return [
    ...(['zones', 'parks'] as const).map((what) => ({ what, found: those(what, filter), more: {} })),
    ...(['roads', 'bridges'] as const).map((what) => ({ what, found: those(what, filter), more: alongLine(look) })),
    { what: 'points', found: { ...from('points'), filter }, more: {} },
  ];
}

/** Markers that nothing may push aside, and their names, which only each other may. */
function firm(
  look: Look,
  family: 'late' | 'chosen',
  filter: ExpressionSpecification,
  size: number,
  text: number,
): Layer[] {
  return everywhere(look, filter).flatMap(({ what, found, more }) => {
    const [name, mark] = [nameOf(look, size, text), firmMarker(size)] as [Layer, Layer];
    const layer = (part: 'name' | 'marker', { layout, paint }: Layer) => ({
      id: repeatedId(`${family}-${part}`, what),
      type: 'symbol',
      ...found,
      layout: { ...layout, ...more },
      ...(paint ? { paint } : {}),
    });
    return [layer('name', name), layer('marker', mark)] as Layer[];
  });
}

/** What is late stands above the rest, red before yellow: its marker is always there and its name takes its place first. */
function lateLayers(look: Look): Layer[] {
  return firm(look, 'late', ['all', late, shown(look)], 0.95, 12.5);
}

function points(look: Look): Layer[] {
  const tones = tonesFor(look.dark ?? false);
  const hollow: ExpressionSpecification = ['==', ['get', 'position'], 'placeholder'];
  return [
    {
      // Where there is no room for a marker its dot remains: nothing in the plan is missing from the map.
      id: 'points-dot',
      type: 'circle',
      ...from('points'),
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
      id: 'points-marker',
      type: 'symbol',
      ...from('points'),
      filter: calm(look),
      ...symbol(look, 0.95, 12),
    },
  ];
}

/** The chosen project and the one under the pointer, above all others and never pushed aside. */
export function chosenLayers(look: Look): Layer[] {
  const tones = tonesFor(look.dark ?? false);
  const lit = ['in', ['get', 'project'], ['literal', [look.selected ?? '', look.hovered ?? '']]] as const;
  const shapes = (['areas', 'lines'] as const).map((layer) => ({
    id: repeatedId('halo-line', layer),
    type: 'line',
    ...from(layer),
    filter: lit,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': tones.accent,
      'line-opacity': ['case', isProject(look.selected), 0.5, 0.35],
      'line-width': layer === 'lines' ? growing(11, 20, 36) : growing(5, 8, 12),
    },
  }));
  const spots = {
    id: 'halo-point',
    type: 'circle',
    ...from('points'),
    filter: lit,
    paint: {
      'circle-radius': ['case', isProject(look.selected), 22, 19],
      'circle-color': tones.accent,
      'circle-opacity': ['case', isProject(look.selected), 0.4, 0.28],
    },
  };
  const names = firm(look, 'chosen', isProject(look.selected), 1.12, 13.5);
  // They stay when nothing is chosen: putting symbol layers in and out while tiles load confuses the engine.
  return [...shapes, spots, ...names] as Layer[];
}
