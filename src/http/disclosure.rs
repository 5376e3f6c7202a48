//! What of the log anybody may know. Answers about the plan itself need none of this: the public reads another atlas.

use super::answer::Problem;
use super::state::State;
use crate::plan::{Change, Record, RecordKey, RecordType, Slug};
use crate::store::{ChangeQuery, Order, Store};

/// Whether anybody may know of a change: all that it tells of was public then, and is now, or was when it went.
pub async fn is_public(state: &State, change: &Change) -> Result<bool, Problem> {
    if change.internal {
        return Ok(false);
    }
    let told = [&change.before, &change.after];
    let mut keys: Vec<RecordKey> = told.into_iter().flatten().flat_map(named_in).collect();
    keys.push(change.key.clone());
    keys.sort();
    keys.dedup();
    let atlas = state.published.current();
    for key in keys {
        let hidden = match atlas.record(&key) {
            Some(row) => atlas.is_internal(&row.value),
            None => went_internal(state, key).await?,
        };
        if hidden {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The records whose ids stand in a record.
fn named_in(record: &Record) -> Vec<RecordKey> {
    let key = |record_type, id: &Slug| RecordKey { record_type, collection: None, id: id.clone() };
    match record {
        Record::Feature(feature) => {
            let project = feature.project.iter().map(|id| key(RecordType::Project, id));
            project.chain([key(RecordType::Collection, &feature.collection)]).collect()
        }
        Record::Quota(quota) => quota.members.iter().map(|id| key(RecordType::Project, id)).collect(),
        _ => Vec::new(),
    }
}

/// Whether a record that is gone was internal in the end.
async fn went_internal(state: &State, key: RecordKey) -> Result<bool, Problem> {
    let last = ChangeQuery { records: vec![key], order: Order::NewestFirst, limit: 1, ..ChangeQuery::default() };
    let last = state.store.find_changes(last).await.map_err(Problem::internal)?;
    Ok(last.iter().any(|change| change.internal))
}
