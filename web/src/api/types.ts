// The shapes of the server's answers by the names the app uses, all from the generated schema.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { Kind, Light, Position, Stage, Text } from '../domain/vocab.ts';
import type { components } from './schema.gen.ts';

type Schemas = components['schemas'];

/** The server writes every member of an answer; where the schema is more careful, this is not. */
type Full<T> = T extends (infer U)[] ? Full<U>[] : T extends object ? { [K in keyof T]-?: Full<T[K]> } : T;

export type Settings = Full<Schemas['Settings']>;
export type PlanTree = Full<Schemas['PlanTree']>;
export type Section = Full<Schemas['Section']>;
export type PlanItem = Full<Schemas['PlanItem']>;
export type Target = Full<Schemas['Target']>;
export type Quota = Full<Schemas['Quota']>;
export type LightReading = Full<Schemas['LightReading']>;
export type ProjectSummary = Full<Schemas['ProjectSummary']>;
export type ProjectPage = Full<Schemas['ProjectPage']>;
export type Neighbour = Full<Schemas['Neighbour']>;
export type Hit = Full<Schemas['SearchHit']>;
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
export type Found = Omit<Full<Schemas['NearbyFeatures']>, 'features' | 'type'> &
  PlanFeatures & {
    /** The feature that was asked about, when the server tells it. */
    origin?: PlanFeature | null;
  };
