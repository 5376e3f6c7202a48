// What becomes of the rows of a file: how each is drawn and told, and which row and which shape are the same.
import { OUTCOMES, type Outcome } from './vocab.ts';

/** A colour for the map and a sign that says the same without colour. */
export const OUTCOME_SIGNS: Record<Outcome, { colour: string; night: string; sign: string }> = {
  rejected: { colour: '#b3261a', night: '#ff9d91', sign: '✕' },
  added: { colour: '#1b7f4d', night: '#5fd39a', sign: '＋' },
  changed: { colour: '#7a3fa8', night: '#cf9df5', sign: '↔' },
  removed: { colour: '#5f5a54', night: '#b8b2aa', sign: '－' },
  unchanged: { colour: '#6a7b80', night: '#8fa0a5', sign: '＝' },
};

export type Counts = Record<Outcome, number>;

/** What is shown first: what there is of the most pressing sort. */
export function firstOutcome(counts: Counts): Outcome {
  return OUTCOMES.find((outcome) => counts[outcome] > 0) ?? 'unchanged';
}

/** How many records a commit would change. */
export function changeCount({ added, changed, removed }: Counts): number {
  return added + changed + removed;
}

interface Named {
  outcome: Outcome;
  layer: string;
  place: string | null;
  collection: string | null;
  id: string | null;
}

/** The name under which a row and its shape find each other; what the file lacks has no place in it. */
export function keyOf({ outcome, layer, place, collection, id }: Named): string {
  return place && outcome !== 'removed' ? `${layer}#${place}` : `${collection}/${id}`;
}

const MOVED = /^([\d.]+) m moved, (\d+) → (\d+) vertices$/;

/** How a shape changes, taken apart from the server's short text, which is the same in every language. */
export function movedOf(text: unknown): { metres: number; before: number; after: number } | null {
  const [, metres, before, after] = (typeof text === 'string' && MOVED.exec(text)) || [];
  return metres === undefined ? null : { metres: Number(metres), before: Number(before), after: Number(after) };
}

/** A value as a table shows it; nothing: a dash. */
export function valueOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'string') return value;
  if (isText(value)) return value.zh === value.en ? value.zh : `${value.zh} / ${value.en}`;
  return JSON.stringify(value);
}

function isText(value: unknown): value is { zh: string; en: string } {
  return typeof value === 'object' && value !== null && 'zh' in value && 'en' in value;
}
