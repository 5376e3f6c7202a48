//! The accounts' file: users, sessions, tokens, one-time links and settings. Apart from the plan's, and readable by its owner alone.
//!
//! Sync: its callers are on blocking threads. Other processes (`guatu user`) may write beside a server, so nothing is cached here.

mod file;
mod invitations;
mod sessions;
mod settings;
mod tokens;
mod users;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use super::StoreError;
use crate::plan::Timestamp;

pub use sessions::SessionRow;
pub use tokens::{NewToken, TokenRow};
pub use users::{Added, NewUser, UserRow};

/// The SHA-256 of a secret; the secret itself is kept nowhere.
pub type Digest = [u8; 32];

pub struct AccountsStore {
    /// One connection: jobs are short, and SQLite has one writer at a time anyway.
    connection: Mutex<Kept>,
    /// How often somebody may have lost or got something, as far as is known here.
    edition: AtomicU64,
}

struct Kept {
    connection: Connection,
    /// SQLite's word for what other connections have committed; ours do not count in it.
    others: i64,
}

/// What can be read and written within one transaction.
pub struct Ledger<'a>(Transaction<'a>);

impl AccountsStore {
    /// Opens the file at `path` or makes one. Blocks on the disk, as everything here does.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] for a file that is not ours or from a newer program.
    pub fn open(path: &Path) -> Result<AccountsStore, StoreError> {
        AccountsStore::over(file::open(path)?)
    }

    /// Accounts that end with the process, for tests.
    ///
    /// # Errors
    /// When there is no memory left.
    pub fn in_memory() -> Result<AccountsStore, StoreError> {
        AccountsStore::over(file::in_memory()?)
    }

    fn over(connection: Connection) -> Result<AccountsStore, StoreError> {
        let others = others(&connection)?;
        Ok(AccountsStore { connection: Mutex::new(Kept { connection, others }), edition: AtomicU64::new(0) })
    }

    /// Grows whenever somebody may have lost or got something by [`AccountsStore::write`]. Touches no disk.
    pub fn edition(&self) -> u64 {
        self.edition.load(Ordering::Acquire)
    }

    /// The same, after a look at whether another process has written.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    pub fn look(&self) -> Result<u64, StoreError> {
        let mut kept = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let others = others(&kept.connection)?;
        if others != kept.others {
            kept.others = others;
            self.edition.fetch_add(1, Ordering::AcqRel);
        }
        Ok(self.edition())
    }

    /// Does a job that only reads, over one moment of the file.
    ///
    /// # Errors
    /// What the job says, and [`StoreError::Failed`].
    pub fn read<T, E: From<StoreError>>(&self, job: impl FnOnce(&Ledger) -> Result<T, E>) -> Result<T, E> {
        self.within(TransactionBehavior::Deferred, false, job)
    }

    /// Does a job that writes: all of it lands, or nothing when the job fails. A new edition begins.
    ///
    /// # Errors
    /// What the job says, and [`StoreError::Failed`].
    pub fn write<T, E: From<StoreError>>(&self, job: impl FnOnce(&Ledger) -> Result<T, E>) -> Result<T, E> {
        self.within(TransactionBehavior::Immediate, true, job)
    }

    /// As [`AccountsStore::write`], for what neither takes anything from anybody who is in nor gives it: a session that begins, a use
    /// that is noted. The edition stays.
    ///
    /// # Errors
    /// As [`AccountsStore::write`].
    pub fn note<T, E: From<StoreError>>(&self, job: impl FnOnce(&Ledger) -> Result<T, E>) -> Result<T, E> {
        self.within(TransactionBehavior::Immediate, false, job)
    }

    fn within<T, E: From<StoreError>>(
        &self,
        behavior: TransactionBehavior,
        is_new_edition: bool,
        job: impl FnOnce(&Ledger) -> Result<T, E>,
    ) -> Result<T, E> {
        // A job that panicked has rolled its transaction back.
        let mut kept = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let ledger = Ledger(kept.connection.transaction_with_behavior(behavior).map_err(failed)?);
        let done = job(&ledger)?;
        ledger.0.commit().map_err(failed)?;
        if is_new_edition {
            self.edition.fetch_add(1, Ordering::AcqRel);
        }
        Ok(done)
    }
}

fn others(connection: &Connection) -> Result<i64, StoreError> {
    connection.pragma_query_value(None, "data_version", |row| row.get(0)).map_err(failed)
}

/// A fault of the file. Never holds what a statement was given.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn failed(fault: rusqlite::Error) -> StoreError {
    let said = format!("accounts: {fault}");
    match fault.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(said),
        _ => StoreError::Failed(said),
    }
}

/// A cell that another program must have written.
fn unreadable(fault: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(fault))
}

fn time(row: &rusqlite::Row, column: &str) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(row.get(column)?).map_err(unreadable)
}

fn optional_time(row: &rusqlite::Row, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    let millisecond: Option<i64> = row.get(column)?;
    millisecond.map(|millisecond| Timestamp::from_millisecond(millisecond).map_err(unreadable)).transpose()
}
