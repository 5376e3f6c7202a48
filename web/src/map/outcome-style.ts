// The map of an import: the plan stepped back, and over it what would become of each shape of the file, by colour and sign.
import type { FeatureCollection } from 'geojson';
import type {
  ExpressionSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from '@maplibre/maplibre-gl-style-spec';
import { keyOf, OUTCOME_SIGNS } from '../domain/data/outcome.ts';
import { OUTCOMES, type Outcome } from '../domain/data/vocab.ts';
import { anchorOf } from '../domain/geo/anchor.ts';
import type { Lang } from '../domain/vocab.ts';
import type { OutcomeFeatures } from '../api/data-types.ts';
import { FONT } from './parts.ts';
import { planStyle } from './style.ts';
import { tonesFor } from './tones.ts';

export interface OutcomeLook {
  lang: Lang;
  dark: boolean;
  shapes: OutcomeFeatures | null;
  /** The outcome that is listed beside the map; null: all. */
  outcome: Outcome | null;
  /** The key of the shape that is meant. */
  chosen: string | null;
}

/** How much is left of what is not meant. */
const FAINT = 0.3;

/** The layers that answer a click. */
export const OUTCOME_LAYERS = ['outcome-sign', 'outcome-badge', 'outcome-point', 'outcome-line', 'outcome-fill'];

/** The shapes with their keys, and a sign where each is. */
export function keyed({ features }: OutcomeFeatures): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: features.flatMap((feature) => {
      const key = keyOf(feature.properties);
      const { outcome } = feature.properties;
      const at = anchorOf(feature.geometry);
      const sign = at && {
        type: 'Feature' as const,
        geometry: { type: 'Point' as const, coordinates: at },
        properties: { key, outcome, part: 'sign' },
      };
      return [
        { type: 'Feature' as const, geometry: feature.geometry, properties: { key, outcome, part: 'shape' } },
        ...(sign ? [sign] : []),
      ];
    }),
  };
}

export function outcomeStyle(look: OutcomeLook, data: FeatureCollection | null): StyleSpecification {
  // The plan is there to compare with; nothing of it is strong.
  const style = planStyle({ lang: look.lang, dark: look.dark, matching: [] });
  if (!data) return style;
  const outcomes: SourceSpecification = { type: 'geojson', data };
  return { ...style, sources: { ...style.sources, outcomes }, layers: [...style.layers, ...layers(look)] };
}

function by(part: 'colour' | 'night' | 'sign'): ExpressionSpecification {
  const pairs = OUTCOMES.flatMap((outcome) => [outcome, OUTCOME_SIGNS[outcome][part]]);
  return ['match', ['get', 'outcome'], ...pairs, part === 'sign' ? '' : '#888'] as unknown as ExpressionSpecification;
}

function layers(look: OutcomeLook): LayerSpecification[] {
  const tones = tonesFor(look.dark);
  const colour = by(look.dark ? 'night' : 'colour');
  const chosen: ExpressionSpecification = ['==', ['get', 'key'], look.chosen ?? ''];
  // What is listed beside the map is strong; the rest of the file steps back, what stays as it is most of all.
  const listed: ExpressionSpecification = look.outcome
    ? ['any', ['==', ['get', 'outcome'], look.outcome], chosen]
    : ['any', ['!=', ['get', 'outcome'], 'unchanged'], chosen];
  const strength = (value: number): ExpressionSpecification => ['case', listed, value, value * FAINT];
  const part = (name: string, ...types: string[]): ExpressionSpecification => [
    'all',
    ['==', ['get', 'part'], name],
    ['in', ['geometry-type'], ['literal', types]],
  ];
  const areas = ['Polygon', 'MultiPolygon'];
  const lines = ['LineString', 'MultiLineString', ...areas];
  const source = 'outcomes';
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const gone: ExpressionSpecification = ['==', ['get', 'outcome'], 'removed'];
  return [
    {
      id: 'outcome-fill',
      type: 'fill',
      source,
      filter: part('shape', ...areas),
      paint: { 'fill-color': colour, 'fill-opacity': ['case', chosen, 0.3, listed, 0.14, 0.04] },
    },
    {
      id: 'outcome-case',
      type: 'line',
      source,
      filter: part('shape', ...lines),
      layout: round,
      paint: { 'line-color': tones.casing, 'line-width': ['case', chosen, 11, 6], 'line-opacity': strength(1) },
    },
    {
      id: 'outcome-line',
      type: 'line',
      source,
      filter: ['all', part('shape', ...lines), ['!', gone]],
      layout: round,
      paint: { 'line-color': colour, 'line-width': ['case', chosen, 7, 3.5], 'line-opacity': strength(1) },
    },
    {
      id: 'outcome-gone',
      type: 'line',
      source,
      filter: ['all', part('shape', ...lines), gone],
      paint: {
        'line-color': colour,
        'line-width': ['case', chosen, 7, 3.5],
        'line-opacity': strength(1),
        'line-dasharray': [1.6, 1.2],
      },
    },
    {
      id: 'outcome-point',
      type: 'circle',
      source,
      filter: part('shape', 'Point', 'MultiPoint'),
      paint: {
        'circle-radius': ['case', chosen, 9, 5],
        'circle-color': colour,
        'circle-opacity': strength(1),
        'circle-stroke-color': tones.casing,
        'circle-stroke-opacity': strength(1),
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'outcome-badge',
      type: 'circle',
      source,
      filter: ['all', part('sign', 'Point'), listed],
      layout: { 'circle-sort-key': ['case', chosen, 1, 0] },
      paint: {
        'circle-radius': ['case', chosen, 13, 9],
        'circle-color': colour,
        'circle-stroke-color': tones.halo,
        'circle-stroke-width': ['case', chosen, 3, 1.5],
      },
    },
    {
      id: 'outcome-sign',
      type: 'symbol',
      source,
      filter: ['all', part('sign', 'Point'), listed],
      layout: {
        'text-field': by('sign'),
        'text-font': FONT,
        'text-size': ['case', chosen, 18, 13],
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': look.dark ? '#10181a' : '#ffffff' },
    },
  ];
}
