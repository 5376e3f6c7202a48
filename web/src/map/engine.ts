// Owns the MapLibre map: applies styles, moves the camera, and tells what was pointed at. It decides nothing itself.
import type {
  IControl,
  Map as GlMap,
  MapMouseEvent,
  PointLike,
  StyleSpecification,
  VectorTileSource,
} from 'maplibre-gl';
import type { Box } from '../domain/geo/plane.ts';
import { tilesIn } from '../domain/geo/tiles.ts';
import type { Position2 } from '../domain/ring.ts';
import type { Camera } from '../domain/view.ts';
import type { Text } from '../domain/vocab.ts';
import { BASE_LINES, CLICKABLE, PATCH_LAYERS, SNAPPABLE, SPOT_LAYERS, type LayerId } from './order.ts';
import type { PlaceEditor, PlaceEvents } from './place-editor.ts';
import { meant } from './pick.ts';
import { TILE_MAX_ZOOM, absolute, familyOf, planTiles } from './style.ts';

export interface Padding {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** What lies under the pointer: a project of the plan, and a way of the base map. */
export interface Hit {
  at: Position2;
  point: { x: number; y: number };
  project: string | null;
  /** `collection/id` of a plan line or a base-map way, for "both sides of a road". */
  way: string | null;
  /** A report by where it or one of its photos was made, with that photo. */
  spot: { report: string; photo: string | null } | null;
  patch: string | null;
}

/** A road, river or railway of the base map that has a name. */
export interface Way {
  /** `collection/id`. */
  ref: string;
  name: Text;
}

export interface EngineEvents {
  click(hit: Hit): void;
  doubleClick(): void;
  hover(hit: Hit | null): void;
  moved(camera: Camera): void;
  painted(): void;
  failed(message: string): void;
}

export interface EngineStart {
  container: HTMLElement;
  style: StyleSpecification;
  camera: Camera | null;
  box: Box | null;
  padding: Padding;
}

/** What the map's own elements say. */
export interface MapWords {
  map: string;
  attribution: string;
  toggle: string;
}

/** How far from a line a finger or a pointer may be. */
const REACH_PX = { mouse: 5, touch: 12 };
const MAX_FRAME_ZOOM = 14.2;
const MOVE_MS = 180;

/** Begins to load the engine before the map is asked for. */
export function preloadEngine(): void {
  void import('./gl.ts').catch(() => undefined);
}

export class Engine {
  readonly map: GlMap;
  #ready = false;
  #pending: StyleSpecification | null = null;
  #still = false;
  /** Whether the plan's tiles wait to be fetched again. */
  #refreshing = false;
  /** The ids of the layers on the map. */
  #layers: string[] = [];
  #touch = false;
  readonly #attributed: (text: string) => IControl;
  #attribution: IControl | null = null;

  static async start(options: EngineStart, events: EngineEvents): Promise<Engine> {
    const gl = await import('./gl.ts');
    const { camera, box } = options;
    const map = new gl.GlMap({
      container: options.container,
      style: absolute(options.style, location.origin),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      fadeDuration: 120,
      doubleClickZoom: true,
      minZoom: 3,
      maxZoom: 19,
      ...(camera
        ? { center: [camera.lon, camera.lat] as Position2, zoom: camera.zoom }
        : box
          ? { bounds: box, fitBoundsOptions: { padding: options.padding } }
          : { center: [120.75, 30.73] as Position2, zoom: 11 }),
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new gl.ScaleControl({ maxWidth: 90 }), 'bottom-right');
    return new Engine(map, events, (text) => new gl.AttributionControl({ compact: true, customAttribution: text }));
  }

  private constructor(map: GlMap, events: EngineEvents, attributed: (text: string) => IControl) {
    this.map = map;
    this.#attributed = attributed;
    map.on('load', () => {
      this.#ready = true;
      this.#layers = map.getStyle().layers.map((l) => l.id);
      events.painted();
      if (this.#pending) this.setStyle(this.#pending);
    });
    map.on('error', ({ error }) => events.failed(error?.message ?? 'map error'));
    map.on('moveend', () => events.moved(this.camera()));
    map.on('touchstart', () => (this.#touch = true));
    map.on('mousemove', (event) => {
      this.#touch = false;
      if (!map.isMoving()) events.hover(this.#hit(event));
    });
    map.on('mouseout', () => events.hover(null));
    map.on('click', (event) => events.click(this.#hit(event)));
    map.on('dblclick', () => events.doubleClick());
  }

  /** Shows a style by its difference to the one before. */
  setStyle(style: StyleSpecification): void {
    if (!this.#ready) {
      this.#pending = style;
      return;
    }
    this.#pending = null;
    this.#layers = style.layers.map((l) => l.id);
    const full = absolute(style, location.origin);
    this.#retile(full);
    this.map.setStyle(full, { diff: true, transformStyle: keepDrawing });
  }

  /** Fetches the plan's tiles again, after a change: once the map is at rest, for a new style under way would undo it. */
  refresh(): void {
    if (!this.#ready || this.#refreshing) return;
    this.#refreshing = true;
    this.map.once('idle', () => {
      this.#refreshing = false;
      this.map.refreshTiles('plan');
    });
    this.map.triggerRepaint();
  }

  /** The addresses of the plan's tiles in sight, for another day. */
  tilePaths(day: string): string[] {
    const [west, south, east, north] = this.map.getBounds().toArray().flat() as Box;
    const zoom = Math.min(TILE_MAX_ZOOM, Math.max(0, Math.floor(this.map.getZoom())));
    const address = planTiles(day);
    return tilesIn([west, south, east, north], zoom).map(({ z, x, y }) =>
      address.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y)),
    );
  }

  /** A new address by difference would take the source away and its layers with it: the map would flash. */
  #retile(style: StyleSpecification): void {
    for (const [id, next] of Object.entries(style.sources)) {
      if (next.type !== 'vector' || !next.tiles) continue;
      const source = this.map.getSource<VectorTileSource>(id);
      if (source && source.tiles[0] !== next.tiles[0]) source.setTiles(next.tiles);
    }
  }

  /** Begins to edit a place; the drawing library arrives first. */
  async editPlace(colour: `#${string}`, events: PlaceEvents): Promise<PlaceEditor> {
    const { PlaceEditor } = await import('./place-editor.ts');
    if (!this.map.isStyleLoaded()) await new Promise((done) => this.map.once('idle', done));
    const around = (box: [PointLike, PointLike]) =>
      this.map
        .queryRenderedFeatures(box, { layers: this.#layers.filter((id) => SNAPPABLE.includes(familyOf(id))) })
        .map((f) => f.geometry);
    return new PlaceEditor(this.map, { colour, around }, events);
  }

  /** Speaks the reader's language. The note on the data cannot change its own text, so a new one takes its place. */
  setWords({ map, attribution, toggle }: MapWords): void {
    if (this.#attribution) this.map.removeControl(this.#attribution);
    this.#attribution = this.#attributed(attribution);
    this.map.addControl(this.#attribution, 'bottom-right');
    const button = this.map.getContainer().querySelector('.maplibregl-ctrl-attrib-button');
    button?.setAttribute('aria-label', toggle);
    button?.setAttribute('title', toggle);
    this.map.getCanvas().setAttribute('aria-label', map);
  }

  /** Jumps instead of gliding, for those who asked for less motion. */
  setStill(still: boolean): void {
    this.#still = still;
  }

  setDrawing(drawing: boolean): void {
    if (drawing) this.map.doubleClickZoom.disable();
    else this.map.doubleClickZoom.enable();
    this.map.getCanvas().style.cursor = drawing ? 'crosshair' : '';
  }

  setPointing(pointing: boolean): void {
    this.map.getCanvas().style.cursor = pointing ? 'pointer' : '';
  }

  camera(): Camera {
    const { lng, lat } = this.map.getCenter();
    return { zoom: this.map.getZoom(), lat, lon: lng };
  }

  /** The box of what is really visible, beside the panels. */
  visibleBox(padding: Padding): Box {
    const { clientWidth: w, clientHeight: h } = this.map.getContainer();
    const a = this.map.unproject([padding.left, h - padding.bottom]);
    const b = this.map.unproject([w - padding.right, padding.top]);
    return [a.lng, a.lat, b.lng, b.lat];
  }

  /** The middle of what is visible beside the panels, on the screen and on the ground. */
  middle({ top, right, bottom, left }: Padding): { x: number; y: number; at: Position2 } {
    const { clientWidth: w, clientHeight: h } = this.map.getContainer();
    const [x, y] = [Math.round((left + w - right) / 2), Math.round((top + h - bottom) / 2)];
    const { lng, lat } = this.map.unproject([x, y]);
    return { x, y, at: [lng, lat] };
  }

  /** Moves what is seen by so many pixels, at once. */
  steer(x: number, y: number): void {
    this.map.panBy([x, y], { duration: 0 });
  }

  focus(): void {
    this.map.getCanvas().focus({ preventScroll: true });
  }

  frame(box: Box, padding: Padding): void {
    const duration = this.#still ? 0 : MOVE_MS;
    this.map.fitBounds(box, { padding, maxZoom: MAX_FRAME_ZOOM, duration, linear: true });
  }

  moveTo(camera: Camera): void {
    this.map.jumpTo({ center: [camera.lon, camera.lat], zoom: camera.zoom });
  }

  zoomBy(step: number): void {
    this.map.zoomTo(this.map.getZoom() + step, { duration: this.#still ? 0 : MOVE_MS });
  }

  stop(): void {
    this.map.remove();
  }

  /** The named ways of the base map in sight, each once. */
  ways(): Way[] {
    const layers = this.#layers.filter((id) => BASE_LINES.includes(familyOf(id)));
    const ways = new Map<string, Way>();
    for (const { properties: p } of this.map.queryRenderedFeatures({ layers })) {
      const ref = `${p['collection']}/${p['id']}`;
      if (p['name_zh']) ways.set(ref, { ref, name: { zh: p['name_zh'], en: p['name_en'] ?? p['name_zh'] } });
    }
    return [...ways.values()];
  }

  #hit({ point, lngLat }: Pick<MapMouseEvent, 'point' | 'lngLat'>): Hit {
    const reach = this.#touch ? REACH_PX.touch : REACH_PX.mouse;
    const box: [PointLike, PointLike] = [
      [point.x - reach, point.y - reach],
      [point.x + reach, point.y + reach],
    ];
    const asked = (families: readonly LayerId[]) => this.#layers.filter((id) => families.includes(familyOf(id)));
    const layers = asked([...CLICKABLE, ...SPOT_LAYERS, ...PATCH_LAYERS]);
    const all = this.#ready ? this.map.queryRenderedFeatures(box, { layers }) : [];
    const of = (families: readonly LayerId[]) => all.filter((f) => families.includes(familyOf(f.layer.id)));
    const found = of(CLICKABLE);
    const spot = of(SPOT_LAYERS)[0]?.properties;
    const candidates = found.map((f) => ({
      layer: familyOf(f.layer.id),
      geometry: f.geometry,
      project: f.properties['project'],
    }));
    const best = meant(candidates, point, (place) => this.map.project(place));
    const lines = found.filter((f) => f.sourceLayer === 'lines');
    const way =
      lines[0] ?? (this.#ready ? this.map.queryRenderedFeatures(box, { layers: asked(BASE_LINES) })[0] : undefined);
    return {
      at: [lngLat.lng, lngLat.lat],
      point: { x: point.x, y: point.y },
      project: (best?.project as string | undefined) ?? null,
      way: way ? `${way.properties['collection']}/${way.properties['id']}` : null,
      spot: spot ? { report: String(spot['report']), photo: (spot['photo'] as string | undefined) ?? null } : null,
      patch: (of(PATCH_LAYERS)[0]?.properties['patch'] as string | undefined) ?? null,
    };
  }
}

/** The layers of a drawing under way are not of the style; a new style must not take them off the map. */
function keepDrawing(before: StyleSpecification | undefined, next: StyleSpecification): StyleSpecification {
  const layers = before?.layers.filter((l) => 'source' in l && isDrawing(String(l.source))) ?? [];
  if (layers.length === 0) return next;
  const sources = Object.entries(before?.sources ?? {}).filter(([id]) => isDrawing(id));
  return { ...next, sources: { ...next.sources, ...Object.fromEntries(sources) }, layers: [...next.layers, ...layers] };
}

const isDrawing = (source: string) => source.startsWith('td-');
