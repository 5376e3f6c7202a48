// The wording of a change: each field's before and after as a reader of the plan would say them.
import { count, distance, itemName, radius, shift } from './format.ts';
import { WORD_KEYS, word, type WordKey } from './words.ts';
import type { Lang, Text } from './vocab.ts';
import './words/history.ts';
import './words/inspection.ts';
import './words/patch.ts';

export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

/** One changed field in words: `阶段`, `前期 → 在建`. */
export interface DiffLine {
  field: string;
  /** null when the change is told as a whole, in `text`. */
  before: string | null;
  after: string | null;
  text: string;
}

const ARROW = ' → ';
/** Longer texts would push the rest out of sight. */
const LONGEST = 80;

function named(key: string, lang: Lang): string | null {
  return WORD_KEYS.includes(key as WordKey) ? word(key as WordKey, lang) : null;
}

/** The field's name; a field that we do not know keeps its own. */
export function fieldName(field: string, lang: Lang): string {
  return named(`diff.${field}`, lang) ?? field;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is Text {
  return isObject(value) && typeof value['zh'] === 'string' && typeof value['en'] === 'string';
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** Words whose names stand in the list of the same name. */
const VOCABULARIES: Record<string, string> = {
  kind: 'kind',
  stage: 'stage',
  aim: 'aim',
  position: 'position',
  light: 'light',
  visibility: 'visibility',
  role: 'patch_role',
};

/** Distances that somebody chose, told exactly. */
const RADII: readonly string[] = ['fix_limit_m', 'reach_m'];

function money(value: unknown, lang: Lang): string {
  return typeof value === 'number' ? `¥${count(value, lang)}` : word('history.nothing', lang);
}

function investment(value: Record<string, unknown>, lang: Lang): string {
  const parts = [word('diff.planned', lang, { value: money(value['planned_cny'], lang) })];
  if (typeof value['paid_cny'] === 'number') {
    parts.push(word('diff.paid', lang, { value: money(value['paid_cny'], lang) }));
  }
  return parts.join(lang === 'zh' ? '，' : ', ');
}

/** What was decided about a report from the field; who and when stand with the change itself. */
function decision(value: unknown, lang: Lang): string {
  if (!isObject(value)) return word('inspection_state.pending', lang);
  const state = word(value['accepted'] ? 'inspection_state.accepted' : 'inspection_state.rejected', lang);
  const { reason } = value;
  if (typeof reason === 'string' && reason)
    return word('diff.decision_why', lang, { state, reason: shortened(reason) });
  return value['superseded'] ? word('diff.decision_overtaken', lang, { state }) : state;
}

/** A value of a field in words. */
export function valueText(field: string, value: unknown, lang: Lang): string {
  if (field === 'decision') return decision(value, lang);
  if (value === null || value === undefined || value === '') return word('history.nothing', lang);
  if (isText(value)) return shortened(value[lang] || value.zh || value.en);
  if (typeof value === 'string') return shortened(named(`${VOCABULARIES[field] ?? '-'}.${value}`, lang) ?? value);
  if (typeof value === 'boolean') return word(`diff.${value}`, lang);
  if (typeof value === 'number') {
    if (field === 'progress') return `${value}%`;
    if (field === 'accuracy_m') return distance(value);
    if (RADII.includes(field)) return radius(value);
    if (field === 'item') return itemName(value, lang);
    return count(value, lang);
  }
  if (field === 'investment' && isObject(value)) return investment(value, lang);
  if (Array.isArray(value) && value.every((v) => typeof v === 'string' || typeof v === 'number')) {
    return shortened(value.join(lang === 'zh' ? '、' : ', '));
  }
  return shortened(JSON.stringify(value));
}

interface Geometry {
  type: string;
  vertices: number;
  moved_m: number | null;
}

function geometryOf(value: unknown): Geometry | null {
  if (!isObject(value) || typeof value['type'] !== 'string') return null;
  const { type, vertices, moved_m } = value;
  return {
    type,
    vertices: typeof vertices === 'number' ? vertices : 0,
    moved_m: typeof moved_m === 'number' ? moved_m : null,
  };
}

function shape(type: string, lang: Lang): string {
  return named(`shape.${type.replace(/^Multi/, '')}`, lang) ?? type;
}

/** "moved 34 m, vertices 5 → 7": what a reader can picture without coordinates. */
function geometryText(change: FieldChange & { moved_m?: unknown }, lang: Lang): string {
  const [before, after] = [geometryOf(change.before), geometryOf(change.after)];
  if (!before || !after) {
    const there = after ?? before;
    return there ? `${shape(there.type, lang)}, ${word('history.vertices', lang, { n: there.vertices })}` : '';
  }
  const moved = typeof change.moved_m === 'number' ? change.moved_m : after.moved_m;
  const parts: string[] = [];
  if (moved !== null && moved >= 0.5) parts.push(word('history.moved', lang, { distance: shift(moved) }));
  if (before.type !== after.type) {
    parts.push(word('history.shape', lang, { before: shape(before.type, lang), after: shape(after.type, lang) }));
  }
  if (before.vertices !== after.vertices) {
    parts.push(word('history.vertices_from', lang, { before: before.vertices, after: after.vertices }));
  } else if (after.vertices > 1) parts.push(word('history.vertices', lang, { n: after.vertices }));
  if (moved === null || moved < 0.5) parts.unshift(word('history.reshaped', lang));
  return parts.join(lang === 'zh' ? '，' : ', ');
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** What a list gained and lost, each thing by its own words. */
function gainedAndLost(before: unknown[], after: unknown[], say: (thing: unknown) => string, lang: Lang): string[] {
  const key = (thing: unknown) => JSON.stringify(thing);
  const had = new Set(before.map(key));
  const has = new Set(after.map(key));
  const gained = after.filter((t) => !had.has(key(t))).map(say);
  const lost = before.filter((t) => !has.has(key(t))).map(say);
  const comma = lang === 'zh' ? '、' : ', ';
  return [
    ...(gained.length ? [word('history.plus', lang, { what: gained.join(comma) })] : []),
    ...(lost.length ? [word('history.minus', lang, { what: lost.join(comma) })] : []),
  ];
}

function milestonesText(before: unknown, after: unknown, lang: Lang): string {
  const nameOf = (m: unknown) => (isObject(m) && isText(m['name']) ? m['name'][lang] : '?');
  const key = (m: Record<string, unknown>) => (isText(m['name']) ? m['name'].zh : JSON.stringify(m));
  const byName = (value: unknown) =>
    new Map(
      list(value)
        .filter(isObject)
        .map((m) => [key(m), m]),
    );
  const [had, has] = [byName(before), byName(after)];
  const parts: string[] = [];
  for (const [k, m] of has) {
    const old = had.get(k);
    if (!old) parts.push(word('history.plus', lang, { what: `${nameOf(m)} ${String(m['due'] ?? '')}`.trim() }));
    else if (old['due'] !== m['due']) {
      const [from, to] = [String(old['due']), String(m['due'])];
      parts.push(word('history.due_from', lang, { what: nameOf(m), before: from, after: to }));
    }
    if (old && old['done'] !== m['done']) {
      parts.push(
        m['done']
          ? word('history.done_on', lang, { what: nameOf(m), date: String(m['done']) })
          : word('history.not_done', lang, { what: nameOf(m) }),
      );
    }
  }
  for (const [k, m] of had) if (!has.has(k)) parts.push(word('history.minus', lang, { what: nameOf(m) }));
  return parts.join(lang === 'zh' ? '；' : '; ');
}

/** A field whose change is told as a whole; null when before and after say it. */
function wholeText(change: FieldChange, lang: Lang, nameOf: (id: string) => string): string | null {
  const { field, before, after } = change;
  const semicolon = lang === 'zh' ? '；' : '; ';
  if (field === 'geometry') return geometryText(change, lang);
  if (field === 'milestones') return milestonesText(before, after, lang);
  if (field === 'members' || field === 'inspectors') {
    return gainedAndLost(list(before), list(after), (id) => nameOf(String(id)), lang).join(semicolon);
  }
  if (field === 'readings') {
    const say = (r: unknown) => (isObject(r) ? `${String(r['date'])} ${String(r['value'])}` : String(r));
    return gainedAndLost(list(before), list(after), say, lang).join(semicolon);
  }
  if (field === 'curve') {
    const [a, b] = [list(before), list(after)];
    const n = Array.from({ length: Math.max(a.length, b.length) }).filter((_, i) => a[i] !== b[i]).length;
    return word('history.months', lang, { n });
  }
  return null;
}

/** A changed field in words. `nameOf` gives the names of projects, sections and people that are known by id. */
export function diffLine(change: FieldChange, lang: Lang, nameOf: (id: string) => string = (id) => id): DiffLine {
  const field = fieldName(change.field, lang);
  const whole = wholeText(change, lang, nameOf);
  if (whole !== null) return { field, before: null, after: null, text: whole };
  const say = (value: unknown) =>
    (change.field === 'section' || change.field === 'project') && typeof value === 'string'
      ? nameOf(value)
      : valueText(change.field, value, lang);
  const [before, after] = [say(change.before), say(change.after)];
  return { field, before, after, text: before + ARROW + after };
}
