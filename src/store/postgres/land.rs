//! Writes what the desk decided: each record once, whatever its group made of it on the way.

use deadpool_postgres::Object;
use sha2::{Digest, Sha256};

use super::desk::Desk;
use super::fault::Fault;
use super::steps::{Step, run, value};
use super::tables::TABLES;
use super::{features, log, text};
use crate::atlas::Row;
use crate::plan::{Change, Collection, Feature, Record, RecordKey, RecordType, Slug};

/// How many records a statement brings at most.
const CHUNK: usize = 2_000;

/// PostgreSQL's identifiers are shorter than ids may be.
const MAX_NAME: usize = 63;

/// Writes records and log within the transaction of a turn.
pub(super) async fn land(
    connection: &Object,
    desk: &Desk,
    changes: &[&Change],
    requests: &[log::Landed<'_>],
    token: &str,
) -> Result<(), Fault> {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return Ok(()) };
    let mut steps = records(desk);
    steps.extend(log::append(changes));
    steps.extend(log::hide(desk.hidden.iter().map(|(key, is_hidden)| (key, *is_hidden))));
    steps.extend(log::remember(requests, last.at));
    steps.extend(log::mark(token, first.seq, last.seq));
    run(connection, &steps).await?;
    Ok(())
}

/// What is gone goes first, places before their collections; what stays comes in an order in which none refers to a later one.
fn records(desk: &Desk) -> Vec<Step> {
    let mut steps = Vec::new();
    let of = |record_type: RecordType| desk.touched.iter().filter(move |key| key.record_type == record_type);
    let row = |key: &RecordKey| desk.rows.get(key).and_then(Option::as_ref);
    let gone: Vec<&RecordKey> = of(RecordType::Feature).filter(|key| row(key).is_none()).collect();
    steps.extend(gone.chunks(CHUNK).map(delete_features));
    for table in &TABLES {
        let gone: Vec<String> =
            of(table.record_type).filter(|key| row(key).is_none()).map(|key| key.id.to_string()).collect();
        if !gone.is_empty() {
            steps.push(Step::new(table.delete(), vec![value(gone)]));
        }
    }
    for table in &TABLES {
        let rows: Vec<&Row<Record>> = of(table.record_type).filter_map(row).collect();
        for rows in rows.chunks(CHUNK) {
            let versions: Vec<i64> = rows.iter().map(|row| super::steps::integer(row.version)).collect();
            let records: Vec<String> = rows.iter().map(|row| text::keep_json(json(&row.value))).collect();
            steps.push(Step::new(table.put(), vec![value(versions), value(records.clone())]));
            let ids: Vec<String> = rows.iter().map(|row| row.value.key().id.to_string()).collect();
            steps.extend(table.lists.iter().map(|list| Step::new(list.clear(), vec![value(ids.clone())])));
            steps.extend(table.lists.iter().map(|list| Step::new(list.fill(), vec![value(records.clone())])));
        }
    }
    for key in of(RecordType::Collection) {
        steps.push(view(&key.id, row(key)));
    }
    steps.extend(features::claim(desk.claimed.iter().map(|(number, collection, id)| (*number, collection, id))));
    let places: Vec<(u64, &Feature)> = of(RecordType::Feature).filter_map(row).filter_map(place).collect();
    steps.extend(features::put(&places));
    steps
}

fn place(row: &Row<Record>) -> Option<(u64, &Feature)> {
    match &row.value {
        Record::Feature(feature) => Some((row.version, feature)),
        _ => None,
    }
}

fn delete_features(keys: &[&RecordKey]) -> Step {
    let homes: Vec<String> =
        keys.iter().map(|key| key.collection.as_ref().map_or_else(String::new, Slug::to_string)).collect();
    let ids: Vec<String> = keys.iter().map(|key| key.id.to_string()).collect();
    let sql = "DELETE FROM guatu.features WHERE (collection, id) IN (SELECT * FROM unnest($1::text[], $2::text[]))";
    Step::new(sql, vec![value(homes), value(ids)])
}

/// Makes the view of a collection, or takes it away with it.
fn view(id: &Slug, row: Option<&Row<Record>>) -> Step {
    match row.map(|row| &row.value) {
        Some(Record::Collection(Collection { geometry_type, .. })) => Step::new(
            "SELECT guatu.show($1, $2, $3)",
            vec![value(view_name(id)), value(id.to_string()), value(geometry_type.to_string())],
        ),
        _ => Step::new("SELECT guatu.hide($1)", vec![value(view_name(id))]),
    }
}

/// The collection's id; of one that is too long its beginning and a digest.
fn view_name(id: &Slug) -> String {
    if id.as_str().len() <= MAX_NAME {
        return id.to_string();
    }
    let digest: [u8; 32] = Sha256::digest(id.as_str()).into();
    let digest = u64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes"));
    let digest = format!("{digest:016x}");
    let beginning: String = id.as_str().chars().take(MAX_NAME - 1 - digest.len()).collect();
    format!("{beginning}_{digest}")
}

fn json(record: &Record) -> String {
    serde_json::to_string(record).expect("records have text keys and finite numbers since they were checked")
}
