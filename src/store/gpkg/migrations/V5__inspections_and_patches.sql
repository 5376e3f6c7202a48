-- Reports from the field with their photos, the rule that judges them, and what is looked after by whom.

ALTER TABLE light_rules ADD COLUMN needs_inspection BOOLEAN NOT NULL DEFAULT 0;

CREATE TABLE inspection_rules (
  fid INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  fix_limit_m DOUBLE NOT NULL,
  reach_m DOUBLE NOT NULL,
  visit_days INTEGER NOT NULL,
  accept_at_once BOOLEAN NOT NULL
);

-- The shape as GeoJSON, longitude before latitude (WGS 84).
CREATE TABLE patches (
  fid INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  "order" INTEGER NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  role TEXT NOT NULL,
  reach_m DOUBLE NOT NULL,
  shape TEXT NOT NULL
);

CREATE TABLE patch_inspectors (
  fid INTEGER PRIMARY KEY NOT NULL,
  patch TEXT NOT NULL REFERENCES patches(id) ON DELETE CASCADE,
  "order" INTEGER NOT NULL,
  inspector TEXT NOT NULL,
  UNIQUE (patch, "order")
);

CREATE TABLE inspections (
  fid INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  project TEXT NOT NULL,
  inspector TEXT NOT NULL,
  observed_at DATETIME NOT NULL,
  received_at DATETIME NOT NULL,
  day DATE NOT NULL,
  stage TEXT NOT NULL,
  progress DOUBLE,
  note TEXT,
  lon DOUBLE,
  lat DOUBLE,
  fix_accuracy_m DOUBLE,
  fix_source TEXT,
  distance_m DOUBLE,
  -- Words with commas between them.
  marks TEXT NOT NULL,
  confirmed BOOLEAN NOT NULL,
  accepted BOOLEAN,
  decided_by TEXT,
  decided_at DATETIME,
  reason TEXT,
  superseded BOOLEAN NOT NULL,
  simulated BOOLEAN NOT NULL
);

CREATE TABLE inspection_photos (
  fid INTEGER PRIMARY KEY NOT NULL,
  inspection TEXT NOT NULL REFERENCES inspections(id) ON DELETE CASCADE,
  "order" INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  -- By the camera's EXIF; most write no zone.
  taken TEXT,
  lon DOUBLE,
  lat DOUBLE,
  UNIQUE (inspection, "order")
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES
  ('inspection_rules', 'attributes', '巡查规则 Inspection rules', '评判现场报告的规则 The numbers by which reports are judged'),
  ('patches', 'attributes', '片区 Patches', '网格和路长、河长、楼长的责任片区 What is looked after, and by whom'),
  ('patch_inspectors', 'attributes', '片区巡查员 Patch inspectors', '片区由谁巡查 Who looks after the patches'),
  ('inspections', 'attributes', '现场报告 Inspections', '来自现场的报告 Reports from the field'),
  ('inspection_photos', 'attributes', '现场照片 Inspection photos', '现场报告的照片 The photos of the reports');
