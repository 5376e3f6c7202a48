// What time does to the map: a halo and a sign for what changed between two days, the old place dashed, and a short
// pulse for what has just changed.
import type { ExpressionSpecification, GeoJSONSourceSpecification } from '@maplibre/maplibre-gl-style-spec';
import { CHANGE_SIGNS } from '../domain/palette.ts';
import { CHANGES } from '../domain/compare.ts';
import type { Layer } from './base.ts';
import type { Look } from './look.ts';
import { FONT, growing } from './parts.ts';
import { repeatedId } from './plan-layers.ts';
import { tonesFor } from './tones.ts';

const PULSE_MS = 450;
/** Pixels from the marker's middle to the sign beside it. */
const ASIDE = [16, -15];

export function changeSources(look: Look): Record<string, GeoJSONSourceSpecification> {
  const all: Record<string, GeoJSONSourceSpecification> = {};
  if (look.changed) all['change-signs'] = { type: 'geojson', data: look.changed.signs };
  if (look.changed?.before) all['change-before'] = { type: 'geojson', data: look.changed.before };
  return all;
}

const colourOf = (look: Look) => (look.dark ? 'night' : 'colour');

/** A value by the change of a sign's feature. */
function bySign(part: 'colour' | 'night' | 'sign'): ExpressionSpecification {
  const pairs = CHANGES.flatMap((change) => [change, CHANGE_SIGNS[change][part]]);
  return ['match', ['get', 'change'], ...pairs, part === 'sign' ? '' : '#888888'] as unknown as ExpressionSpecification;
}

/** A colour by which change the feature's project stands under. */
function byGroup(look: Look): ExpressionSpecification | string {
  const cases = (look.changed?.groups ?? []).flatMap(({ change, projects }) => [
    ['in', ['get', 'project'], ['literal', [...projects]]],
    CHANGE_SIGNS[change][colourOf(look)],
  ]);
  return cases.length ? (['case', ...cases, 'transparent'] as unknown as ExpressionSpecification) : 'transparent';
}

const among = (projects: readonly string[]): ExpressionSpecification => [
  'in',
  ['get', 'project'],
  ['literal', [...projects]],
];

export function changeLayers(look: Look): Layer[] {
  const { changed } = look;
  if (!changed) return [];
  const tones = tonesFor(look.dark ?? false);
  const all = changed.groups.flatMap((g) => g.projects);
  const colour = byGroup(look);
  const halos = (['areas', 'lines'] as const).map((layer) => ({
    id: repeatedId('change-line', layer),
    type: 'line',
    source: 'plan',
    'source-layer': layer,
    filter: among(all),
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': colour,
      'line-opacity': 0.55,
      'line-width': layer === 'lines' ? growing(10, 18, 32) : growing(4, 7, 11),
    },
  }));
  const spots = {
    id: 'change-point',
    type: 'circle',
    source: 'plan',
    'source-layer': 'points',
    filter: among(all),
    paint: { 'circle-radius': 19, 'circle-color': colour, 'circle-opacity': 0.5 },
  };
  const badges = {
    id: 'change-badge',
    type: 'circle',
    source: 'change-signs',
    paint: {
      'circle-radius': 9.5,
      'circle-color': bySign(colourOf(look)),
      'circle-stroke-color': tones.halo,
      'circle-stroke-width': 1.5,
      'circle-translate': ASIDE,
    },
  };
  const signs = {
    id: 'change-sign',
    type: 'symbol',
    source: 'change-signs',
    layout: {
      'text-field': bySign('sign'),
      'text-font': FONT,
      'text-size': 15,
      'text-allow-overlap': true,
      'text-ignore-placement': true,
    },
    paint: { 'text-color': look.dark ? '#10181a' : '#ffffff', 'text-translate': ASIDE },
  };
  const before = !changed.before
    ? []
    : [
        {
          id: 'before-line',
          type: 'line',
          source: 'change-before',
          filter: ['!=', ['geometry-type'], 'Point'],
          paint: { 'line-color': tones.error, 'line-width': 2, 'line-dasharray': [2, 2] },
        },
        {
          id: 'before-point',
          type: 'circle',
          source: 'change-before',
          filter: ['==', ['geometry-type'], 'Point'],
          paint: {
            'circle-radius': 7,
            'circle-opacity': 0,
            'circle-stroke-color': tones.error,
            'circle-stroke-width': 2,
            'circle-stroke-opacity': 0.8,
          },
        },
      ];
  return [...halos, spots, ...before, badges, signs] as Layer[];
}

/** The pulse swings between two strengths; a change of a constant glides, one by data would jump. */
export function pulseLayers(look: Look): Layer[] {
  const { fresh } = look;
  if (!fresh?.length) return [];
  const tones = tonesFor(look.dark ?? false);
  const opacity = look.beat ? 0.75 : 0.2;
  const lines = (['areas', 'lines'] as const).map((layer) => ({
    id: repeatedId('pulse-line', layer),
    type: 'line',
    source: 'plan',
    'source-layer': layer,
    filter: among(fresh),
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': tones.accent,
      'line-opacity': opacity,
      'line-opacity-transition': { duration: PULSE_MS, delay: 0 },
      'line-width': layer === 'lines' ? growing(12, 22, 40) : growing(6, 10, 14),
    },
  }));
  const spots = {
    id: 'pulse-point',
    type: 'circle',
    source: 'plan',
    'source-layer': 'points',
    filter: among(fresh),
    paint: {
      'circle-radius': 24,
      'circle-color': tones.accent,
      'circle-opacity': opacity * 0.7,
      'circle-opacity-transition': { duration: PULSE_MS, delay: 0 },
    },
  };
  return [...lines, spots] as Layer[];
}
