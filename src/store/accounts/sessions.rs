//! Sessions of browsers, by the digest of the secret in their cookie.

use rusqlite::{OptionalExtension, params};

use super::{Digest, Ledger, failed, time};
use crate::plan::Timestamp;
use crate::store::StoreError;

pub struct SessionRow {
    pub user: i64,
    pub created: Timestamp,
    pub seen: Timestamp,
}

impl Ledger<'_> {
    pub fn add_session(&self, digest: &Digest, user: i64, now: Timestamp) -> Result<(), StoreError> {
        let now = now.as_millisecond();
        let added = self.0.execute(
            "INSERT INTO sessions (digest, user, created, seen) VALUES (?, ?, ?, ?)",
            params![digest, user, now, now],
        );
        added.map(|_| ()).map_err(failed)
    }

    pub fn session(&self, digest: &Digest) -> Result<Option<SessionRow>, StoreError> {
        let mut find = self.0.prepare_cached("SELECT * FROM sessions WHERE digest = ?").map_err(failed)?;
        let session = find.query_row([digest], |row| {
            Ok(SessionRow { user: row.get("user")?, created: time(row, "created")?, seen: time(row, "seen")? })
        });
        session.optional().map_err(failed)
    }

    pub fn touch_session(&self, digest: &Digest, now: Timestamp) -> Result<(), StoreError> {
        let touched =
            self.0.execute("UPDATE sessions SET seen = ? WHERE digest = ?", params![now.as_millisecond(), digest]);
        touched.map(|_| ()).map_err(failed)
    }

    pub fn end_session(&self, digest: &Digest) -> Result<(), StoreError> {
        self.0.execute("DELETE FROM sessions WHERE digest = ?", [digest]).map(|_| ()).map_err(failed)
    }

    /// Ends all sessions of a user but the one of `kept`.
    pub fn end_sessions_of(&self, user: i64, kept: Option<&Digest>) -> Result<(), StoreError> {
        let ended = self
            .0
            .execute("DELETE FROM sessions WHERE user = ? AND digest IS NOT ?", params![user, kept.map(|d| &d[..])]);
        ended.map(|_| ()).map_err(failed)
    }

    /// Forgets sessions that began or were last seen before these moments.
    pub fn forget_sessions(&self, created: Timestamp, seen: Timestamp) -> Result<(), StoreError> {
        let times = params![created.as_millisecond(), seen.as_millisecond()];
        self.0.execute("DELETE FROM sessions WHERE created < ? OR seen < ?", times).map(|_| ()).map_err(failed)
    }
}
