//! Brings accounts from one home into an empty other one. Sessions stay behind: people sign in anew.

use std::collections::BTreeSet;

use super::ledger::Row;
use super::{AccountsStore, Ledger};
use crate::store::StoreError;

/// What was brought over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopiedAccounts {
    pub users: usize,
    pub tokens: usize,
}

/// All that outlasts a session, as the tables have it. Holds secrets' digests and passwords' hashes, so it has no `Debug`.
struct Kept {
    users: Vec<KeptUser>,
    tokens: Vec<KeptToken>,
    settings: Vec<(String, String)>,
}

struct KeptUser {
    id: i64,
    name: String,
    display_name: String,
    roles: String,
    password: Option<String>,
    subject: Option<String>,
    disabled: bool,
    created: i64,
    last_seen: Option<i64>,
}

struct KeptToken {
    digest: Vec<u8>,
    user: i64,
    label: String,
    scopes: String,
    created: i64,
    expires: Option<i64>,
    last_used: Option<i64>,
}

impl AccountsStore {
    /// Copies users with passwords, tokens and settings; the target gets all of it or nothing. A target that has all these users has
    /// been copied to before, and stays as it is.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] when the target has other users, and whatever either home says.
    pub fn copy_to(&self, target: &AccountsStore) -> Result<CopiedAccounts, StoreError> {
        let kept = self.read(Kept::read)?;
        target.write(|ledger| kept.write(ledger))
    }
}

impl Kept {
    fn read(ledger: &Ledger) -> Result<Kept, StoreError> {
        Ok(Kept {
            users: ledger.rows(
                "SELECT id, name, display_name, roles, password, subject, disabled, created, last_seen FROM users ORDER BY id",
                &[],
                KeptUser::read,
            )?,
            tokens: ledger.rows(
                r#"SELECT digest, "user", label, scopes, created, expires, last_used FROM tokens ORDER BY id"#,
                &[],
                KeptToken::read,
            )?,
            settings: ledger
                .rows("SELECT name, value FROM settings", &[], |row| Ok((row.get("name")?, row.get("value")?)))?,
        })
    }

    fn write(&self, ledger: &Ledger) -> Result<CopiedAccounts, StoreError> {
        let there = Kept::read(ledger)?;
        if !there.users.is_empty() {
            let names = |kept: &Kept| kept.users.iter().map(|user| user.name.clone()).collect::<BTreeSet<_>>();
            if names(&there).is_superset(&names(self)) {
                return Ok(CopiedAccounts { users: 0, tokens: 0 });
            }
            let reason = "it has other users already; they are copied into empty accounts only".to_owned();
            return Err(StoreError::NotAStore { path: "the target's accounts".to_owned(), reason });
        }
        for user in &self.users {
            let id = user.write(ledger)?;
            self.tokens.iter().filter(|token| token.user == user.id).try_for_each(|token| token.write(ledger, id))?;
        }
        for (name, value) in &self.settings {
            ledger.replace_setting(name, value)?;
        }
        // A link to set up is for whoever has no users.
        ledger.forget_invitations_of(None)?;
        Ok(CopiedAccounts { users: self.users.len(), tokens: self.tokens.len() })
    }
}

impl KeptUser {
    fn read(row: &Row) -> Result<KeptUser, StoreError> {
        Ok(KeptUser {
            id: row.get("id")?,
            name: row.get("name")?,
            display_name: row.get("display_name")?,
            roles: row.get("roles")?,
            password: row.get("password")?,
            subject: row.get("subject")?,
            disabled: row.get("disabled")?,
            created: row.get("created")?,
            last_seen: row.get("last_seen")?,
        })
    }

    /// Gives the id that the user has in the target.
    fn write(&self, ledger: &Ledger) -> Result<i64, StoreError> {
        let added = ledger.row(
            "INSERT INTO users (name, display_name, roles, password, subject, disabled, created, last_seen) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
            &[
                &self.name,
                &self.display_name,
                &self.roles,
                &self.password,
                &self.subject,
                &self.disabled,
                &self.created,
                &self.last_seen,
            ],
            |row| row.get("id"),
        )?;
        Ok(added.expect("an insertion without conditions gives a row"))
    }
}

impl KeptToken {
    fn read(row: &Row) -> Result<KeptToken, StoreError> {
        Ok(KeptToken {
            digest: row.get("digest")?,
            user: row.get("user")?,
            label: row.get("label")?,
            scopes: row.get("scopes")?,
            created: row.get("created")?,
            expires: row.get("expires")?,
            last_used: row.get("last_used")?,
        })
    }

    fn write(&self, ledger: &Ledger, user: i64) -> Result<(), StoreError> {
        ledger.execute(
            r#"INSERT INTO tokens (digest, "user", label, scopes, created, expires, last_used) VALUES ($1, $2, $3, $4, $5, $6, $7)"#,
            &[&self.digest, &user, &self.label, &self.scopes, &self.created, &self.expires, &self.last_used],
        )?;
        Ok(())
    }
}
