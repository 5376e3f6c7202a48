//! What a job reads and writes by, within one transaction: the same statements in both homes.
//!
//! Both databases know `$1`, `RETURNING`, `ON CONFLICT` and `IS DISTINCT FROM`, and the tables have the same names and columns.
//! SQLite counts its `$1`, `$2` … by where they first stand, so they stand in their order.

use jiff::Timestamp;
use rusqlite::Transaction;

use super::file;
use super::postgres::Turn;
use crate::store::StoreError;

/// What can be read and written within one transaction.
pub struct Ledger<'a>(pub(super) Held<'a>);

pub(super) enum Held<'a> {
    File(Transaction<'a>),
    Postgres(Box<Turn<'a>>),
}

/// A value that a statement is given, for either database.
pub(super) trait Given: Sync {
    fn for_file(&self) -> &dyn rusqlite::ToSql;
    fn for_postgres(&self) -> &(dyn tokio_postgres::types::ToSql + Sync);
}

impl<T: rusqlite::ToSql + tokio_postgres::types::ToSql + Sync> Given for T {
    fn for_file(&self) -> &dyn rusqlite::ToSql {
        self
    }

    fn for_postgres(&self) -> &(dyn tokio_postgres::types::ToSql + Sync) {
        self
    }
}

/// A row that a statement gives, from either database.
pub(super) enum Row<'a> {
    File(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Ledger<'_> {
    /// Executes a statement that gives no rows; tells how many it touched.
    pub(super) fn execute(&self, statement: &'static str, given: &[&dyn Given]) -> Result<u64, StoreError> {
        match &self.0 {
            Held::File(transaction) => {
                let mut prepared = transaction.prepare_cached(statement).map_err(file::failed)?;
                let touched = prepared.execute(&for_file(given)[..]).map_err(file::failed)?;
                Ok(touched as u64)
            }
            Held::Postgres(turn) => turn.execute(statement, &for_postgres(given)),
        }
    }

    pub(super) fn rows<T>(
        &self,
        statement: &'static str,
        given: &[&dyn Given],
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        match &self.0 {
            Held::File(transaction) => {
                let mut prepared = transaction.prepare_cached(statement).map_err(file::failed)?;
                let mut found = prepared.query(&for_file(given)[..]).map_err(file::failed)?;
                let mut rows = Vec::new();
                while let Some(row) = found.next().map_err(file::failed)? {
                    rows.push(read(&Row::File(row))?);
                }
                Ok(rows)
            }
            Held::Postgres(turn) => {
                let found = turn.query(statement, &for_postgres(given))?;
                found.iter().map(|row| read(&Row::Postgres(row))).collect()
            }
        }
    }

    /// The first row, for statements that give one or none.
    pub(super) fn row<T>(
        &self,
        statement: &'static str,
        given: &[&dyn Given],
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(statement, given, read)?.into_iter().next())
    }

    pub(super) fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Held::File(transaction) => transaction.commit().map_err(file::failed),
            Held::Postgres(turn) => turn.commit(),
        }
    }
}

fn for_file<'a>(given: &[&'a dyn Given]) -> Vec<&'a dyn rusqlite::ToSql> {
    given.iter().map(|value| value.for_file()).collect()
}

fn for_postgres<'a>(given: &[&'a dyn Given]) -> Vec<&'a (dyn tokio_postgres::types::ToSql + Sync)> {
    given.iter().map(|value| value.for_postgres()).collect()
}

impl Row<'_> {
    pub(super) fn get<T>(&self, column: &str) -> Result<T, StoreError>
    where
        T: rusqlite::types::FromSql + for<'b> tokio_postgres::types::FromSql<'b>,
    {
        match self {
            Row::File(row) => row.get(column).map_err(file::failed),
            Row::Postgres(row) => row.try_get(column).map_err(unreadable),
        }
    }

    pub(super) fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        Timestamp::from_millisecond(self.get(column)?).map_err(unreadable)
    }

    pub(super) fn optional_time(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        let millisecond: Option<i64> = self.get(column)?;
        millisecond.map(|millisecond| Timestamp::from_millisecond(millisecond).map_err(unreadable)).transpose()
    }
}

/// A cell that another program must have written.
pub(super) fn unreadable(fault: impl std::error::Error) -> StoreError {
    StoreError::Failed(format!("accounts: {fault}"))
}
