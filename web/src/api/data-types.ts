// Exports and imports by the names of the server's schema, with outcomes as the words that they are and shapes in the types of
// `geojson`.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { Option, Outcome } from '../domain/data/vocab.ts';
import type { components } from './schema.gen.ts';

type Schemas = components['schemas'];

export type Format = Omit<Schemas['Format'], 'options'> & { options: Option[] };
export type Formats = Omit<Schemas['Formats'], 'formats'> & { formats: Format[] };
export type CrsChoice = Schemas['Crs'];
export type ExportRequest = Schemas['ExportRequest'];
export type Export = Schemas['Export'];
export type Receipt = Schemas['Receipt'];

export type Import = Schemas['Import'];
export type FoundLayer = Schemas['ImportLayer'];
export type Mapping = Partial<Schemas['ImportMapping']> & { layers: LayerMapping[] };
export type LayerMapping = Schemas['LayerMapping'];
export type Absent = Schemas['Absent'];
export type Preview = Schemas['ImportPreview'];
export type ImportWarning = Schemas['ImportWarning'];
export type Commit = Schemas['ImportCommit'];

/** The schema gives outcomes as plain strings. */
export type ImportRow = Omit<Schemas['ImportRow'], 'outcome'> & { outcome: Outcome };
export type RowPage = Omit<Schemas['ImportRows'], 'rows'> & { rows: ImportRow[] };
export type OutcomeProperties = Omit<Schemas['ImportProperties'], 'outcome'> & { outcome: Outcome };
export type OutcomeFeature = Feature<Geometry, OutcomeProperties>;
export type OutcomeFeatures = FeatureCollection<Geometry, OutcomeProperties> & { truncated: boolean };
