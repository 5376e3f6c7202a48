//! Reads whatever a group of batches names, all at once, for the desk to decide on.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::Object;
use tokio_postgres::Row as Cells;

use super::desk::{Desk, Known, Now};
use super::fault::Fault;
use super::log::number;
use super::steps::{Step, integer, run, value};
use super::tables::{TABLES, Table};
use super::{features, log, text};
use crate::atlas::Row;
use crate::plan::{Batch, Change, Edit, Record, RecordKey, RecordType, RequestKey, Slug, Timestamp};
use crate::store::gpkg::log::word_of;

/// Records, photos, numbers and requests that are named.
#[derive(Default)]
pub(super) struct Named {
    keys: BTreeMap<RecordType, BTreeSet<RecordKey>>,
    photos: BTreeSet<Slug>,
    numbers: BTreeSet<u64>,
    requests: Vec<(String, RequestKey)>,
}

impl Named {
    pub(super) fn by_batches(batches: &[Batch]) -> Named {
        let mut named = Named::default();
        for batch in batches {
            named.requests.extend(batch.request.iter().map(|request| (batch.actor.clone(), request.clone())));
            for edit in &batch.edits {
                named.key(edit.key());
                if let Edit::Put { record, .. } = edit {
                    named.record(record);
                }
            }
        }
        named
    }

    pub(super) fn by_changes(changes: &[Change]) -> Named {
        let mut named = Named::default();
        for change in changes {
            named.key(change.key.clone());
            change.after.iter().for_each(|record| named.record(record));
        }
        named
    }

    fn key(&mut self, key: RecordKey) {
        match (key.record_type, &key.collection) {
            (RecordType::Feature, Some(home)) => {
                let home = RecordKey { record_type: RecordType::Collection, collection: None, id: home.clone() };
                self.keys.entry(RecordType::Collection).or_default().insert(home);
            }
            // A key that no record can have: a feature outside any collection, or another record inside one.
            (RecordType::Feature, None) | (_, Some(_)) => return,
            (_, None) => {}
        }
        self.keys.entry(key.record_type).or_default().insert(key);
    }

    fn record(&mut self, record: &Record) {
        match record {
            Record::Feature(feature) => drop(self.numbers.insert(feature.number)),
            Record::Inspection(report) => self.photos.extend(report.photos.iter().map(|photo| photo.id.clone())),
            _ => {}
        }
    }

    fn ids(&self, record_type: RecordType) -> Vec<String> {
        self.keys.get(&record_type).into_iter().flatten().map(|key| key.id.to_string()).collect()
    }
}

const FEATURES: &str = "FROM guatu.features f JOIN guatu.collections c ON c.id = f.collection
    WHERE (f.collection, f.id) IN (SELECT * FROM unnest($1::text[], $2::text[]))";

const VERSIONS: &str = "SELECT k.n, (SELECT version FROM guatu.changes c
       WHERE c.record_type = k.t AND coalesce(c.collection, '') = k.c AND c.id = k.i ORDER BY seq DESC LIMIT 1)
    FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS k (t, c, i, n)";

const PHOTOS: &str = "SELECT id, inspection FROM guatu.inspection_photos WHERE id = ANY($1::text[])";

const NUMBERS: &str = "SELECT number, collection, id FROM guatu.feature_numbers WHERE number = ANY($1::bigint[])";

const REQUESTS: &str = "SELECT r.actor, r.key, r.digest, r.first, r.last FROM guatu.requests r
    JOIN unnest($1::text[], $2::text[]) AS k (actor, key) ON (r.actor, r.key) = (k.actor, k.key)";

/// Only of collections that are themselves named: those of features come in too, and are counted for nothing but their own edits.
const COUNTS: &str = "SELECT c.id, (SELECT count(*) FROM guatu.features f WHERE f.collection = c.id)
    FROM guatu.collections c WHERE c.id = ANY($1::text[])";

const NOW: &str = "SELECT (SELECT max(number) FROM guatu.feature_numbers), (SELECT id FROM guatu.plan)";

/// Reads within the transaction of a turn; `last` is where the log ends.
pub(super) async fn gather(
    connection: &Object,
    named: &Named,
    edited_collections: Vec<String>,
    last: (u64, Option<Timestamp>),
) -> Result<Desk, Fault> {
    let asked: Vec<&Table> = TABLES.iter().filter(|table| named.keys.contains_key(&table.record_type)).collect();
    let mut steps: Vec<Step> =
        asked.iter().map(|table| Step::new(table.find(), vec![value(named.ids(table.record_type))])).collect();
    steps.extend(others(named, edited_collections));
    let mut answers = run(connection, &steps).await?.into_iter();
    let mut desk = Desk::default();
    for (table, rows) in asked.iter().zip(&mut answers) {
        for row in rows {
            put(&mut desk, record(table, &row)?);
        }
    }
    let mut next = || answers.next().unwrap_or_default();
    for row in next() {
        let row = features::read(&row)?;
        put(&mut desk, Row { version: row.version, value: Record::Feature(row.value) });
    }
    let keys: Vec<&RecordKey> = named.keys.values().flatten().collect();
    for row in next() {
        let at = usize::try_from(row.try_get::<_, i64>(0)? - 1).unwrap_or(usize::MAX);
        if let (Some(key), Some(version)) = (keys.get(at), row.try_get::<_, Option<i64>>(1)?) {
            desk.versions.extend([((*key).clone(), number(version))]);
        }
    }
    for row in next() {
        desk.photos.extend([(slug(&row, 0)?, Some(slug(&row, 1)?))]);
    }
    for row in next() {
        desk.numbers.extend([(number(row.try_get(0)?), (slug(&row, 1)?, slug(&row, 2)?))]);
    }
    for row in next() {
        desk.features.extend([(slug(&row, 0)?, number(row.try_get(1)?))]);
    }
    for row in next() {
        let plan = row.try_get::<_, Option<&str>>(1)?.map(|_| slug(&row, 1)).transpose()?;
        let highest_number = row.try_get::<_, Option<i64>>(0)?.map_or(0, number);
        desk.now = Now { seq: last.0, at: last.1, highest_number, plan };
    }
    for row in next() {
        let (name, known) = request(connection, &row).await?;
        desk.requests.extend([(name, known)]);
    }
    Ok(desk)
}

fn others(named: &Named, edited_collections: Vec<String>) -> Vec<Step> {
    let keys = || named.keys.values().flatten();
    let of = |key: &RecordKey| key.collection.as_ref().map_or_else(String::new, Slug::to_string);
    let places = || keys().filter(|key| key.record_type == RecordType::Feature);
    let texts = |texts: Vec<String>| value(texts);
    vec![
        Step::new(
            format!("SELECT {} {FEATURES}", features::COLUMNS),
            vec![texts(places().map(of).collect()), texts(places().map(|key| key.id.to_string()).collect())],
        ),
        Step::new(
            VERSIONS,
            vec![
                texts(keys().map(|key| word_of(key.record_type).to_owned()).collect()),
                texts(keys().map(of).collect()),
                texts(keys().map(|key| key.id.to_string()).collect()),
            ],
        ),
        Step::new(PHOTOS, vec![texts(named.photos.iter().map(Slug::to_string).collect())]),
        Step::new(NUMBERS, vec![value(named.numbers.iter().map(|number| integer(*number)).collect::<Vec<_>>())]),
        Step::new(COUNTS, vec![texts(edited_collections)]),
        Step::new(NOW, Vec::new()),
        Step::new(
            REQUESTS,
            vec![
                texts(named.requests.iter().map(|(actor, _)| text::keep(actor).into_owned()).collect()),
                texts(named.requests.iter().map(|(_, request)| text::keep(&request.key).into_owned()).collect()),
            ],
        ),
    ]
}

fn put(desk: &mut Desk, row: Row<Record>) {
    desk.rows.extend([(row.value.key(), Some(row))]);
}

/// A row of version and JSON.
pub(super) fn record(table: &Table, row: &Cells) -> Result<Row<Record>, Fault> {
    let json = text::tell_json(row.try_get(1)?);
    let value = serde_json::from_str(&json)
        .map_err(|fault| Fault::Row { table: table.name, reason: format!("not a record: {fault}") })?;
    Ok(Row { version: number(row.try_get(0)?), value })
}

fn slug(row: &Cells, at: usize) -> Result<Slug, Fault> {
    let text: &str = row.try_get(at)?;
    text.parse().map_err(|fault| Fault::Row { table: "changes", reason: format!("{fault}") })
}

async fn request(connection: &Object, row: &Cells) -> Result<((String, String), Known), Fault> {
    let name = (text::tell(row.try_get(0)?), text::tell(row.try_get(1)?));
    let digest = u64::from_str_radix(row.try_get(2)?, 16).unwrap_or(0);
    let (first, last) = (number(row.try_get(3)?), number(row.try_get(4)?));
    Ok((name, Known { digest, changes: log::read(connection, &log::between(first, last)).await? }))
}
