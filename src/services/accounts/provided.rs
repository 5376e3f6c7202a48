//! Users whom an identity provider vouches for. How it does that is not known here.

use std::collections::BTreeSet;

use super::fault::check;
use super::sessions::{Opened, open_session};
use super::users::{add, faults};
use super::{Accounts, AccountsError};
use crate::plan::{Timestamp, UserName, UserRole};
use crate::store::StoreError;
use crate::store::accounts::NewUser;

/// What a provider says of somebody.
pub struct Provided {
    /// Who it is for the provider, for ever, after the provider's address. Names may change hands there.
    pub subject: String,
    /// None where the provider's name for them cannot be one here.
    pub name: Option<UserName>,
    pub display_name: String,
    /// For the first time; later the administrators here decide.
    pub roles: BTreeSet<UserRole>,
}

/// Why somebody whom the provider knows is not let in.
#[derive(Debug, thiserror::Error)]
pub enum NotLetIn {
    #[error("the provider gives no name that can be used here")]
    Name,
    /// Nobody becomes somebody else by a name at a provider.
    #[error("there is a user {0} already, whom the provider does not vouch for")]
    NameTaken(UserName),
    #[error("{0} is in no group that gives a role")]
    NoRole(UserName),
    #[error("{0} is disabled")]
    Disabled(UserName),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
}

impl From<StoreError> for NotLetIn {
    fn from(fault: StoreError) -> NotLetIn {
        NotLetIn::Accounts(fault.into())
    }
}

impl Accounts {
    /// Begins a session for somebody whom the provider knows, and makes the user at the first time.
    pub fn sign_in_provided(&self, provided: Provided, now: Timestamp) -> Result<Opened, NotLetIn> {
        self.store.note(|ledger| {
            let user = if let Some(user) = ledger.user_of_subject(&provided.subject)? {
                user
            } else {
                let Provided { subject, name, display_name, roles } = provided;
                let name = name.ok_or(NotLetIn::Name)?;
                if roles.is_empty() {
                    return Err(NotLetIn::NoRole(name));
                }
                let new = NewUser { name, display_name, roles };
                check(faults(&new))?;
                let user = add(ledger, &new, now).map_err(|fault| match fault {
                    AccountsError::Conflict(_) => NotLetIn::NameTaken(new.name.clone()),
                    fault => fault.into(),
                })?;
                ledger.set_subject(user.id, &subject)?;
                user
            };
            if user.disabled {
                return Err(NotLetIn::Disabled(user.name));
            }
            Ok(open_session(ledger, &user, now)?)
        })
    }
}
