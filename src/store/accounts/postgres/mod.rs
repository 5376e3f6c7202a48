//! Accounts in a schema of a PostgreSQL that several servers share: its migrations, its locks, and how long anybody waits for it.

mod fault;
mod gate;
mod schema;
mod turn;

use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::{Ledger, Purpose};
use crate::store::StoreError;

pub(super) use turn::Turn;

use gate::Gate;

/// How long to wait for a connection.
const WAIT: Duration = Duration::from_secs(2);

/// How long a statement may stay without an answer. Longer than the server's own limit, so that it counts only where the network
/// swallows what is said.
const PATIENCE: Duration = Duration::from_secs(6);

/// Where writers of accounts queue, whichever server they are on: "guatuAcc" as a number.
const WRITERS: i64 = 0x6775_6174_7541_6363;

/// Where those queue who bring the schema up to date.
const MIGRATORS: i64 = WRITERS + 1;

/// The accounts' part of a database.
pub(super) struct Database {
    pool: Pool,
    runtime: Handle,
    gate: Gate,
}

impl Database {
    pub(super) fn open(pool: Pool, runtime: Handle) -> Result<Database, StoreError> {
        let database = Database { pool, runtime, gate: Gate::default() };
        database.runtime.block_on(async { schema::prepare(database.connection().await?).await })?;
        Ok(database)
    }

    async fn connection(&self) -> Result<Object, StoreError> {
        match timeout(WAIT, self.pool.get()).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(fault)) => Err(fault::of_pool(&fault)),
            Err(_) => Err(fault::waited(self.pool.status())),
        }
    }

    /// Begins a transaction. Writers take turns over all servers, as they do over a file.
    pub(super) fn turn(&self, purpose: Purpose) -> Result<Turn<'_>, StoreError> {
        self.gate.enter()?;
        let begun = Turn::begin(self, purpose);
        match &begun {
            // One connection that ends is no outage; one that cannot begin anything is.
            Err(fault) if fault::is_away(fault) => {
                self.gate.shut();
                // The others that lie there are from before the outage too, and each might have to be waited for in vain.
                self.pool.retain(|_, _| false);
            }
            _ => self.gate.open(),
        }
        begun
    }
}

/// How often somebody may have lost or got something by any server.
pub(super) fn changes_counted(database: &Database) -> Result<i64, StoreError> {
    let turn = database.turn(Purpose::Read)?;
    let counted = turn.query("SELECT n FROM edition", &[])?;
    turn.commit()?;
    number(&counted)
}

/// Counts one more, within the transaction that it is true for.
pub(super) fn count_change(ledger: &Ledger) -> Result<i64, StoreError> {
    let counted = ledger.row("UPDATE edition SET n = n + 1 RETURNING n", &[], |row| row.get("n"))?;
    counted.ok_or_else(no_edition)
}

fn number(rows: &[tokio_postgres::Row]) -> Result<i64, StoreError> {
    let row = rows.first().ok_or_else(no_edition)?;
    row.try_get(0).map_err(|fault| fault::of(&fault))
}

fn no_edition() -> StoreError {
    StoreError::Failed("accounts: the table guatu_accounts.edition has lost its row".to_owned())
}
