// What the reader's own question draws: the error band of the selection, the searched radius, and the area being drawn.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { ExpressionSpecification, GeoJSONSourceSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { Layer } from './base.ts';
import type { Look } from './look.ts';
import { tonesFor } from './tones.ts';

function collection(geometry: Geometry): FeatureCollection {
  return { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry }] };
}

/** The corners and the shape apart: a fill would also take several points of one feature for a ring. */
function draftOf(look: Look): FeatureCollection {
  const draft = [...(look.draft ?? [])];
  const part = (name: string, geometry: Geometry): Feature => ({
    type: 'Feature',
    properties: { part: name },
    geometry,
  });
  const features = draft.map((at) => part('corner', { type: 'Point', coordinates: at }));
  const isLine = look.draftIsLine || draft.length === 2;
  if (isLine && draft.length > 1) features.push(part('edge', { type: 'LineString', coordinates: draft }));
  if (!isLine && draft.length > 2)
    features.push(part('shape', { type: 'Polygon', coordinates: [[...draft, draft[0]!]] }));
  return { type: 'FeatureCollection', features };
}

/** Only what there is to draw: an empty source would still cost its tiles. */
export function overlaySources(look: Look): Record<string, GeoJSONSourceSpecification> {
  const source = (data: FeatureCollection): GeoJSONSourceSpecification => ({ type: 'geojson', data });
  const all: Record<string, GeoJSONSourceSpecification> = {};
  if (look.error) all['error'] = source(collection(look.error));
  if (look.reach) all['reach'] = source(collection(look.reach));
  if (look.origin) all['origin'] = source(collection(look.origin));
  if (look.draft?.length) all['draft'] = source(draftOf(look));
  if (look.corner) all['corner'] = source(collection({ type: 'Point', coordinates: look.corner }));
  if (look.anchors) all['anchors'] = source(look.anchors);
  return all;
}

export function overlayLayers(look: Look): Layer[] {
  const tones = tonesFor(look.dark ?? false);
  const points: ExpressionSpecification = ['==', ['geometry-type'], 'Point'];
  const shapes: ExpressionSpecification = ['!=', ['geometry-type'], 'Point'];
  const there = overlaySources(look);
  const layers: Layer[] = [
    { id: 'reach-fill', type: 'fill', source: 'reach', paint: { 'fill-color': tones.reach, 'fill-opacity': 0.09 } },
    { id: 'reach-line', type: 'line', source: 'reach', paint: { 'line-color': tones.reach, 'line-width': 2 } },
    {
      id: 'origin-line',
      type: 'line',
      source: 'origin',
      filter: shapes,
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
    {
      id: 'draft-fill',
      type: 'fill',
      source: 'draft',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': tones.reach, 'fill-opacity': 0.12 },
    },
    {
      id: 'draft-line',
      type: 'line',
      source: 'draft',
      filter: shapes,
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
    {
      id: 'corner-ring',
      type: 'circle',
      source: 'corner',
      paint: {
        'circle-radius': 13,
        'circle-color': 'rgba(0, 0, 0, 0)',
        'circle-stroke-color': tones.error,
        'circle-stroke-width': 3,
      },
    },
  ];
  return layers.filter((l) => 'source' in l && String(l.source) in there);
}
