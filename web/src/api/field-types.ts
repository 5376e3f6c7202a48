// What a phone takes along and sends, by the names of the server's API; geometries in the types of the `geojson` package.
import type { Feature, Geometry, Point } from 'geojson';
import type { components } from './schema.gen.ts';

type Schemas = components['schemas'];

export type InspectionRule = Schemas['InspectionRule'];
export type FieldPlace = Omit<Schemas['FieldPlace'], 'geometry'> & { geometry: Geometry };
export type FieldProject = Omit<Schemas['FieldProject'], 'places'> & { places: FieldPlace[] };
export type Patch = Omit<Schemas['FieldPatch'], 'geometry'> & { geometry: Geometry };
export type FieldKit = Omit<Schemas['FieldKit'], 'projects' | 'patches' | 'plan'> & {
  projects: FieldProject[];
  patches: Patch[];
  plan: Omit<Schemas['FieldPlan'], 'extent'> & { extent: [number, number, number, number] };
};
export type InspectionFeature = Feature<Point | null, Schemas['Inspection']> & { id: string };
export type Inspection = Schemas['Inspection'];
export type InspectionPage = Omit<Schemas['InspectionPage'], 'features'> & { features: InspectionFeature[] };
