// Reports from the field and patches by the names of the server's schema, with geometries in the types of `geojson`.
import type { Feature, Geometry, Point } from 'geojson';
import type { components } from './schema.gen.ts';

type Schemas = components['schemas'];

export type InspectionRule = Schemas['InspectionRule'];
/** The schema gives a position as a list of numbers. */
export type InspectionPhoto = Omit<Schemas['InspectionPhoto'], 'position'> & { position: [number, number] | null };
export type Inspection = Omit<Schemas['Inspection'], 'photos'> & { photos: InspectionPhoto[] };
export type InspectionFeature = Omit<Feature<Point | null, Inspection>, 'id'> & { id: string };
export type InspectionPage = Omit<Schemas['InspectionPage'], 'features'> & { features: InspectionFeature[] };
export type DecisionResult = Schemas['DecisionResult'];
export type PatchFeature = Omit<Feature<Geometry, Schemas['PatchProperties']>, 'id'> & { id: string };
export interface PatchFeatures {
  features: PatchFeature[];
}
