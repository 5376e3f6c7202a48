// Drawing and reshaping the place of one project, with Terra Draw on our map. Loaded only when somebody draws.
import type { Map as GlMap, MapMouseEvent } from 'maplibre-gl';
import type { Geometry } from 'geojson';
import {
  TerraDraw,
  TerraDrawLineStringMode,
  TerraDrawPointMode,
  TerraDrawPolygonMode,
  TerraDrawSelectMode,
  ValidateNotSelfIntersecting,
  type GeoJSONStoreFeatures,
  type HexColor,
  type SnapToCustom,
} from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import { cornerNear, type CornerRef } from '../domain/geo/corners.ts';
import type { Piece, PieceType } from '../domain/geo/pieces.ts';
import type { Position2 } from '../domain/ring.ts';
import { snapTo } from './snap.ts';

/** `aim`: by the crosshair; the drawing library only shows. */
export type PlaceTool = 'select' | 'draw' | 'aim';

/** Ids of Terra Draw's own sources and layers, which a new style must leave in place. */
export const PREFIX = 'td-place';
const REACH_PX = 12;
/** How far from a corner a press may be to choose it; fingers are wide. */
const TOUCH_PX = 24;
/** Two positions closer than this on the screen are one. */
const SAME_PX = 3;
/** About a centimetre: more digits than any survey here has. */
const DIGITS = 7;
const MODE: Record<PieceType, string> = { Point: 'point', LineString: 'linestring', Polygon: 'polygon' };

export interface PlaceEvents {
  changed(pieces: Piece[]): void;
  /** A corner was pressed, or the ground beside all of them. */
  chose(corner: CornerRef | null): void;
}
export interface PlaceOptions {
  colour: HexColor;
  /** What a corner may snap to, within the box in screen pixels. */
  around: (box: [[number, number], [number, number]]) => Geometry[];
}

export class PlaceEditor {
  snapping = true;
  readonly #draw: TerraDraw;
  readonly #events: PlaceEvents;
  readonly #map: GlMap;
  readonly #around: PlaceOptions['around'];
  #press: (event: MapMouseEvent) => void;
  /** States of the drawing, each a step that can be taken back; Terra Draw's own history does not span its modes. */
  #past: Piece[][] = [];
  #future: Piece[][] = [];
  #now: Piece[] = [];

  constructor(map: GlMap, options: PlaceOptions, events: PlaceEvents) {
    this.#events = events;
    this.#map = map;
    this.#around = options.around;
    this.#press = ({ point }) => {
      if (this.#draw.getMode() !== 'select') return;
      const reach = matchMedia('(pointer: coarse)').matches ? TOUCH_PX : REACH_PX;
      events.chose(cornerNear(this.#now, point, (at) => map.project(at), reach));
    };
    map.on('click', this.#press);
    const toCustom: SnapToCustom = ({ containerX: x, containerY: y }) => this.#snapAt({ x, y }) ?? undefined;
    const snapping = { toCustom, toCoordinate: true };
    const { colour } = options;
    const line = { lineStringColor: colour, lineStringWidth: 4, closingPointColor: colour };
    const area = {
      fillColor: colour,
      fillOpacity: 0.16,
      outlineColor: colour,
      outlineWidth: 3,
      closingPointColor: colour,
    };
    const spot = {
      pointColor: colour,
      pointWidth: 8,
      pointOutlineColor: '#ffffff' as HexColor,
      pointOutlineWidth: 2.5,
    };
    const coordinates = { draggable: true, midpoints: { draggable: true }, deletable: true, snappable: snapping };
    const flags = { feature: { draggable: true, coordinates } };
    const validation = (feature: GeoJSONStoreFeatures) => ValidateNotSelfIntersecting(feature);
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, prefixId: PREFIX, coordinatePrecision: DIGITS }),
      modes: [
        new TerraDrawSelectMode({
          // A lone point cannot be taken away by its corner, only whole.
          flags: { point: { feature: { draggable: true } }, linestring: flags, polygon: flags },
          keyEvents: { deselect: 'Escape', delete: 'Delete', rotate: null, scale: null },
          styles: {
            selectedPointColor: colour,
            selectedPointWidth: 9,
            selectedPointOutlineColor: '#ffffff',
            selectedPointOutlineWidth: 3,
            selectedLineStringColor: colour,
            selectedLineStringWidth: 5,
            selectedPolygonColor: colour,
            selectedPolygonOutlineColor: colour,
            selectedPolygonOutlineWidth: 4,
            selectionPointColor: '#ffffff',
            selectionPointOutlineColor: colour,
            selectionPointWidth: 6,
            selectionPointOutlineWidth: 2.5,
            midPointColor: colour,
            midPointOutlineColor: '#ffffff',
            midPointWidth: 4,
          },
        }),
        new TerraDrawPointMode({ styles: spot }),
        new TerraDrawLineStringMode({ snapping, styles: line }),
        new TerraDrawPolygonMode({ snapping, styles: area, validation }),
      ],
    });
    this.#draw.start();
    this.#draw.setMode('select');
    // A drag ends with "finish" for its shape; a corner or a shape that is taken away only changes the store.
    this.#draw.on('finish', () => this.#record());
    this.#draw.on('change', (_, type) => {
      if (type === 'delete') queueMicrotask(() => this.#record());
    });
  }

  /** Shows a place and forgets the steps before. */
  show(pieces: Piece[]): void {
    this.#past = [];
    this.#future = [];
    this.#put(pieces);
  }

  tool(tool: PlaceTool, type: PieceType): void {
    this.#draw.setMode(tool === 'select' ? 'select' : tool === 'aim' ? 'static' : MODE[type]);
    const only = tool === 'select' ? this.#drawn() : [];
    if (only.length === 1 && only[0]?.id !== undefined) this.#draw.selectFeature(only[0].id);
  }

  /** Puts a place there that was typed or comes from elsewhere, as a step that can be taken back; false when it is no shape. */
  replace(pieces: Piece[]): boolean {
    if (pieces.some(isCrossed)) return false;
    this.#step(pieces);
    this.#put(pieces);
    return true;
  }

  /** The corner or edge close to a position, or the position itself. */
  snap(at: Position2): Position2 {
    return this.#snapAt(this.#map.project(at)) ?? at;
  }

  /** Whether two positions are one to the eye. */
  isSame(a: Position2, b: Position2): boolean {
    const [p, q] = [this.#map.project(a), this.#map.project(b)];
    return Math.hypot(p.x - q.x, p.y - q.y) < SAME_PX;
  }

  #snapAt({ x, y }: { x: number; y: number }): Position2 | null {
    if (!this.snapping) return null;
    const found = this.#around([
      [x - REACH_PX, y - REACH_PX],
      [x + REACH_PX, y + REACH_PX],
    ]);
    return snapTo(found, { x, y }, (at) => this.#map.project(at), REACH_PX);
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }
  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  undo(): void {
    const before = this.#past.pop();
    if (!before) return;
    this.#future.push(this.#now);
    this.#put(before);
  }

  redo(): void {
    const after = this.#future.pop();
    if (!after) return;
    this.#past.push(this.#now);
    this.#put(after);
  }

  stop(): void {
    this.#map.off('click', this.#press);
    this.#draw.stop();
  }

  /** What is drawn, without the handles and without what is still being drawn. */
  #drawn(): GeoJSONStoreFeatures[] {
    const helpers = [
      'midPoint',
      'selectionPoint',
      'closingPoint',
      'snappingPoint',
      'coordinatePoint',
      'currentlyDrawing',
    ];
    return this.#draw.getSnapshot().filter(({ properties }) => !helpers.some((helper) => properties[helper]));
  }

  #record(): void {
    const pieces = this.#drawn().map((f) => rounded(f.geometry as Piece));
    if (JSON.stringify(pieces) === JSON.stringify(this.#now)) return;
    this.#step(pieces);
    this.#events.changed(pieces);
  }

  #step(next: Piece[]): void {
    this.#past.push(this.#now);
    this.#future = [];
    this.#now = structuredClone(next);
  }

  #put(given: Piece[]): void {
    const pieces = given.map(rounded);
    this.#now = structuredClone(pieces);
    const mode = this.#draw.getMode();
    this.#draw.setMode('select');
    this.#draw.clear();
    const added = this.#draw.addFeatures(
      pieces.map((geometry) => ({
        type: 'Feature',
        geometry,
        properties: { mode: MODE[geometry.type] },
      })),
    );
    if (mode === 'select') {
      const id = added.length === 1 ? added[0]?.id : undefined;
      if (id !== undefined && added[0]?.valid) this.#draw.selectFeature(id);
    } else this.#draw.setMode(mode);
    this.#events.changed(pieces);
  }
}

/** An area whose edges cross is none that can be kept. */
function isCrossed(piece: Piece): boolean {
  const feature = { type: 'Feature', geometry: rounded(piece), properties: {} } as GeoJSONStoreFeatures;
  return piece.type === 'Polygon' && !ValidateNotSelfIntersecting(feature).valid;
}

/** Terra Draw refuses coordinates with more digits than it was told of. */
function rounded<P extends Piece>(piece: P): P {
  const round = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(round) : Number((value as number).toFixed(DIGITS));
  return { ...piece, coordinates: round(piece.coordinates) as Position2 };
}
