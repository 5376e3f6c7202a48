//! Files that are not ours are refused with the reason, and not a byte of them changes.

use std::fs;
use std::path::Path;

use guatu::store::gpkg::{GpkgStore, Options};
use guatu::store::{Store, StoreError};
use rusqlite::Connection;

use super::{open, path_in, with_the_plan};
use crate::support::gdal::run;

fn refused(path: &Path, part: &str) {
    let before = fs::read(path).ok();
    match GpkgStore::open(path, &Options::default()).map(|_| ()) {
        Err(StoreError::NotAStore { path: named, reason }) => {
            assert_eq!(named, path.display().to_string());
            assert!(reason.contains(part), "{reason:?} lacks {part:?}");
        }
        other => panic!("{} gives {other:?}", path.display()),
    }
    assert!(fs::read(path).ok() == before, "{} is no longer the same", path.display());
}

#[tokio::test]
async fn what_is_not_ours_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);

    fs::write(path("note.gpkg"), "这不是数据库\n".repeat(500)).expect("a disk that works");
    refused(&path("note.gpkg"), "not an SQLite file");
    fs::write(path("short.gpkg"), "x").expect("a disk that works");
    refused(&path("short.gpkg"), "not a GeoPackage");
    refused(folder.path(), "");

    let other = Connection::open(path("other.db")).expect("a new file");
    other.execute_batch("CREATE TABLE changes (seq); PRAGMA journal_mode = WAL;").expect("plain SQL");
    drop(other);
    refused(&path("other.db"), "not a GeoPackage");

    let places = Path::new(env!("CARGO_MANIFEST_DIR")).join("geodata/jxedz-2019/schools.geojson");
    run("ogr2ogr", &["-f", "GPKG", path("foreign.gpkg").to_str().expect("UTF-8"), places.to_str().expect("UTF-8")]);
    refused(&path("foreign.gpkg"), "not one that Guatu made");
}

#[tokio::test]
async fn a_file_of_a_newer_program_is_refused() {
    let (store, folder) = with_the_plan().await;
    store.flush().await.expect("a disk that works");
    drop(store);
    let path = path_in(&folder);
    let connection = Connection::open(&path).expect("an SQLite file");
    let sql = "INSERT INTO refinery_schema_history
                 SELECT 99, 'later', applied_on, checksum FROM refinery_schema_history WHERE version = 1";
    connection.execute(sql, []).expect("refinery's table");
    drop(connection);
    refused(&path, "its schema is 99, and this program knows ");
}

#[tokio::test]
async fn a_file_with_another_schema_of_the_same_number_is_refused() {
    let (store, folder) = with_the_plan().await;
    store.flush().await.expect("a disk that works");
    drop(store);
    let path = path_in(&folder);
    let connection = Connection::open(&path).expect("an SQLite file");
    connection.execute("UPDATE refinery_schema_history SET checksum = '1'", []).expect("refinery's table");
    drop(connection);
    refused(&path, "its schema 1 is not the one");
}

#[tokio::test]
async fn a_torn_file_is_refused() {
    let (store, folder) = with_the_plan().await;
    store.flush().await.expect("a disk that works");
    drop(store);
    let whole = fs::read(path_in(&folder)).expect("the file");
    let torn = folder.path().join("torn.gpkg");
    fs::write(&torn, &whole[..50]).expect("a disk that works");
    refused(&torn, "");
    fs::write(&torn, &whole[..6000]).expect("a disk that works");
    refused(&torn, "malformed");
}

#[tokio::test]
async fn an_empty_file_becomes_a_store_but_a_journal_without_its_file_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = path_in(&folder);
    fs::write(&path, "").expect("a disk that works");
    assert_eq!(open(&path).load().await.expect("sound").seq, 0);
    assert!(!folder.path().join("plan.gpkg.partial").exists());

    let missing = folder.path().join("missing.gpkg");
    let journal = folder.path().join("missing.gpkg-wal");
    fs::write(&journal, "the last commits").expect("a disk that works");
    refused(&missing, "-wal is there");
    assert_eq!(fs::read(&journal).expect("the journal"), b"the last commits");
}

#[test]
fn a_folder_that_is_not_there_is_a_failure_with_the_path() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("no/such/plan.gpkg");
    let fault = GpkgStore::open(&path, &Options::default()).map(|_| ()).expect_err("no folder");
    assert!(matches!(&fault, StoreError::Failed(text) if text.contains("no/such/plan.gpkg")), "{fault}");
}
