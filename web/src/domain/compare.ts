// Comparing two days: which changes there are, how they are counted and filtered, and the table to take along.
import { addDays, addMonths, clampDay } from './day.ts';
import { word } from './words.ts';
import type { Kind, Lang, Light, Stage, Text } from './vocab.ts';

/** Weightiest first: a project with several changes is marked on the map by the first of them. */
export const CHANGES = ['dropped', 'added', 'slipped', 'moved', 'due', 'light', 'advanced'] as const;
export type Change = (typeof CHANGES)[number];
/** The order in which the counts are shown. */
export const CHANGES_SHOWN: readonly Change[] = ['added', 'dropped', 'advanced', 'slipped', 'moved', 'light', 'due'];

export interface Side {
  stage: Stage;
  progress: number | null;
  light: { colour: Light; reason: Text };
  due: string;
}

export interface CompareEntry {
  project: string;
  name: Text;
  kind: Kind;
  section: string;
  what: Change[];
  before: Side | null;
  after: Side | null;
  moved_m: number | null;
  bbox: number[] | null;
}

export interface Range {
  from: string;
  to: string;
}

export const PRESETS = ['month', 'quarter', 'year'] as const;
export type Preset = (typeof PRESETS)[number];

/**
 * A preset's two days; what lies before the first record begins with it. A day is compared as it ended, so that last month is
 * from the end of the month before to its own.
 */
export function presetRange(preset: Preset, first: string, today: string): Range {
  const begins = `${today.slice(0, 7)}-01`;
  const ranges: Record<Preset, Range> = {
    month: { from: addDays(addMonths(begins, -1), -1), to: addDays(begins, -1) },
    quarter: { from: addMonths(today, -3), to: today },
    year: { from: `${today.slice(0, 4)}-01-01`, to: today },
  };
  const { from, to } = ranges[preset];
  return { from: clampDay(from, first, today), to: clampDay(to, first, today) };
}

/** Why a project both went ahead and back: it moved on and is due later, or one of stage and progress fell behind. */
export function bothWays({ what, before, after }: CompareEntry): 'due' | 'mixed' | null {
  if (!what.includes('advanced') || !what.includes('slipped') || !before || !after) return null;
  return after.due > before.due ? 'due' : 'mixed';
}

/** A light that needs a word: it has changed, or something is late. */
export function tellingReason({ what, after }: CompareEntry): Text | null {
  if (!after || after.light.colour === 'grey') return null;
  return what.includes('light') || after.light.colour !== 'green' ? after.light.reason : null;
}

/** The first and the last reading of a target between two days, both included; nothing without any. */
export function readingsBetween<R extends { date: string }>(readings: readonly R[], { from, to }: Range) {
  const inside = readings.filter(({ date }) => from <= date && date <= to);
  return inside.length ? { first: inside[0]!, last: inside.at(-1)! } : null;
}

/** How many projects have each change; a project with two changes counts in both. */
export function tallyChanges(entries: readonly CompareEntry[]): Record<Change, number> {
  const sum = Object.fromEntries(CHANGES.map((c) => [c, 0])) as Record<Change, number>;
  for (const { what } of entries) for (const change of new Set(what)) sum[change] += 1;
  return sum;
}

/** The entries with at least one of the chosen changes; with none chosen, all. */
export function withChanges(entries: readonly CompareEntry[], chosen: readonly Change[]): CompareEntry[] {
  return chosen.length ? entries.filter((e) => e.what.some((w) => chosen.includes(w))) : [...entries];
}

/** The change that marks a project on the map: the weightiest, of the chosen ones when some are. */
export function mainChange(what: readonly Change[], chosen: readonly Change[] = []): Change | null {
  const considered = chosen.length ? what.filter((w) => chosen.includes(w)) : what;
  return CHANGES.find((c) => considered.includes(c)) ?? null;
}

/** Project ids by the change that marks them. */
export function groupByMain(entries: readonly CompareEntry[], chosen: readonly Change[] = []): Map<Change, string[]> {
  const groups = new Map<Change, string[]>();
  for (const entry of entries) {
    const change = mainChange(entry.what, chosen);
    if (change) groups.set(change, [...(groups.get(change) ?? []), entry.project]);
  }
  return groups;
}

/** Only what differs between the two sides, in words, in a fixed order. */
export function differences(entry: CompareEntry, lang: Lang): { field: string; before: string; after: string }[] {
  const { before, after } = entry;
  if (!before || !after) return [];
  const percent = (n: number | null) => (n === null ? word('project.no_progress', lang) : `${n}%`);
  return [
    {
      field: word('stage', lang),
      before: word(`stage.${before.stage}`, lang),
      after: word(`stage.${after.stage}`, lang),
    },
    { field: word('project.progress', lang), before: percent(before.progress), after: percent(after.progress) },
    { field: word('project.due', lang), before: before.due, after: after.due },
    {
      field: word('light', lang),
      before: word(`light.${before.light.colour}`, lang),
      after: word(`light.${after.light.colour}`, lang),
    },
  ].filter((d) => d.before !== d.after);
}

/** A cell that a spreadsheet neither splits nor runs as a formula. */
function cell(value: string | number | null): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) && typeof value === 'string' ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The comparison as a table for spreadsheets, with the mark by which they know UTF-8. */
export function compareCsv(entries: readonly CompareEntry[], { from, to }: Range, lang: Lang): string {
  const two = (key: 'stage' | 'project.progress' | 'project.due' | 'light') => [
    `${word(key, lang)} ${from}`,
    `${word(key, lang)} ${to}`,
  ];
  const head = [
    'id',
    word('compare.project', lang),
    word('kind', lang),
    word('section', lang),
    word('compare.what', lang),
    ...two('stage'),
    ...two('project.progress'),
    ...two('project.due'),
    ...two('light'),
    `${word('change.moved', lang)} m`,
  ];
  const rows = entries.map((e) => [
    e.project,
    e.name[lang],
    word(`kind.${e.kind}`, lang),
    e.section,
    e.what.map((w) => word(`change.${w}`, lang)).join(lang === 'zh' ? '、' : ', '),
    ...[e.before, e.after].map((s) => (s ? word(`stage.${s.stage}`, lang) : '')),
    ...[e.before, e.after].map((s) => s?.progress ?? ''),
    ...[e.before, e.after].map((s) => s?.due ?? ''),
    ...[e.before, e.after].map((s) => (s ? word(`light.${s.light.colour}`, lang) : '')),
    e.moved_m === null ? '' : Math.round(e.moved_m),
  ]);
  return `\uFEFF${[head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
