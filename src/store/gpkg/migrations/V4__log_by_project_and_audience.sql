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

-- Projects and collections that are internal now, or were when they went: the log tells the public nothing of them, not even what
-- was public then.

CREATE TABLE hidden_records (
  record_type TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (record_type, id)
) WITHOUT ROWID;

INSERT INTO hidden_records SELECT 'project', id FROM projects WHERE visibility = 'internal';
INSERT INTO hidden_records SELECT 'collection', id FROM collections WHERE visibility = 'internal';

INSERT OR IGNORE INTO hidden_records
  SELECT record_type, id FROM changes
  WHERE record_type IN ('project', 'collection') AND after IS NULL AND json_extract(before, '$.visibility') = 'internal'
    AND id NOT IN (SELECT id FROM projects UNION SELECT id FROM collections);
