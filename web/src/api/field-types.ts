// The shapes of what comes from the field: reports with their photos, the rule that marks them, and patches.
import type { Feature, FeatureCollection, Geometry, Point } from 'geojson';
import type { InspectionState, Mark } from '../domain/inspection.ts';
import type { PatchRole } from '../domain/patch.ts';
import type { Stage, Text } from '../domain/vocab.ts';

export interface InspectionRule {
  /** A fix worse than this is marked. */
  fix_limit_m: number;
  /** How far beyond the project's place and the fix's error one may stand. */
  reach_m: number;
  /** A project is due a visit when its last report is older. */
  visit_days: number;
  accept_at_once: boolean;
}

export interface InspectionPhoto {
  id: string;
  /** Upright pixels. */
  width: number;
  height: number;
  bytes: number;
  // null for the public:
  sha256: string | null;
  /** As the camera wrote it: local time, mostly without a zone. */
  taken_at: string | null;
  position: [number, number] | null;
}

export interface Inspection {
  project: string;
  project_name: Text | null;
  version: number;
  observed_at: string;
  received_at: string;
  /** The day of the observation where the server is. */
  day: string;
  stage: Stage;
  progress: number | null;
  simulated: boolean;
  photos: InspectionPhoto[];
  state: InspectionState;
  /** Accepted, but a later report already told more, so that the project was not changed. */
  superseded: boolean;
  // null for the public:
  inspector: string | null;
  note: string | null;
  fix: { accuracy_m: number | null; source: 'device' | 'chosen' } | null;
  /** From the fix to the nearest place of the project. */
  distance_m: number | null;
  marks: Mark[] | null;
  confirmed: boolean | null;
  decided_by: string | null;
  decided_at: string | null;
  reason: string | null;
}

export type InspectionFeature = Omit<Feature<Point | null, Inspection>, 'id'> & { id: string };

export interface InspectionPage {
  type: 'FeatureCollection';
  features: InspectionFeature[];
  number_matched: number;
  number_returned: number;
  next: string | null;
  counts: Record<InspectionState, number>;
}

export interface DecisionResult {
  id: string;
  state: 'accepted' | 'refused';
  detail: string | null;
  detail_zh: string | null;
}

export interface PatchProperties {
  name_zh: string;
  name_en: string;
  role: PatchRole;
  /** The names that they sign in with. */
  inspectors: string[];
  /** Projects within this distance of the shape belong to it. */
  reach_m: number;
  version: number;
  mine: boolean;
  /** The ids of the projects that lie in it. */
  projects: string[];
}
export type PatchFeature = Omit<Feature<Geometry, PatchProperties>, 'id'> & { id: string };
export type PatchFeatures = Omit<FeatureCollection<Geometry, PatchProperties>, 'features'> & {
  features: PatchFeature[];
};

/** How many reports a project has; none of the waiting ones for the public. */
export interface InspectionTally {
  accepted: number;
  pending: number;
  last: string | null;
}
