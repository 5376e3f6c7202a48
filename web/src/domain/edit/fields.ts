// The members of each record as fields of a form: what they hold and in which order they are asked.
import { MAX_REACH_M, PATCH_ROLES } from '../patch.ts';
import { AIMS, KINDS, STAGES } from '../vocab.ts';
import { GEOMETRY_TYPES, OPS, VISIBILITIES, type RecordType } from './vocab.ts';

/**
 * words: a name in both languages · prose: a sentence in both, may be empty · line: plain text, may be empty · choice: one
 * of a list · switch: yes or no · section: a section's id · members: project ids · people: names that people sign in with ·
 * extent: west, south, east, north · shape: a geometry, drawn on the map · the others as they say.
 */
export type FieldKind =
  | 'words'
  | 'prose'
  | 'line'
  | 'date'
  | 'number'
  | 'choice'
  | 'switch'
  | 'section'
  | 'investment'
  | 'milestones'
  | 'curve'
  | 'members'
  | 'people'
  | 'readings'
  | 'extent'
  | 'shape';

export interface Field {
  name: string;
  kind: FieldKind;
  /** What a choice is made from. */
  options?: readonly string[];
  /** The word that names it, where another record has a field of the same name. */
  label?: string;
  /** The first part of the options' words; without it an option is its own word. */
  say?: string;
  required?: boolean;
  whole?: boolean;
  min?: number;
  max?: number;
  /** A number that fits, for those who typed none. */
  example?: string;
}

/** Signs have no place in the key of a word. */
const SIGNS: Record<string, string> = { '>=': 'at_least', '<=': 'at_most', '>': 'more', '<': 'less', '=': 'exactly' };

/** The key of an option's word; nothing when the option is its own word. */
export function optionKey({ say }: Field, option: string): string | null {
  return say ? `${say}.${SIGNS[option] ?? option}` : null;
}

const NAME: Field = { name: 'name', kind: 'words', required: true };
const SECTION: Field = { name: 'section', kind: 'section', required: true };
const ITEM: Field = { name: 'item', kind: 'number', required: true, whole: true, min: 0, max: 99 };
const VISIBILITY: Field = {
  name: 'visibility',
  kind: 'choice',
  options: VISIBILITIES,
  say: 'visibility',
  required: true,
};
const POINTS: Omit<Field, 'name'> = { kind: 'number', required: true, min: 0, max: 100 };
const MONTHS: Omit<Field, 'name'> = { kind: 'number', required: true, whole: true, min: 0, max: 120 };
const AIM: Field = { name: 'aim', kind: 'choice', options: AIMS, say: 'aim', required: true };

export const FIELDS: Record<RecordType, readonly Field[]> = {
  project: [
    NAME,
    SECTION,
    ITEM,
    { name: 'kind', kind: 'choice', options: KINDS, say: 'kind', required: true },
    AIM,
    { name: 'stage', kind: 'choice', options: STAGES, say: 'stage', required: true },
    { name: 'progress', kind: 'number', min: 0, max: 100, example: '60' },
    { name: 'reported', kind: 'date' },
    { name: 'start', kind: 'date' },
    { name: 'due', kind: 'date', required: true },
    { name: 'milestones', kind: 'milestones' },
    { name: 'curve', kind: 'curve', min: 0, max: 100 },
    { name: 'owner', kind: 'prose' },
    { name: 'warden', kind: 'line' },
    { name: 'investment', kind: 'investment', min: 0, example: '12500000' },
    { name: 'from', kind: 'prose' },
    { name: 'to', kind: 'prose' },
    { name: 'carries', kind: 'prose' },
    { name: 'crosses', kind: 'prose' },
    { name: 'note', kind: 'prose' },
    VISIBILITY,
  ],
  target: [
    NAME,
    SECTION,
    ITEM,
    { name: 'op', kind: 'choice', options: OPS, say: 'op', required: true },
    { name: 'value', kind: 'number', required: true },
    { name: 'unit', kind: 'words', required: true },
    { name: 'stretch', kind: 'number' },
    { name: 'readings', kind: 'readings' },
  ],
  quota: [
    NAME,
    SECTION,
    ITEM,
    { name: 'count', kind: 'number', required: true, whole: true, min: 1, max: 999 },
    AIM,
    { name: 'members', kind: 'members' },
  ],
  section: [NAME, { name: 'order', kind: 'number', required: true, whole: true, min: 0, max: 999 }],
  theme: [NAME, SECTION, ITEM, { name: 'note', kind: 'prose' }],
  plan: [
    { name: 'district', kind: 'words', required: true },
    { name: 'city', kind: 'words', required: true },
    { name: 'year', kind: 'number', required: true, whole: true, min: 1900, max: 2200, example: '2019' },
    { name: 'start', kind: 'date', required: true },
    { name: 'due', kind: 'date', required: true },
    { name: 'extent', kind: 'extent', required: true },
  ],
  collection: [
    { name: 'title', kind: 'words', required: true },
    { name: 'kind', kind: 'choice', options: KINDS, say: 'kind', required: true },
    { name: 'geometry_type', kind: 'choice', options: GEOMETRY_TYPES, say: 'geometry', required: true },
    VISIBILITY,
  ],
  light_rule: [
    { name: 'behind_yellow_points', ...POINTS },
    { name: 'behind_red_points', ...POINTS },
    { name: 'unstarted_yellow_months', ...MONTHS },
    { name: 'unstarted_red_months', ...MONTHS },
    { name: 'evidence_days', kind: 'number', whole: true, min: 1, max: 3650, example: '60' },
    { name: 'needs_inspection', kind: 'switch' },
  ],
  inspection_rule: [
    { name: 'fix_limit_m', kind: 'number', required: true, min: 1, max: 1000, example: '50' },
    { name: 'reach_m', kind: 'number', required: true, min: 0, max: MAX_REACH_M, example: '50' },
    { name: 'visit_days', kind: 'number', required: true, whole: true, min: 1, max: 3650, example: '30' },
    { name: 'accept_at_once', kind: 'switch' },
  ],
  patch: [
    NAME,
    { name: 'role', kind: 'choice', options: PATCH_ROLES, say: 'patch_role', required: true },
    { name: 'inspectors', kind: 'people' },
    {
      name: 'reach_m',
      label: 'patch_reach_m',
      kind: 'number',
      required: true,
      min: 0,
      max: MAX_REACH_M,
      example: '50',
    },
    { name: 'geometry', kind: 'shape', required: true },
  ],
};

/** The word that names a member of a record. */
export function labelOf(type: RecordType, name: string): string {
  return FIELDS[type].find((field) => field.name === name)?.label ?? name;
}

/** Folded away until they are asked for; most edits touch none of them. */
export const RARE: readonly string[] = [
  'kind',
  'section',
  'item',
  'curve',
  'from',
  'to',
  'carries',
  'crosses',
  'order',
];
/** A collection is its kind and shape, so that these are never folded away there. */
const PLAIN: readonly RecordType[] = ['collection'];
/** What a new record is asked for beside what it must have; the rest is folded. */
const ASKED_NEW: readonly string[] = ['start', 'stretch', 'members', 'kind'];

/** The fields of a record in their order, those that are asked at once and those that are folded. */
export function asked(type: RecordType, isNew: boolean): { often: readonly Field[]; rare: readonly Field[] } {
  // A target is made without readings: each comes with its day and its source, and has a dialogue of its own.
  const fields = FIELDS[type].filter(({ name }) => !isNew || name !== 'readings');
  const folded = (field: Field) =>
    isNew ? !field.required && !ASKED_NEW.includes(field.name) : RARE.includes(field.name) && !PLAIN.includes(type);
  return { often: fields.filter((f) => !folded(f)), rare: fields.filter(folded) };
}
