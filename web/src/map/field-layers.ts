// What comes from the field on the map: where reports of the chosen project were made, by their numbers, with the spots of
// their photos; and the patches that inspectors look after.
import type { ExpressionSpecification, GeoJSONSourceSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { Layer } from './base.ts';
import type { Look } from './look.ts';
import { FONT, nameIn } from './parts.ts';
import { tonesFor } from './tones.ts';

/** What a report's number stands on; dark on paper and light at night, so that it is none of the plan's own colours. */
const SPOT = { day: '#1f2a2e', night: '#eef3f3' };

export function fieldSources(look: Look): Record<string, GeoJSONSourceSpecification> {
  const all: Record<string, GeoJSONSourceSpecification> = {};
  if (look.evidence) all['evidence'] = { type: 'geojson', data: look.evidence.spots };
  if (look.patches) all['patches'] = { type: 'geojson', data: look.patches.shapes };
  return all;
}

export function fieldLayers(look: Look): Layer[] {
  return [
    ...(look.patches ? patchLayers(look, look.patches.lit) : []),
    ...(look.evidence ? spotLayers(look, look.evidence.lit) : []),
  ];
}

const is = (name: string, value: string): ExpressionSpecification => ['==', ['get', name], value];
const isShape = (type: string): ExpressionSpecification => [
  'all',
  is('part', 'shape'),
  ['==', ['geometry-type'], type],
];

function patchLayers(look: Look, lit: string | null): Layer[] {
  const tones = tonesFor(look.dark ?? false);
  const chosen = is('patch', lit ?? '');
  return [
    {
      id: 'patch-fill',
      type: 'fill',
      source: 'patches',
      filter: isShape('Polygon'),
      paint: { 'fill-color': tones.accent, 'fill-opacity': ['case', chosen, 0.24, 0.07] },
    },
    {
      id: 'patch-line',
      type: 'line',
      source: 'patches',
      filter: ['all', is('part', 'shape'), ['!=', ['geometry-type'], 'Point']],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': tones.accent, 'line-width': ['case', chosen, 5, 2.5], 'line-opacity': 0.9 },
    },
    {
      id: 'patch-point',
      type: 'circle',
      source: 'patches',
      filter: isShape('Point'),
      paint: {
        'circle-radius': ['case', chosen, 10, 7],
        'circle-color': tones.accent,
        'circle-stroke-color': tones.casing,
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'patch-name',
      type: 'symbol',
      source: 'patches',
      filter: is('part', 'name'),
      layout: {
        'text-field': nameIn(look.lang),
        'text-font': FONT,
        'text-size': 14,
        'text-max-width': 9,
        'text-padding': 4,
      },
      paint: { 'text-color': tones.accent, 'text-halo-color': tones.halo, 'text-halo-width': 2.2 },
    },
  ];
}

function spotLayers(look: Look, lit: string | null): Layer[] {
  const tones = tonesFor(look.dark ?? false);
  const [ink, paper] = look.dark ? [SPOT.night, SPOT.day] : [SPOT.day, SPOT.night];
  const chosen = is('report', lit ?? '');
  // Of several at one spot the one that is meant is told, else the newest: its number has the place, its circle lies above.
  const rank: ExpressionSpecification = ['case', chosen, 0, ['get', 'n']];
  const spot = {
    'circle-color': ['case', chosen, tones.error, ink] as ExpressionSpecification,
    'circle-stroke-color': paper,
  };
  return [
    {
      id: 'evidence-photo',
      type: 'circle',
      source: 'evidence',
      filter: is('what', 'photo'),
      paint: { ...spot, 'circle-radius': ['case', chosen, 6.5, 4.5], 'circle-stroke-width': 1.5 },
    },
    {
      id: 'evidence-point',
      type: 'circle',
      source: 'evidence',
      filter: is('what', 'report'),
      layout: { 'circle-sort-key': ['-', rank] },
      paint: { ...spot, 'circle-radius': ['case', chosen, 13.5, 10.5], 'circle-stroke-width': 2 },
    },
    {
      id: 'evidence-number',
      type: 'symbol',
      source: 'evidence',
      filter: is('what', 'report'),
      layout: {
        'text-field': ['to-string', ['get', 'n']],
        'text-font': FONT,
        'text-size': 12,
        'symbol-sort-key': rank,
        'text-padding': 5,
      },
      paint: { 'text-color': ['case', chosen, look.dark ? SPOT.day : '#ffffff', paper] },
    },
  ];
}
