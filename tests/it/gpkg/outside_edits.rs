//! Other programs write into a copy of the file: what they write well is read, what they write badly is refused by name.

use std::path::{Path, PathBuf};

use guatu::plan::Record;
use guatu::store::{Store, StoreError};
use tempfile::TempDir;

use super::{commit, copy_of, open, path_in, query, with_the_plan};
use crate::support::gdal::run;
use crate::support::plan::{create, section, shape, shipped, slug};

/// A copy of a store with the shipped plan, which nobody has open.
async fn closed_copy() -> (PathBuf, TempDir) {
    let (store, folder) = with_the_plan().await;
    store.flush().await.expect("a disk that works");
    drop(store);
    (copy_of(&path_in(&folder), "copy.gpkg"), folder)
}

fn sql(path: &Path, sql: &str) {
    run("ogrinfo", &[path.to_str().expect("UTF-8"), "-sql", sql]);
}

#[tokio::test]
async fn a_layer_written_back_by_ogr2ogr_is_read_with_its_index_and_can_be_edited_on() {
    let (path, folder) = closed_copy().await;
    let moved = folder.path().join("moved.geojson");
    let mut parks: Vec<_> = shipped().features.into_iter().filter(|f| f.collection == slug("parks")).collect();
    parks.truncate(1);
    let park = &parks[0];
    let ring = serde_json::json!([[[120.7, 30.7], [120.71, 30.7], [120.71, 30.71], [120.7, 30.7]]]);
    let geometry = serde_json::json!({"type": "Polygon", "coordinates": ring});
    let document = serde_json::json!({"type": "FeatureCollection", "features": [{
        "type": "Feature", "id": park.number, "geometry": geometry,
        "properties": {
            "id": park.id.as_str(), "version": 1, "project": park.project.as_ref().map(|id| id.as_str()),
            "name_zh": "改过的公园", "name_en": park.name.en, "accuracy_m": 3.5, "position": "surveyed",
        },
    }]});
    std::fs::write(&moved, document.to_string()).expect("a disk that works");
    let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    // Upsert takes the way through the triggers that GeoPackage 1.3's own set gets wrong.
    run("ogr2ogr", &["-upsert".to_owned(), text(&path), text(&moved), "-nln".to_owned(), "parks".to_owned()]);

    let store = open(&path);
    let loaded = store.load().await.expect("sound");
    let find = |row: &&guatu::atlas::Row<Record>| matches!(&row.value, Record::Feature(f) if f.number == park.number);
    let Some(Record::Feature(read)) = loaded.records.iter().find(find).map(|row| &row.value) else {
        panic!("the park is gone")
    };
    assert_eq!((read.name.zh.as_str(), read.accuracy_m, &read.shape), ("改过的公园", 3.5, &shape(geometry)));
    assert_eq!(loaded.records.len(), shipped().into_records().count());
    commit(&store, [create(section("s99", "篇"))]).await;
    store.flush().await.expect("a disk that works");
    drop(store);
    assert_eq!(query::<String>(&path, "PRAGMA integrity_check"), "ok");
    assert_eq!(query::<String>(&path, "SELECT rtreecheck('rtree_parks_geom')"), "ok");
    let hits = format!(
        "SELECT count(*) FROM rtree_parks_geom WHERE id = {} AND minx >= 120.6999 AND maxx <= 120.7101
           AND miny >= 30.6999 AND maxy <= 30.7101",
        park.number
    );
    assert_eq!(query::<i64>(&path, &hits), 1);
}

#[tokio::test]
async fn an_attribute_edited_in_sql_is_read() {
    let (path, _folder) = closed_copy().await;
    sql(&path, "UPDATE sections SET name_zh = '改过的篇章' WHERE id = 's1'");
    let records = open(&path).load().await.expect("sound").records;
    assert!(records.iter().any(|row| matches!(&row.value, Record::Section(s) if s.name.zh == "改过的篇章")));
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused_with_table_and_row() {
    let edits = [
        (
            "UPDATE parks SET position = 'nowhere'",
            "table parks",
            "column position: \"nowhere\" is not among the positions",
        ),
        ("UPDATE parks SET basis_en = NULL", "table parks", "column basis_zh: must be there in both languages"),
        ("UPDATE schools SET id = 'Not An Id ' || fid", "table schools", "column id"),
        ("UPDATE parks SET geom = (SELECT geom FROM schools LIMIT 1)", "table parks", "is a Point"),
        ("UPDATE projects SET due = '2019-02-30' WHERE fid = 3", "table projects, row 3", "column due"),
        ("UPDATE projects SET progress = 'much' WHERE fid = 3", "table projects, row 3", "column progress"),
        ("UPDATE targets SET version = -1 WHERE fid = 2", "table targets, row 2", "column version"),
        ("UPDATE targets SET value = 9e999 WHERE fid = 2", "table targets, row 2", "not a finite number"),
        ("UPDATE collections SET geometry_type = 'Circle' WHERE id = 'parks'", "table collections", "none of the six"),
        (
            "UPDATE parks SET fid = (SELECT min(fid) FROM schools) WHERE fid = (SELECT min(fid) FROM parks)",
            "table schools",
            "the number of a feature in another collection",
        ),
    ];
    let (path, _folder) = closed_copy().await;
    for (edit, place, reason) in edits {
        let copy = copy_of(&path, "edited.gpkg");
        sql(&copy, edit);
        match open(&copy).load().await {
            Err(StoreError::NotAStore { reason: found, .. }) => {
                assert!(found.contains(place) && found.contains(reason), "{edit}: {found}");
            }
            other => panic!("{edit} gives {:?}", other.map(|loaded| loaded.seq)),
        }
    }
}
