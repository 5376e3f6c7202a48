//! What administrators do with users. There is always one of them who can sign in or has the link to.

use std::collections::BTreeSet;

use super::fault::{Violation, check};
use super::links::{Invitation, invite};
use super::secret::Secret;
use super::{Accounts, AccountsError, emptiness, label_fault, passwords, unknown_user};
use crate::plan::{Right, Timestamp, UserName, UserRole, Word, rights_of};
use crate::store::StoreError;
use crate::store::accounts::{Added, Ledger, NewUser, UserRow};

/// What changes of a user; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct UserPatch {
    pub display_name: Option<String>,
    pub roles: Option<BTreeSet<UserRole>>,
    pub disabled: Option<bool>,
}

impl Accounts {
    /// All users by name, each with the number of their tokens.
    pub fn users(&self) -> Result<Vec<(UserRow, u32)>, AccountsError> {
        self.store.read(|ledger| {
            let users = ledger.users()?.into_iter();
            users.map(|user| Ok(ledger.count_tokens_of(user.id).map(|tokens| (user, tokens))?)).collect()
        })
    }

    /// Adds a user, who chooses a password by the link.
    /// Names of those who are not disabled.
    ///
    /// # Errors
    /// What the store says.
    pub fn active_names(&self) -> Result<BTreeSet<String>, AccountsError> {
        let users = self.users()?.into_iter();
        Ok(users.filter(|(user, _)| !user.disabled).map(|(user, _)| user.name.to_string()).collect())
    }

    pub fn add_user(&self, new: &NewUser, now: Timestamp) -> Result<(UserRow, Invitation), AccountsError> {
        check(faults(new))?;
        self.store.write(|ledger| {
            let user = add(ledger, new, now)?;
            let invitation = invite(ledger, &user, now)?;
            Ok((user, invitation))
        })
    }

    /// Adds a user with a password that somebody chose already.
    pub fn add_user_with_password(&self, new: &NewUser, password: &str, now: Timestamp) -> Result<(), AccountsError> {
        check(faults(new).into_iter().chain([passwords::fault("password", password, &new.name)]))?;
        let hash = passwords::hash(password)?;
        self.store.write(|ledger| {
            let user = add(ledger, new, now)?;
            Ok(ledger.replace_user(&UserRow { password: Some(hash), ..user })?)
        })
    }

    /// Changes a user, and tells how many tokens they have. Who is disabled has no sessions, no tokens and no link any more.
    ///
    /// # Errors
    /// [`AccountsError::Conflict`] when no administrator would be left.
    pub fn change_user(&self, name: &UserName, patch: UserPatch) -> Result<(UserRow, u32), AccountsError> {
        check([
            patch.display_name.as_deref().and_then(|text| label_fault("display_name", text)),
            patch.roles.as_ref().and_then(role_fault),
        ])?;
        self.store.write(|ledger| {
            let before = ledger.user_named(name)?.ok_or_else(|| unknown_user(name))?;
            let after = UserRow {
                display_name: patch.display_name.unwrap_or_else(|| before.display_name.clone()),
                roles: patch.roles.unwrap_or_else(|| before.roles.clone()),
                disabled: patch.disabled.unwrap_or(before.disabled),
                ..before.clone()
            };
            if is_admin(&before)
                && !is_admin(&after)
                && ledger.users()?.iter().filter(|user| is_admin(user)).count() == 1
            {
                let reason = format!("{name} is the last administrator; make somebody else one first");
                return Err(AccountsError::Conflict(reason));
            }
            ledger.replace_user(&after)?;
            if after.disabled {
                shut_out(ledger, &after)?;
                ledger.forget_invitations_of(Some(after.id))?;
            }
            let tokens = ledger.count_tokens_of(after.id)?;
            Ok((after, tokens))
        })
    }

    /// Takes a user's password, sessions and tokens away and gives a link to choose another password.
    pub fn reset(&self, name: &UserName, now: Timestamp) -> Result<Invitation, AccountsError> {
        self.store.write(|ledger| {
            let user = enabled(ledger, name)?;
            shut_out(ledger, &user)?;
            let user = UserRow { password: None, ..user };
            ledger.replace_user(&user)?;
            invite(ledger, &user, now)
        })
    }

    /// Gives a user a password that somebody chose, and ends all sessions and tokens.
    pub fn set_password(&self, name: &UserName, password: &str) -> Result<(), AccountsError> {
        check([passwords::fault("password", password, name)])?;
        let hash = passwords::hash(password)?;
        self.store.write(|ledger| {
            let user = enabled(ledger, name)?;
            shut_out(ledger, &user)?;
            ledger.forget_invitations_of(Some(user.id))?;
            Ok(ledger.replace_user(&UserRow { password: Some(hash), ..user })?)
        })
    }
}

pub(super) fn faults(new: &NewUser) -> [Option<Violation>; 2] {
    [label_fault("display_name", &new.display_name), role_fault(&new.roles)]
}

fn role_fault(roles: &BTreeSet<UserRole>) -> Option<Violation> {
    let words: Vec<&str> = UserRole::ALL.iter().map(|role| role.as_str()).collect();
    emptiness("roles", roles, &format!("one or more of {}; to keep somebody out, disable the user", words.join(", ")))
}

/// Ends all that a user is in by: whoever came to a session or a token by somebody else's password is out too.
fn shut_out(ledger: &Ledger, user: &UserRow) -> Result<(), StoreError> {
    ledger.end_sessions_of(user.id, None)?;
    ledger.delete_tokens_of(user.id)
}

fn enabled(ledger: &Ledger, name: &UserName) -> Result<UserRow, AccountsError> {
    let user = ledger.user_named(name)?.ok_or_else(|| unknown_user(name))?;
    if user.disabled {
        return Err(AccountsError::Conflict(format!("{name} is disabled; enable the user first")));
    }
    Ok(user)
}

pub(super) fn add(ledger: &Ledger, new: &NewUser, now: Timestamp) -> Result<UserRow, AccountsError> {
    match ledger.add_user(new, now)? {
        Added::Taken => Err(AccountsError::Conflict(format!("there is a user {} already", new.name))),
        Added::User(id) => ledger.user(id)?.ok_or_else(|| unknown_user(&new.name)),
    }
}

fn is_admin(user: &UserRow) -> bool {
    !user.disabled && rights_of(&user.roles).contains(&Right::Administer)
}

impl Invitation {
    /// The link's path. The secret is in the fragment, which browsers keep to themselves, so that no log along the way has it.
    pub fn link_path(&self) -> String {
        link_path("/invite", &self.secret)
    }
}

pub(super) fn link_path(page: &str, secret: &Secret) -> String {
    format!("{page}#token={}", secret.reveal())
}
