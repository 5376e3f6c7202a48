//! Batches and versions.

use guatu::atlas::Row;
use guatu::plan::{Edit, Expected, Record, RecordKey};
use guatu::spatial::GeometryType;
use guatu::store::{Loaded, Store, StoreError};

use super::{by_key, commit, load, refused, whole_log};
use crate::support::plan::{batch, collection, create, delete, one_of_each, point, project, replace, section, slug};

pub async fn an_empty_store_loads_as_sequence_number_zero(store: impl Store) {
    assert_eq!(load(&store).await, Loaded { seq: 0, records: Vec::new() });
    assert_eq!(whole_log(&store).await, Vec::new());
}

pub async fn a_batch_lands_whole_and_numbers_run_from_one(store: impl Store) {
    let changes = commit(&store, batch(one_of_each().into_iter().map(create))).await;
    assert_eq!(changes.iter().map(|change| change.seq).collect::<Vec<_>>(), (1..=11).collect::<Vec<_>>());
    let more = commit(&store, batch([create(section("s2", "二"))])).await;
    assert_eq!(more[0].seq, 12);
    let loaded = load(&store).await;
    assert_eq!(loaded.seq, 12);
    let mut expected = one_of_each();
    expected.push(section("s2", "二"));
    let found = by_key(loaded.records);
    assert_eq!(found.len(), expected.len());
    for record in expected {
        assert_eq!(found[&record.key()], Row { version: 1, value: record });
    }
}

pub async fn an_empty_batch_changes_nothing(store: impl Store) {
    assert_eq!(commit(&store, batch([])).await, Vec::new());
    assert_eq!(load(&store).await.seq, 0);
}

pub async fn a_conflict_lands_nothing_of_its_batch(store: impl Store) {
    commit(&store, batch([create(section("s1", "一"))])).await;
    let stale = [
        (create(section("s1", "又")), Expected::Absent, Some(1)),
        (replace(section("s1", "又"), 2), Expected::Version(2), Some(1)),
        (replace(section("s9", "无"), 1), Expected::Version(1), None),
        (delete(&section("s1", ""), 7), Expected::Version(7), Some(1)),
        (delete(&section("s9", ""), 1), Expected::Version(1), None),
    ];
    for (edit, wanted, there) in stale {
        let key_wanted = edit.key();
        let earlier = [create(collection("parks", GeometryType::Point)), create(point(1, "parks", "a", 120.7, 30.7))];
        match refused(&store, batch(earlier.into_iter().chain([edit]))).await {
            StoreError::Conflict { key, expected, found } => {
                assert_eq!((key, expected, found), (key_wanted, wanted, there));
            }
            other => panic!("{other} is not a conflict"),
        }
    }
    assert_eq!(commit(&store, batch([create(section("s2", "二"))])).await[0].seq, 2);
}

pub async fn each_edit_sees_the_edits_before_it(store: impl Store) {
    let changes = commit(
        &store,
        batch([
            create(section("s1", "一")),
            replace(section("s1", "二"), 1),
            delete(&section("s1", ""), 2),
            create(section("s1", "三")),
        ]),
    )
    .await;
    assert_eq!(changes.iter().map(|change| change.version).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(load(&store).await.records, [Row { version: 4, value: section("s1", "三") }]);
}

pub async fn versions_rise_by_one_and_go_on_after_a_deletion(store: impl Store) {
    let project = Record::Project(project("road-a"));
    assert_eq!(commit(&store, batch([create(project.clone())])).await[0].version, 1);
    assert_eq!(commit(&store, batch([replace(project.clone(), 1)])).await[0].version, 2);
    assert_eq!(commit(&store, batch([replace(project.clone(), 2)])).await[0].version, 3);
    assert_eq!(commit(&store, batch([delete(&project, 3)])).await[0].version, 4);
    assert_eq!(load(&store).await.records, []);
    assert_eq!(commit(&store, batch([create(project)])).await[0].version, 5);
}

pub async fn a_key_that_no_record_can_have_is_not_found(store: impl Store) {
    commit(&store, batch([create(section("s1", "一")), create(collection("parks", GeometryType::Point))])).await;
    let homeless = RecordKey { collection: None, ..point(1, "parks", "a", 120.7, 30.7).key() };
    let housed = RecordKey { collection: Some(slug("parks")), ..section("s1", "").key() };
    for key in [homeless, housed] {
        let edit = Edit::Delete { key, version: 1 };
        assert!(matches!(refused(&store, batch([edit])).await, StoreError::Conflict { found: None, .. }));
    }
}

pub async fn a_refusal_names_its_record(store: impl Store) {
    commit(&store, batch([create(section("s1", "一"))])).await;
    let conflict = refused(&store, batch([replace(section("s1", "又"), 7)])).await.to_string();
    assert!(["s1", "7", "1"].iter().all(|part| conflict.contains(part)), "{conflict}");
    let absent = refused(&store, batch([delete(&section("s9", ""), 3)])).await.to_string();
    assert!(absent.contains("s9") && absent.contains("None"), "{absent}");
    let homeless = refused(&store, batch([create(point(1, "parks", "a", 120.7, 30.7))])).await.to_string();
    assert!(homeless.contains("parks/a") && homeless.contains("no collection"), "{homeless}");
}
