//! Sessions of browsers, by the digest of the secret in their cookie.

use super::{Digest, Ledger};
use crate::plan::Timestamp;
use crate::store::StoreError;

pub struct SessionRow {
    pub user: i64,
    pub created: Timestamp,
    pub seen: Timestamp,
}

impl Ledger<'_> {
    pub fn add_session(&self, digest: &Digest, user: i64, now: Timestamp) -> Result<(), StoreError> {
        let (digest, now) = (&digest[..], now.as_millisecond());
        self.execute(
            r#"INSERT INTO sessions (digest, "user", created, seen) VALUES ($1, $2, $3, $3)"#,
            &[&digest, &user, &now],
        )?;
        Ok(())
    }

    pub fn session(&self, digest: &Digest) -> Result<Option<SessionRow>, StoreError> {
        self.row(r#"SELECT "user", created, seen FROM sessions WHERE digest = $1"#, &[&&digest[..]], |row| {
            Ok(SessionRow { user: row.get("user")?, created: row.time("created")?, seen: row.time("seen")? })
        })
    }

    pub fn touch_session(&self, digest: &Digest, now: Timestamp) -> Result<(), StoreError> {
        self.execute("UPDATE sessions SET seen = $1 WHERE digest = $2", &[&now.as_millisecond(), &&digest[..]])?;
        Ok(())
    }

    pub fn end_session(&self, digest: &Digest) -> Result<(), StoreError> {
        self.execute("DELETE FROM sessions WHERE digest = $1", &[&&digest[..]])?;
        Ok(())
    }

    /// Ends all sessions of a user but the one of `kept`.
    pub fn end_sessions_of(&self, user: i64, kept: Option<&Digest>) -> Result<(), StoreError> {
        let kept = kept.map(|digest| &digest[..]);
        self.execute(r#"DELETE FROM sessions WHERE "user" = $1 AND digest IS DISTINCT FROM $2"#, &[&user, &kept])?;
        Ok(())
    }

    /// Forgets sessions that began or were last seen before these moments.
    pub fn forget_sessions(&self, created: Timestamp, seen: Timestamp) -> Result<(), StoreError> {
        let (created, seen) = (created.as_millisecond(), seen.as_millisecond());
        self.execute("DELETE FROM sessions WHERE created < $1 OR seen < $2", &[&created, &seen])?;
        Ok(())
    }
}
