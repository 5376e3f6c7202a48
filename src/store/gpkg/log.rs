//! The log of changes: appends and reads. Decides nothing.

use std::fmt::Write;

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};

use super::cells::{Cell, Cells};
use super::fault::Fault;
use super::rows::integer;
use crate::plan::{Change, Record, RecordKey, RecordType, Timestamp};

/// GeoPackage's DATETIME: UTC to the millisecond, and nothing finer.
const DATETIME: &str = "%Y-%m-%dT%H:%M:%S%.3fZ";

pub(super) fn datetime(at: Timestamp) -> String {
    let mut text = String::new();
    write!(text, "{}", at.strftime(DATETIME)).expect("a String takes whatever is written and the format is known");
    text
}

/// The moment as the log can keep it.
pub(super) fn to_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).expect("a timestamp without its last digits is in range")
}

pub(super) fn last_seq(connection: &Connection) -> Result<u64, Fault> {
    let seq: i64 = connection.query_row("SELECT coalesce(max(seq), 0) FROM changes", [], |row| row.get(0))?;
    Ok(u64::try_from(seq).unwrap_or(0))
}

pub(super) fn append(connection: &Connection, change: &Change) -> Result<(), Fault> {
    let Change { seq, at, actor, key, version, before, after } = change;
    connection
        .prepare_cached(
            "INSERT INTO changes (seq, at, actor, record_type, collection, id, version, before, after)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            integer(*seq),
            datetime(*at),
            actor,
            word_of(key.record_type),
            key.collection.as_ref().map(|collection| collection.as_str()),
            key.id.as_str(),
            integer(*version),
            before.as_ref().map(json),
            after.as_ref().map(json),
        ])?;
    Ok(())
}

pub(super) fn read(connection: &Connection, after: u64, limit: usize) -> Result<Vec<Change>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, at, actor, record_type, collection, id, version, before, after FROM changes
         WHERE seq > ? ORDER BY seq LIMIT ?",
    )?;
    // A log never reaches these bounds, so that clamping asks for the same.
    let (after, limit) = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
    let mut rows = statement.query([after, limit])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let fid = row.get(0)?;
        let change = change(&mut Cells::new(row, 0));
        changes.push(change.map_err(|reason| Fault::Row { table: "changes".into(), fid, reason })?);
    }
    Ok(changes)
}

fn change(cells: &mut Cells) -> Cell<Change> {
    Ok(Change {
        seq: cells.count()?,
        at: cells.parsed()?,
        actor: cells.get()?,
        key: RecordKey {
            record_type: type_of(&cells.get::<String>()?)?,
            collection: cells.optional()?,
            id: cells.parsed()?,
        },
        version: cells.count()?,
        before: record(cells.get()?)?,
        after: record(cells.get()?)?,
    })
}

fn json(record: &Record) -> String {
    serde_json::to_string(record).expect("records have text keys and finite numbers since they were checked")
}

fn record(json: Option<String>) -> Cell<Option<Record>> {
    json.map(|json| serde_json::from_str(&json)).transpose().map_err(|fault| format!("not a record: {fault}"))
}

fn type_of(word: &str) -> Cell<RecordType> {
    let word: StrDeserializer<'_, WordError> = word.into_deserializer();
    RecordType::deserialize(word).map_err(|fault| format!("column record_type: {fault}"))
}

/// As the type is spelt in the record's JSON.
fn word_of(record_type: RecordType) -> &'static str {
    match record_type {
        RecordType::Plan => "plan",
        RecordType::Section => "section",
        RecordType::Target => "target",
        RecordType::Quota => "quota",
        RecordType::Project => "project",
        RecordType::Theme => "theme",
        RecordType::Collection => "collection",
        RecordType::Feature => "feature",
        RecordType::LightRule => "light_rule",
    }
}
