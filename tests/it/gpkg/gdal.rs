//! GDAL reads the file while the store is open.

use std::fmt::Write;

use geo::{Coord, Rect};
use guatu::plan::{Feature, Record};
use guatu::spatial::GeometryType;
use guatu::store::Store;

use super::{commit, copy_of, features, fresh, path_in, with_the_plan};
use crate::support::gdal::{layer, run};
use crate::support::plan::{collection, create, delete, point, replace, shipped};

fn rect_of<'a>(features: impl Iterator<Item = &'a Feature>) -> Rect {
    let rects = features.map(|feature| feature.shape.rect());
    rects
        .reduce(|a, b| {
            let low = Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
            Rect::new(low, Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) })
        })
        .expect("a collection with features")
}

fn gdal_name(geometry_type: GeometryType) -> &'static str {
    match geometry_type {
        GeometryType::Point => "Point",
        GeometryType::LineString => "Line String",
        GeometryType::Polygon => "Polygon",
        GeometryType::MultiPoint => "Multi Point",
        GeometryType::MultiLineString => "Multi Line String",
        GeometryType::MultiPolygon => "Multi Polygon",
    }
}

#[tokio::test]
async fn every_layer_of_the_shipped_plan_is_listed_with_type_count_extent_and_srs() {
    let (_open, folder) = with_the_plan().await;
    let path = path_in(&folder);
    let report = run("ogrinfo", &["-ro", "-al", "-so", path.to_str().expect("UTF-8")]);
    let seed = shipped();
    assert_eq!(seed.collections.len(), 15);
    for collection in &seed.collections {
        let own = || seed.features.iter().filter(|feature| feature.collection == collection.id);
        let (found, rect) = (layer(&report, collection.id.as_str()), rect_of(own()));
        let mut extent = String::new();
        let (low, high) = (rect.min(), rect.max());
        write!(extent, "Extent: ({:.6}, {:.6}) - ({:.6}, {:.6})", low.x, low.y, high.x, high.y).expect("a String");
        for part in [
            format!("Geometry: {}\n", gdal_name(collection.geometry_type)),
            format!("Feature Count: {}\n", own().count()),
            extent,
            "ID[\"EPSG\",4326]".into(),
            format!("IDENTIFIER={} {}", collection.title.zh, collection.title.en),
            "FID Column = fid".into(),
            "Geometry Column NOT NULL = geom".into(),
        ] {
            assert!(found.contains(&part), "{part:?} is not in {found}");
        }
    }
    let members: usize = seed.quotas.iter().map(|quota| quota.members.len()).sum();
    let tables = [
        ("plan", 1),
        ("sections", seed.sections.len()),
        ("targets", seed.targets.len()),
        ("target_readings", 0),
        ("quotas", seed.quotas.len()),
        ("quota_members", members),
        ("projects", seed.projects.len()),
        ("project_milestones", 0),
        ("light_rules", 1),
        ("inspection_rules", 0),
        ("patches", 0),
        ("patch_inspectors", 0),
        ("inspections", 0),
        ("inspection_photos", 0),
        ("themes", seed.themes.len()),
        ("collections", 15),
        ("changes", seed.into_records().count()),
    ];
    for (table, count) in tables {
        let found = layer(&report, table);
        assert!(found.contains("Geometry: None\n") && found.contains(&format!("Feature Count: {count}\n")), "{found}");
    }
    assert_eq!(report.matches("Layer name: ").count(), 15 + tables.len(), "and nothing else is listed");
}

#[tokio::test]
async fn the_texts_and_dates_of_the_shipped_plan_are_read_as_they_are() {
    let (_open, folder) = with_the_plan().await;
    let path = path_in(&folder);
    let report = run("ogrinfo", &["-ro", "-al", path.to_str().expect("UTF-8")]);
    let seed = shipped();
    let projects = layer(&report, "projects");
    for project in &seed.projects {
        assert!(projects.contains(&format!("name_zh (String) = {}\n", project.name.zh)), "{}", project.name.zh);
    }
    assert!(projects.contains("due (Date) = 2019/12/31\n"));
    for feature in &seed.features {
        let found = layer(&report, feature.collection.as_str());
        assert!(found.contains(&format!("name_zh (String) = {}\n", feature.name.zh)), "{}", feature.name.zh);
        assert!(found.contains(&format!("OGRFeature({}):{}\n", feature.collection, feature.number)));
    }
    assert!(layer(&report, "changes").contains("at (DateTime) = 2019/06/01 08:00:00.125+00\n"));
}

/// Points on a grid, edited so that the index has seen insertions, moves and deletions.
async fn edited_grid(store: &impl Store) -> Vec<Record> {
    let place = |n: u64, shift: f64| {
        let (column, row) = ((n % 40) as f64, (n / 40) as f64);
        point(n + 1, "spots", &format!("p{n}"), 120.0 + column * 0.01 + shift, 30.0 + row * 0.01)
    };
    let store_all = |edits: Vec<_>| async { store.commit(crate::support::plan::batch(edits)).await.expect("fits") };
    store_all(vec![create(collection("spots", GeometryType::Point))]).await;
    store_all((0..800).map(|n| create(place(n, 0.0))).collect()).await;
    store_all((0..800).step_by(3).map(|n| replace(place(n, 0.005), 1)).collect()).await;
    store_all((0..800).step_by(7).map(|n| delete(&place(n, 0.0), if n % 3 == 0 { 2 } else { 1 })).collect()).await;
    store.load().await.expect("sound").records.into_iter().map(|row| row.value).collect()
}

fn count_in(path: &str, window: [f64; 4]) -> usize {
    let bounds = window.map(|bound| bound.to_string());
    let [west, south, east, north] = &bounds;
    let report = run("ogrinfo", &["-ro", "-so", "-spat", west, south, east, north, path, "spots"]);
    let (_, count) = report.split_once("Feature Count: ").expect("a count");
    count.lines().next().and_then(|count| count.parse().ok()).expect("a number")
}

#[tokio::test]
async fn a_window_gives_what_a_plain_loop_gives_and_goes_through_the_index() {
    let (store, folder) = fresh();
    let records = edited_grid(&store).await;
    let path = path_in(&folder);
    let text = path.to_str().expect("UTF-8");
    let windows = [
        [120.0, 30.0, 121.0, 31.0],
        [120.103, 30.003, 120.257, 30.098],
        [120.3601, 30.04, 120.3602, 30.2],
        [1.0, 1.0, 2.0, 2.0],
    ];
    for window in windows {
        let [west, south, east, north] = window;
        let is_inside = |feature: &&Feature| {
            let at = feature.shape.rect().min();
            (west..=east).contains(&at.x) && (south..=north).contains(&at.y)
        };
        assert_eq!(count_in(text, window), features(&records).filter(is_inside).count(), "{window:?}");
    }
    // With the index emptied GDAL finds nothing: it did ask the index.
    store.flush().await.expect("a disk that works");
    drop(store);
    let copy = copy_of(&path, "copy.gpkg");
    let connection = rusqlite::Connection::open(&copy).expect("an SQLite file");
    connection.execute("DELETE FROM rtree_spots_geom", []).expect("an R-tree");
    drop(connection);
    assert_eq!(count_in(copy.to_str().expect("UTF-8"), windows[1]), 0);
}

#[tokio::test]
async fn all_six_geometry_types_with_holes_are_read_as_they_are() {
    let (store, folder) = fresh();
    let cases = [
        ("POINT (120.5 30.5)", serde_json::json!({"type": "Point", "coordinates": [120.5, 30.5]})),
        ("LINESTRING (0 0,1 2)", serde_json::json!({"type": "LineString", "coordinates": [[0, 0], [1, 2]]})),
        (
            "POLYGON ((0 0,9 0,9 9,0 0),(5 4,7 5,5 3,5 4))",
            serde_json::json!({"type": "Polygon", "coordinates": [
                [[0, 0], [9, 0], [9, 9], [0, 0]], [[5, 4], [7, 5], [5, 3], [5, 4]]]}),
        ),
        ("MULTIPOINT ((1 2),(3 4))", serde_json::json!({"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]})),
        (
            "MULTILINESTRING ((0 0,1 1),(2 2,3 3))",
            serde_json::json!({"type": "MultiLineString", "coordinates": [[[0, 0], [1, 1]], [[2, 2], [3, 3]]]}),
        ),
        (
            "MULTIPOLYGON (((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))",
            serde_json::json!({"type": "MultiPolygon", "coordinates": [
                [[[0, 0], [1, 0], [1, 1], [0, 0]]], [[[5, 5], [6, 5], [6, 6], [5, 5]]]]}),
        ),
    ];
    for ((_, json), number) in cases.iter().zip(1_u64..) {
        let shape = crate::support::plan::shape(json.clone());
        let id = format!("c{number}");
        let home = collection(&id, shape.geometry_type());
        commit(&store, [create(home), create(crate::support::plan::feature(number, &id, "a", shape))]).await;
    }
    let report = run("ogrinfo", &["-ro", "-al", path_in(&folder).to_str().expect("UTF-8")]);
    for ((wkt, _), number) in cases.iter().zip(1..) {
        let found = layer(&report, &format!("c{number}"));
        assert!(found.contains(&format!("  {wkt}\n")), "{wkt} is not in {found}");
    }
}
