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
mod layer;
mod load;
mod log;
mod projects;
mod records;
mod rows;
mod rules;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::Mutex;

use super::{Loaded, Store, StoreError};
use crate::plan::{Batch, Change};
use fault::Fault;

/// How long a commit waits for another program, such as QGIS saving an edit, to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

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
    path: PathBuf,
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
        Ok(GpkgStore { path: path.to_owned(), connection: Arc::new(Mutex::new(connection)) })
    }

    /// Moves the write-ahead log into the file and closes it. Dropping the store does the same, but cannot tell of a failure.
    ///
    /// # Errors
    /// [`StoreError::Failed`]; what was committed is safe in the log beside the file then.
    pub async fn close(self) -> Result<(), StoreError> {
        self.run(|connection| Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)).await
    }

    /// Does a job on the blocking pool once the connection is free. A job that began is finished even if nobody waits for it.
    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut connection = Arc::clone(&self.connection).lock_owned().await;
        let done = tokio::task::spawn_blocking(move || job(&mut connection)).await;
        match done {
            Ok(result) => result.map_err(|fault| fault.at(&self.path)),
            Err(stopped) => Err(StoreError::Failed(format!("{}: {stopped}", self.path.display()))),
        }
    }
}

impl Store for GpkgStore {
    async fn load(&self) -> Result<Loaded, StoreError> {
        self.run(load::load).await
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<Change>, StoreError> {
        self.run(move |connection| commit::commit(connection, batch)).await
    }

    async fn changes(&self, after: u64, limit: usize) -> Result<Vec<Change>, StoreError> {
        self.run(move |connection| log::read(connection, after, limit)).await
    }
}
