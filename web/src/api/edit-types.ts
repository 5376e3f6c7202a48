// The shapes of what changes the plan and who may: written by hand after the contract, until the schema has them.
import type { Feature, Geometry } from 'geojson';
import type { Aim, Kind, Position, Stage, Text } from '../domain/vocab.ts';
import type { RecordType, Right, UserRole, Visibility } from '../domain/edit/vocab.ts';
import type { Problem, Project } from './types.ts';

export interface User {
  name: string;
  display_name: string;
  roles: UserRole[];
  rights: Right[];
}
export interface Session {
  user: User | null;
  anonymous_reading: boolean;
  setup_needed: boolean;
  oidc: { name: string } | null;
}
export interface Account {
  name: string;
  display_name: string;
  roles: UserRole[];
  disabled: boolean;
  created: string;
  last_seen: string | null;
}
export interface Invitation {
  link_path: string;
  expires: string;
}
export interface ApiToken {
  id: number;
  label: string;
  scopes: Right[];
  created: string;
  expires: string | null;
  last_used: string | null;
}

export interface ProjectBody {
  name: Text;
  kind: Kind;
  section: string;
  item: number;
  aim: Aim;
  start: string | null;
  due: string;
  stage: Stage;
  progress: number | null;
  reported: string | null;
  owner: Text | null;
  warden: string | null;
  investment: { planned_cny: number; paid_cny: number | null } | null;
  milestones: { name: Text; due: string; done: string | null }[];
  /** Percent at the end of each month from the start. */
  curve: number[] | null;
  from: Text | null;
  to: Text | null;
  carries: Text | null;
  crosses: Text | null;
  note: Text | null;
  visibility: Visibility;
}
export interface TargetBody {
  name: Text;
  section: string;
  item: number;
  op: string;
  value: number;
  unit: Text;
  stretch: number | null;
  readings: { date: string; value: number; source: string }[];
}
/** A project as an editor sees it: with its record as it is edited. */
export type EditableProject = Project & { record?: ProjectBody };

export type Body = Record<string, unknown>;
export interface Versioned<B = Body> {
  type: RecordType | 'feature';
  id: string;
  collection?: string;
  version: number;
  record: B;
}
export type Written<B = Body> = Versioned<B> & { seq: number };

export type FeatureEdit = Feature<
  Geometry,
  {
    project: string | null;
    name_zh: string;
    name_en: string;
    accuracy_m: number;
    position: Position;
    basis_zh: string | null;
    basis_en: string | null;
    class: string | null;
  }
>;

export interface Violation {
  field: string;
  detail: string;
  expected?: string;
}
/** A problem of a write: with what is there now when ours was stale, and what breaks which rule. */
export type WriteProblem = Problem & { current?: unknown; violations?: Violation[] };
