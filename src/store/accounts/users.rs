//! Users: added and changed, never deleted.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Row, params};

use super::{Ledger, failed, optional_time, time, unreadable};
use crate::plan::{Timestamp, UserName, UserRole, Word};
use crate::store::StoreError;

/// A user as kept. Holds the password's hash, so it has no `Debug`.
#[derive(Clone)]
pub struct UserRow {
    pub id: i64,
    pub name: UserName,
    pub display_name: String,
    pub roles: BTreeSet<UserRole>,
    /// argon2id in PHC form; none until the user has chosen one.
    pub password: Option<String>,
    pub disabled: bool,
    pub created: Timestamp,
    pub last_seen: Option<Timestamp>,
}

pub struct NewUser {
    pub name: UserName,
    pub display_name: String,
    pub roles: BTreeSet<UserRole>,
}

/// What became of a new user.
pub enum Added {
    User(i64),
    /// Somebody else has the name.
    Taken,
}

impl Ledger<'_> {
    pub fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        let rows = || -> rusqlite::Result<Vec<UserRow>> {
            self.0.prepare_cached("SELECT * FROM users ORDER BY name")?.query_map([], user)?.collect()
        };
        rows().map_err(failed)
    }

    pub fn has_users(&self) -> Result<bool, StoreError> {
        self.0.query_row("SELECT EXISTS (SELECT 1 FROM users)", [], |row| row.get(0)).map_err(failed)
    }

    pub fn user_named(&self, name: &UserName) -> Result<Option<UserRow>, StoreError> {
        let mut find = self.0.prepare_cached("SELECT * FROM users WHERE name = ?").map_err(failed)?;
        find.query_row([name.as_str()], user).optional().map_err(failed)
    }

    pub fn user(&self, id: i64) -> Result<Option<UserRow>, StoreError> {
        let mut find = self.0.prepare_cached("SELECT * FROM users WHERE id = ?").map_err(failed)?;
        find.query_row([id], user).optional().map_err(failed)
    }

    pub fn user_of_subject(&self, subject: &str) -> Result<Option<UserRow>, StoreError> {
        self.0.query_row("SELECT * FROM users WHERE subject = ?", [subject], user).optional().map_err(failed)
    }

    /// Notes who a user is at a provider; for ever.
    pub fn set_subject(&self, user: i64, subject: &str) -> Result<(), StoreError> {
        let set = self.0.execute("UPDATE users SET subject = ? WHERE id = ?", params![subject, user]);
        set.map(|_| ()).map_err(failed)
    }

    pub fn add_user(&self, user: &NewUser, now: Timestamp) -> Result<Added, StoreError> {
        let added = self.0.execute(
            "INSERT INTO users (name, display_name, roles, created) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
            params![user.name.as_str(), user.display_name, joined(&user.roles), now.as_millisecond()],
        );
        Ok(if added.map_err(failed)? == 1 { Added::User(self.0.last_insert_rowid()) } else { Added::Taken })
    }

    /// Keeps all of a user that may change; not the name.
    pub fn replace_user(&self, user: &UserRow) -> Result<(), StoreError> {
        let replaced = self.0.execute(
            "UPDATE users SET display_name = ?, roles = ?, password = ?, disabled = ?, last_seen = ? WHERE id = ?",
            params![
                user.display_name,
                joined(&user.roles),
                user.password,
                user.disabled,
                user.last_seen.map(|seen| seen.as_millisecond()),
                user.id
            ],
        );
        replaced.map(|_| ()).map_err(failed)
    }
}

fn user(row: &Row) -> rusqlite::Result<UserRow> {
    let name: String = row.get("name")?;
    Ok(UserRow {
        id: row.get("id")?,
        name: name.parse().map_err(unreadable)?,
        display_name: row.get("display_name")?,
        roles: split(row, "roles")?,
        password: row.get("password")?,
        disabled: row.get("disabled")?,
        created: time(row, "created")?,
        last_seen: optional_time(row, "last_seen")?,
    })
}

/// Words with commas between them.
pub(super) fn joined<W: Word>(words: &BTreeSet<W>) -> String {
    words.iter().map(|word| (*word).into()).collect::<Vec<&str>>().join(",")
}

pub(super) fn split<W: Word>(row: &Row, column: &str) -> rusqlite::Result<BTreeSet<W>> {
    let text: String = row.get(column)?;
    text.split(',').filter(|word| !word.is_empty()).map(|word| word.parse().map_err(unreadable)).collect()
}
