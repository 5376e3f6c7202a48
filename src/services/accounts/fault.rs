//! What can go wrong with accounts, by what the caller should do. Never holds a secret.

use std::time::Duration;

use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// Try another name or password. Does not say which of the two is wrong, or whether there is such a user.
    #[error("the name or the password is wrong")]
    WrongPassword,
    /// Wait.
    #[error("too many attempts failed; try again in {} seconds", .retry_after.as_secs())]
    Throttled { retry_after: Duration },
    /// Ask for something that is there.
    #[error("{detail}")]
    Absent { what: &'static str, detail: String },
    /// Look how things are now and decide anew.
    #[error("{0}")]
    Conflict(String),
    /// Mend the input.
    #[error("{}", .0.iter().map(|one| format!("{}: {}", one.field, one.detail)).collect::<Vec<_>>().join("; "))]
    Violated(Vec<Violation>),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing that the caller could mend.
    #[error("{0}")]
    Internal(String),
}

/// A rule that a member of the input breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub field: &'static str,
    pub detail: String,
    pub expected: String,
}

/// Good, or all that is wrong at once.
pub(super) fn check(faults: impl IntoIterator<Item = Option<Violation>>) -> Result<(), AccountsError> {
    let violations: Vec<Violation> = faults.into_iter().flatten().collect();
    if violations.is_empty() { Ok(()) } else { Err(AccountsError::Violated(violations)) }
}
