// The whole map as one pure function: values in, a MapLibre style out. Addresses are root-relative; whoever hands the
// style to a client makes them absolute.
import type { SourceSpecification, StyleSpecification } from '@maplibre/maplibre-gl-style-spec';
import { atMoment } from '../api/moment.ts';
import { baseLayers, type Layer } from './base.ts';
import { changeLayers, changeSources, pulseLayers } from './changes.ts';
import type { Look } from './look.ts';
import { LAYER_ORDER, type LayerId } from './order.ts';
import { fieldLayers, fieldSources } from './field-layers.ts';
import { overlayLayers, overlaySources } from './overlay.ts';
import { chosenLayers, planLayers } from './plan-layers.ts';

/** Beyond this the server's tiles are drawn larger instead of fetched anew. */
export const TILE_MAX_ZOOM = 16;

export function planStyle(look: Look): StyleSpecification {
  return {
    version: 8,
    name: look.lang === 'zh' ? '挂图' : 'Guatu',
    sprite: '/sprites/plan',
    sources: sources(look),
    layers: inOrder([
      ...baseLayers(look),
      ...planLayers(look),
      ...chosenLayers(look),
      ...changeLayers(look),
      ...pulseLayers(look),
      ...fieldLayers(look),
      ...overlayLayers(look),
    ]),
  };
}

/** The address of the plan's tiles on a day; null: now. */
export function planTiles(day: string | null): string {
  return atMoment('/tiles/places/{z}/{x}/{y}', day);
}

function tiles(address: string): SourceSpecification {
  return { type: 'vector', tiles: [address], minzoom: 0, maxzoom: TILE_MAX_ZOOM };
}

function sources(look: Look): Record<string, SourceSpecification> {
  const all: Record<string, SourceSpecification> = {
    context: tiles('/tiles/context/{z}/{x}/{y}'),
    plan: tiles(planTiles(look.day ?? null)),
    ...overlaySources(look),
    ...fieldSources(look),
    ...changeSources(look),
  };
  const { basemap } = look;
  if (basemap) {
    const where =
      basemap.type === 'tilejson' ? { url: basemap.url } : { tiles: [basemap.url], maxzoom: basemap.max_zoom };
    const attribution = plain(basemap.attribution);
    all['basemap'] = { type: 'raster', ...where, tileSize: basemap.tile_size, attribution };
  }
  return all;
}

/** The engine shows attributions as HTML; the operator's is plain text. */
function plain(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.codePointAt(0)};`);
}

/** The layer that a repeated layer belongs to: `halo-line:areas` is a `halo-line`. */
export function familyOf(id: string): LayerId {
  return id.split(':')[0] as LayerId;
}

function inOrder(layers: Layer[]): StyleSpecification['layers'] {
  const rank = new Map(LAYER_ORDER.map((id, i) => [id, i]));
  const place = (layer: Layer) => rank.get(familyOf(layer.id)) ?? Infinity;
  return [...layers].sort((a, b) => place(a) - place(b));
}

/** The style with its own addresses made absolute, as the engine and other clients need them. */
export function absolute(style: StyleSpecification, origin: string): StyleSpecification {
  const full = (url: string) => (url.startsWith('/') ? origin + url : url);
  const sources = Object.entries(style.sources).map(([id, source]) => {
    if ('tiles' in source && source.tiles) return [id, { ...source, tiles: source.tiles.map(full) }];
    return 'url' in source && source.url ? [id, { ...source, url: full(source.url) }] : [id, source];
  });
  return { ...style, sprite: full(String(style.sprite)), sources: Object.fromEntries(sources) };
}
