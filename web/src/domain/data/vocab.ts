// The words of data going out and coming in, as closed lists in the order in which they are shown.

export const FORMATS = ['shp', 'gpkg', 'geojson', 'dxf', 'xlsx', 'csv', 'kml', 'fgb', 'geojsonseq', 'pmtiles'] as const;
export type FormatId = (typeof FORMATS)[number];

export const OFFSETS = ['gcj-02', 'bd-09'] as const;
export type Offset = (typeof OFFSETS)[number];
export const ENCODINGS = ['utf-8', 'gbk'] as const;
export type Encoding = (typeof ENCODINGS)[number];
export type Option = 'bom' | 'geometry' | 'formulas' | 'tables' | 'zoom';

/** What becomes of a row of a file; what needs a look first stands first. */
export const OUTCOMES = ['rejected', 'added', 'changed', 'removed', 'unchanged'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The members of a feature that a field of a file can give. */
export const MEMBERS = [
  'id',
  'project',
  'name_zh',
  'name_en',
  'class',
  'position',
  'accuracy_m',
  'basis_zh',
  'basis_en',
] as const;
export type Member = (typeof MEMBERS)[number];
