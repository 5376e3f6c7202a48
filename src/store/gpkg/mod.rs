//! The store in one file: a valid GeoPackage that QGIS opens as it is. Default, embedded, for one server.
//!
//! Tables hold what is now, `changes` holds how it came to be; both are written in the same transaction. Other programs may
//! read while the server runs. What they write is checked when it is loaded, but it is in no log and reaches no open map.

mod cells;
mod commit;
mod contents;
mod counted;
mod fault;
mod features;
mod file;
mod functions;
mod inspections;
mod layer;
mod load;
pub(in crate::store) mod log;
mod projects;
mod records;
mod replay;
mod rows;
mod turn;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::Mutex;

use super::{BatchSummary, ChangeQuery, Loaded, Outage, Store, StoreError};
use crate::plan::{Change, RecordKey, RequestKey, Timestamp};
use fault::Fault;
pub use turn::GpkgTurn;

/// How long a commit waits for another program, such as QGIS saving an edit, to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Long questions to the log, such as that of a time machine, leave others their turn.
const READERS: usize = 4;

#[derive(Clone, Debug)]
pub struct Options {
    pub busy_timeout: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options { busy_timeout: BUSY_TIMEOUT }
    }
}

pub struct GpkgStore {
    path: Arc<Path>,
    /// Read the log beside the writer, each for one reader at a time. They go first: the last connection to go moves the
    /// write-ahead log into the file.
    readers: Vec<Arc<Mutex<Connection>>>,
    /// Whose turn it is when all are taken.
    turn: AtomicUsize,
    /// One connection: SQLite has one writer at a time, and whoever waits here waits in turn and blocks no thread.
    connection: Arc<Mutex<Connection>>,
}

impl GpkgStore {
    /// Opens the store at `path`, or makes one where there is no file or an empty one. Blocks on the disk.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] for a file that is not a store of ours or from a newer program; it stays as it is.
    pub fn open(path: &Path, options: &Options) -> Result<GpkgStore, StoreError> {
        let connection = file::open(path, options.busy_timeout)?;
        let reader = || Ok(Arc::new(Mutex::new(file::open_reader(path, options.busy_timeout)?)));
        Ok(GpkgStore {
            path: path.into(),
            connection: Arc::new(Mutex::new(connection)),
            readers: (0..READERS).map(|_| reader()).collect::<Result<_, StoreError>>()?,
            turn: AtomicUsize::new(0),
        })
    }

    /// Moves the write-ahead log into the file, so that the file alone is the whole store. Dropping the store does the same, but
    /// cannot tell of a failure.
    ///
    /// # Errors
    /// [`StoreError::Failed`]; what was committed is safe in the log beside the file then.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let checkpoint = |connection: &mut Connection| {
            Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
        };
        self.run(&self.connection, checkpoint).await
    }

    /// Reads on a connection that is free, or waits in turn for one.
    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let free = self.readers.iter().find(|reader| reader.try_lock().is_ok());
        let next = || &self.readers[self.turn.fetch_add(1, Ordering::Relaxed) % READERS];
        self.run(free.unwrap_or_else(next), job).await
    }

    /// Does a job on the blocking pool once the connection is free. A job that began is finished even if nobody waits for it.
    async fn run<T: Send + 'static>(
        &self,
        connection: &Arc<Mutex<Connection>>,
        job: impl FnOnce(&mut Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = Arc::clone(connection).lock_owned().await;
        turn::work(connection, &self.path, job).await
    }
}

/// Reads a store beside whatever program serves it, and changes nothing. Blocks on the disk.
///
/// # Errors
/// [`StoreError::NotAStore`] for a file that is no store of ours, or one that this program has yet to bring to its schema.
pub fn read(path: &Path, options: &Options) -> Result<Loaded, StoreError> {
    let (version, latest) = (file::inspect(path, options.busy_timeout)?, file::latest_version());
    if version != latest {
        let reason =
            format!("its schema is {version}, and this program's is {latest}: start it once with this program");
        return Err(fault::not_a_store(path, reason));
    }
    let mut connection = file::open_reader(path, options.busy_timeout)?;
    load::load(&mut connection).map_err(|fault| fault.at(path))
}

impl Store for GpkgStore {
    type Turn = GpkgTurn;

    async fn load(&self) -> Result<Loaded, StoreError> {
        self.run(&self.connection, load::load).await
    }

    async fn turn(&self, _known: u64) -> Result<GpkgTurn, StoreError> {
        Ok(GpkgTurn::new(Arc::clone(&self.connection).lock_owned().await, Arc::clone(&self.path)))
    }

    /// Nobody else commits.
    async fn news(&self) {
        std::future::pending::<()>().await;
    }

    fn outage(&self) -> Option<Outage> {
        None
    }

    async fn replay(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.run(&self.connection, move |connection| replay::replay(connection, changes)).await
    }

    async fn landed(&self, actor: String, request: RequestKey) -> Result<Option<Vec<Change>>, StoreError> {
        self.read(move |connection| log::landed(connection, &actor, &request)).await
    }

    async fn changes(&self, after: u64, limit: usize) -> Result<Vec<Change>, StoreError> {
        self.find_changes(ChangeQuery { after: Some(after), limit, ..ChangeQuery::default() }).await
    }

    async fn find_changes(&self, query: ChangeQuery) -> Result<Vec<Change>, StoreError> {
        self.read(move |connection| log::read(connection, &query)).await
    }

    async fn seq_at(&self, at: Timestamp) -> Result<u64, StoreError> {
        self.read(move |connection| log::seq_at(connection, at)).await
    }

    async fn batches(&self, after: u64) -> Result<Vec<BatchSummary>, StoreError> {
        self.read(move |connection| log::batches(connection, after)).await
    }

    async fn last_internal(&self, after: u64) -> Result<Vec<(RecordKey, u64)>, StoreError> {
        self.read(move |connection| log::last_internal(connection, after)).await
    }
}
