//! Personal tokens of programs, by their digest.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Row, params};

use super::users::{joined, split};
use super::{Digest, Ledger, failed, optional_time, time};
use crate::plan::{Right, Timestamp};
use crate::store::StoreError;

#[derive(Clone, Debug)]
pub struct TokenRow {
    pub id: i64,
    pub user: i64,
    pub label: String,
    pub scopes: BTreeSet<Right>,
    pub created: Timestamp,
    /// The first moment at which it is no longer good.
    pub expires: Option<Timestamp>,
    pub last_used: Option<Timestamp>,
}

pub struct NewToken {
    pub label: String,
    pub scopes: BTreeSet<Right>,
    pub expires: Option<Timestamp>,
}

impl Ledger<'_> {
    pub fn tokens_of(&self, user: i64) -> Result<Vec<TokenRow>, StoreError> {
        let rows = || -> rusqlite::Result<Vec<TokenRow>> {
            self.0
                .prepare_cached("SELECT * FROM tokens WHERE user = ? ORDER BY id")?
                .query_map([user], token)?
                .collect()
        };
        rows().map_err(failed)
    }

    pub fn token(&self, digest: &Digest) -> Result<Option<TokenRow>, StoreError> {
        let mut find = self.0.prepare_cached("SELECT * FROM tokens WHERE digest = ?").map_err(failed)?;
        find.query_row([digest], token).optional().map_err(failed)
    }

    /// Gives the token's id.
    pub fn add_token(&self, digest: &Digest, user: i64, new: &NewToken, now: Timestamp) -> Result<i64, StoreError> {
        let added = self.0.execute(
            "INSERT INTO tokens (digest, user, label, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?)",
            params![
                digest,
                user,
                new.label,
                joined(&new.scopes),
                now.as_millisecond(),
                new.expires.map(|expires| expires.as_millisecond())
            ],
        );
        added.map_err(failed)?;
        Ok(self.0.last_insert_rowid())
    }

    pub fn touch_token(&self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        let touched = self.0.execute("UPDATE tokens SET last_used = ? WHERE id = ?", params![now.as_millisecond(), id]);
        touched.map(|_| ()).map_err(failed)
    }

    pub fn count_tokens_of(&self, user: i64) -> Result<u32, StoreError> {
        let mut count = self.0.prepare_cached("SELECT count(*) FROM tokens WHERE user = ?").map_err(failed)?;
        count.query_row([user], |row| row.get(0)).map_err(failed)
    }

    pub fn delete_tokens_of(&self, user: i64) -> Result<(), StoreError> {
        self.0.execute("DELETE FROM tokens WHERE user = ?", [user]).map(|_| ()).map_err(failed)
    }

    /// Gives how many tokens there were: one or none.
    pub fn delete_token(&self, user: i64, id: i64) -> Result<usize, StoreError> {
        self.0.execute("DELETE FROM tokens WHERE user = ? AND id = ?", [user, id]).map_err(failed)
    }
}

fn token(row: &Row) -> rusqlite::Result<TokenRow> {
    Ok(TokenRow {
        id: row.get("id")?,
        user: row.get("user")?,
        label: row.get("label")?,
        scopes: split(row, "scopes")?,
        created: time(row, "created")?,
        expires: optional_time(row, "expires")?,
        last_used: optional_time(row, "last_used")?,
    })
}
