//! The log of changes: appends and reads. Decides nothing.

use std::fmt::Write;

use jiff::SignedDuration;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};

use super::cells::{Cell, Cells};
use super::fault::Fault;
use super::rows::integer;
use crate::plan::{Change, ChangeKind, Record, RecordKey, RecordType, RequestKey, Timestamp, Visibility};
use crate::store::{BatchSummary, ChangeQuery, Order, StoreError};

/// GeoPackage's DATETIME: UTC to the millisecond, and nothing finer.
const DATETIME: &str = "%Y-%m-%dT%H:%M:%S%.3fZ";

pub(super) fn datetime(at: Timestamp) -> String {
    let mut text = String::new();
    write!(text, "{}", at.strftime(DATETIME)).expect("a String takes whatever is written and the format is known");
    text
}

/// The moment as the log can keep it.
pub(in crate::store) fn to_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).expect("a timestamp without its last digits is in range")
}

/// Where the log ends.
pub(super) struct Last {
    pub seq: u64,
    pub at: Option<Timestamp>,
}

pub(super) fn last(connection: &Connection) -> Result<Last, Fault> {
    let mut statement = connection.prepare_cached("SELECT seq, at FROM changes ORDER BY seq DESC LIMIT 1")?;
    let found = statement.query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))).optional()?;
    Ok(match found {
        Some((seq, at)) => Last { seq: u64::try_from(seq).unwrap_or(0), at: at.parse().ok() },
        None => Last { seq: 0, at: None },
    })
}

const COLUMNS: &str =
    "seq, batch, at, actor, record_type, collection, id, version, before, after, internal, note, undoes";

pub(super) fn append(connection: &Connection, change: &Change) -> Result<(), Fault> {
    let Change { seq, batch, at, actor, key, version, before, after, internal, note, undoes } = change;
    connection
        .prepare_cached(&format!("INSERT INTO changes ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"))?
        .execute(params![
            integer(*seq),
            integer(*batch),
            datetime(*at),
            actor,
            word_of(key.record_type),
            key.collection.as_ref().map(|collection| collection.as_str()),
            key.id.as_str(),
            integer(*version),
            before.as_ref().map(json),
            after.as_ref().map(json),
            internal,
            note,
            undoes.map(integer),
        ])?;
    for project in change.projects() {
        connection
            .prepare_cached("INSERT INTO project_changes (project, seq) VALUES (?, ?)")?
            .execute(params![project.as_str(), integer(*seq)])?;
    }
    match change.after.as_ref().or(change.before.as_ref()).and_then(Record::visibility) {
        None => Ok(()),
        Some(visibility) => hide(connection, key, visibility == Visibility::Internal),
    }
}

/// Notes whether the log may tell the public of a project or collection.
fn hide(connection: &Connection, key: &RecordKey, is_hidden: bool) -> Result<(), Fault> {
    let sql = if is_hidden {
        "INSERT OR IGNORE INTO hidden_records (record_type, id) VALUES (?, ?)"
    } else {
        "DELETE FROM hidden_records WHERE record_type = ? AND id = ?"
    };
    connection.prepare_cached(sql)?.execute(params![word_of(key.record_type), key.id.as_str()])?;
    Ok(())
}

/// What holds of changes that anybody may see: nothing that they tell of was internal then, or is now, or was when it went.
const IS_PUBLIC: &str = "(internal = 0
    AND seq NOT IN (SELECT seq FROM project_changes JOIN hidden_records ON record_type = 'project' AND id = project)
    AND coalesce(collection, '') NOT IN (SELECT id FROM hidden_records WHERE record_type = 'collection')
    AND (record_type <> 'collection' OR id NOT IN (SELECT id FROM hidden_records WHERE record_type = 'collection'))
    AND (record_type <> 'quota' OR NOT EXISTS (
        SELECT 1 FROM hidden_records WHERE record_type = 'project' AND (
            id IN (SELECT value FROM json_each(before, '$.members'))
            OR id IN (SELECT value FROM json_each(after, '$.members'))))))";

pub(super) fn read(connection: &Connection, query: &ChangeQuery) -> Result<Vec<Change>, Fault> {
    let mut conditions: Vec<String> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut ask = |condition: &str, value: Value| {
        conditions.push(condition.to_owned());
        values.push(value);
    };
    // A log never reaches these bounds, so that clamping asks for the same.
    let number = |number: u64| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let text = |text: &str| Value::Text(text.to_owned());
    if let Some(after) = query.after {
        ask("seq > ?", number(after));
    }
    if let Some(before) = query.before {
        ask("seq < ?", number(before));
    }
    if let Some(record_type) = query.record_type {
        ask("record_type = ?", text(word_of(record_type)));
    }
    if let Some(collection) = &query.collection {
        ask("collection = ?", text(collection));
    }
    if let Some(id) = &query.id {
        ask("id = ?", text(id));
    }
    if let Some(project) = &query.project {
        ask("seq IN (SELECT seq FROM project_changes WHERE project = ?)", text(project));
    }
    if let Some(actor) = &query.actor {
        ask("actor = ?", text(actor));
    }
    if let Some(from) = query.from {
        ask("at >= ?", Value::Text(datetime(from)));
    }
    if let Some(until) = query.until {
        ask("at < ?", Value::Text(datetime(until)));
    }
    if query.public_only {
        conditions.push(IS_PUBLIC.to_owned());
    }
    match query.kind {
        Some(ChangeKind::Created) => conditions.push("before IS NULL".to_owned()),
        Some(ChangeKind::Updated) => conditions.push("before IS NOT NULL AND after IS NOT NULL".to_owned()),
        Some(ChangeKind::Deleted) => conditions.push("after IS NULL".to_owned()),
        None => {}
    }
    let filter = if conditions.is_empty() { String::new() } else { format!("WHERE {}", conditions.join(" AND ")) };
    let order = match query.order {
        Order::OldestFirst => "ASC",
        Order::NewestFirst => "DESC",
    };
    values.push(Value::Integer(i64::try_from(query.limit).unwrap_or(i64::MAX)));
    let sql = format!("SELECT {COLUMNS} FROM changes {filter} ORDER BY seq {order} LIMIT ?");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
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
        batch: cells.count()?,
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
        internal: cells.get()?,
        note: cells.get()?,
        undoes: cells.get::<Option<i64>>()?.and_then(|seq| u64::try_from(seq).ok()),
    })
}

pub(super) fn seq_at(connection: &Connection, at: Timestamp) -> Result<u64, Fault> {
    // Numbers and times rise together.
    let seq: Option<i64> = connection
        .prepare_cached("SELECT seq FROM changes WHERE at <= ? ORDER BY at DESC, seq DESC LIMIT 1")?
        .query_row([datetime(at)], |row| row.get(0))
        .optional()?;
    Ok(seq.and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0))
}

pub(super) fn batches(connection: &Connection, after: u64) -> Result<Vec<BatchSummary>, Fault> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT batch, min(at), max(seq), sum({IS_PUBLIC}), sum(NOT {IS_PUBLIC}) FROM changes WHERE seq > ? GROUP BY batch ORDER BY batch"
    ))?;
    let mut rows = statement.query([integer(after)])?;
    let mut batches = Vec::new();
    while let Some(row) = rows.next()? {
        let fid = row.get(0)?;
        let cells = &mut Cells::new(row, 1);
        let mut read = || {
            Ok(BatchSummary {
                at: cells.parsed()?,
                last: cells.count()?,
                public: cells.count()?,
                internal: cells.count()?,
            })
        };
        batches.push(read().map_err(|reason| Fault::Row { table: "changes".into(), fid, reason })?);
    }
    Ok(batches)
}

/// Projects and collections that were internal in changes after a number, each with the last such change.
pub(super) fn last_internal(connection: &Connection, after: u64) -> Result<Vec<(RecordKey, u64)>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT max(seq), record_type, id FROM changes
         WHERE seq > ? AND internal <> 0 AND record_type IN ('project', 'collection') GROUP BY record_type, id",
    )?;
    let mut rows = statement.query([integer(after)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let fid = row.get(0)?;
        let cells = &mut Cells::new(row, 0);
        let mut read = || {
            let seq = cells.count()?;
            let record_type = type_of(&cells.get::<String>()?)?;
            Ok((RecordKey { record_type, collection: None, id: cells.parsed()? }, seq))
        };
        found.push(read().map_err(|reason| Fault::Row { table: "changes".into(), fid, reason })?);
    }
    Ok(found)
}

/// The last version that a record had; 0 for one that never was.
pub(super) fn last_version(connection: &Connection, key: &RecordKey) -> Result<u64, Fault> {
    let version: Option<i64> = connection
        .prepare_cached(
            "SELECT version FROM changes WHERE record_type = ? AND collection IS ? AND id = ? ORDER BY seq DESC LIMIT 1",
        )?
        .query_row(
            params![word_of(key.record_type), key.collection.as_ref().map(|id| id.as_str()), key.id.as_str()],
            |row| row.get(0),
        )
        .optional()?;
    Ok(version.and_then(|version| u64::try_from(version).ok()).unwrap_or(0))
}

/// How long a request is known when it is sent again.
const REQUESTS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a request changed, if it landed.
pub(super) fn landed(connection: &Connection, actor: &str, request: &RequestKey) -> Result<Option<Vec<Change>>, Fault> {
    let found = connection
        .prepare_cached("SELECT digest, first, last FROM requests WHERE actor = ? AND key = ?")?
        .query_row(params![actor, request.key], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })
        .optional()?;
    let Some((digest, first, last)) = found else { return Ok(None) };
    if digest != digits(request.digest) {
        return Err(Fault::Store(StoreError::KeyReused { actor: actor.to_owned(), key: request.key.clone() }));
    }
    let whole = |seq: i64| u64::try_from(seq).unwrap_or(0);
    let query = ChangeQuery {
        after: Some(whole(first).saturating_sub(1)),
        before: Some(whole(last) + 1),
        limit: usize::MAX,
        ..ChangeQuery::default()
    };
    read(connection, &query).map(Some)
}

/// Notes that a request landed, and forgets those that are old.
pub(super) fn remember(
    connection: &Connection,
    actor: &str,
    request: &RequestKey,
    first: u64,
    last: &Change,
) -> Result<(), Fault> {
    connection.prepare_cached("DELETE FROM requests WHERE at < ?")?.execute([datetime(last.at - REQUESTS_KEPT)])?;
    connection
        .prepare_cached("INSERT INTO requests (actor, key, digest, first, last, at) VALUES (?, ?, ?, ?, ?, ?)")?
        .execute(params![
            actor,
            request.key,
            digits(request.digest),
            integer(first),
            integer(last.seq),
            datetime(last.at)
        ])?;
    Ok(())
}

fn digits(digest: u64) -> String {
    format!("{digest:016x}")
}

fn json(record: &Record) -> String {
    serde_json::to_string(record).expect("records have text keys and finite numbers since they were checked")
}

fn record(json: Option<String>) -> Cell<Option<Record>> {
    json.map(|json| serde_json::from_str(&json)).transpose().map_err(|fault| format!("not a record: {fault}"))
}

pub(in crate::store) fn type_of(word: &str) -> Cell<RecordType> {
    let word: StrDeserializer<'_, WordError> = word.into_deserializer();
    RecordType::deserialize(word).map_err(|fault| format!("column record_type: {fault}"))
}

/// As the type is spelt in the record's JSON.
pub(in crate::store) fn word_of(record_type: RecordType) -> &'static str {
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
        RecordType::InspectionRule => "inspection_rule",
        RecordType::Patch => "patch",
        RecordType::Inspection => "inspection",
    }
}
