// The shapes of the time side's answers. Written by hand after the contract, until the generated schema has them.
import type { Change as ChangeWord, CompareEntry, Range } from '../domain/compare.ts';
import type { FieldChange } from '../domain/diff.ts';
import type { ChangeKind, RecordType } from '../domain/view.ts';
import type { Text } from '../domain/vocab.ts';

/** What the list of plans says about time, once the server says it. */
export interface PlanMoment {
  id: string;
  simulated?: boolean;
  today?: string;
  seq?: number;
}

export interface Timeline {
  first: string;
  today: string;
  seq: number;
  /** Only days with changes, oldest first. */
  days: { date: string; changes: number }[];
}

export interface Comparison extends Range {
  entries: CompareEntry[];
  tally: Record<ChangeWord, number>;
}

/** One record's change, as history and audit tell it. */
export interface Change {
  seq: number;
  /** The seq of the first change of the same batch. */
  batch: number;
  at: string;
  /** null to readers who are not signed in. */
  actor: string | null;
  type: RecordType;
  collection: string | null;
  id: string;
  name: Text;
  /** The project that it is about. */
  project: string | null;
  version: number;
  kind: ChangeKind;
  simulated: boolean;
  note: string | null;
  undoes: number | null;
  diff: (FieldChange & { moved_m?: number | null })[];
}

export interface ChangePage {
  changes: Change[];
  /** The address of the next page, or null at the end. */
  next: string | null;
}

export interface HelloEvent {
  seq: number;
  today: string;
}

export interface ChangeEvent {
  seq: number;
  first: number;
  at: string;
  actor: string | null;
  records: { type: string; collection: string | null; id: string; kind: ChangeKind; version: number }[];
  projects: string[];
}
