// What a phone takes along and sends, by the names of the server's API.
import type { Feature, Geometry, Point } from 'geojson';
import type { InspectionRule, Mark } from '../domain/field/marks.ts';
import type { ReportFix } from '../domain/field/report.ts';
import type { Aim, Kind, Light, Position, Stage, Text } from '../domain/vocab.ts';

export type { InspectionRule };

export interface FieldPlace {
  collection: string;
  id: string;
  name: Text;
  position: Position;
  accuracy_m: number;
  geometry: Geometry;
}

export interface FieldLight {
  colour: Light;
  code: string;
  reason: Text;
}

export interface FieldProject {
  id: string;
  kind: Kind;
  name: Text;
  aim: Aim;
  due: string;
  stage: Stage;
  next_stages: Stage[];
  progress: number | null;
  light: FieldLight;
  reported: string | null;
  last_inspection: string | null;
  due_visit: boolean;
  mine: boolean;
  warden: string | null;
  patches: string[];
  internal: boolean;
  simulated: boolean;
  places: FieldPlace[];
}

export const PATCH_ROLES = ['grid', 'road', 'river', 'building'] as const;
export type PatchRole = (typeof PATCH_ROLES)[number];

export interface Patch {
  id: string;
  version: number;
  name: Text;
  role: PatchRole;
  inspectors: string[];
  reach_m: number;
  geometry: Geometry;
  mine: boolean;
}

export interface FieldKit {
  seq: number;
  today: string;
  user: { name: string; display_name: string };
  plan: {
    id: string;
    district: Text;
    year: number;
    start: string;
    due: string;
    extent: [number, number, number, number];
    simulated: boolean;
  };
  rule: InspectionRule;
  projects: FieldProject[];
  patches: Patch[];
}

export interface InspectionPhoto {
  id: string;
  width: number;
  height: number;
  bytes: number;
  sha256: string | null;
  taken_at: string | null;
  position: [number, number] | null;
}

export interface Inspection {
  project: string;
  project_name: Text | null;
  version: number;
  observed_at: string;
  received_at: string;
  day: string;
  stage: Stage;
  progress: number | null;
  simulated: boolean;
  photos: InspectionPhoto[];
  state: 'pending' | 'accepted' | 'rejected';
  superseded: boolean;
  inspector: string | null;
  note: string | null;
  fix: Pick<ReportFix, 'accuracy_m' | 'source'> | null;
  distance_m: number | null;
  marks: Mark[] | null;
  confirmed: boolean | null;
  decided_by: string | null;
  decided_at: string | null;
  reason: string | null;
}

export type InspectionFeature = Feature<Point | null, Inspection> & { id: string };
