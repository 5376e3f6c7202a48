// The crosshair over the map, for those who draw by keys or want to be exact: where it points, and what is drawn with it.
import type { Position2 } from '../domain/ring.ts';

/** Who takes the corners: the panel that stands open. */
export interface Taker {
  put(at: Position2): void;
  back(): void;
  /** Begins the shape anew; false when there was nothing to throw away. */
  cancel(): boolean;
}

export class AimState {
  /** Whether the crosshair is there and the arrow keys steer it. */
  on = $state(false);
  /** Where it points; told by the map. */
  at = $state.raw<Position2 | null>(null);
  /** The corners of a place that is being drawn with it. */
  corners = $state.raw<readonly Position2[]>([]);
  /** Whether they make a line and not an area. */
  isLine = $state(false);
  /** A corner of the place that is picked out, to be seen on the map. */
  chosen = $state.raw<Position2 | null>(null);
  taker: Taker | null = null;
  /** Gives the map the keys; set by the map. */
  focusMap: () => void = () => {};

  start(): void {
    this.on = true;
    this.focusMap();
  }

  put(): void {
    if (this.at) this.taker?.put(this.at);
  }

  /** Puts everything away with the panel. */
  clear(): void {
    this.on = false;
    this.corners = [];
    this.chosen = null;
    this.taker = null;
  }
}
