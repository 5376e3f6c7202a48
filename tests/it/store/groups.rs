//! Batches that are committed together: each is whole or not at all, whatever becomes of the others.

use guatu::plan::{Change, Inspection, Record};
use guatu::spatial::GeometryType;
use guatu::store::{Committed, Store, StoreError};

use super::{commit, load, whole_log};
use crate::support::plan::{batch, collection, create, delete, inspection, point, replace, section};

pub async fn a_refused_batch_leaves_the_others_of_its_group_alone(store: impl Store) {
    commit(&store, batch([create(section("s0", "零"))])).await;
    let group = vec![
        batch([create(section("s1", "一")), create(section("s2", "二"))]),
        // Its first edits fit, its last does not.
        batch([create(section("s3", "三")), replace(section("s0", "改"), 1), replace(section("s1", "改"), 9)]),
        batch([]),
        batch([create(section("s3", "另一三"))]),
        batch([create(collection("parks", GeometryType::Point)), create(point(1, "schools", "a", 120.7, 30.7))]),
        batch([replace(section("s0", "改"), 1)]),
    ];
    let answers = store.commit_all(group).await.expect("a disk that works");
    let outcome = |answer: &Result<Committed, StoreError>| match answer {
        Ok(committed) => Ok(committed.changes.iter().map(|change| (change.seq, change.batch)).collect::<Vec<_>>()),
        Err(StoreError::Conflict { key, .. }) => Err(format!("conflict {}", key.id)),
        Err(StoreError::Invalid { key, .. }) => Err(format!("invalid {}", key.id)),
        Err(other) => Err(other.to_string()),
    };
    let expected = [
        Ok(vec![(2, 2), (3, 2)]),
        Err("conflict s1".to_owned()),
        Ok(vec![]),
        Ok(vec![(4, 4)]),
        Err("invalid a".to_owned()),
        Ok(vec![(5, 5)]),
    ];
    assert_eq!(answers.iter().map(outcome).collect::<Vec<_>>(), expected);
    assert!(answers.iter().flatten().all(|committed| !committed.repeated));
    let landed: Vec<Change> = answers.into_iter().flatten().flat_map(|committed| committed.changes).collect();
    assert_eq!(whole_log(&store).await[1..], landed);
    let loaded = load(&store).await;
    let mut names: Vec<(String, u64)> = loaded
        .records
        .iter()
        .map(|row| match &row.value {
            Record::Section(section) => (section.name.zh.clone(), row.version),
            other => panic!("{} is half a batch", other.key()),
        })
        .collect();
    names.sort();
    let expected = [("一", 1), ("二", 1), ("另一三", 1), ("改", 2)];
    assert_eq!((loaded.seq, names), (5, expected.map(|(name, version)| (name.to_owned(), version)).into()));
}

pub async fn a_group_sees_what_came_before_in_it(store: impl Store) {
    let group = vec![
        batch([create(section("s1", "一"))]),
        batch([replace(section("s1", "二"), 1)]),
        batch([delete(&section("s1", ""), 2)]),
        batch([create(section("s1", "三"))]),
        batch([create(section("s1", "四"))]),
    ];
    let answers = store.commit_all(group).await.expect("a disk that works");
    let versions: Vec<Option<u64>> =
        answers.iter().map(|answer| answer.as_ref().ok().map(|committed| committed.changes[0].version)).collect();
    assert_eq!(versions, [Some(1), Some(2), Some(3), Some(4), None]);
}

pub async fn an_empty_group_has_no_answers(store: impl Store) {
    assert!(store.commit_all(Vec::new()).await.expect("a disk that works").is_empty());
    assert_eq!(load(&store).await.seq, 0);
}

pub async fn a_photo_belongs_to_one_report(store: impl Store) {
    let (first, second, other) = (inspection("r-1", "a"), inspection("r-2", "a"), inspection("r-3", "a"));
    let thief = Inspection { photos: first.photos.clone(), ..second };
    let batches = [&first, &thief, &other].map(|report| batch([create(Record::Inspection(report.clone()))]));
    let answers = store.commit_all(batches.into()).await.expect("a sound store");
    assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
    assert!(matches!(&answers[1], Err(StoreError::Invalid { key, .. }) if key.id.as_str() == "r-2"), "{answers:?}");
    // Whoever has it keeps it through changes.
    let decided = Inspection { decision: None, ..first };
    commit(&store, batch([replace(Record::Inspection(decided), 1)])).await;
}
