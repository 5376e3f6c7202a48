-- Which changes are about a project: its own, and those of places that are or were its.

CREATE TABLE project_changes (
  project TEXT NOT NULL,
  seq INTEGER NOT NULL REFERENCES changes(seq),
  PRIMARY KEY (project, seq)
) WITHOUT ROWID;

INSERT INTO project_changes SELECT id, seq FROM changes WHERE record_type = 'project';

INSERT OR IGNORE INTO project_changes
  SELECT json_extract(before, '$.project'), seq FROM changes
  WHERE record_type = 'feature' AND json_extract(before, '$.project') IS NOT NULL;

INSERT OR IGNORE INTO project_changes
  SELECT json_extract(after, '$.project'), seq FROM changes
  WHERE record_type = 'feature' AND json_extract(after, '$.project') IS NOT NULL;
