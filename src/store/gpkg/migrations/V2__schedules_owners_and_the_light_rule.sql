-- What a project needs for a light that people trust: its start, owner, money, milestones, curve; and the rule itself.

ALTER TABLE plan ADD COLUMN simulated BOOLEAN NOT NULL DEFAULT 0;

ALTER TABLE projects ADD COLUMN start DATE;
ALTER TABLE projects ADD COLUMN owner_zh TEXT;
ALTER TABLE projects ADD COLUMN owner_en TEXT;
ALTER TABLE projects ADD COLUMN warden TEXT;
ALTER TABLE projects ADD COLUMN planned_cny DOUBLE;
ALTER TABLE projects ADD COLUMN paid_cny DOUBLE;
-- Percent at the end of each month from the start, as a JSON array.
ALTER TABLE projects ADD COLUMN curve TEXT;
ALTER TABLE projects ADD COLUMN visibility TEXT NOT NULL DEFAULT 'public';
ALTER TABLE projects ADD COLUMN simulated BOOLEAN NOT NULL DEFAULT 0;

ALTER TABLE collections ADD COLUMN visibility TEXT NOT NULL DEFAULT 'public';

CREATE TABLE project_milestones (
  fid INTEGER PRIMARY KEY NOT NULL,
  project TEXT NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  "order" INTEGER NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  due DATE NOT NULL,
  done DATE,
  UNIQUE (project, "order")
);

CREATE TABLE light_rules (
  fid INTEGER PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  behind_yellow_points DOUBLE NOT NULL,
  behind_red_points DOUBLE NOT NULL,
  unstarted_yellow_months INTEGER NOT NULL,
  unstarted_red_months INTEGER NOT NULL,
  evidence_days INTEGER
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES
  ('project_milestones', 'attributes', '项目节点 Milestones', '项目的节点 The steps on a project''s way'),
  ('light_rules', 'attributes', '亮灯规则 Light rules', '红黄绿灯的规则 The numbers behind red, yellow and green');
