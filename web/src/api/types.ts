// The shapes of the server's answers by the names the app uses, all from the generated schema.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { Change as ChangeWord } from '../domain/compare.ts';
import type { Body } from '../domain/edit/compare.ts';
import type { ChangeKind, RecordType } from '../domain/view.ts';
import type { Kind, Light, Position, Stage, Text } from '../domain/vocab.ts';
import type { components } from './schema.gen.ts';

type Schemas = components['schemas'];

export type Settings = Schemas['Settings'];
export type PlanTree = Schemas['PlanTree'];
export type Section = Schemas['Section'];
export type PlanItem = Schemas['PlanItem'];
export type Target = Schemas['Target'];
export type Quota = Schemas['Quota'];
export type LightReading = Schemas['LightReading'];
export type ProjectSummary = Schemas['ProjectSummary'];
export type ProjectPage = Schemas['ProjectPage'];
export type Neighbour = Schemas['Neighbour'];
export type Hit = Schemas['SearchHit'];
export type Problem = Schemas['Problem'];
export type QueryRequest = Partial<Schemas['QueryRequest']>;
export type FeatureProperties = Schemas['FeatureProperties'];

/** GeoJSON in the types of the `geojson` package, which tell the geometries apart. */
export type PlanFeatures = FeatureCollection<Geometry, FeatureProperties>;
export type PlanFeature = Feature<Geometry, FeatureProperties>;
export type Project = Omit<Schemas['ProjectDetail'], 'features'> & { features: PlanFeatures };
/** A project among the answers to a spatial question. */
export interface FoundProject {
  project: string;
  kind: Kind;
  name: Text;
  stage: Stage;
  light: Light;
  position: Position;
  accuracy_m: number;
  distance_m: number;
  bearing_deg: number | null;
}
/** What was asked about: a feature of the plan or of the base map, with at least a collection and names. */
export type Origin = Feature<
  Geometry,
  Pick<FeatureProperties, 'collection' | 'name_zh' | 'name_en'> &
    Partial<Pick<FeatureProperties, 'project' | 'position' | 'accuracy_m'>>
>;
export type Found = Omit<Schemas['NearbyFeatures'], 'features' | 'type' | 'origin'> &
  FeatureCollection<Geometry, Schemas['NearProperties']> & {
    /** Absent in the answer about an area. */
    origin?: Origin | null;
  };

// Accounts and sessions.
export type User = Schemas['SignedInUser'];
export type Session = Schemas['SessionWire'];
export type Account = Schemas['UserWire'];
export type Invitation = Schemas['InvitationWire'];
export type ApiToken = Schemas['TokenWire'];

// Records as they are edited.
export type Violation = Schemas['Violation'];
export type LightRule = Schemas['LightRuleBody'];
export type LightPreview = Schemas['LightPreview'];
export type BatchEdit = Schemas['BatchEdit'];
export type CollectionBody = Schemas['CollectionBody'];
export type { Body };
/** The record of any type: the schema leaves its members open. */
export type Written<B = Body> = Omit<Schemas['Edited'], 'record'> & { record: B };
/** A record with the version that a change of it names. */
export interface Versioned<B = Body> {
  type: RecordType;
  id: string;
  version: number;
  record: B;
}
/** A place as it is edited; the schema leaves its geometry open. */
export type FeatureEdit = Feature<Geometry, Schemas['EditableProperties']>;

// What changed, and when.
export type PlanMoment = Schemas['PlanSummary'];
export type Timeline = Schemas['Timeline'];
/** The schema gives the words of a comparison as plain strings. */
export type Comparison = Omit<Schemas['Comparison'], 'entries' | 'tally'> & {
  entries: (Omit<Schemas['ComparisonEntry'], 'what'> & { what: ChangeWord[] })[];
  tally: Record<ChangeWord, number>;
};
/** The schema gives the kind of a change as a plain string. */
export type Change = Omit<Schemas['Change'], 'kind'> & { kind: ChangeKind };
export type ChangePage = Omit<Schemas['ChangeList'], 'changes'> & { changes: Change[] };

// The live stream is no JSON answer, so that the schema does not have its events.
export interface HelloEvent {
  seq: number;
  today: string;
  /** Whether the server's database is out of reach. */
  stale: boolean;
}
export interface StoreEvent {
  stale: boolean;
}
export interface ChangeEvent {
  seq: number;
  first: number;
  at: string;
  actor: string | null;
  records: { type: string; collection: string | null; id: string; kind: ChangeKind; version: number }[];
  projects: string[];
}
