//! Reads the whole content from the tables, not from the log, so that we see what every other reader of the database sees.

use deadpool_postgres::Object;
use futures_util::{TryStreamExt, pin_mut};
use tokio_postgres::binary_copy::BinaryCopyOutStream;

use super::fault::Fault;
use super::features;
use super::gather::record;
use super::link::Link;
use super::log::{LAST, number};
use super::steps::ask;
use super::tables::TABLES;
use super::turn::roll_back;
use crate::atlas::Row;
use crate::plan::Record;
use crate::store::{Loaded, StoreError};

/// One moment for all reads; a million places take longer than other statements may.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL statement_timeout = '10min'; SET LOCAL idle_in_transaction_session_timeout = '10min'";

pub(super) async fn load(link: &Link) -> Result<Loaded, StoreError> {
    let connection = Reading(Some(link.connection().await?));
    let loaded = connection.load().await;
    if let Some(connection) = connection.into_inner() {
        roll_back(connection).await;
    }
    loaded.map_err(|fault| link.noted(fault))
}

/// A connection in a transaction: whoever gives up reading ends it, and never hands it on.
struct Reading(Option<Object>);

impl Reading {
    fn into_inner(mut self) -> Option<Object> {
        self.0.take()
    }

    /// Records in an order in which none refers to a later one, but for a quota's members.
    async fn load(&self) -> Result<Loaded, Fault> {
        let Some(connection) = &self.0 else { return Ok(Loaded { seq: 0, records: Vec::new() }) };
        connection.batch_execute(BEGIN).await?;
        let last = ask(connection, LAST, Vec::new()).await?;
        let seq = last.first().map(|row| row.try_get(0)).transpose()?.map_or(0, number);
        let mut records = Vec::new();
        for table in &TABLES {
            for row in ask(connection, &table.list(), Vec::new()).await? {
                records.push(record(table, &row)?);
            }
        }
        let copy = format!(
            "COPY (SELECT {} FROM guatu.features f JOIN guatu.collections c ON c.id = f.collection ORDER BY f.number)
             TO STDOUT (FORMAT binary)",
            features::COLUMNS
        );
        let rows = BinaryCopyOutStream::new(connection.copy_out(&copy).await?, &features::TYPES);
        pin_mut!(rows);
        while let Some(row) = rows.try_next().await? {
            let Row { version, value } = features::read(&row)?;
            records.push(Row { version, value: Record::Feature(value) });
        }
        Ok(Loaded { seq, records })
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}
