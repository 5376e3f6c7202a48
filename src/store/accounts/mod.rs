//! The accounts' home: users, sessions, tokens, one-time links and settings. Apart from the plan's, so that the plan can be handed
//! around: a file that its owner alone reads, or a schema of a PostgreSQL that several servers share.
//!
//! Sync: its callers are on blocking threads, never on a worker of a runtime. Others (`guatu user`, other servers) may write beside
//! this one, so nothing is cached here.

mod copying;
mod file;
mod invitations;
mod ledger;
mod postgres;
mod sessions;
mod settings;
mod tokens;
mod users;

use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

pub use copying::CopiedAccounts;
pub use ledger::Ledger;
pub use sessions::SessionRow;
pub use tokens::{NewToken, TokenRow};
pub use users::{Added, NewUser, UserRow};

use ledger::Held;

/// The SHA-256 of a secret; the secret itself is kept nowhere.
pub type Digest = [u8; 32];

pub struct AccountsStore {
    home: Home,
    /// How often somebody may have lost or got something, as far as is known here.
    edition: AtomicU64,
    /// The home's own count of changes when it was last looked at.
    counted: AtomicI64,
}

enum Home {
    /// One connection: jobs are short, and SQLite has one writer at a time anyway.
    File(Mutex<Connection>),
    Postgres(postgres::Database),
}

/// What a job does with the accounts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Reads, over one moment.
    Read,
    /// Writes what neither takes anything from anybody nor gives it.
    Note,
    /// Writes; a new edition begins.
    Write,
}

impl AccountsStore {
    /// Opens the file at `path` or makes one. Blocks on the disk, as everything here does.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] for a file that is not ours or from a newer program.
    pub fn open(path: &Path) -> Result<AccountsStore, StoreError> {
        AccountsStore::over(Home::File(Mutex::new(file::open(path)?)))
    }

    /// Accounts that end with the process, for tests.
    ///
    /// # Errors
    /// When there is no memory left.
    pub fn in_memory() -> Result<AccountsStore, StoreError> {
        AccountsStore::over(Home::File(Mutex::new(file::in_memory()?)))
    }

    /// Keeps accounts in the schema `guatu_accounts` of the pool's database, which is made when it is missing. Any number of servers
    /// may do so. The runtime drives the connections: like every job later, this must not be called on one of its workers.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] for a schema from a newer program, [`StoreError::Unreachable`] without a database.
    pub fn postgres(
        pool: deadpool_postgres::Pool,
        runtime: tokio::runtime::Handle,
    ) -> Result<AccountsStore, StoreError> {
        AccountsStore::over(Home::Postgres(postgres::Database::open(pool, runtime)?))
    }

    fn over(home: Home) -> Result<AccountsStore, StoreError> {
        let counted = AtomicI64::new(home.count()?);
        Ok(AccountsStore { home, edition: AtomicU64::new(0), counted })
    }

    /// Grows whenever somebody may have lost or got something by [`AccountsStore::write`]. Touches neither disk nor network.
    pub fn edition(&self) -> u64 {
        self.edition.load(Ordering::Acquire)
    }

    /// The same, after a look at whether another process or server has written.
    ///
    /// # Errors
    /// [`StoreError::Failed`], and [`StoreError::Unreachable`] when nobody knows.
    pub fn look(&self) -> Result<u64, StoreError> {
        let counted = self.home.count()?;
        // Any other number than the last one tells of a change, also a smaller one: a backup may have been put back.
        if self.counted.swap(counted, Ordering::AcqRel) != counted {
            self.edition.fetch_add(1, Ordering::AcqRel);
        }
        Ok(self.edition())
    }

    /// Does a job that only reads, over one moment of the accounts.
    ///
    /// # Errors
    /// What the job says, [`StoreError::Failed`], and [`StoreError::Unreachable`].
    pub fn read<T, E: From<StoreError>>(&self, job: impl FnOnce(&Ledger) -> Result<T, E>) -> Result<T, E> {
        self.within(Purpose::Read, job)
    }

    /// Does a job that writes: all of it lands, or nothing when the job fails. Nobody else writes meanwhile, so that what the job has
    /// read still holds when it lands. A new edition begins.
    ///
    /// # Errors
    /// As [`AccountsStore::read`], and [`StoreError::Unknown`] when the database went while the job was landing.
    pub fn write<T, E: From<StoreError>>(&self, job: impl FnOnce(&Ledger) -> Result<T, E>) -> Result<T, E> {
        self.within(Purpose::Write, job)
    }

    /// As [`AccountsStore::write`], for what neither takes anything from anybody who is in nor gives it: a session that begins, a use
    /// that is noted. The edition stays.
    ///
    /// # Errors
    /// As [`AccountsStore::write`].
    pub fn note<T, E: From<StoreError>>(&self, job: impl FnOnce(&Ledger) -> Result<T, E>) -> Result<T, E> {
        self.within(Purpose::Note, job)
    }

    fn within<T, E: From<StoreError>>(
        &self,
        purpose: Purpose,
        job: impl FnOnce(&Ledger) -> Result<T, E>,
    ) -> Result<T, E> {
        let done = match &self.home {
            Home::File(connection) => {
                // A job that panicked has rolled its transaction back.
                let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                let behavior = match purpose {
                    Purpose::Read => TransactionBehavior::Deferred,
                    Purpose::Note | Purpose::Write => TransactionBehavior::Immediate,
                };
                let transaction = connection.transaction_with_behavior(behavior).map_err(file::failed)?;
                let ledger = Ledger(Held::File(transaction));
                let done = job(&ledger)?;
                ledger.commit()?;
                done
            }
            Home::Postgres(database) => {
                let turn = database.turn(purpose)?;
                let ledger = Ledger(Held::Postgres(Box::new(turn)));
                let done = job(&ledger)?;
                let counted = (purpose == Purpose::Write).then(|| postgres::count_change(&ledger)).transpose()?;
                ledger.commit()?;
                if let Some(counted) = counted {
                    self.counted.store(counted, Ordering::Release);
                }
                done
            }
        };
        if purpose == Purpose::Write {
            self.edition.fetch_add(1, Ordering::AcqRel);
        }
        Ok(done)
    }
}

impl Home {
    /// A number that is another one after others have written.
    fn count(&self) -> Result<i64, StoreError> {
        match self {
            Home::File(connection) => file::others(&connection.lock().unwrap_or_else(PoisonError::into_inner)),
            Home::Postgres(database) => postgres::changes_counted(database),
        }
    }
}
