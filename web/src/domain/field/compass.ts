// Where the top of the screen points, out of what browsers tell of a device's turn.

export interface Turn {
  /** Degrees counter-clockwise from north to the device's top. */
  alpha: number | null;
  absolute?: boolean;
  /** Safari's own: degrees clockwise from north, the right way round. */
  webkitCompassHeading?: number;
}

/** Degrees clockwise from north to the top of the screen, or null when the device only tells relative turns. */
export function headingOf(turn: Turn, screen_deg: number): number | null {
  const own = turn.webkitCompassHeading;
  if (own !== undefined && Number.isFinite(own)) return wrap(own + screen_deg);
  if (turn.alpha === null || turn.absolute !== true) return null;
  return wrap(360 - turn.alpha + screen_deg);
}

/** How far an arrow turns on the screen so that it points to a bearing; without a compass the top is north. */
export function arrowTurn(bearing_deg: number, heading_deg: number | null): number {
  return wrap(bearing_deg - (heading_deg ?? 0));
}

function wrap(degrees: number): number {
  return ((degrees % 360) + 360) % 360;
}
