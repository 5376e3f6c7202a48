//! Moves a plan from one store into another with its whole history, and proves that both hold the same. Stopped half-way, it goes on.
//!
//! The log is what is copied: each change keeps its number, time, actor and version. The tables of the target follow from it, and are
//! held against those of the source in the end.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::photos::hex;
use crate::atlas::Row;
use crate::plan::{Batch, Change, Edit, Expected, Record, RecordKey, Timestamp};
use crate::store::{ChangeQuery, Order, Store, StoreError};

/// Changes that are read at a time; a batch that is longer is read whole all the same, so that no half of it is ever in the target.
const PAGE: usize = 1_000;

/// In whose name the target gets what another program wrote into the source's tables without its log.
const ACTOR: &str = "store copy";

/// Records that a message names before it only counts.
const NAMED: usize = 10;

#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    #[error("the source: {0}")]
    Source(StoreError),
    #[error("the target: {0}")]
    Target(StoreError),
    #[error("the target holds something else: its change {seq} is not the source's; choose an empty store")]
    AnotherLog { seq: u64 },
    #[error(
        "the target took over what was written past the source's log, and cannot follow the source any more; choose an empty store"
    )]
    Adopted,
    #[error("the target goes on to change {target} and the source only to {source_seq}: it is not behind the source")]
    Ahead { target: u64, source_seq: u64 },
    #[error("the stores differ after copying: {0}")]
    Differs(String),
}

/// What was copied and found to be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Changes that the target had already, and that it got now.
    pub found: u64,
    pub copied: u64,
    pub records: usize,
    /// Records that another program had written into the source's tables; the target has them as one batch more.
    pub adopted: Vec<RecordKey>,
    /// SHA-256 over all changes of the log, and over all records in the order of their keys, of either store.
    pub log_sha256: String,
    pub records_sha256: String,
}

/// Copies what the target lacks. `progress` hears how many changes are there, of how many. Needs the target for itself; the source may be
/// served meanwhile: what lands there after the last page is for another run.
///
/// # Errors
/// [`MoveError`]; what was copied until then stays, and another run goes on from there.
pub async fn copy(
    source: &impl Store,
    target: &impl Store,
    at: Timestamp,
    mut progress: impl FnMut(u64, u64),
) -> Result<Moved, MoveError> {
    let end = last_change(source).await.map_err(MoveError::Source)?.map_or(0, |change| change.seq);
    let found = begin(source, target, end).await?;
    let mut seq = found;
    progress(seq, end);
    while seq < end {
        let page = whole_batches(source, seq).await.map_err(MoveError::Source)?;
        let Some(last) = page.last() else { break };
        seq = last.seq;
        target.replay(page).await.map_err(MoveError::Target)?;
        progress(seq.min(end), end);
    }
    let log_sha256 = log_digest(source, seq).await.map_err(MoveError::Source)?;
    let copied_sha256 = log_digest(target, seq).await.map_err(MoveError::Target)?;
    if log_sha256 != copied_sha256 {
        return Err(MoveError::Differs(format!(
            "the logs' digests up to change {seq} are {log_sha256} and {copied_sha256}"
        )));
    }
    let (theirs, adopted) = adopt(source, target, seq, at).await?;
    let ours = records(target).await.map_err(MoveError::Target)?;
    check_same(&theirs, &ours)?;
    let records_sha256 = digest(ours.values().map(|row| &row.value));
    Ok(Moved { found, copied: seq - found, records: ours.len(), adopted, log_sha256, records_sha256 })
}

/// How far the target is; what it has must be the beginning of the source.
async fn begin(source: &impl Store, target: &impl Store, end: u64) -> Result<u64, MoveError> {
    let Some(last) = last_change(target).await.map_err(MoveError::Target)? else { return Ok(0) };
    if last.actor == ACTOR && last.batch > 1 {
        // An earlier copy ended here, and nothing more came.
        return if last.batch - 1 == end { Ok(end) } else { Err(MoveError::Adopted) };
    }
    if last.seq > end {
        return Err(MoveError::Ahead { target: last.seq, source_seq: end });
    }
    let same = source.changes(last.seq - 1, 1).await.map_err(MoveError::Source)?;
    if same.first() != Some(&last) {
        return Err(MoveError::AnotherLog { seq: last.seq });
    }
    Ok(last.seq)
}

async fn last_change(store: &impl Store) -> Result<Option<Change>, StoreError> {
    let query = ChangeQuery { order: Order::NewestFirst, limit: 1, ..ChangeQuery::default() };
    Ok(store.find_changes(query).await?.pop())
}

/// The next changes, up to the end of a batch.
async fn whole_batches(store: &impl Store, after: u64) -> Result<Vec<Change>, StoreError> {
    let mut limit = PAGE;
    loop {
        let mut page = store.changes(after, limit).await?;
        if page.len() < limit {
            return Ok(page);
        }
        let last = page.last().map_or(0, |change| change.batch);
        if page.first().is_some_and(|first| first.batch != last) {
            page.retain(|change| change.batch != last);
            return Ok(page);
        }
        limit *= 2;
    }
}

/// Brings over what stands in the source's tables, but not in its log. Gives the source's records.
async fn adopt(
    source: &impl Store,
    target: &impl Store,
    seq: u64,
    at: Timestamp,
) -> Result<(BTreeMap<RecordKey, Row<Record>>, Vec<RecordKey>), MoveError> {
    let (theirs, ours) = (records(source), records(target));
    let (theirs, ours) = (theirs.await.map_err(MoveError::Source)?, ours.await.map_err(MoveError::Target)?);
    let now = last_change(source).await.map_err(MoveError::Source)?.map_or(0, |change| change.seq);
    if now != seq {
        return Err(MoveError::Differs(format!("the source went on to change {now} meanwhile; copy once more")));
    }
    let mut edits = Vec::new();
    for (key, row) in &theirs {
        let there = ours.get(key);
        if there.is_none_or(|there| there.value != row.value) {
            let expected = there.map_or(Expected::Absent, |there| Expected::Version(there.version));
            edits.push(Edit::Put { record: row.value.clone(), expected });
        }
    }
    // Features go before their collection.
    let gone = ours.iter().rev().filter(|(key, _)| !theirs.contains_key(key));
    edits.extend(gone.map(|(key, row)| Edit::Delete { key: key.clone(), version: row.version }));
    let adopted: Vec<RecordKey> = edits.iter().map(Edit::key).collect();
    if !edits.is_empty() {
        let note = Some("written into the source's tables by another program, and not in its log".to_owned());
        // Whoever wrote it past the log said nothing of who may see it.
        let internal = adopted.iter().cloned().collect();
        let batch = Batch { at, actor: ACTOR.to_owned(), edits, internal, note, ..Batch::default() };
        target.commit(batch).await.map_err(MoveError::Target)?;
    }
    Ok((theirs, adopted))
}

async fn records(store: &impl Store) -> Result<BTreeMap<RecordKey, Row<Record>>, StoreError> {
    let loaded = store.load().await?;
    Ok(loaded.records.into_iter().map(|row| (row.value.key(), row)).collect())
}

fn check_same(
    theirs: &BTreeMap<RecordKey, Row<Record>>,
    ours: &BTreeMap<RecordKey, Row<Record>>,
) -> Result<(), MoveError> {
    let differs = |key: &&RecordKey| theirs.get(*key).map(|row| &row.value) != ours.get(*key).map(|row| &row.value);
    let all: BTreeSet<&RecordKey> = theirs.keys().chain(ours.keys()).collect();
    let different: Vec<&RecordKey> = all.into_iter().filter(differs).collect();
    if different.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = different.iter().take(NAMED).map(|key| key.to_string()).collect();
    Err(MoveError::Differs(format!("{} records, such as {}", different.len(), named.join(", "))))
}

/// Over changes 1 to `seq`.
async fn log_digest(store: &impl Store, seq: u64) -> Result<String, StoreError> {
    let mut hash = Sha256::new();
    let mut after = 0;
    while after < seq {
        let query = ChangeQuery { after: Some(after), before: Some(seq + 1), limit: PAGE, ..ChangeQuery::default() };
        let page = store.find_changes(query).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for change in &page {
            let told = (change.seq, change.batch, change.at, &change.actor, &change.key, change.version);
            let more = (&change.before, &change.after, change.internal, &change.note, change.undoes);
            hash.update(line(&(told, more)));
        }
    }
    Ok(hex(&hash.finalize()))
}

fn digest<'a>(records: impl Iterator<Item = &'a Record>) -> String {
    let mut hash = Sha256::new();
    records.for_each(|record| hash.update(line(record)));
    hex(&hash.finalize())
}

fn line(value: &impl serde::Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("records have text keys and finite numbers");
    line.push(b'\n');
    line
}
