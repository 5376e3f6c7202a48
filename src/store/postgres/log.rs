//! The log of changes: what is written for each, and how it is asked. Decides nothing.

use std::collections::BTreeSet;

use deadpool_postgres::Object;
use jiff::SignedDuration;
use tokio_postgres::Row;

use super::fault::Fault;
use super::steps::{Step, Value, ask, integer, value};
use super::text;
use crate::plan::{Change, ChangeKind, Record, RecordKey, RequestKey, Slug, Timestamp};
use crate::store::gpkg::log::{type_of, word_of};
use crate::store::{BatchSummary, ChangeQuery, Order, StoreError};

/// How many rows a statement brings at most: its message has a limit, and its time has one too.
const CHUNK: usize = 5_000;

/// How long a request is known when it is sent again.
const REQUESTS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Groups whose connection went find their mark for as long as fewer changes than these came since.
const COMMITS_KEPT: i64 = 100_000;

/// The years that both sides can write.
const FIRST_MOMENT: i64 = -62_135_596_800_000;
const LAST_MOMENT: i64 = 253_402_300_799_999;

/// The last change and its moment.
pub(super) const LAST: &str =
    "SELECT seq, (extract(epoch FROM at) * 1000)::bigint FROM guatu.changes ORDER BY seq DESC LIMIT 1";

const COLUMNS: &str =
    "seq, batch, (extract(epoch FROM at) * 1000)::bigint, actor, record_type, collection, id, version,
    before, after, internal, note, undoes";

/// Milliseconds for [`moment`].
pub(super) fn milliseconds(at: Timestamp) -> i64 {
    at.as_millisecond().clamp(FIRST_MOMENT, LAST_MOMENT)
}

/// A moment in SQL, of a value in milliseconds.
fn moment(milliseconds: &str) -> String {
    format!("(timestamptz 'epoch' + {milliseconds} * interval '1 millisecond')")
}

pub(super) fn timestamp(milliseconds: i64) -> Result<Timestamp, Fault> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|fault| Fault::Row { table: "changes", reason: format!("column at: {fault}") })
}

pub(super) fn number(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// What a request has changed.
pub(super) struct Landed<'a> {
    pub actor: &'a str,
    pub request: &'a RequestKey,
    pub first: u64,
    pub last: &'a Change,
}

/// Appends changes that were decided on.
pub(super) fn append(changes: &[&Change]) -> Vec<Step> {
    changes.chunks(CHUNK).flat_map(append_chunk).collect()
}

fn append_chunk(changes: &[&Change]) -> Vec<Step> {
    let numbers = |of: fn(&Change) -> u64| value(changes.iter().map(|change| integer(of(change))).collect::<Vec<_>>());
    let texts = |of: &dyn Fn(&Change) -> String| value(changes.iter().map(|change| of(change)).collect::<Vec<_>>());
    let some =
        |of: &dyn Fn(&Change) -> Option<String>| value(changes.iter().map(|change| of(change)).collect::<Vec<_>>());
    let values = vec![
        numbers(|change| change.seq),
        numbers(|change| change.batch),
        value(changes.iter().map(|change| milliseconds(change.at)).collect::<Vec<_>>()),
        texts(&|change| text::keep(&change.actor).into_owned()),
        texts(&|change| word_of(change.key.record_type).to_owned()),
        some(&|change| change.key.collection.as_ref().map(Slug::to_string)),
        texts(&|change| change.key.id.to_string()),
        numbers(|change| change.version),
        some(&|change| change.before.as_ref().map(json)),
        some(&|change| change.after.as_ref().map(json)),
        value(changes.iter().map(|change| change.internal).collect::<Vec<_>>()),
        some(&|change| change.note.as_deref().map(|note| text::keep(note).into_owned())),
        value(changes.iter().map(|change| change.undoes.map(integer)).collect::<Vec<_>>()),
    ];
    let insert = format!(
        "INSERT INTO guatu.changes
           (seq, batch, at, actor, record_type, collection, id, version, before, after, internal, note, undoes)
         SELECT seq, batch, {}, actor, record_type, collection, id, version, before, after, internal, note, undoes
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
                     $9::text[], $10::text[], $11::boolean[], $12::text[], $13::bigint[])
           AS g (seq, batch, at, actor, record_type, collection, id, version, before, after, internal, note, undoes)",
        moment("at"),
    );
    let mut steps = vec![Step::new(insert, values)];
    let about = changes.iter().flat_map(|change| change.projects().into_iter().map(|id| (change.seq, id)));
    steps.extend(named("project_changes", about));
    let members = changes.iter().flat_map(|change| members(change).into_iter().map(|id| (change.seq, id)));
    steps.extend(named("quota_changes", members));
    steps
}

fn named<'a>(table: &str, pairs: impl Iterator<Item = (u64, &'a Slug)>) -> Option<Step> {
    let (numbers, projects): (Vec<i64>, Vec<String>) = pairs.map(|(seq, id)| (integer(seq), id.to_string())).unzip();
    let sql = format!("INSERT INTO guatu.{table} (seq, project) SELECT * FROM unnest($1::bigint[], $2::text[])");
    (!numbers.is_empty()).then(|| Step::new(sql, vec![value(numbers), value(projects)]))
}

/// The projects that a change of a quota names, before or after.
fn members(change: &Change) -> BTreeSet<&Slug> {
    let sides = [&change.before, &change.after].into_iter().flatten();
    let quotas = sides.filter_map(|record| match record {
        Record::Quota(quota) => Some(&quota.members),
        _ => None,
    });
    quotas.flatten().collect()
}

/// Notes which projects and collections the log may tell the public of.
pub(super) fn hide<'a>(records: impl Iterator<Item = (&'a RecordKey, bool)>) -> Vec<Step> {
    let mut sides = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
    for (key, is_hidden) in records {
        let (types, ids) = &mut sides[usize::from(is_hidden)];
        types.push(word_of(key.record_type).to_owned());
        ids.push(key.id.to_string());
    }
    let [shown, hidden] = sides;
    let show =
        "DELETE FROM guatu.hidden_records WHERE (record_type, id) IN (SELECT * FROM unnest($1::text[], $2::text[]))";
    let hide = "INSERT INTO guatu.hidden_records SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING";
    let steps = [(show, shown), (hide, hidden)].into_iter().filter(|(_, (types, _))| !types.is_empty());
    steps.map(|(sql, (types, ids))| Step::new(sql, vec![value(types), value(ids)])).collect()
}

/// Notes requests that landed, and forgets those that are old.
pub(super) fn remember(landed: &[Landed], now: Timestamp) -> Vec<Step> {
    if landed.is_empty() {
        return Vec::new();
    }
    let forget = format!("DELETE FROM guatu.requests WHERE at < {}", moment("$1::bigint"));
    let before = now.checked_sub(REQUESTS_KEPT).unwrap_or(Timestamp::MIN);
    let note = format!(
        "INSERT INTO guatu.requests (actor, key, digest, first, last, at) SELECT actor, key, digest, first, last, {}
         FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
           AS g (actor, key, digest, first, last, at)
         ON CONFLICT (actor, key) DO UPDATE
           SET digest = excluded.digest, first = excluded.first, last = excluded.last, at = excluded.at",
        moment("at"),
    );
    let texts = |of: &dyn Fn(&Landed) -> String| value(landed.iter().map(of).collect::<Vec<_>>());
    let numbers = |of: &dyn Fn(&Landed) -> i64| value(landed.iter().map(of).collect::<Vec<_>>());
    let values = vec![
        texts(&|one| text::keep(one.actor).into_owned()),
        texts(&|one| text::keep(&one.request.key).into_owned()),
        texts(&|one| digits(one.request.digest)),
        numbers(&|one| integer(one.first)),
        numbers(&|one| integer(one.last.seq)),
        numbers(&|one| milliseconds(one.last.at)),
    ];
    vec![Step::new(forget, vec![value(milliseconds(before))]), Step::new(note, values)]
}

/// Leaves the mark of a group that lands.
pub(super) fn mark(token: &str, first: u64, last: u64) -> Vec<Step> {
    let (first, last) = (integer(first), integer(last));
    vec![
        Step::new("DELETE FROM guatu.commits WHERE last < $1", vec![value(first - COMMITS_KEPT)]),
        Step::new(
            "INSERT INTO guatu.commits (token, first, last) VALUES ($1, $2, $3)",
            vec![value(token.to_owned()), value(first), value(last)],
        ),
    ]
}

pub(super) fn digits(digest: u64) -> String {
    format!("{digest:016x}")
}

fn json(record: &Record) -> String {
    serde_json::to_string(record).expect("records have text keys and finite numbers since they were checked")
}

/// What holds of changes that anybody may see: nothing that they tell of was internal then, or is now, or was when it went.
const IS_PUBLIC: &str = "(NOT c.internal
    AND NOT EXISTS (SELECT FROM guatu.project_changes p JOIN guatu.hidden_records h
                    ON h.record_type = 'project' AND h.id = p.project WHERE p.seq = c.seq)
    AND NOT EXISTS (SELECT FROM guatu.quota_changes q JOIN guatu.hidden_records h
                    ON h.record_type = 'project' AND h.id = q.project WHERE q.seq = c.seq)
    AND NOT EXISTS (SELECT FROM guatu.hidden_records h WHERE h.record_type = 'collection'
                    AND h.id = CASE WHEN c.record_type = 'collection' THEN c.id ELSE c.collection END))";

/// Statement and values that find what a question asks.
pub(super) fn question(query: &ChangeQuery) -> (String, Vec<Value>) {
    let mut conditions: Vec<String> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut ask = |condition: &str, asked: Value| {
        values.push(asked);
        conditions.push(condition.replace('?', &format!("${}", values.len())));
    };
    let number = |number: u64| value(integer(number));
    // A text that cannot be kept is not there.
    let text = |text: &str| value(text::keep(text).into_owned());
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
        ask("coalesce(collection, '') = ?", text(collection));
        ask("collection = ?", text(collection));
    }
    if let Some(id) = &query.id {
        ask("id = ?", text(id));
    }
    if let Some(project) = &query.project {
        ask("seq IN (SELECT seq FROM guatu.project_changes WHERE project = ?)", text(project));
    }
    if let Some(actor) = &query.actor {
        ask("actor = ?", text(actor));
    }
    if let Some(from) = query.from {
        ask(&format!("at >= {}", moment("?::bigint")), value(milliseconds_up(from)));
    }
    if let Some(until) = query.until {
        ask(&format!("at < {}", moment("?::bigint")), value(milliseconds_up(until)));
    }
    ask("true LIMIT ?", value(i64::try_from(query.limit).unwrap_or(i64::MAX)));
    let limit = conditions.pop().unwrap_or_default().replace("true ", "");
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
    (format!("SELECT {COLUMNS} FROM guatu.changes c {filter} ORDER BY seq {order} {limit}"), values)
}

/// The first millisecond that is not before a moment: the log knows no finer ones.
fn milliseconds_up(at: Timestamp) -> i64 {
    let down = milliseconds(at);
    let is_finer = at.as_nanosecond() > i128::from(down) * 1_000_000;
    if is_finer && down < LAST_MOMENT { down + 1 } else { down }
}

pub(super) async fn read(connection: &Object, query: &ChangeQuery) -> Result<Vec<Change>, Fault> {
    let (sql, values) = question(query);
    let rows = ask(connection, &sql, values).await?;
    rows.iter().map(change).collect()
}

pub(super) fn change(row: &Row) -> Result<Change, Fault> {
    let wrong = |reason: String| Fault::Row { table: "changes", reason };
    let slug = |text: String| text.parse::<Slug>().map_err(|fault| wrong(fault.to_string()));
    let record = |text: Option<String>| {
        let record = text.map(|text| serde_json::from_str(&text)).transpose();
        record.map_err(|fault| wrong(format!("not a record: {fault}")))
    };
    Ok(Change {
        seq: number(row.try_get(0)?),
        batch: number(row.try_get(1)?),
        at: timestamp(row.try_get(2)?)?,
        actor: text::tell(row.try_get(3)?),
        key: RecordKey {
            record_type: type_of(row.try_get(4)?).map_err(wrong)?,
            collection: row.try_get::<_, Option<String>>(5)?.map(slug).transpose()?,
            id: slug(row.try_get(6)?)?,
        },
        version: number(row.try_get(7)?),
        before: record(row.try_get(8)?)?,
        after: record(row.try_get(9)?)?,
        internal: row.try_get(10)?,
        note: row.try_get::<_, Option<String>>(11)?.map(text::tell),
        undoes: row.try_get::<_, Option<i64>>(12)?.map(number),
    })
}

pub(super) async fn seq_at(connection: &Object, at: Timestamp) -> Result<u64, Fault> {
    // Numbers and times rise together.
    let sql = format!(
        "SELECT seq FROM guatu.changes WHERE at <= {} ORDER BY at DESC, seq DESC LIMIT 1",
        moment("$1::bigint")
    );
    let rows = ask(connection, &sql, vec![value(milliseconds(at))]).await?;
    Ok(rows.first().map(|row| row.try_get(0)).transpose()?.map_or(0, number))
}

pub(super) async fn batches(connection: &Object, after: u64) -> Result<Vec<BatchSummary>, Fault> {
    let sql = format!(
        "SELECT min((extract(epoch FROM at) * 1000)::bigint), max(seq), count(*) FILTER (WHERE public), count(*)
         FROM (SELECT batch, seq, at, {IS_PUBLIC} AS public FROM guatu.changes c WHERE seq > $1) AS told
         GROUP BY batch ORDER BY batch"
    );
    let rows = ask(connection, &sql, vec![value(integer(after))]).await?;
    let batch = |row: &Row| {
        let public = number(row.try_get(2)?);
        Ok(BatchSummary {
            at: timestamp(row.try_get(0)?)?,
            last: number(row.try_get(1)?),
            public,
            internal: number(row.try_get(3)?) - public,
        })
    };
    rows.iter().map(batch).collect()
}

/// Projects and collections that were internal in changes after a number, each with the last such change.
pub(super) async fn last_internal(connection: &Object, after: u64) -> Result<Vec<(RecordKey, u64)>, Fault> {
    let sql = "SELECT record_type, id, max(seq) FROM guatu.changes
               WHERE seq > $1 AND internal AND record_type IN ('project', 'collection') GROUP BY record_type, id";
    let rows = ask(connection, sql, vec![value(integer(after))]).await?;
    let wrong = |reason: String| Fault::Row { table: "changes", reason };
    let found = |row: &Row| {
        let record_type = type_of(row.try_get(0)?).map_err(wrong)?;
        let id = row.try_get::<_, String>(1)?.parse::<Slug>().map_err(|fault| wrong(fault.to_string()))?;
        Ok((RecordKey { record_type, collection: None, id }, number(row.try_get(2)?)))
    };
    rows.iter().map(found).collect()
}

/// What a request changed, if it landed.
pub(super) async fn landed(
    connection: &Object,
    actor: &str,
    request: &RequestKey,
) -> Result<Option<Vec<Change>>, Fault> {
    let sql = "SELECT digest, first, last FROM guatu.requests WHERE actor = $1 AND key = $2";
    let values = vec![value(text::keep(actor).into_owned()), value(text::keep(&request.key).into_owned())];
    let rows = ask(connection, sql, values).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    if row.try_get::<_, &str>(0)? != digits(request.digest) {
        return Err(Fault::Store(StoreError::KeyReused { actor: actor.to_owned(), key: request.key.clone() }));
    }
    let (first, last) = (number(row.try_get(1)?), number(row.try_get(2)?));
    read(connection, &between(first, last)).await.map(Some)
}

/// Changes from one number up to another.
pub(super) fn between(first: u64, last: u64) -> ChangeQuery {
    let (after, before) = (Some(first.saturating_sub(1)), Some(last + 1));
    ChangeQuery { after, before, limit: usize::MAX, ..ChangeQuery::default() }
}
