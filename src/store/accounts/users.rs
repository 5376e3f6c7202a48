//! Users: added and changed, never deleted.

use std::collections::BTreeSet;

use super::Ledger;
use super::ledger::{Row, unreadable};
use crate::plan::{Timestamp, UserName, UserRole, Word};
use crate::store::StoreError;

/// Names its columns, so that a later program may add some beside this one.
macro_rules! users {
    ($which:literal) => {
        concat!("SELECT id, name, display_name, roles, password, disabled, created, last_seen FROM users ", $which)
    };
}

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
        self.rows(users!("ORDER BY name"), &[], user)
    }

    pub fn has_users(&self) -> Result<bool, StoreError> {
        let found = self.row("SELECT EXISTS (SELECT 1 FROM users) AS found", &[], |row| row.get("found"))?;
        Ok(found.unwrap_or(false))
    }

    pub fn user_named(&self, name: &UserName) -> Result<Option<UserRow>, StoreError> {
        self.row(users!("WHERE name = $1"), &[&name.as_str()], user)
    }

    pub fn user(&self, id: i64) -> Result<Option<UserRow>, StoreError> {
        self.row(users!("WHERE id = $1"), &[&id], user)
    }

    pub fn user_of_subject(&self, subject: &str) -> Result<Option<UserRow>, StoreError> {
        self.row(users!("WHERE subject = $1"), &[&subject], user)
    }

    /// Notes who a user is at a provider; for ever.
    pub fn set_subject(&self, user: i64, subject: &str) -> Result<(), StoreError> {
        self.execute("UPDATE users SET subject = $1 WHERE id = $2", &[&subject, &user])?;
        Ok(())
    }

    pub fn add_user(&self, user: &NewUser, now: Timestamp) -> Result<Added, StoreError> {
        let added = self.row(
            "INSERT INTO users (name, display_name, roles, created) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) DO NOTHING RETURNING id",
            &[&user.name.as_str(), &user.display_name, &joined(&user.roles), &now.as_millisecond()],
            |row| row.get("id"),
        )?;
        Ok(added.map_or(Added::Taken, Added::User))
    }

    /// Keeps all of a user that may change; not the name.
    pub fn replace_user(&self, user: &UserRow) -> Result<(), StoreError> {
        let last_seen = user.last_seen.map(|seen| seen.as_millisecond());
        self.execute(
            "UPDATE users SET display_name = $1, roles = $2, password = $3, disabled = $4, last_seen = $5 WHERE id = $6",
            &[&user.display_name, &joined(&user.roles), &user.password, &user.disabled, &last_seen, &user.id],
        )?;
        Ok(())
    }
}

fn user(row: &Row) -> Result<UserRow, StoreError> {
    let name: String = row.get("name")?;
    Ok(UserRow {
        id: row.get("id")?,
        name: name.parse().map_err(unreadable)?,
        display_name: row.get("display_name")?,
        roles: split(row, "roles")?,
        password: row.get("password")?,
        disabled: row.get("disabled")?,
        created: row.time("created")?,
        last_seen: row.optional_time("last_seen")?,
    })
}

/// Words with commas between them.
pub(super) fn joined<W: Word>(words: &BTreeSet<W>) -> String {
    words.iter().map(|word| (*word).into()).collect::<Vec<&str>>().join(",")
}

pub(super) fn split<W: Word>(row: &Row, column: &str) -> Result<BTreeSet<W>, StoreError> {
    let text: String = row.get(column)?;
    text.split(',').filter(|word| !word.is_empty()).map(|word| word.parse().map_err(unreadable)).collect()
}
