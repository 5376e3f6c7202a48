// The members of each record as fields of a form: what they hold and in which order they are asked.
import { AIMS, KINDS, STAGES } from '../vocab.ts';
import { OPS, VISIBILITIES, type RecordType } from './vocab.ts';

/**
 * words: a name in both languages · prose: a sentence in both, may be empty · line: plain text, may be empty · choice: one
 * of a list · section: a section's id · members: project ids · the others as they say.
 */
export type FieldKind =
  | 'words'
  | 'prose'
  | 'line'
  | 'date'
  | 'number'
  | 'choice'
  | 'section'
  | 'investment'
  | 'milestones'
  | 'curve'
  | 'members'
  | 'readings';

export interface Field {
  name: string;
  kind: FieldKind;
  /** What a choice is made from. */
  options?: readonly string[];
  /** The first part of the options' words; without it an option is its own word. */
  say?: string;
  required?: boolean;
  whole?: boolean;
  min?: number;
  max?: number;
}

const NAME: Field = { name: 'name', kind: 'words', required: true };
const SECTION: Field = { name: 'section', kind: 'section', required: true };
const ITEM: Field = { name: 'item', kind: 'number', required: true, whole: true, min: 0, max: 99 };
const AIM: Field = { name: 'aim', kind: 'choice', options: AIMS, say: 'aim', required: true };

export const FIELDS: Record<RecordType, readonly Field[]> = {
  project: [
    NAME,
    { name: 'kind', kind: 'choice', options: KINDS, say: 'kind', required: true },
    SECTION,
    ITEM,
    AIM,
    { name: 'stage', kind: 'choice', options: STAGES, say: 'stage', required: true },
    { name: 'progress', kind: 'number', min: 0, max: 100 },
    { name: 'reported', kind: 'date' },
    { name: 'start', kind: 'date' },
    { name: 'due', kind: 'date', required: true },
    { name: 'milestones', kind: 'milestones' },
    { name: 'curve', kind: 'curve', min: 0, max: 100 },
    { name: 'owner', kind: 'prose' },
    { name: 'warden', kind: 'line' },
    { name: 'investment', kind: 'investment', min: 0 },
    { name: 'from', kind: 'prose' },
    { name: 'to', kind: 'prose' },
    { name: 'carries', kind: 'prose' },
    { name: 'crosses', kind: 'prose' },
    { name: 'note', kind: 'prose' },
    { name: 'visibility', kind: 'choice', options: VISIBILITIES, say: 'visibility', required: true },
  ],
  target: [
    NAME,
    SECTION,
    ITEM,
    { name: 'op', kind: 'choice', options: OPS, required: true },
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
};

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
  'op',
  'order',
];
