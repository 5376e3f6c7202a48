//! KEEP IT: one trait for whatever keeps the plan durably, with the change log as the truth.
//!
//! Commits are serialised: sequence numbers appear in commit order, without gaps, and a batch lands whole or not at all.

pub mod accounts;
pub mod files;
mod following;
pub mod gpkg;
pub mod lock;
pub mod photos;
pub mod postgres;
mod rules;
pub mod scratch;
mod server;

pub use server::{ServerStore, ServerTurn};

use crate::atlas::Row;
use crate::plan::{Batch, Change, ChangeKind, Expected, Record, RecordKey, RecordType, RequestKey, Timestamp};

/// The whole content of a store at one moment of its log.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The last change that is in here; 0 for an empty store.
    pub seq: u64,
    pub records: Vec<Row<Record>>,
}

/// A durable home for records and their changes. `tests/it/store.rs` holds the contract that every implementation passes.
pub trait Store: Send + Sync + 'static {
    type Turn: Turn;

    /// Reads everything, consistent at one sequence number.
    fn load(&self) -> impl Future<Output = Result<Loaded, StoreError>> + Send;

    /// Waits for the turn to write: nobody else commits, from any server, until it is over. One that is dropped changed nothing.
    /// It tells what others committed after change number `known`, [`KNOWS_ALL`] asks for nothing.
    ///
    /// # Errors
    /// [`StoreError::Behind`] when others committed more than [`MAX_MISSED`] changes; [`StoreError::Parted`] when the log ends before `known`.
    fn turn(&self, known: u64) -> impl Future<Output = Result<Self::Turn, StoreError>> + Send;

    /// Waits for a turn and writes batches in it; as [`Turn::commit_all`].
    fn commit_all(
        &self,
        batches: Vec<Batch>,
    ) -> impl Future<Output = Result<Vec<Result<Committed, StoreError>>, StoreError>> + Send {
        async { self.turn(KNOWS_ALL).await?.commit_all(batches).await }
    }

    /// Waits for a turn and writes one batch in it; as [`Turn::commit_all`].
    fn commit(&self, batch: Batch) -> impl Future<Output = Result<Vec<Change>, StoreError>> + Send {
        async { self.turn(KNOWS_ALL).await?.commit(batch).await }
    }

    /// Ends when others may have committed; never for a store of one server. Wakes may come for nothing: the sequence decides.
    fn news(&self) -> impl Future<Output = ()> + Send;

    /// Why the store cannot be asked at the moment; none while it can.
    fn outage(&self) -> Option<Outage>;

    /// Keeps changes of another store's log as they are, with their numbers, times, actors and versions. All of them land or none.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when they do not follow on the last change here, or their records cannot be kept.
    fn replay(&self, changes: Vec<Change>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What a request changed when it landed; none when it never did.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`] when the actor used the key for another request.
    fn landed(
        &self,
        actor: String,
        request: RequestKey,
    ) -> impl Future<Output = Result<Option<Vec<Change>>, StoreError>> + Send;

    /// At most `limit` changes after number `after`, oldest first.
    fn changes(&self, after: u64, limit: usize) -> impl Future<Output = Result<Vec<Change>, StoreError>> + Send;

    /// Changes that fit a question, in its order.
    fn find_changes(&self, query: ChangeQuery) -> impl Future<Output = Result<Vec<Change>, StoreError>> + Send;

    /// The number of the last change that was made by `at`; 0 when none was.
    fn seq_at(&self, at: Timestamp) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Every batch after change number `after` in order, as little as a timeline needs of it.
    fn batches(&self, after: u64) -> impl Future<Output = Result<Vec<BatchSummary>, StoreError>> + Send;

    /// Projects and collections that were internal in changes after number `after`, each with the last such change.
    fn last_internal(&self, after: u64) -> impl Future<Output = Result<Vec<(RecordKey, u64)>, StoreError>> + Send;
}

/// The turn to write. Whoever holds it reads the store as nobody changes it.
pub trait Turn: Send {
    /// What others committed after the number that the turn was asked with, oldest first; nothing in a store of one server.
    fn missed(&self) -> &[Change];

    /// Writes batches in turn, each with its log entries, each whole or not at all; all of them durable when the answer comes, and
    /// an answer for each. An empty batch changes nothing. Each edit sees the edits before it. Times are kept to the
    /// millisecond and never go back: a batch from a clock that is behind carries the time of the change before it.
    /// A deletion counts as a version, and a record that is created again goes on counting from there: no version ever stands for
    /// two contents. A feature with the number [`UNNUMBERED`] gets one. A batch whose request landed before changes nothing and tells what it changed then.
    ///
    /// # Errors
    /// For one batch: [`StoreError::Conflict`] when a record is not as its edit expects, [`StoreError::Invalid`] when it cannot be
    /// kept: a number that is not finite, a feature without its collection or of another geometry type than it declares, a
    /// feature number that another feature has or had, a collection deleted from under its features, a second plan, a report with
    /// a photo of another one;
    /// [`StoreError::KeyReused`].
    /// For all of them together: [`StoreError::Unknown`] when nobody can say what landed; whatever else, and nothing landed.
    fn commit_all(
        self,
        batches: Vec<Batch>,
    ) -> impl Future<Output = Result<Vec<Result<Committed, StoreError>>, StoreError>> + Send;

    /// Writes one batch; as [`Turn::commit_all`].
    fn commit(self, batch: Batch) -> impl Future<Output = Result<Vec<Change>, StoreError>> + Send
    where
        Self: Sized,
    {
        async {
            let answers = self.commit_all(vec![batch]).await?;
            let answer = answers.into_iter().next().expect("an answer for each batch");
            answer.map(|committed| committed.changes)
        }
    }
}

/// Asks a turn for no changes of others.
pub const KNOWS_ALL: u64 = u64::MAX;

/// The most changes that a turn tells; whoever missed more reads the log first.
pub const MAX_MISSED: usize = 10_000;

/// A time in which a store cannot be asked.
#[derive(Clone, Debug)]
pub struct Outage {
    pub since: std::time::Instant,
    pub reason: String,
}

/// The number of a feature that has none yet.
pub const UNNUMBERED: u64 = 0;

/// What became of a batch that landed.
#[derive(Clone, Debug, PartialEq)]
pub struct Committed {
    pub changes: Vec<Change>,
    /// It landed before, and nothing was changed now.
    pub repeated: bool,
}

/// Which changes are wanted; all conditions hold together, and none asks for all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeQuery {
    /// After this number.
    pub after: Option<u64>,
    /// Before this number.
    pub before: Option<u64>,
    pub record_type: Option<RecordType>,
    pub collection: Option<String>,
    pub id: Option<String>,
    /// About this project: its own, and those of places that were its before or after.
    pub project: Option<String>,
    pub actor: Option<String>,
    pub kind: Option<ChangeKind>,
    /// Only what anybody may see: nothing told was internal then, or is now, or was when it went.
    pub public_only: bool,
    /// From this moment, and until before that one.
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub order: Order,
    pub limit: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    OldestFirst,
    NewestFirst,
}

/// A batch as a timeline shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSummary {
    pub at: Timestamp,
    /// The number of its last change.
    pub last: u64,
    /// Changes that anybody may see now, and those that only staff may.
    pub public: u64,
    pub internal: u64,
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
    /// Choose another key.
    #[error("{actor} used the key {key:?} for another request")]
    KeyReused { actor: String, key: String },
    /// Make room; what was there is untouched.
    #[error("there is no room left for changes: {0}")]
    Full(String),
    /// Try again soon.
    #[error("the store is busy: {0}")]
    Busy(String),
    /// Try again soon; nothing landed.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// Send it again with the same key.
    #[error(
        "the connection went while the commit was under way, and what became of it could not be found out yet: {0}"
    )]
    Unknown(String),
    /// Read the log up to there, then ask again.
    #[error("others committed up to change {last}, which is too much to tell at once")]
    Behind { last: u64 },
    /// Read everything anew: the log was put back, and what is known here is of another one.
    #[error("the log ends at change {last}, and change {known}, which is known here, is not in it")]
    Parted { last: u64, known: u64 },
    /// Try again, or look at the disk.
    #[error("the store failed: {0}")]
    Failed(String),
}
