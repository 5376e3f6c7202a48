// The plan's words as closed lists, in the order in which they are shown. No text: that is in words.ts.

export const KINDS = [
  'road',
  'bridge',
  'park',
  'school',
  'hospital',
  'estate',
  'industry',
  'hotel',
  'zone',
  'service',
] as const;
export type Kind = (typeof KINDS)[number];

/** In the order of a project's life; what is beside that order comes last. */
export const STAGES = [
  'not_reported',
  'planned',
  'preparing',
  'building',
  'completed',
  'in_use',
  'suspended',
  'cancelled',
] as const;
export type Stage = (typeof STAGES)[number];

/** The stages that follow one another. */
export const STAGE_LINE = ['planned', 'preparing', 'building', 'completed', 'in_use'] as const;

/** Worst first: what needs a look stands on top. */
export const LIGHTS = ['red', 'yellow', 'green', 'grey'] as const;
export type Light = (typeof LIGHTS)[number];

/** The lights that mean "late". */
export const LATE_LIGHTS: readonly Light[] = ['red', 'yellow'];

export const POSITIONS = ['surveyed', 'approximate', 'rough', 'placeholder'] as const;
export type Position = (typeof POSITIONS)[number];

export const AIMS = ['design', 'start', 'advance', 'connect', 'renovate', 'complete', 'open'] as const;
export type Aim = (typeof AIMS)[number];

export const SORTS = ['plan', 'light', 'due', 'name', 'kind', 'stage'] as const;
export type Sort = (typeof SORTS)[number];

export const RELATIONS = ['intersects', 'within'] as const;
export type Relation = (typeof RELATIONS)[number];

export const LANGS = ['zh', 'en'] as const;
export type Lang = (typeof LANGS)[number];

/** A name or a sentence in both languages. */
export interface Text {
  zh: string;
  en: string;
}

/** Narrows a string from outside to a member of a list, or nothing. */
export function oneOf<T extends string>(list: readonly T[], value: string | null): T | null {
  return list.includes(value as T) ? (value as T) : null;
}
