//! The log of one store is taken over by another: a move from a file to a server and back.

use guatu::plan::Record;
use guatu::spatial::GeometryType;
use guatu::store::gpkg::{self, GpkgStore};
use guatu::store::{Store, StoreError};

use super::{Home, records, whole_log};
use crate::support::plan::{batch, collection, create, delete, one_of_each, point, replace, section, shipped};

/// Changes of all sorts.
async fn fill(store: &impl Store) {
    store.commit(batch(shipped().into_records().map(create))).await.expect("it fits");
    let loaded = store.load().await.expect("a sound store").records;
    for (index, row) in loaded.iter().enumerate().filter(|(index, _)| index % 5 == 0) {
        let edit = match &row.value {
            Record::Feature(feature) if index % 2 == 0 => delete(&Record::Feature(feature.clone()), 1),
            record => replace(record.clone(), 1),
        };
        let mut batch = batch([edit]);
        batch.note = Some("说明\0".to_owned());
        store.commit(batch).await.expect("it fits");
    }
    let mut others = one_of_each();
    others.retain(|record| {
        !matches!(record, Record::Plan(_)) && !loaded.iter().any(|row| row.value.key() == record.key())
    });
    store.commit(batch(others.into_iter().map(create))).await.expect("it fits");
}

async fn assert_moved(from: &impl Store, to: &impl Store, next: &str) {
    let log = whole_log(from).await;
    for page in log.chunks(500) {
        to.replay(page.to_vec()).await.expect("it follows");
    }
    assert_eq!(whole_log(to).await, log);
    let (from_loaded, to_loaded) = (from.load().await.expect("sound"), to.load().await.expect("sound"));
    assert_eq!(from_loaded.seq, to_loaded.seq);
    assert_eq!(records(from_loaded), records(to_loaded));
    assert_eq!(from.batches(0).await.expect("sound"), to.batches(0).await.expect("sound"));
    // Numbers and versions go on from there.
    let next = [create(collection(next, GeometryType::Point)), create(point(0, next, "a", 120.7, 30.7))];
    let (one, two) = (from.commit(batch(next.clone())).await, to.commit(batch(next)).await);
    assert_eq!(one.expect("it fits"), two.expect("it fits"));
}

fn file(folder: &tempfile::TempDir, name: &str) -> GpkgStore {
    GpkgStore::open(&folder.path().join(name), &gpkg::Options::default()).expect("a store")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_moves_to_a_server_and_back() {
    let (home, folder) = (Home::new(), tempfile::tempdir().expect("a folder"));
    let (store, one, two) = (home.store().await, file(&folder, "one.gpkg"), file(&folder, "two.gpkg"));
    fill(&one).await;
    assert_moved(&one, &store, "first").await;
    assert_moved(&store, &two, "second").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_that_do_not_follow_are_refused_whole() {
    let (home, folder) = (Home::new(), tempfile::tempdir().expect("a folder"));
    let (store, from) = (home.store().await, file(&folder, "one.gpkg"));
    from.commit(batch([create(section("s1", "一")), create(section("s2", "二"))])).await.expect("it fits");
    from.commit(batch([replace(section("s1", "三"), 1)])).await.expect("it fits");
    let log = whole_log(&from).await;
    let file = file(&folder, "two.gpkg");
    let mut wrong_content = log.clone();
    wrong_content[2].before = None;
    let mut wrong_version = log.clone();
    wrong_version[2].version = 7;
    let mut back_in_time = log.clone();
    back_in_time[2].at = "2001-01-01T00:00:00Z".parse().expect("a time");
    let gap = vec![log[0].clone(), log[2].clone()];
    for wrong in [gap, log[1..].to_vec(), wrong_content, wrong_version, back_in_time] {
        for refused in [store.replay(wrong.clone()).await, file.replay(wrong).await] {
            assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
        }
        assert_eq!((store.load().await.expect("sound").seq, file.load().await.expect("sound").seq), (0, 0));
    }
    store.replay(log.clone()).await.expect("it follows");
    file.replay(log.clone()).await.expect("it follows");
    store.replay(Vec::new()).await.expect("nothing");
    assert_eq!((whole_log(&store).await, whole_log(&file).await), (log.clone(), log));
}
