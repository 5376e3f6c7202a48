//! The store in a PostgreSQL with PostGIS, for several servers at once.
//!
//! Tables in the schema `guatu` hold what is now, `guatu.changes` holds how it came to be; both are written in the same transaction.
//! Writers of all servers take turns by a lock, so that numbers appear in the order of commits. Whether a commit is on the disk before it
//! is answered is the server's own `synchronous_commit`, which is not touched. Views in `guatu_views` are for GIS programs.

mod desk;
mod fault;
mod features;
mod gather;
mod land;
mod layered;
mod link;
mod listen;
mod load;
mod log;
mod schema;
mod steps;
mod tables;
mod text;
mod tls;
mod turn;

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Object;
use tokio::sync::{Mutex, Notify};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use super::{BatchSummary, ChangeQuery, KNOWS_ALL, Loaded, Outage, Store, StoreError};
use crate::plan::{Change, RecordKey, RequestKey, Timestamp};
use fault::Fault;
pub use link::{Link, Options};
pub use turn::PostgresTurn;

/// Changes that are read in a moment, and how long that may take at the most.
const SHORT_PAGE: usize = 2_000;
const SHORT_ANSWER: Duration = Duration::from_secs(5);

/// Asks on a connection of the pool. One that lay idle may have died meanwhile; a fresh one is worth one more try.
macro_rules! read {
    ($store:ident, $connection:ident => $question:expr) => {
        read!($store, $store.link.longest_answer(), $connection => $question)
    };
    ($store:ident, $patience:expr, $connection:ident => $question:expr) => {{
        let mut is_last = false;
        loop {
            let connection = $store.link.connection().await?;
            let $connection = &connection;
            let Ok(answered) = timeout($patience, $question).await else {
                drop(Object::take(connection));
                break Err($store.link.silent());
            };
            match answered.map_err(|fault| $store.link.noted(fault)) {
                Err(StoreError::Unreachable(_)) if !is_last => {
                    drop(Object::take(connection));
                    is_last = true;
                }
                answer => break answer,
            }
        }
    }};
}

pub struct PostgresStore {
    link: Arc<Link>,
    writers: Arc<Mutex<()>>,
    wake: Arc<Notify>,
    listener: AbortHandle,
}

impl PostgresStore {
    /// Brings the schema up to this program's and listens for the changes of others.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] for a schema of a newer program or one that was changed; it stays as it is.
    pub async fn open(link: Arc<Link>) -> Result<PostgresStore, StoreError> {
        schema::prepare(&link).await?;
        Ok(PostgresStore::over(link))
    }

    /// Opens what is there as it is, for those that work beside servers.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] when there is nothing, or a schema that is not this program's.
    pub async fn open_existing(link: Arc<Link>) -> Result<PostgresStore, StoreError> {
        schema::inspect(&link).await?;
        Ok(PostgresStore::over(link))
    }

    fn over(link: Arc<Link>) -> PostgresStore {
        let wake = Arc::new(Notify::new());
        let listener = tokio::spawn(listen::listen(Arc::clone(&link), Arc::clone(&wake))).abort_handle();
        PostgresStore { link, writers: Arc::default(), wake, listener }
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl Link {
    /// The fault in the store's words. Connections are thrown away when one of them died or its server may not write any more.
    fn noted(&self, fault: Fault) -> StoreError {
        if fault.is_of_connection() {
            self.forget_connections();
        }
        fault.at(self.name())
    }
}

impl Store for PostgresStore {
    type Turn = PostgresTurn;

    async fn load(&self) -> Result<Loaded, StoreError> {
        load::load(&self.link).await
    }

    async fn turn(&self, known: u64) -> Result<PostgresTurn, StoreError> {
        let waits = timeout(self.link.options.statement_timeout, Arc::clone(&self.writers).lock_owned());
        let alone = waits.await.map_err(|_| StoreError::Busy("others write and do not end".to_owned()))?;
        PostgresTurn::begin(&self.link, alone, known).await
    }

    async fn news(&self) {
        tokio::select! {
            () = self.wake.notified() => {}
            () = sleep(self.link.options.poll) => {}
        }
    }

    fn outage(&self) -> Option<Outage> {
        self.link.outage()
    }

    async fn replay(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.turn(KNOWS_ALL).await?.replay(changes).await
    }

    async fn landed(&self, actor: String, request: RequestKey) -> Result<Option<Vec<Change>>, StoreError> {
        read!(self, connection => log::landed(connection, &actor, &request))
    }

    async fn changes(&self, after: u64, limit: usize) -> Result<Vec<Change>, StoreError> {
        let query = ChangeQuery { after: Some(after), limit, ..ChangeQuery::default() };
        // Few and by their number: whoever follows the log asks so all the time, and hears by it that nobody answers.
        let patience = if limit <= SHORT_PAGE { SHORT_ANSWER } else { self.link.longest_answer() };
        read!(self, patience, connection => log::read(connection, &query))
    }

    async fn find_changes(&self, query: ChangeQuery) -> Result<Vec<Change>, StoreError> {
        read!(self, connection => log::read(connection, &query))
    }

    async fn seq_at(&self, at: Timestamp) -> Result<u64, StoreError> {
        read!(self, connection => log::seq_at(connection, at))
    }

    async fn batches(&self, after: u64) -> Result<Vec<BatchSummary>, StoreError> {
        read!(self, connection => log::batches(connection, after))
    }

    async fn last_internal(&self, after: u64) -> Result<Vec<(RecordKey, u64)>, StoreError> {
        read!(self, connection => log::last_internal(connection, after))
    }
}
