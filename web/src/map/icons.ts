// The names of the sprites: one marker for each kind, stage and certainty, the four lights, and the two that stand on a marker's
// corner.
import type { Kind, Light, Position, Stage } from '../domain/vocab.ts';

/** How sure a place is, as far as the marker shows it. */
export const CERTAINTIES = ['surveyed', 'unsurveyed', 'placeholder'] as const;
export type Certainty = (typeof CERTAINTIES)[number];

export function certaintyOf(position: Position): Certainty {
  return position === 'approximate' || position === 'rough' ? 'unsurveyed' : position;
}

export function markerIcon(kind: Kind, stage: Stage, certainty: Certainty): string {
  return `${kind}-${stage}-${certainty}`;
}

export function lightIcon(light: Light): string {
  return `light-${light}`;
}

export function badgeIcon(light: Light): string {
  return `badge-${light}`;
}
