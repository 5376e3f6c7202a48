// What the server says of exports and imports, as its contract has it.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { FormatId, Option, Outcome } from '../domain/data/vocab.ts';
import type { Kind, Position, Text } from '../domain/vocab.ts';

export interface Format {
  id: FormatId;
  title: Text;
  extension: string;
  reads: boolean;
  writes: boolean;
  /** Which coordinates it can hold. */
  crs: 'any' | 'wgs84' | 'web_mercator';
  /** One entry: there is no choice. */
  encodings: string[];
  options: Option[];
  note: Text | null;
}

export interface CrsChoice {
  code: string;
  uri: string;
  name: string;
  unit: 'metre' | 'degree';
  axes: string[];
}

export interface Formats {
  formats: Format[];
  crs: CrsChoice[];
  offsets: { id: string; name: string }[];
  max_upload_bytes: number;
  max_import_records: number;
}

export interface ExportRequest {
  format: FormatId;
  collections?: string[];
  projects?: string[];
  features?: { collection: string; id: string }[];
  kinds?: Kind[];
  bbox?: number[];
  filter?: string;
  as_of?: string;
  crs?: string;
  offset?: string;
  encoding?: string;
  bom?: boolean;
  geometry?: 'wkt' | 'lonlat';
  tables?: boolean;
  min_zoom?: number;
  max_zoom?: number;
}

export interface Receipt {
  file: string;
  bytes: number;
  sha256: string;
  created_at: string;
  format: FormatId;
  source: {
    server: string | null;
    plan: string;
    district: Text;
    sequence: number;
    as_of: string | null;
    simulated: boolean;
  };
  request: ExportRequest;
  count: number;
  layers: { collection: string; title: Text; count: number; positions: Partial<Record<Position, number>> }[];
  crs: { code: string; name: string };
  offset: string | null;
  encoding: string | null;
  renamed: { layer: string; field: string; written: string }[];
  notes: string[];
  largest_error: { value: number; unit: 'metre' | 'degree'; compared: number } | null;
  position_note: Text;
}

export interface Export {
  id: string;
  state: 'running' | 'done' | 'failed';
  /** Steps: each feature is written, and read back. */
  done: number;
  total: number;
  problem: string | null;
  receipt: Receipt | null;
  file: string;
  expires_at: string;
}

export type FoundCrs =
  { state: 'stated'; code: string; name: string } | { state: 'unknown'; name: string } | { state: 'missing' };

export interface FileField {
  name: string;
  kind: 'text' | 'number' | 'date';
  samples: unknown[];
}

export interface FoundLayer {
  name: string;
  geometry_type: string | null;
  count: number;
  crs: FoundCrs;
  encoding: { encoding: string; how: 'stated' | 'recognised' | 'either' } | null;
  fields: FileField[];
  /** What the server would do with it. */
  suggested: LayerMapping | null;
}

export interface LayerMapping {
  layer: string;
  /** null: it is left out. */
  collection: string | null;
  /** null: what the file says. */
  crs: string | null;
  /** The file's coordinates are moved off like this; they are moved back. */
  offset: string | null;
  encoding: string | null;
  match: 'id' | 'name';
  fields: Record<string, string | null>;
  defaults: { position: Position | null; accuracy_m: number | null; project: string | null };
  absent: Absent;
}

/** What to do with features of the collection that the file does not have. */
export type Absent = 'keep' | 'remove';

export interface Mapping {
  layers: LayerMapping[];
  /** Only for a workbook. */
  workbook?: { absent: Absent };
}

export interface ImportWarning {
  code: string;
  layer: string | null;
  detail: Text;
  offset: string | null;
  distance_m: number | null;
}

export interface Preview {
  /** The state of the plan that it was held against. */
  sequence: number;
  counts: Record<Outcome, number>;
  bbox: number[] | null;
  warnings: ImportWarning[];
}

export interface Import {
  id: string;
  name: string;
  bytes: number;
  sha256: string;
  format: string;
  expires_at: string;
  committed: { batch: number; sequence: number; changes: number } | null;
  layers: FoundLayer[];
  mapping: Mapping | null;
  preview: Preview | null;
}

export interface Reason {
  field: string;
  place: string | null;
  detail: Text;
  expected: Text | null;
}

export interface ImportRow {
  layer: string;
  /** `3`, or `projects!C7` in a workbook. */
  place: string;
  outcome: Outcome;
  record_type: string;
  collection: string | null;
  id: string | null;
  name: Text | null;
  reasons: Reason[];
  changes: { field: string; before: unknown; after: unknown }[];
}

export interface RowPage {
  rows: ImportRow[];
  matched: number;
  next: string | null;
}

export interface OutcomeProperties {
  outcome: Outcome;
  layer: string;
  place: string;
  collection: string | null;
  id: string | null;
  name_zh: string | null;
  name_en: string | null;
  /** Why it is rejected. */
  reason: Text | null;
}

export type OutcomeFeature = Feature<Geometry, OutcomeProperties>;
export type OutcomeFeatures = FeatureCollection<Geometry, OutcomeProperties> & { truncated: boolean };
