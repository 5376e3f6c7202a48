//! The GeoPackage store: the contract, and what only a file must keep. Foreign readers and writers are in the modules below.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use guatu::plan::{Edit, Record};
use guatu::store::Store;
use guatu::store::gpkg::{GpkgStore, Options};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::plan::{batch, create, shipped};

mod contract {
    use guatu::store::gpkg::GpkgStore;
    use tempfile::TempDir;

    /// A file in a folder of its own.
    struct File(TempDir);

    impl crate::store::Home for File {
        type Store = GpkgStore;

        fn open(&self) -> GpkgStore {
            super::open(&super::path_in(&self.0))
        }
    }

    crate::store_contract! { File(tempfile::tempdir().expect("a temporary folder")) }
}

mod contents;
mod foreign_files;
mod gdal;
mod migration;
mod outside_edits;

fn open(path: &Path) -> GpkgStore {
    GpkgStore::open(path, &Options::default()).expect("a store of ours")
}

fn path_in(folder: &TempDir) -> PathBuf {
    folder.path().join("plan.gpkg")
}

fn fresh() -> (GpkgStore, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    (open(&path_in(&folder)), folder)
}

async fn commit(store: &GpkgStore, edits: impl IntoIterator<Item = Edit>) {
    store.commit(batch(edits)).await.expect("a batch that fits");
}

/// A store with the shipped plan.
async fn with_the_plan() -> (GpkgStore, TempDir) {
    let (store, folder) = fresh();
    commit(&store, shipped().into_records().map(create)).await;
    (store, folder)
}

/// A copy of a closed store's file, for others to work on.
fn copy_of(path: &Path, name: &str) -> PathBuf {
    let copy = path.with_file_name(name);
    std::fs::copy(path, &copy).expect("a file that can be copied");
    copy
}

fn query<T: rusqlite::types::FromSql>(path: &Path, sql: &str) -> T {
    let connection = Connection::open(path).expect("an SQLite file");
    connection.query_row(sql, [], |row| row.get(0)).expect(sql)
}

#[tokio::test]
async fn a_store_is_the_same_after_closing_dropping_and_beside_another() {
    let (store, folder) = with_the_plan().await;
    let path = path_in(&folder);
    let (loaded, told) = (store.load().await.expect("sound"), store.changes(0, usize::MAX).await.expect("sound"));
    let beside = open(&path);
    assert_eq!(beside.load().await.expect("sound"), loaded);
    drop(beside);
    store.flush().await.expect("a disk that works");
    drop(store);
    assert!(!path.with_file_name("plan.gpkg-wal").exists(), "the file alone can be handed on");
    let again = open(&path);
    assert_eq!(again.load().await.expect("sound"), loaded);
    drop(again);
    let again = open(&path);
    assert_eq!(again.load().await.expect("sound"), loaded);
    assert_eq!(again.changes(0, usize::MAX).await.expect("sound"), told);
}

#[tokio::test]
async fn a_commit_waits_for_another_program_and_fails_whole_when_it_takes_too_long() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = path_in(&folder);
    let options = Options { busy_timeout: std::time::Duration::from_millis(50) };
    let store = GpkgStore::open(&path, &options).expect("a new store");
    let other = Connection::open(&path).expect("an SQLite file");
    other.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
    let edit = || batch([create(crate::support::plan::section("s1", "篇"))]);
    let fault = store.commit(edit()).await.expect_err("the file is locked");
    assert!(matches!(fault, guatu::store::StoreError::Busy(_)), "{fault}");
    assert_eq!(store.load().await.expect("readers do not wait").seq, 0);
    other.execute_batch("ROLLBACK").expect("it was begun");
    assert_eq!(store.commit(edit()).await.expect("free again")[0].seq, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_stores_that_write_at_the_same_time_share_one_log() {
    let (one, folder) = fresh();
    let stores = [Arc::new(one), Arc::new(open(&path_in(&folder)))];
    let tasks: Vec<_> = (0..40)
        .map(|n| {
            let store = Arc::clone(&stores[n % 2]);
            let record = crate::support::plan::section(&format!("s{n}"), "篇");
            tokio::spawn(async move { commit(&store, [create(record)]).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("a commit that waits for its turn");
    }
    for store in stores {
        let seqs: Vec<_> = store.changes(0, 99).await.expect("sound").iter().map(|change| change.seq).collect();
        assert_eq!(seqs, (1..=40).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_collection_cannot_take_the_name_of_a_table() {
    let (store, _folder) = fresh();
    for name in ["plan", "changes", "feature_numbers", "gpkg_contents", "gpkg_x", "sqlite_x", "rtree_x", "refinery_x"] {
        let record = crate::support::plan::collection(name, guatu::spatial::GeometryType::Point);
        let fault = store.commit(batch([create(record)])).await.expect_err(name).to_string();
        assert!(fault.contains("another table"), "{fault}");
    }
    // Any other id is a table's name once it is quoted.
    for (name, number) in ["select", "2019", "a-b_c", "order"].into_iter().zip(1..) {
        let record = crate::support::plan::collection(name, guatu::spatial::GeometryType::Point);
        commit(&store, [create(record.clone())]).await;
        commit(&store, [create(crate::support::plan::point(number, name, "x", 1.0, 2.0))]).await;
    }
}

fn features(records: &[Record]) -> impl Iterator<Item = &guatu::plan::Feature> {
    records.iter().filter_map(|record| match record {
        Record::Feature(feature) => Some(feature),
        _ => None,
    })
}
