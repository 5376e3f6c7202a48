-- The log learns batches, who may see a change, why it was made and what it takes back; requests that are sent again are known.

ALTER TABLE changes ADD COLUMN batch INTEGER NOT NULL DEFAULT 1;
ALTER TABLE changes ADD COLUMN internal BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN note TEXT;
ALTER TABLE changes ADD COLUMN undoes INTEGER;

CREATE INDEX changes_by_record ON changes (record_type, collection, id, seq);
CREATE INDEX changes_by_time ON changes (at, seq);
CREATE INDEX changes_by_batch ON changes (batch);

CREATE TABLE requests (
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  at DATETIME NOT NULL,
  PRIMARY KEY (actor, key)
) WITHOUT ROWID;

CREATE INDEX requests_by_time ON requests (at);
