//! Users whom an identity provider vouches for. How it does that is not known here.

use std::collections::BTreeSet;

use super::fault::check;
use super::sessions::{Opened, open_session};
use super::users::{add, faults};
use super::{Accounts, AccountsError};
use crate::plan::{Timestamp, UserName, UserRole};
use crate::store::accounts::NewUser;

/// What a provider says of somebody.
pub struct Provided {
    /// Who it is for the provider, for ever, after the provider's address. Names may change hands there.
    pub subject: String,
    pub name: UserName,
    pub display_name: String,
    /// For the first time; later the administrators here decide.
    pub roles: BTreeSet<UserRole>,
}

impl Accounts {
    /// Begins a session for somebody whom the provider knows, and makes the user at the first time.
    ///
    /// # Errors
    /// [`AccountsError::Refused`] for who has no role or is disabled; [`AccountsError::Conflict`] when the name is another user's,
    /// who does not become somebody else by a name at a provider.
    pub fn sign_in_provided(&self, provided: Provided, now: Timestamp) -> Result<Opened, AccountsError> {
        self.store.note(|ledger| {
            let user = if let Some(user) = ledger.user_of_subject(&provided.subject)? {
                user
            } else {
                let Provided { subject, name, display_name, roles } = provided;
                if roles.is_empty() {
                    let reason = format!("{name} has no role here; an administrator of the provider can give one");
                    return Err(AccountsError::Refused(reason));
                }
                let new = NewUser { name, display_name, roles };
                check(faults(&new))?;
                let user = add(ledger, &new, now)?;
                ledger.set_subject(user.id, &subject)?;
                user
            };
            if user.disabled {
                return Err(AccountsError::Refused(format!("{} is disabled here", user.name)));
            }
            open_session(ledger, &user, now)
        })
    }
}
