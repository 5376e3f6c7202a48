-- The plan in typed tables, one for each type of record, and the log of changes. Lists of a record have tables of their own.
-- Everything stands in the schema guatu; guatu_views is what GIS programs and reports read.

CREATE SCHEMA IF NOT EXISTS guatu_views;

CREATE TABLE guatu.plan (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  district_zh text NOT NULL,
  district_en text NOT NULL,
  city_zh text NOT NULL,
  city_en text NOT NULL,
  year smallint NOT NULL,
  start date NOT NULL,
  due date NOT NULL,
  west double precision NOT NULL,
  south double precision NOT NULL,
  east double precision NOT NULL,
  north double precision NOT NULL,
  simulated boolean NOT NULL
);

CREATE TABLE guatu.sections (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  "order" bigint NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL
);

CREATE TABLE guatu.targets (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  "order" bigint NOT NULL,
  section text NOT NULL,
  item smallint NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  op text NOT NULL CHECK (op IN ('>=', '<=', '>', '<', '=')),
  value double precision NOT NULL,
  unit_zh text NOT NULL,
  unit_en text NOT NULL,
  stretch double precision
);

CREATE TABLE guatu.target_readings (
  target text NOT NULL REFERENCES guatu.targets (id) ON DELETE CASCADE,
  "order" bigint NOT NULL,
  date date NOT NULL,
  value double precision NOT NULL,
  source text NOT NULL,
  PRIMARY KEY (target, "order")
);

CREATE TABLE guatu.quotas (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  "order" bigint NOT NULL,
  section text NOT NULL,
  item smallint NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  count bigint NOT NULL CHECK (count >= 0),
  aim text NOT NULL CHECK (aim IN ('design', 'start', 'advance', 'connect', 'renovate', 'complete', 'open'))
);

-- No reference to projects: whether a member exists is the plan's matter, and a batch may bring it later.
CREATE TABLE guatu.quota_members (
  quota text NOT NULL REFERENCES guatu.quotas (id) ON DELETE CASCADE,
  "order" bigint NOT NULL,
  project text NOT NULL,
  PRIMARY KEY (quota, "order")
);

CREATE TABLE guatu.projects (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  "order" bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('road', 'bridge', 'park', 'school', 'hospital', 'estate', 'industry', 'hotel', 'zone', 'service')),
  section text NOT NULL,
  item smallint NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  aim text NOT NULL CHECK (aim IN ('design', 'start', 'advance', 'connect', 'renovate', 'complete', 'open')),
  start date,
  due date NOT NULL,
  stage text NOT NULL CHECK (stage IN
    ('not_reported', 'planned', 'preparing', 'building', 'completed', 'in_use', 'suspended', 'cancelled')),
  progress double precision CHECK (progress BETWEEN 0 AND 100),
  reported date,
  owner_zh text,
  owner_en text,
  warden text,
  planned_cny double precision,
  paid_cny double precision,
  -- Percent at the end of each month from the start.
  curve double precision[],
  from_zh text,
  from_en text,
  to_zh text,
  to_en text,
  carries_zh text,
  carries_en text,
  crosses_zh text,
  crosses_en text,
  note_zh text,
  note_en text,
  visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
  simulated boolean NOT NULL,
  CHECK ((owner_zh IS NULL) = (owner_en IS NULL)),
  CHECK ((note_zh IS NULL) = (note_en IS NULL)),
  CHECK (paid_cny IS NULL OR planned_cny IS NOT NULL)
);

CREATE TABLE guatu.project_milestones (
  project text NOT NULL REFERENCES guatu.projects (id) ON DELETE CASCADE,
  "order" bigint NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  due date NOT NULL,
  done date,
  PRIMARY KEY (project, "order")
);

CREATE TABLE guatu.themes (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  "order" bigint NOT NULL,
  section text NOT NULL,
  item smallint NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  note_zh text,
  note_en text,
  CHECK ((note_zh IS NULL) = (note_en IS NULL))
);

CREATE TABLE guatu.light_rules (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  behind_yellow_points double precision NOT NULL,
  behind_red_points double precision NOT NULL,
  unstarted_yellow_months bigint NOT NULL,
  unstarted_red_months bigint NOT NULL,
  evidence_days bigint,
  needs_inspection boolean NOT NULL
);

CREATE TABLE guatu.inspection_rules (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  fix_limit_m double precision NOT NULL,
  reach_m double precision NOT NULL,
  visit_days bigint NOT NULL,
  accept_at_once boolean NOT NULL
);

-- The shape is GeoJSON to the last digit; geom is the same for GIS programs.
CREATE TABLE guatu.patches (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  "order" bigint NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  role text NOT NULL CHECK (role IN ('grid', 'road', 'river', 'building')),
  reach_m double precision NOT NULL,
  shape json NOT NULL,
  geom geometry(Geometry, 4326) NOT NULL
);

CREATE INDEX patches_by_place ON guatu.patches USING gist (geom);

CREATE TABLE guatu.patch_inspectors (
  patch text NOT NULL REFERENCES guatu.patches (id) ON DELETE CASCADE,
  "order" bigint NOT NULL,
  inspector text NOT NULL,
  PRIMARY KEY (patch, "order")
);

CREATE TABLE guatu.inspections (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  project text NOT NULL,
  inspector text NOT NULL,
  observed_at timestamptz(3) NOT NULL,
  received_at timestamptz(3) NOT NULL,
  day date NOT NULL,
  stage text NOT NULL CHECK (stage IN
    ('not_reported', 'planned', 'preparing', 'building', 'completed', 'in_use', 'suspended', 'cancelled')),
  progress double precision CHECK (progress BETWEEN 0 AND 100),
  note text,
  lon double precision,
  lat double precision,
  fix_accuracy_m double precision,
  fix_source text CHECK (fix_source IN ('device', 'chosen')),
  distance_m double precision,
  marks text[] NOT NULL,
  confirmed boolean NOT NULL,
  accepted boolean,
  decided_by text,
  decided_at timestamptz(3),
  reason text,
  superseded boolean NOT NULL,
  simulated boolean NOT NULL,
  CHECK ((lon IS NULL) = (lat IS NULL) AND (lon IS NULL) = (fix_source IS NULL)),
  CHECK ((accepted IS NULL) = (decided_at IS NULL))
);

CREATE INDEX inspections_by_project ON guatu.inspections (project, observed_at);

CREATE TABLE guatu.inspection_photos (
  inspection text NOT NULL REFERENCES guatu.inspections (id) ON DELETE CASCADE,
  "order" bigint NOT NULL,
  id text NOT NULL UNIQUE,
  sha256 text NOT NULL,
  media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp')),
  bytes bigint NOT NULL,
  width bigint NOT NULL,
  height bigint NOT NULL,
  -- By the camera's EXIF; most write no zone.
  taken text,
  lon double precision,
  lat double precision,
  PRIMARY KEY (inspection, "order")
);

CREATE TABLE guatu.collections (
  fid bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  "order" bigint NOT NULL,
  title_zh text NOT NULL,
  title_en text NOT NULL,
  geometry_type text NOT NULL CHECK (geometry_type IN
    ('Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon')),
  role text NOT NULL CHECK (role IN ('plan', 'context')),
  kind text CHECK (kind IN ('road', 'bridge', 'park', 'school', 'hospital', 'estate', 'industry', 'hotel', 'zone', 'service')),
  visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
  CHECK ((role = 'plan') = (kind IS NOT NULL))
);

-- Who holds a feature's number, for ever: a number is never given to another feature, not even after a deletion.
CREATE TABLE guatu.feature_numbers (
  number bigint PRIMARY KEY CHECK (number >= 0),
  collection text NOT NULL,
  id text NOT NULL
);

CREATE TABLE guatu.features (
  number bigint NOT NULL UNIQUE REFERENCES guatu.feature_numbers (number),
  collection text NOT NULL REFERENCES guatu.collections (id),
  id text NOT NULL,
  version bigint NOT NULL CHECK (version > 0),
  project text,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  class text,
  accuracy_m double precision NOT NULL,
  position text NOT NULL CHECK (position IN ('surveyed', 'approximate', 'rough', 'placeholder')),
  basis_zh text,
  basis_en text,
  geom geometry(Geometry, 4326) NOT NULL,
  PRIMARY KEY (collection, id),
  CHECK ((basis_zh IS NULL) = (basis_en IS NULL))
);

CREATE INDEX features_by_place ON guatu.features USING gist (geom);
CREATE INDEX features_by_project ON guatu.features (project);

-- The log; before and after are whole records in JSON, to the last digit.
CREATE TABLE guatu.changes (
  seq bigint PRIMARY KEY CHECK (seq > 0),
  batch bigint NOT NULL CHECK (batch BETWEEN 1 AND seq),
  at timestamptz(3) NOT NULL,
  actor text NOT NULL,
  record_type text NOT NULL,
  collection text,
  id text NOT NULL,
  version bigint NOT NULL CHECK (version > 0),
  before text,
  after text,
  internal boolean NOT NULL,
  note text,
  undoes bigint
);

CREATE INDEX changes_by_record ON guatu.changes (record_type, (coalesce(collection, '')), id, seq);
CREATE INDEX changes_by_time ON guatu.changes (at, seq);
CREATE INDEX changes_by_batch ON guatu.changes (batch);

-- Which changes are about a project: its own, and those of places that are or were its.
CREATE TABLE guatu.project_changes (
  project text NOT NULL,
  seq bigint NOT NULL REFERENCES guatu.changes (seq),
  PRIMARY KEY (project, seq)
);

CREATE INDEX project_changes_by_change ON guatu.project_changes (seq);

-- Which projects a change of a quota names, before or after.
CREATE TABLE guatu.quota_changes (
  seq bigint NOT NULL REFERENCES guatu.changes (seq),
  project text NOT NULL,
  PRIMARY KEY (seq, project)
);

-- Projects and collections that are internal now, or were when they went: the log tells the public nothing of them.
CREATE TABLE guatu.hidden_records (
  record_type text NOT NULL,
  id text NOT NULL,
  PRIMARY KEY (record_type, id)
);

CREATE TABLE guatu.requests (
  actor text NOT NULL,
  key text NOT NULL,
  digest text NOT NULL,
  first bigint NOT NULL,
  last bigint NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (actor, key)
);

CREATE INDEX requests_by_time ON guatu.requests (at);

-- A mark for each group that landed, by which a server whose connection went during a commit finds out what became of it.
CREATE TABLE guatu.commits (
  token text PRIMARY KEY,
  first bigint NOT NULL,
  last bigint NOT NULL
);

CREATE INDEX commits_by_number ON guatu.commits (last);

-- Wakes the other servers. They ask for the sequence all the same, since a wake may be lost.
CREATE FUNCTION guatu.tell_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('guatu_changes', '');
  RETURN NULL;
END $$;

CREATE TRIGGER tell_of_changes AFTER INSERT ON guatu.changes
  FOR EACH STATEMENT EXECUTE FUNCTION guatu.tell_of_changes();

-- What the role of readers may see: the views and nothing else.
CREATE FUNCTION guatu.let_readers_in() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'guatu_reader') THEN
    GRANT USAGE ON SCHEMA guatu_views TO guatu_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA guatu_views TO guatu_reader;
  END IF;
END $$;

-- Views of others that read ours go with it.
CREATE FUNCTION guatu.hide(view text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DROP VIEW IF EXISTS guatu_views.%I CASCADE', view);
END $$;

-- Makes the view of a collection: its places with what is known of their projects. Made again only for another type of geometry.
CREATE FUNCTION guatu.show(view text, collection text, geometry_type text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  made text := format(
    'CREATE OR REPLACE VIEW guatu_views.%I AS
       SELECT f.number, f.id, f.version, f.name_zh, f.name_en, f.class, f.accuracy_m, f.position, f.basis_zh, f.basis_en,
              f.project, p.name_zh AS project_zh, p.name_en AS project_en, p.kind, p.aim, p.stage, p.progress, p.start, p.due,
              p.reported, p.owner_zh, p.owner_en, p.planned_cny, p.paid_cny, p.visibility, p.simulated,
              f.geom::geometry(%s, 4326) AS geom
       FROM guatu.features f LEFT JOIN guatu.projects p ON p.id = f.project
       WHERE f.collection = %L', view, geometry_type, collection);
BEGIN
  -- One that is right stays as it is: to put it anew would wait for whoever reads it at the moment.
  IF EXISTS (SELECT FROM geometry_columns
             WHERE f_table_schema = 'guatu_views' AND f_table_name = view AND upper(type) = upper(geometry_type)) THEN
    RETURN;
  END IF;
  BEGIN
    EXECUTE made;
  EXCEPTION WHEN invalid_table_definition THEN
    PERFORM guatu.hide(view);
    EXECUTE made;
  END;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'guatu_reader') THEN
    EXECUTE format('GRANT SELECT ON guatu_views.%I TO guatu_reader', view);
  END IF;
END $$;
