// The shapes of the server's answers by the names the app uses, all from the generated schema.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
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
