-- Who may sign in. Apart from the plan's file, so that that one can be handed around. Times are milliseconds since 1970 in UTC.
PRAGMA application_id = 0x47544143; -- "GTAC"

-- Users are disabled, never deleted: their names stand in the plan's change log.
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  roles TEXT NOT NULL, -- words with commas between them
  password TEXT, -- argon2id in PHC form; null until it is set
  subject TEXT UNIQUE, -- who it is at the provider that users sign in at, after the provider's address; null for ours
  disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  created INTEGER NOT NULL,
  last_seen INTEGER
) STRICT;

-- Of every secret only its SHA-256 is kept.
CREATE TABLE sessions (
  digest BLOB PRIMARY KEY,
  user INTEGER NOT NULL REFERENCES users (id),
  created INTEGER NOT NULL,
  seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user);

CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest BLOB NOT NULL UNIQUE,
  user INTEGER NOT NULL REFERENCES users (id),
  label TEXT NOT NULL,
  scopes TEXT NOT NULL, -- words with commas between them
  created INTEGER NOT NULL,
  expires INTEGER, -- the first moment at which it is no longer good
  last_used INTEGER
) STRICT;

CREATE INDEX tokens_by_user ON tokens (user);

-- One-time links: to set the server up (without a user), and to choose a password.
CREATE TABLE invitations (
  digest BLOB PRIMARY KEY,
  user INTEGER REFERENCES users (id),
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
