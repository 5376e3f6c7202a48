//! Personal tokens of programs, by their digest.

use std::collections::BTreeSet;

use super::ledger::{Row, unreadable};
use super::users::{joined, split};
use super::{Digest, Ledger};
use crate::plan::{Right, Timestamp};
use crate::store::StoreError;

/// Names its columns, so that a later program may add some beside this one.
macro_rules! tokens {
    ($which:literal) => {
        concat!(r#"SELECT id, "user", label, scopes, created, expires, last_used FROM tokens "#, $which)
    };
}

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
        self.rows(tokens!(r#"WHERE "user" = $1 ORDER BY id"#), &[&user], token)
    }

    pub fn token(&self, digest: &Digest) -> Result<Option<TokenRow>, StoreError> {
        self.row(tokens!("WHERE digest = $1"), &[&&digest[..]], token)
    }

    /// Gives the token's id.
    pub fn add_token(&self, digest: &Digest, user: i64, new: &NewToken, now: Timestamp) -> Result<i64, StoreError> {
        let expires = new.expires.map(|expires| expires.as_millisecond());
        let added = self.row(
            r#"INSERT INTO tokens (digest, "user", label, scopes, created, expires) VALUES ($1, $2, $3, $4, $5, $6)
            RETURNING id"#,
            &[&&digest[..], &user, &new.label, &joined(&new.scopes), &now.as_millisecond(), &expires],
            |row| row.get("id"),
        )?;
        Ok(added.expect("an insertion without conditions gives a row"))
    }

    pub fn touch_token(&self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        self.execute("UPDATE tokens SET last_used = $1 WHERE id = $2", &[&now.as_millisecond(), &id])?;
        Ok(())
    }

    pub fn count_tokens_of(&self, user: i64) -> Result<u32, StoreError> {
        let count: Option<i64> =
            self.row(r#"SELECT count(*) AS number FROM tokens WHERE "user" = $1"#, &[&user], |row| row.get("number"))?;
        u32::try_from(count.unwrap_or(0)).map_err(unreadable)
    }

    pub fn delete_tokens_of(&self, user: i64) -> Result<(), StoreError> {
        self.execute(r#"DELETE FROM tokens WHERE "user" = $1"#, &[&user])?;
        Ok(())
    }

    /// Gives how many tokens there were: one or none.
    pub fn delete_token(&self, user: i64, id: i64) -> Result<u64, StoreError> {
        self.execute(r#"DELETE FROM tokens WHERE "user" = $1 AND id = $2"#, &[&user, &id])
    }
}

fn token(row: &Row) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: row.get("id")?,
        user: row.get("user")?,
        label: row.get("label")?,
        scopes: split(row, "scopes")?,
        created: row.time("created")?,
        expires: row.optional_time("expires")?,
        last_used: row.optional_time("last_used")?,
    })
}
