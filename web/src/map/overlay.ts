// What the reader's own question draws: the error band of the selection, the searched radius, and the area being drawn.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { GeoJSONSourceSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { Layer } from './base.ts';
import type { Look } from './look.ts';
import { tonesFor } from './tones.ts';

function collection(geometries: (Geometry | null | undefined)[]): FeatureCollection {
  const features = geometries
    .filter((g): g is Geometry => !!g)
    .map((geometry): Feature => ({ type: 'Feature', properties: {}, geometry }));
  return { type: 'FeatureCollection', features };
}

function draftGeometries(look: Look): Geometry[] {
  const draft = [...(look.draft ?? [])];
  if (draft.length === 0) return [];
  const corners: Geometry = { type: 'MultiPoint', coordinates: draft };
  if (draft.length === 1) return [corners];
  if (draft.length === 2) return [corners, { type: 'LineString', coordinates: draft }];
  return [corners, { type: 'Polygon', coordinates: [[...draft, draft[0]!]] }];
}

export function overlaySources(look: Look): Record<string, GeoJSONSourceSpecification> {
  const source = (data: FeatureCollection): GeoJSONSourceSpecification => ({ type: 'geojson', data });
  return {
    error: source(collection([look.error])),
    reach: source(collection([look.reach])),
    origin: source(collection([look.origin])),
    draft: source(collection(draftGeometries(look))),
    ...(look.anchors ? { anchors: source(look.anchors) } : {}),
  };
}

export function overlayLayers(look: Look): Layer[] {
  const tones = tonesFor(look.dark ?? false);
  const points: ['==', ['geometry-type'], 'Point'] = ['==', ['geometry-type'], 'Point'];
  return [
    { id: 'reach-fill', type: 'fill', source: 'reach', paint: { 'fill-color': tones.reach, 'fill-opacity': 0.09 } },
    { id: 'reach-line', type: 'line', source: 'reach', paint: { 'line-color': tones.reach, 'line-width': 2 } },
    {
      id: 'origin-line',
      type: 'line',
      source: 'origin',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': tones.reach, 'line-width': 3 },
    },
    {
      id: 'origin-point',
      type: 'circle',
      source: 'origin',
      filter: points,
      paint: {
        'circle-radius': 7,
        'circle-color': tones.reach,
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 2.5,
      },
    },
    { id: 'error-fill', type: 'fill', source: 'error', paint: { 'fill-color': tones.error, 'fill-opacity': 0.05 } },
    {
      id: 'error-line',
      type: 'line',
      source: 'error',
      paint: { 'line-color': tones.error, 'line-width': 1.5, 'line-dasharray': [3, 3], 'line-opacity': 0.85 },
    },
    { id: 'draft-fill', type: 'fill', source: 'draft', paint: { 'fill-color': tones.reach, 'fill-opacity': 0.12 } },
    {
      id: 'draft-line',
      type: 'line',
      source: 'draft',
      paint: { 'line-color': tones.reach, 'line-width': 2, 'line-dasharray': [2, 1.5] },
    },
    {
      id: 'draft-point',
      type: 'circle',
      source: 'draft',
      filter: points,
      paint: {
        'circle-radius': 6,
        'circle-color': '#ffffff',
        'circle-stroke-color': tones.reach,
        'circle-stroke-width': 2.5,
      },
    },
  ];
}
