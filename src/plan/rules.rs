//! What an edit of a record must obey, whoever makes it.

use super::{Collection, Date, Plan, Record, RecordKey};

/// A rule that a record would break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub field: String,
    pub detail: String,
    /// What would be right.
    pub expected: String,
}

impl Violation {
    pub fn new(field: &str, detail: impl Into<String>, expected: impl Into<String>) -> Violation {
        Violation { field: field.to_owned(), detail: detail.into(), expected: expected.into() }
    }

    /// The same, among the edits of several records.
    pub fn of(self, key: &RecordKey) -> Violation {
        Violation { field: format!("{}.{}", key.id, self.field), ..self }
    }
}

pub fn check_record(
    _before: Option<&Record>,
    _after: &Record,
    _plan: &Plan,
    _collection: Option<&Collection>,
    _today: Date,
) -> Vec<Violation> {
    Vec::new()
}
