//! The contract of a store as rules that every implementation passes; `store_contract!` makes a test of each.

use std::collections::BTreeMap;
use std::sync::Arc;

use guatu::atlas::Row;
use guatu::plan::{Batch, Change, Expected, Record, RecordKey};
use guatu::spatial::GeometryType;
use guatu::store::{Loaded, Store, StoreError};
use serde_json::json;

use crate::support::plan::{
    at, batch, collection, create, delete, feature, one_of_each, point, project, replace, section, shape, shipped, slug,
};

/// Makes a test of each rule for one implementation; `$make` gives a fresh, empty store and whatever keeps it alive.
#[macro_export]
macro_rules! store_contract {
    ($make:expr; $($rule:ident),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $rule() {
            let (store, _alive) = $make;
            $crate::store::$rule(store).await;
        })+
    };
    ($make:expr) => {
        $crate::store_contract! { $make;
            an_empty_store_loads_as_sequence_number_zero,
            a_batch_lands_whole_and_numbers_run_from_one,
            an_empty_batch_changes_nothing,
            a_conflict_lands_nothing_of_its_batch,
            each_edit_sees_the_edits_before_it,
            versions_rise_by_one_and_start_again_after_a_deletion,
            changes_come_in_pages,
            the_log_tells_what_was_there_before_and_after,
            loading_gives_what_a_replay_of_the_log_gives,
            concurrent_commits_get_numbers_without_gaps,
            only_one_of_many_equal_edits_lands,
            any_text_survives,
            a_number_that_is_not_finite_cannot_get_in,
            all_six_geometry_types_come_back_bit_by_bit,
            a_feature_needs_its_collection_and_its_type,
            a_collection_with_features_cannot_be_deleted_or_change_its_type,
            a_feature_number_is_never_given_to_another,
            times_are_kept_to_the_millisecond,
            a_key_that_no_record_can_have_is_not_found,
        }
    };
}

async fn commit(store: &impl Store, batch: Batch) -> Vec<Change> {
    store.commit(batch).await.expect("a batch that fits")
}

async fn load(store: &impl Store) -> Loaded {
    store.load().await.expect("a sound store")
}

async fn log(store: &impl Store) -> Vec<Change> {
    store.changes(0, usize::MAX).await.expect("a sound log")
}

fn by_key(records: Vec<Row<Record>>) -> BTreeMap<RecordKey, Row<Record>> {
    records.into_iter().map(|row| (row.value.key(), row)).collect()
}

/// Asserts that the store stays as it is while `batch` is refused, and gives the refusal.
async fn refused(store: &impl Store, batch: Batch) -> StoreError {
    let (before, log_before) = (load(store).await, log(store).await);
    let fault = store.commit(batch).await.expect_err("a batch that does not fit");
    assert_eq!(load(store).await, before);
    assert_eq!(log(store).await, log_before);
    fault
}

async fn invalid(store: &impl Store, batch: Batch, part: &str) {
    match refused(store, batch).await {
        StoreError::Invalid { reason, .. } => assert!(reason.contains(part), "{reason:?} lacks {part:?}"),
        other => panic!("{other} is not about an invalid record"),
    }
}

pub async fn an_empty_store_loads_as_sequence_number_zero(store: impl Store) {
    assert_eq!(load(&store).await, Loaded { seq: 0, records: Vec::new() });
    assert_eq!(log(&store).await, Vec::new());
}

pub async fn a_batch_lands_whole_and_numbers_run_from_one(store: impl Store) {
    let changes = commit(&store, batch(one_of_each().into_iter().map(create))).await;
    assert_eq!(changes.iter().map(|change| change.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8]);
    let more = commit(&store, batch([create(section("s2", "二"))])).await;
    assert_eq!(more[0].seq, 9);
    let loaded = load(&store).await;
    assert_eq!(loaded.seq, 9);
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
    assert_eq!(changes.iter().map(|change| change.version).collect::<Vec<_>>(), [1, 2, 3, 1]);
    assert_eq!(load(&store).await.records, [Row { version: 1, value: section("s1", "三") }]);
}

pub async fn versions_rise_by_one_and_start_again_after_a_deletion(store: impl Store) {
    let project = Record::Project(project("road-a"));
    assert_eq!(commit(&store, batch([create(project.clone())])).await[0].version, 1);
    assert_eq!(commit(&store, batch([replace(project.clone(), 1)])).await[0].version, 2);
    assert_eq!(commit(&store, batch([replace(project.clone(), 2)])).await[0].version, 3);
    assert_eq!(commit(&store, batch([delete(&project, 3)])).await[0].version, 4);
    assert_eq!(load(&store).await.records, []);
    assert_eq!(commit(&store, batch([create(project)])).await[0].version, 1);
}

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
    let told = log(&store).await;
    assert_eq!(told, made, "what a commit answers is what the log tells later");
    let sides: Vec<_> = told[8..].iter().map(|change| (change.before.as_ref(), change.after.as_ref())).collect();
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
    for change in log(&store).await {
        match change.after {
            Some(value) => replayed.insert(change.key, Row { version: change.version, value }),
            None => replayed.remove(&change.key),
        };
    }
    let loaded = load(&store).await;
    assert_eq!(by_key(loaded.records), replayed);
}

pub async fn concurrent_commits_get_numbers_without_gaps(store: impl Store) {
    let store = Arc::new(store);
    let tasks: Vec<_> = (0..40)
        .map(|n| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let records = (0..3).map(|m| create(section(&format!("s{n}-{m}"), "篇")));
                commit(&*store, batch(records)).await
            })
        })
        .collect();
    let mut numbers = Vec::new();
    for task in tasks {
        let changes = task.await.expect("a task that ends");
        assert!(changes.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1), "a batch is not torn apart");
        numbers.extend(changes.iter().map(|change| change.seq));
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=120).collect::<Vec<_>>());
    assert_eq!(load(&*store).await.seq, 120);
}

pub async fn only_one_of_many_equal_edits_lands(store: impl Store) {
    let store = Arc::new(store);
    commit(&*store, batch([create(section("s1", "一"))])).await;
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.commit(batch([replace(section("s1", &format!("第{n}")), 1)])).await })
        })
        .collect();
    let mut landed = 0;
    for task in tasks {
        match task.await.expect("a task that ends") {
            Ok(_) => landed += 1,
            Err(StoreError::Conflict { .. }) => {}
            Err(other) => panic!("{other} is not a conflict"),
        }
    }
    assert_eq!((landed, load(&*store).await.seq), (1, 2));
}

pub async fn any_text_survives(store: impl Store) {
    let texts = [
        "槜李路",
        "'; DROP TABLE sections; --",
        "\"quoted\" \\ back",
        "a\0b",
        "🏗️👷🏽",
        "",
        " \t\n\r ",
        "𠮷\u{feff}",
        "123",
        "1e3",
    ];
    let records: Vec<_> = texts.iter().enumerate().map(|(n, text)| section(&format!("s{n}"), text)).collect();
    let mut wanted = batch(records.iter().cloned().map(create));
    wanted.actor = "张三\0'\"🙂".into();
    let made = commit(&store, wanted).await;
    let loaded: Vec<_> = load(&store).await.records.into_iter().map(|row| row.value).collect();
    assert_eq!(loaded, records);
    assert_eq!(log(&store).await, made);
}

pub async fn a_number_that_is_not_finite_cannot_get_in(store: impl Store) {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for record in one_of_each() {
            let record = match record {
                Record::Plan(mut plan) => {
                    plan.extent[2] = bad;
                    Record::Plan(plan)
                }
                Record::Project(mut project) => {
                    for field in 0..3 {
                        let mut project = project.clone();
                        let investment = project.investment.as_mut().expect("there");
                        match field {
                            0 => investment.planned_cny = bad,
                            1 => investment.paid_cny = Some(bad),
                            _ => project.curve.as_mut().expect("there").push(bad),
                        }
                        invalid(&store, batch([create(Record::Project(project))]), "finite").await;
                    }
                    project.progress = Some(bad);
                    Record::Project(project)
                }
                Record::LightRule(mut rule) => {
                    rule.behind_red_points = bad;
                    Record::LightRule(rule)
                }
                Record::Target(mut target) => {
                    for field in 0..2 {
                        let mut target = target.clone();
                        *(if field == 0 { &mut target.value } else { target.stretch.as_mut().expect("there") }) = bad;
                        invalid(&store, batch([create(Record::Target(target))]), "finite").await;
                    }
                    target.readings[1].value = bad;
                    Record::Target(target)
                }
                _ => continue,
            };
            invalid(&store, batch([create(record)]), "finite").await;
        }
        let mut place = point(1, "parks", "a", 120.7, 30.7);
        if let Record::Feature(feature) = &mut place {
            feature.accuracy_m = bad;
        }
        let parks = create(collection("parks", GeometryType::Point));
        invalid(&store, batch([parks, create(place)]), "finite").await;
    }
}

pub async fn all_six_geometry_types_come_back_bit_by_bit(store: impl Store) {
    let ring = [[0.1, 0.1], [9.3, 0.1], [9.3, 9.7], [0.1, 9.7], [0.1, 0.1]];
    let hole = [[1.1, 1.1], [1.1, 2.2], [2.2, 2.2], [1.1, 1.1]];
    let far = [[20.0, 20.0], [21.0, 20.0], [21.0, 21.0], [20.0, 20.0]];
    let line = [[120.123_456_789_012_34, 30.1], [-0.0, 5e-324], [0.3, 0.1 + 0.2]];
    let six = [
        json!({"type": "Point", "coordinates": [120.700_000_000_000_01, -1e-300]}),
        json!({"type": "LineString", "coordinates": line}),
        json!({"type": "Polygon", "coordinates": [ring, hole]}),
        json!({"type": "MultiPoint", "coordinates": line}),
        json!({"type": "MultiLineString", "coordinates": [line, [[1.0, 1.0], [2.0, 2.0]]]}),
        json!({"type": "MultiPolygon", "coordinates": [[ring, hole], [far]]}),
    ];
    let bits = |record: &Record| match record {
        Record::Feature(feature) => {
            use geo::CoordsIter;
            feature.shape.geometry().coords_iter().map(|at| (at.x.to_bits(), at.y.to_bits())).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    };
    for (value, number) in six.into_iter().zip(1_u64..) {
        let (shape, id) = (shape(value), format!("c{number}"));
        let home = collection(&id, shape.geometry_type());
        let record = feature(number, &id, "a", shape);
        commit(&store, batch([create(home), create(record.clone())])).await;
        let loaded = by_key(load(&store).await.records);
        let back = &loaded[&record.key()].value;
        assert_eq!((back, bits(back)), (&record, bits(&record)));
        let told = log(&store).await.pop().and_then(|change| change.after).expect("the feature's creation");
        assert_eq!((&told, bits(&told)), (&record, bits(&record)));
    }
}

pub async fn a_feature_needs_its_collection_and_its_type(store: impl Store) {
    invalid(&store, batch([create(point(1, "parks", "a", 120.7, 30.7))]), "no collection parks").await;
    commit(&store, batch([create(collection("parks", GeometryType::Polygon))])).await;
    invalid(&store, batch([create(point(1, "parks", "a", 120.7, 30.7))]), "holds Polygons").await;
}

pub async fn a_collection_with_features_cannot_be_deleted_or_change_its_type(store: impl Store) {
    let (parks, place) = (collection("parks", GeometryType::Point), point(1, "parks", "a", 120.7, 30.7));
    commit(&store, batch([create(parks.clone()), create(place.clone())])).await;
    invalid(&store, batch([delete(&parks, 1)]), "still has features").await;
    let polygons = collection("parks", GeometryType::Polygon);
    invalid(&store, batch([replace(polygons.clone(), 1)]), "features are Points").await;
    commit(&store, batch([delete(&place, 1), replace(polygons, 1)])).await;
    invalid(&store, batch([create(point(2, "parks", "b", 120.7, 30.7))]), "holds Polygons").await;
    commit(&store, batch([delete(&parks, 2), create(parks), create(point(2, "parks", "b", 120.7, 30.7))])).await;
    assert_eq!(load(&store).await.records.len(), 2);
}

pub async fn a_feature_number_is_never_given_to_another(store: impl Store) {
    let place = point(1, "parks", "a", 120.7, 30.7);
    let homes = ["parks", "schools"].map(|id| create(collection(id, GeometryType::Point)));
    commit(&store, batch(homes.into_iter().chain([create(place.clone())]))).await;
    for thief in [point(1, "parks", "b", 120.7, 30.7), point(1, "schools", "a", 120.7, 30.7)] {
        invalid(&store, batch([create(thief.clone())]), "belongs to another").await;
        invalid(&store, batch([delete(&place, 1), create(thief)]), "belongs to another").await;
    }
    invalid(&store, batch([replace(point(2, "parks", "a", 120.7, 30.7), 1)]), "cannot become 2").await;
    invalid(&store, batch([create(point(u64::MAX, "parks", "z", 120.7, 30.7))]), "more than").await;
    // The same feature may come back under its own number, as when a deletion is undone.
    commit(&store, batch([delete(&place, 1)])).await;
    commit(&store, batch([create(place)])).await;
}

pub async fn times_are_kept_to_the_millisecond(store: impl Store) {
    let mut fine = batch([create(section("s1", "一"))]);
    fine.at = at("2019-06-01T08:00:00.123456789Z");
    let made = commit(&store, fine).await;
    assert_eq!(made[0].at, at("2019-06-01T08:00:00.123Z"));
    assert_eq!(log(&store).await, made);
}

pub async fn a_key_that_no_record_can_have_is_not_found(store: impl Store) {
    commit(&store, batch([create(section("s1", "一")), create(collection("parks", GeometryType::Point))])).await;
    let homeless = RecordKey { collection: None, ..point(1, "parks", "a", 120.7, 30.7).key() };
    let housed = RecordKey { collection: Some(slug("parks")), ..section("s1", "").key() };
    for key in [homeless, housed] {
        let edit = guatu::plan::Edit::Delete { key, version: 1 };
        assert!(matches!(refused(&store, batch([edit])).await, StoreError::Conflict { found: None, .. }));
    }
}
