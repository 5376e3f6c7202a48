//! What is wrong with a filter, and where.

use std::fmt;

use super::limits::MAX_BYTES;

/// Where in a filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// The n-th character of a text, from 1.
    Character(usize),
    /// A JSON pointer (RFC 6901); empty for the whole.
    Pointer(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Character(at) => write!(f, "at character {at}"),
            Place::Pointer(path) if path.is_empty() => f.write_str("at the top"),
            Place::Pointer(path) => write!(f, "at {path}"),
        }
    }
}

/// Why a filter is refused. All of them are for whoever wrote it to mend.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FilterError {
    #[error("the filter is empty")]
    Empty,
    #[error("{0} bytes are more than the {MAX_BYTES} that a filter may have")]
    TooLong(usize),
    #[error("{at}: {expected} is expected, not {found}")]
    Syntax { at: Place, expected: String, found: String },
    #[error("the filter cannot be read as JSON: {0}")]
    NotJson(String),
    #[error("{at}: there is no property {name:?}; there are {known}")]
    UnknownProperty { at: Place, name: String, known: String },
    #[error("{at}: there is no function {name}; {hint}")]
    UnknownFunction { at: Place, name: String, hint: String },
    #[error("{at}: {operator} takes {expected}, not {found}")]
    Type { at: Place, operator: String, expected: String, found: String },
    #[error("{at}: {literal} is no {kind}: {fault}")]
    Literal { at: Place, kind: &'static str, literal: String, fault: String },
    #[error("{at}: the filter has more than {limit} {what}")]
    TooMuch { at: Place, what: &'static str, limit: usize },
}

impl FilterError {
    /// Where; none for what is wrong with the whole.
    pub fn place(&self) -> Option<&Place> {
        match self {
            FilterError::Empty | FilterError::TooLong(_) | FilterError::NotJson(_) => None,
            FilterError::Syntax { at, .. }
            | FilterError::UnknownProperty { at, .. }
            | FilterError::UnknownFunction { at, .. }
            | FilterError::Type { at, .. }
            | FilterError::Literal { at, .. }
            | FilterError::TooMuch { at, .. } => Some(at),
        }
    }
}
