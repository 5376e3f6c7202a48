// The one list of layer ids, from the bottom up. Every layer of the style stands here, and nowhere else is order decided.

export const LAYER_ORDER = [
  'background',
  'basemap',
  'boundary-fill',
  'rivers',
  'railways',
  'railway-ties',
  'streets-case',
  'streets',
  'boundary-line',
  'zones-fill',
  'parks-fill',
  'reach-fill',
  'zones-line',
  'zones-line-surveyed',
  'parks-line',
  'parks-line-surveyed',
  'error-fill',
  'halo-line',
  'roads-case',
  'roads',
  'roads-surveyed',
  'bridges-case',
  'bridges',
  'bridges-surveyed',
  'error-line',
  'reach-line',
  'origin-line',
  'origin-point',
  'points-dot',
  'halo-point',
  'river-names',
  'street-names',
  'railway-names',
  'place-names',
  'station-names',
  'zones-marker',
  'parks-marker',
  'roads-marker',
  'bridges-marker',
  'points-marker',
  'chosen-marker',
  'draft-fill',
  'draft-line',
  'draft-point',
] as const;

export type LayerId = (typeof LAYER_ORDER)[number];

/** The layers that answer a click, most particular first. */
export const CLICKABLE: readonly LayerId[] = [
  'chosen-marker', 'points-marker', 'points-dot', 'bridges-marker', 'roads-marker', 'parks-marker', 'zones-marker',
  'bridges', 'bridges-surveyed', 'bridges-case', 'roads', 'roads-surveyed', 'roads-case',
  'parks-fill', 'zones-line', 'zones-line-surveyed', 'zones-fill',
]; // prettier-ignore

/** The ways of the base map that can be asked about. */
export const BASE_LINES: readonly LayerId[] = ['streets', 'rivers', 'railways'];
