// Small expressions and values that several layers share.
import type { ExpressionSpecification } from '@maplibre/maplibre-gl-style-spec';
import { STAGE_COLOURS, type StageColour } from '../domain/palette.ts';
import { LATE_LIGHTS, STAGES, type Lang } from '../domain/vocab.ts';
import { badgeIcon } from './icons.ts';
import type { Look } from './look.ts';

/** Local fonts: with no `glyphs` in the style the client draws every letter itself, and nothing is fetched. */
export const FONT = ['PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', 'Noto Sans', 'Helvetica Neue', 'sans-serif'];

export const FADED = 0.16;

export function byStage(part: keyof StageColour): ExpressionSpecification {
  const pairs = STAGES.flatMap((stage) => [stage, STAGE_COLOURS[stage][part]]);
  return ['match', ['get', 'stage'], ...pairs, STAGE_COLOURS.not_reported[part]] as unknown as ExpressionSpecification;
}

/** A value for projects that match, and another for the rest. */
export function strong<A, B>(look: Look, yes: A, no: B): ExpressionSpecification | A {
  if (!look.matching) return yes;
  const ids = [...look.matching, ...(look.selected ? [look.selected] : [])];
  return ['case', ['in', ['get', 'project'], ['literal', ids]], yes, no] as unknown as ExpressionSpecification;
}

export const surveyed: ExpressionSpecification = ['==', ['get', 'position'], 'surveyed'];
export const unsurveyed: ExpressionSpecification = ['!=', ['get', 'position'], 'surveyed'];

export function nameIn(lang: Lang): ExpressionSpecification {
  const other = lang === 'zh' ? 'name_en' : 'name_zh';
  return ['coalesce', ['get', `name_${lang}`], ['get', other], ''];
}

export const late: ExpressionSpecification = ['in', ['get', 'light'], ['literal', [...LATE_LIGHTS]]];

/** The light of what is late as a picture for a marker's corner: its shape speaks without colour. */
export const badge = [
  'match',
  ['get', 'light'],
  ...LATE_LIGHTS.flatMap((light) => [light, ['format', ['image', badgeIcon(light)], {}]]),
  '',
] as unknown as ExpressionSpecification;

export const marker: ExpressionSpecification = [
  'concat',
  ['get', 'kind'],
  '-',
  ['coalesce', ['get', 'stage'], 'not_reported'],
  '-',
  ['match', ['get', 'position'], 'surveyed', 'surveyed', 'placeholder', 'placeholder', 'unsurveyed'],
];

/** A width that grows with the map: pixels at zooms 10, 14 and 18. */
export function growing(at10: number, at14: number, at18: number): ExpressionSpecification {
  return ['interpolate', ['exponential', 1.4], ['zoom'], 10, at10, 14, at14, 18, at18];
}

export function isProject(id: string | null | undefined): ExpressionSpecification {
  return ['==', ['get', 'project'], id ?? ''];
}
