// The shapes of the server's answers by the names the app uses, all from the generated schema.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { Kind, Light, Position, Stage, Text } from '../domain/vocab.ts';
import type { components } from './schema.gen.ts';

type Schemas = components['schemas'];

/** The server writes every member, with null for absence; the schema can only call such a member optional. */
type Full<T> = T extends (infer U)[] ? Full<U>[] : T extends object ? { [K in keyof T]-?: Full<T[K]> } : T;

export type Settings = Full<Schemas['SettingsWire']>;
export type PlanTree = Full<Schemas['PlanTree']>;
export type Section = Full<Schemas['SectionWire']>;
export type PlanItem = Full<Schemas['ItemWire']>;
export type Target = Full<Schemas['TargetWire']>;
export type Quota = Full<Schemas['QuotaWire']>;
export type LightReading = Full<Schemas['LightWire']>;
export type ProjectSummary = Full<Schemas['ProjectSummary']>;
export type ProjectPage = Full<Schemas['ProjectPage']>;
export type Neighbour = Full<Schemas['NeighbourWire']>;
export type Hit = Full<Schemas['HitWire']>;
export type Problem = Schemas['Problem'];
export type QueryRequest = Partial<Schemas['QueryRequest']>;
export type FeatureProperties = Full<Schemas['FeatureProperties']>;

/** GeoJSON in the types of the `geojson` package, which tell the geometries apart. */
export type PlanFeatures = FeatureCollection<Geometry, FeatureProperties>;
export type PlanFeature = Feature<Geometry, FeatureProperties>;
export type Project = Omit<Full<Schemas['ProjectDetail']>, 'features'> & { features: PlanFeatures };
/** A project among the answers to a spatial question. */
export interface FoundProject {
  project: string;
  kind: Kind;
  name: Text;
  stage: Stage;
  light: Light;
  position: Position;
  distance_m: number;
  bearing_deg: number | null;
}
export type Found = Omit<Full<Schemas['NearbyFeatures']>, 'features' | 'type'> & PlanFeatures;
