// How far a place may be from where it is drawn.
import type { Position } from './vocab.ts';

/** In metres; a surveyed place is where it is drawn. */
export function errorOf(place: { position?: Position; accuracy_m?: number } | null | undefined): number {
  return !place?.position || place.position === 'surveyed' ? 0 : (place.accuracy_m ?? 0);
}
