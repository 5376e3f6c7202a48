// Numbers, distances, bearings and targets as people read them. Nothing here knows the page or the clock.
import { word, type WordKey } from './words.ts';
import type { Lang, Text } from './vocab.ts';

/** `340 m`, `1.2 km`, `14 km`: never more digits than the data can bear. */
export function distance(metres: number): string {
  const rounded = metres < 10 ? Math.round(metres) : Math.round(metres / 10) * 10;
  if (rounded < 1000) return `${rounded} m`;
  const km = metres / 1000;
  return `${km < 10 ? km.toFixed(1).replace(/\.0$/, '') : Math.round(km)} km`;
}

/** How far something was moved: to the metre, since that is what was done. */
export function shift(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} m` : distance(metres);
}

/** An error smaller than this share of a distance does not show in it. */
const TELLING = 0.1;

/** The error of a distance as far as it tells: `± 2 km`, or nothing when the places are known well enough. */
export function distanceError(metres: number, error_m: number): string | null {
  return error_m > 0 && error_m >= metres * TELLING ? `± ${distance(error_m)}` : null;
}

/** A radius is a choice, not a measurement: shown exactly. */
export function radius(metres: number): string {
  return metres < 1000 ? `${metres} m` : `${Number((metres / 1000).toFixed(2))} km`;
}

const COMPASS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const;
const ARROWS = ['↑', '↗', '→', '↘', '↓', '↙', '←', '↖'];

/** An arrow and a word for a bearing in degrees clockwise from north. */
export function bearing(degrees: number, lang: Lang): { arrow: string; text: string } {
  const i = ((Math.round(degrees / 45) % 8) + 8) % 8;
  return { arrow: ARROWS[i]!, text: word(`compass.${COMPASS[i]!}` as WordKey, lang) };
}

export function count(value: number, lang: Lang): string {
  return new Intl.NumberFormat(lang === 'zh' ? 'zh-CN' : 'en-GB').format(value);
}

const OPERATORS: Record<string, string> = { '>=': '≥', '<=': '≤', '>': '>', '<': '<', '=': '=' };

/** `≥ 2,000 mu`: what a target asks for. */
export function targetValue(op: string, value: number, unit: Text, lang: Lang): string {
  return `${OPERATORS[op] ?? op} ${quantity(value, unit, lang)}`;
}

/** A value with its unit; percent signs stand close. */
export function quantity(value: number, unit: Text, lang: Lang): string {
  const name = unit[lang];
  if (name === '%' || name === 'percent') return `${count(value, lang)}%`;
  // "8 × 100 million USD": a unit that begins with a number would run together with the value.
  return `${count(value, lang)}${/^\d/.test(name) ? ' ×' : ''} ${name}`;
}

/** `840 KB`, `3.2 MB`: what a download will weigh. */
export function fileSize(bytes: number): string {
  const kb = bytes / 1024;
  if (kb < 1000) return `${Math.max(1, Math.round(kb))} KB`;
  return `${(kb / 1024).toFixed(1).replace(/\.0$/, '')} MB`;
}

/** Degrees as planners paste them: latitude first, five digits. */
export function coordinates([lon, lat]: [number, number]): string {
  return `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
}

/** Days from one ISO date to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** `item 2`, or the section as a whole. */
export function itemName(item: number, lang: Lang): string {
  return item === 0 ? word('plan.whole', lang) : word('plan.item', lang, { n: item });
}
