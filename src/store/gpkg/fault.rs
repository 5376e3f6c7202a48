//! What can go wrong inside the file, until the file's path is known and it becomes a `StoreError`. Decides no retries.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::plan::RecordKey;
use crate::store::StoreError;

#[derive(Debug)]
pub(super) enum Fault {
    Sqlite(rusqlite::Error),
    /// A row that another program must have written.
    Row {
        table: String,
        fid: i64,
        reason: String,
    },
    Store(StoreError),
}

impl Fault {
    pub(super) fn invalid(key: &RecordKey, reason: impl Into<String>) -> Fault {
        Fault::Store(StoreError::Invalid { key: key.clone(), reason: reason.into() })
    }

    pub(super) fn at(self, path: &Path) -> StoreError {
        match self {
            Fault::Sqlite(fault) => {
                let said = format!("{}: {fault}", path.display());
                match fault.sqlite_error_code() {
                    Some(ErrorCode::DiskFull) => StoreError::Full(said),
                    Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy(said),
                    _ => StoreError::Failed(said),
                }
            }
            Fault::Row { table, fid, reason } => not_a_store(path, format!("table {table}, row {fid}: {reason}")),
            Fault::Store(fault) => fault,
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(fault: rusqlite::Error) -> Fault {
        Fault::Sqlite(fault)
    }
}

pub(super) fn not_a_store(path: &Path, reason: impl Into<String>) -> StoreError {
    StoreError::NotAStore { path: path.display().to_string(), reason: reason.into() }
}
