-- A GeoPackage 1.3 (OGC 12-128r18) with one attributes table for each type of record, and the log of changes.
-- The tables of features are made when their collection is put: see layer.rs.

PRAGMA application_id = 0x47504B47; -- GPKG
PRAGMA user_version = 10300;

CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
);

INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326,
   'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]',
   'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');

CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE,
  min_y DOUBLE,
  max_x DOUBLE,
  max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);

CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);

CREATE TABLE gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);

CREATE TABLE plan (
  fid INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  district_zh TEXT NOT NULL,
  district_en TEXT NOT NULL,
  city_zh TEXT NOT NULL,
  city_en TEXT NOT NULL,
  year INTEGER NOT NULL,
  start DATE NOT NULL,
  due DATE NOT NULL,
  west DOUBLE NOT NULL,
  south DOUBLE NOT NULL,
  east DOUBLE NOT NULL,
  north DOUBLE NOT NULL
);

CREATE TABLE sections (
  fid INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  "order" INTEGER NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL
);

CREATE TABLE targets (
  fid INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  "order" INTEGER NOT NULL,
  section TEXT NOT NULL,
  item INTEGER NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  op TEXT NOT NULL,
  value DOUBLE NOT NULL,
  unit_zh TEXT NOT NULL,
  unit_en TEXT NOT NULL,
  stretch DOUBLE
);

CREATE TABLE target_readings (
  fid INTEGER PRIMARY KEY NOT NULL,
  target TEXT NOT NULL REFERENCES targets(id) ON DELETE CASCADE,
  "order" INTEGER NOT NULL,
  date DATE NOT NULL,
  value DOUBLE NOT NULL,
  source TEXT NOT NULL,
  UNIQUE (target, "order")
);

CREATE TABLE quotas (
  fid INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  "order" INTEGER NOT NULL,
  section TEXT NOT NULL,
  item INTEGER NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  count INTEGER NOT NULL,
  aim TEXT NOT NULL
);

-- No reference to projects: whether a member exists is the plan's matter, and a batch may bring it later.
CREATE TABLE quota_members (
  fid INTEGER PRIMARY KEY NOT NULL,
  quota TEXT NOT NULL REFERENCES quotas(id) ON DELETE CASCADE,
  "order" INTEGER NOT NULL,
  project TEXT NOT NULL,
  UNIQUE (quota, "order")
);

CREATE TABLE projects (
  fid INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  "order" INTEGER NOT NULL,
  kind TEXT NOT NULL,
  section TEXT NOT NULL,
  item INTEGER NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  aim TEXT NOT NULL,
  due DATE NOT NULL,
  stage TEXT NOT NULL,
  progress DOUBLE,
  reported DATE,
  from_zh TEXT,
  from_en TEXT,
  to_zh TEXT,
  to_en TEXT,
  carries_zh TEXT,
  carries_en TEXT,
  crosses_zh TEXT,
  crosses_en TEXT,
  note_zh TEXT,
  note_en TEXT
);

CREATE TABLE themes (
  fid INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  "order" INTEGER NOT NULL,
  section TEXT NOT NULL,
  item INTEGER NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  note_zh TEXT,
  note_en TEXT
);

CREATE TABLE collections (
  fid INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  "order" INTEGER NOT NULL,
  title_zh TEXT NOT NULL,
  title_en TEXT NOT NULL,
  geometry_type TEXT NOT NULL,
  role TEXT NOT NULL,
  kind TEXT
);

-- Who holds a feature's number, for ever: a number is never given to another feature, not even after a deletion.
CREATE TABLE feature_numbers (
  number INTEGER PRIMARY KEY NOT NULL,
  collection TEXT NOT NULL,
  id TEXT NOT NULL
);

-- The log; before and after are whole records in JSON.
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY NOT NULL,
  at DATETIME NOT NULL,
  actor TEXT NOT NULL,
  record_type TEXT NOT NULL,
  collection TEXT,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  before TEXT,
  after TEXT
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES
  ('plan', 'attributes', '计划 Plan', '区县年度计划 A district''s year'),
  ('sections', 'attributes', '篇章 Sections', '计划的篇章 The chapters of the plan'),
  ('targets', 'attributes', '指标 Targets', '计划承诺的数字 Promised numbers'),
  ('target_readings', 'attributes', '指标读数 Target readings', '指标的历次读数 What was read of the targets, oldest first'),
  ('quotas', 'attributes', '数量任务 Quotas', '计划承诺的项目数量 Promised counts of projects'),
  ('quota_members', 'attributes', '数量任务的项目 Quota members', '任务中点名的项目 The named projects of the quotas'),
  ('projects', 'attributes', '项目 Projects', '计划中的项目 The things done at a place'),
  ('themes', 'attributes', '主题 Themes', '没有数字和地点的承诺 Commitments with neither number nor place'),
  ('collections', 'attributes', '图层 Collections', '要素图层 The sets of features'),
  ('changes', 'attributes', '变更日志 Changes', '所有已提交的变更 Every committed edit, oldest first');
