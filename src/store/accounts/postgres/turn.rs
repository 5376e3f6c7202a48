//! One transaction over the accounts in PostgreSQL, from a blocking thread.

use std::cell::Cell;
use std::time::Instant;

use deadpool_postgres::Object;
use tokio::time::timeout;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::{Database, PATIENCE, Purpose, WAIT, WRITERS, fault};
use crate::store::StoreError;

/// Whatever the pool's connections are set to, accounts are found, and nobody waits long.
const SETTINGS: &str = "SET LOCAL search_path = guatu_accounts, pg_catalog, pg_temp; SET LOCAL statement_timeout = '5s'; \
                        SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = '15s';";

/// Ends with [`Turn::commit`]; dropped without it, nothing lands.
pub(in super::super) struct Turn<'a> {
    database: &'a Database,
    /// None once the transaction is over.
    connection: Option<Object>,
    purpose: Purpose,
    /// A statement failed: whatever the job makes of it, nothing lands.
    is_spoiled: Cell<bool>,
    /// The connection is good for nothing more, or nobody knows what it is good for.
    is_lost: Cell<bool>,
}

impl Turn<'_> {
    pub(super) fn begin(database: &Database, purpose: Purpose) -> Result<Turn<'_>, StoreError> {
        match Turn::try_begin(database, purpose) {
            // A connection that lay in the pool may have ended without anybody's knowing, and so may those beside it: a fresh one tells.
            Err((fault, has_ended)) if has_ended => {
                tracing::debug!(%fault, "a connection had ended");
                database.pool.retain(|_, _| false);
                Turn::try_begin(database, purpose).map_err(|(fault, _)| fault)
            }
            begun => begun.map_err(|(fault, _)| fault),
        }
    }

    /// Tells with a fault whether a connection said at once that it is over. One that is silent was waited for long enough.
    fn try_begin(database: &Database, purpose: Purpose) -> Result<Turn<'_>, (StoreError, bool)> {
        let connection = database.runtime.block_on(database.connection()).map_err(|fault| (fault, false))?;
        let (is_spoiled, is_lost) = (Cell::new(false), Cell::new(false));
        let turn = Turn { database, connection: Some(connection), purpose, is_spoiled, is_lost };
        let begin = match purpose {
            Purpose::Read => format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {SETTINGS}"),
            // Each statement sees what was committed before it, and so all that was before the lock was got. A snapshot of the whole
            // transaction would be taken before.
            Purpose::Note | Purpose::Write => format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {SETTINGS} SELECT pg_advisory_xact_lock({WRITERS})"
            ),
        };
        let asked = Instant::now();
        let begun = turn.run(async |connection| connection.batch_execute(&begin).await);
        begun.map_err(|fault| {
            let has_ended = fault::is_away(&fault) && asked.elapsed() < WAIT;
            (fault, has_ended)
        })?;
        Ok(turn)
    }

    pub(in super::super) fn execute(&self, statement: &str, given: &[&(dyn ToSql + Sync)]) -> Result<u64, StoreError> {
        self.run(async |connection| {
            let prepared = connection.prepare_cached(statement).await?;
            connection.execute(&prepared, given).await
        })
    }

    pub(in super::super) fn query(
        &self,
        statement: &str,
        given: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        self.run(async |connection| {
            let prepared = connection.prepare_cached(statement).await?;
            connection.query(&prepared, given).await
        })
    }

    pub(in super::super) fn commit(mut self) -> Result<(), StoreError> {
        // PostgreSQL takes a COMMIT after a fault without a word, and lands nothing.
        if self.is_spoiled.get() {
            return Err(StoreError::Failed("accounts: a statement failed, and so nothing landed".to_owned()));
        }
        if self.purpose == Purpose::Read {
            // Nothing lands, and so nobody waits for it.
            if let Some(connection) = self.connection.take() {
                self.database.runtime.spawn(end(connection, "COMMIT"));
            }
            return Ok(());
        }
        let landed = self.run(async |connection| connection.batch_execute("COMMIT").await);
        if landed.is_ok() {
            drop(self.connection.take());
        }
        landed.map_err(|fault| match fault {
            StoreError::Unreachable(told) => StoreError::Unknown(told),
            fault => fault,
        })
    }

    /// Asks the database something, and waits on this thread.
    fn run<T>(&self, ask: impl AsyncFnOnce(&Object) -> Result<T, tokio_postgres::Error>) -> Result<T, StoreError> {
        let connection = self.connection.as_ref().expect("the transaction is not over while somebody asks");
        let asked = self.database.runtime.block_on(async { timeout(PATIENCE, ask(connection)).await });
        let fault = match asked {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(fault)) => fault::of(&fault),
            Err(_) => fault::silent(),
        };
        self.is_spoiled.set(true);
        if fault::is_away(&fault) {
            self.is_lost.set(true);
        }
        Err(fault)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if self.is_lost.get() {
            drop(Object::take(connection));
        } else {
            // Waited for, so that the writers' turn is free when the caller goes on.
            self.database.runtime.block_on(end(connection, "ROLLBACK"));
        }
    }
}

/// Ends a transaction and gives the connection back; one that does not say that it is good is thrown away.
async fn end(connection: Object, statement: &str) {
    if !matches!(timeout(PATIENCE, connection.batch_execute(statement)).await, Ok(Ok(()))) {
        drop(Object::take(connection));
    }
}
