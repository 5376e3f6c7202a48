// The calm ground under the plan: land, water, streets, railways and their names.
import type { LayerSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { Look } from './look.ts';
import { FONT, growing, nameIn } from './parts.ts';
import type { LayerId } from './order.ts';
import { tonesFor } from './tones.ts';

export type Layer = LayerSpecification & { id: LayerId };

const from = (layer: string) => ({ source: 'context', 'source-layer': layer });

export function baseLayers(look: Look): Layer[] {
  const tones = tonesFor(look.dark ?? false);
  const over = look.basemap ? 0.55 : 1;
  const halo = { 'text-halo-color': tones.halo, 'text-halo-width': 1.4 };
  const name = { 'text-field': nameIn(look.lang), 'text-font': FONT };
  const along = { ...name, 'symbol-placement': 'line' as const, 'text-max-angle': 40, 'symbol-spacing': 400 };
  return [
    { id: 'background', type: 'background', paint: { 'background-color': tones.land } },
    ...basemapLayer(look),
    {
      id: 'boundary-fill',
      type: 'fill',
      ...from('context_boundary'),
      paint: { 'fill-color': tones.district, 'fill-opacity': look.basemap ? 0 : 1 },
    },
    {
      id: 'rivers',
      type: 'line',
      ...from('context_rivers'),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': tones.water, 'line-width': growing(3, 11, 40), 'line-opacity': over },
    },
    {
      id: 'railways',
      type: 'line',
      ...from('context_railways'),
      paint: { 'line-color': tones.rail, 'line-width': growing(1.2, 2.4, 6), 'line-opacity': over },
    },
    {
      id: 'railway-ties',
      type: 'line',
      ...from('context_railways'),
      paint: {
        'line-color': tones.rail,
        'line-width': growing(4, 7, 14),
        'line-dasharray': [0.2, 2.6],
        'line-opacity': over,
      },
    },
    {
      id: 'streets-case',
      type: 'line',
      ...from('context_roads'),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': tones.streetCase, 'line-width': growing(2.6, 8, 26), 'line-opacity': over },
    },
    {
      id: 'streets',
      type: 'line',
      ...from('context_roads'),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': tones.street, 'line-width': growing(1.4, 6, 22), 'line-opacity': over },
    },
    {
      id: 'boundary-line',
      type: 'line',
      ...from('context_boundary'),
      paint: { 'line-color': tones.districtLine, 'line-width': 1.4, 'line-dasharray': [5, 3, 1, 3] },
    },
    {
      id: 'river-names',
      type: 'symbol',
      ...from('context_rivers'),
      layout: { ...along, 'text-size': 12, 'text-letter-spacing': 0.12 },
      paint: { ...halo, 'text-color': tones.waterName },
    },
    {
      id: 'street-names',
      type: 'symbol',
      ...from('context_roads'),
      minzoom: 12,
      layout: { ...along, 'text-size': 11.5 },
      paint: { ...halo, 'text-color': tones.name },
    },
    {
      id: 'railway-names',
      type: 'symbol',
      ...from('context_railways'),
      minzoom: 12,
      layout: { ...along, 'text-size': 11, 'text-offset': [0, 1] },
      paint: { ...halo, 'text-color': tones.name },
    },
    {
      id: 'place-names',
      type: 'symbol',
      ...from('context_places'),
      filter: ['!=', ['get', 'class'], 'station'],
      layout: {
        ...name,
        'text-size': ['match', ['get', 'class'], 'city', 17, 13],
        'text-letter-spacing': 0.08,
      },
      paint: { ...halo, 'text-color': tones.name },
    },
    {
      id: 'station-names',
      type: 'symbol',
      ...from('context_places'),
      filter: ['==', ['get', 'class'], 'station'],
      minzoom: 11,
      layout: { ...name, 'text-size': 12, 'text-anchor': 'top', 'text-offset': [0, 0.6] },
      paint: { ...halo, 'text-color': tones.label },
    },
  ];
}

function basemapLayer(look: Look): Layer[] {
  if (!look.basemap) return [];
  return [{ id: 'basemap', type: 'raster', source: 'basemap', paint: { 'raster-opacity': look.dark ? 0.65 : 0.9 } }];
}
