//! The turn to write is the one connection that writes: whoever holds it is alone.

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::OwnedMutexGuard;

use super::commit;
use super::fault::Fault;
use crate::plan::{Batch, Change};
use crate::store::{Committed, StoreError, Turn};

pub struct GpkgTurn {
    connection: OwnedMutexGuard<Connection>,
    path: Arc<Path>,
}

impl GpkgTurn {
    pub(super) fn new(connection: OwnedMutexGuard<Connection>, path: Arc<Path>) -> GpkgTurn {
        GpkgTurn { connection, path }
    }
}

impl Turn for GpkgTurn {
    fn missed(&self) -> &[Change] {
        &[]
    }

    async fn commit_all(self, batches: Vec<Batch>) -> Result<Vec<Result<Committed, StoreError>>, StoreError> {
        let GpkgTurn { connection, path } = self;
        let answers = work(connection, &path, move |connection| commit::commit_all(connection, batches)).await?;
        Ok(answers.into_iter().map(|answer| answer.map_err(|fault| fault.at(&path))).collect())
    }
}

/// Does a job on the blocking pool. A job that began is finished even if nobody waits for it.
pub(super) async fn work<T: Send + 'static>(
    mut connection: OwnedMutexGuard<Connection>,
    path: &Path,
    job: impl FnOnce(&mut Connection) -> Result<T, Fault> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(move || job(&mut connection)).await;
    match done {
        Ok(result) => result.map_err(|fault| fault.at(path)),
        Err(stopped) => Err(StoreError::Failed(format!("{}: {stopped}", path.display()))),
    }
}
