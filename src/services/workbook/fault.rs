//! What is wrong with a part of a file that somebody wants to import.

use crate::plan::{Text, Violation};

/// What is wrong, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The member of the record, as its rules name it: `stage`, `name.en`, `geometry`.
    pub field: String,
    /// The cell, where there is one: `projects!C7`.
    pub place: Option<String>,
    pub detail: Text,
    pub expected: Option<Box<Text>>,
}

impl Fault {
    pub fn new(field: &str, detail: Text, expected: Text) -> Fault {
        Fault { field: field.to_owned(), place: None, detail, expected: Some(Box::new(expected)) }
    }

    pub fn at(self, place: impl Into<String>) -> Fault {
        Fault { place: Some(place.into()), ..self }
    }
}

impl From<Violation> for Fault {
    fn from(violation: Violation) -> Fault {
        Fault {
            field: violation.field,
            place: None,
            detail: violation.detail,
            expected: violation.expected.map(Box::new),
        }
    }
}
