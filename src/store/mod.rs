//! KEEP IT: one trait for whatever keeps the plan durably, with the change log as the truth.
//!
//! Commits are serialised: sequence numbers appear in commit order, without gaps, and a batch lands whole or not at all.

pub mod accounts;
pub mod gpkg;

use crate::atlas::Row;
use crate::plan::{Batch, Change, Expected, Record, RecordKey};

/// The whole content of a store at one moment of its log.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The last change that is in here; 0 for an empty store.
    pub seq: u64,
    pub records: Vec<Row<Record>>,
}

/// A durable home for records and their changes. `tests/it/store.rs` holds the contract that every implementation passes.
pub trait Store: Send + Sync + 'static {
    /// Reads everything, consistent at one sequence number.
    fn load(&self) -> impl Future<Output = Result<Loaded, StoreError>> + Send;

    /// Writes a batch and its log entries in one transaction, durable when the answer comes. An empty batch changes nothing.
    /// Each edit sees the edits before it. Times are kept to the millisecond. A deletion counts as a version; a record that
    /// is created again after one starts at 1.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a record is not as its edit expects, [`StoreError::Invalid`] when it cannot be kept: a
    /// number that is not finite, a feature without its collection or of another geometry type than it declares, a feature
    /// number that another feature has or had, a collection deleted from under its features. Nothing of the batch lands then.
    fn commit(&self, batch: Batch) -> impl Future<Output = Result<Vec<Change>, StoreError>> + Send;

    /// At most `limit` changes after number `after`, oldest first.
    fn changes(&self, after: u64, limit: usize) -> impl Future<Output = Result<Vec<Change>, StoreError>> + Send;
}

/// What went wrong, by what the caller should do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Read the record again and decide anew.
    #[error("{key} is not as expected: {expected:?} was expected, its version is {found:?}")]
    Conflict { key: RecordKey, expected: Expected, found: Option<u64> },
    /// Mend the batch.
    #[error("{key} cannot be kept: {reason}")]
    Invalid { key: RecordKey, reason: String },
    /// Choose another file or a newer program.
    #[error("{path} cannot be opened as a Guatu store: {reason}")]
    NotAStore { path: String, reason: String },
    /// Try again, or look at the disk.
    #[error("the store failed: {0}")]
    Failed(String),
}
