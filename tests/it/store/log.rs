//! The log as it is told later.

use std::collections::BTreeMap;

use guatu::atlas::Row;
use guatu::plan::Record;
use guatu::store::Store;
use serde_json::json;

use super::{by_key, commit, load, whole_log};
use crate::support::plan::{at, batch, create, delete, feature, one_of_each, replace, section, shape, shipped};

pub async fn changes_come_in_pages(store: impl Store) {
    let records = (0..10).map(|n| create(section(&format!("s{n}"), "篇")));
    let all = commit(&store, batch(records)).await;
    for (after, limit, expected) in
        [(0, 3, 0..3), (3, 3, 3..6), (9, 3, 9..10), (10, 3, 10..10), (99, 3, 10..10), (0, 0, 0..0), (0, 99, 0..10)]
    {
        assert_eq!(store.changes(after, limit).await.expect("a sound log"), all[expected], "{limit} after {after}");
    }
    assert_eq!(store.changes(u64::MAX, usize::MAX).await.expect("a sound log"), []);
}

pub async fn the_log_tells_what_was_there_before_and_after(store: impl Store) {
    let mut made = commit(&store, batch(one_of_each().into_iter().map(create))).await;
    let line = shape(json!({"type": "LineString", "coordinates": [[120.7, 30.7], [120.123_456_789_012_34, 30.1]]}));
    let one = feature(7, "roads", "a", line.clone());
    let mut two = one.clone();
    if let Record::Feature(feature) = &mut two {
        feature.name.zh = "改名".into();
        feature.accuracy_m = 0.1 + 0.2;
    }
    made.extend(commit(&store, batch([create(one.clone())])).await);
    made.extend(commit(&store, batch([replace(two.clone(), 1)])).await);
    made.extend(commit(&store, batch([delete(&two, 2)])).await);
    let told = whole_log(&store).await;
    assert_eq!(told, made, "what a commit answers is what the log tells later");
    let sides: Vec<_> = told[11..].iter().map(|change| (change.before.as_ref(), change.after.as_ref())).collect();
    assert_eq!(sides, [(None, Some(&one)), (Some(&one), Some(&two)), (Some(&two), None)]);
    for change in &told {
        assert_eq!((change.actor.as_str(), change.at), ("wang-fang", at("2019-06-01T08:00:00.125Z")));
    }
}

pub async fn loading_gives_what_a_replay_of_the_log_gives(store: impl Store) {
    commit(&store, batch(shipped().into_records().map(create))).await;
    let loaded = load(&store).await.records;
    for (index, row) in loaded.iter().enumerate().filter(|(index, _)| index % 3 == 0) {
        let edit = match &row.value {
            Record::Feature(feature) if index % 2 == 0 => delete(&Record::Feature(feature.clone()), 1),
            record => replace(record.clone(), 1),
        };
        commit(&store, batch([edit])).await;
    }
    let mut replayed = BTreeMap::new();
    for change in whole_log(&store).await {
        match change.after {
            Some(value) => replayed.insert(change.key, Row { version: change.version, value }),
            None => replayed.remove(&change.key),
        };
    }
    let loaded = load(&store).await;
    assert_eq!(by_key(loaded.records), replayed);
}
