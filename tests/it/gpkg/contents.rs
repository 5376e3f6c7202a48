//! What the file says of itself stays true with every commit.

use guatu::plan::{Record, Slug, is_reserved_collection};
use guatu::spatial::GeometryType;
use guatu::store::Store;

use super::{commit, features, fresh, path_in, query, with_the_plan};
use crate::support::plan::{at, batch, collection, create, delete, point, replace, shipped};

#[tokio::test]
async fn the_file_is_a_sound_geopackage() {
    let (store, folder) = with_the_plan().await;
    let path = path_in(&folder);
    store.flush().await.expect("a disk that works");
    drop(store);
    let check = |sql: &str, expected: i64| assert_eq!(query::<i64>(&path, sql), expected, "{sql}");
    check("PRAGMA application_id", 0x4750_4B47);
    check("PRAGMA user_version", 10_300);
    check("SELECT count(*) FROM pragma_foreign_key_check", 0);
    check("SELECT count(*) FROM gpkg_spatial_ref_sys WHERE srs_id IN (-1, 0, 4326)", 3);
    check("SELECT count(*) FROM gpkg_contents WHERE data_type = 'features' AND srs_id = 4326", 15);
    check("SELECT count(*) FROM gpkg_contents WHERE data_type = 'attributes' AND srs_id IS NULL", 17);
    check("SELECT count(DISTINCT identifier) FROM gpkg_contents", 32);
    check("SELECT count(*) FROM gpkg_geometry_columns WHERE column_name = 'geom' AND z = 0 AND m = 0", 15);
    check("SELECT count(*) FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index'", 15);
    check("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'rtree_roads_geom_%'", 7);
    assert_eq!(query::<String>(&path, "PRAGMA integrity_check"), "ok");
    for collection in shipped().collections {
        let id = collection.id;
        assert_eq!(query::<String>(&path, &format!("SELECT rtreecheck('rtree_{id}_geom')")), "ok");
        check(&format!("SELECT (SELECT count(*) FROM \"{id}\") - (SELECT count(*) FROM \"rtree_{id}_geom\")"), 0);
    }
}

#[test]
fn no_collection_can_take_the_name_of_a_table() {
    let (_store, folder) = fresh();
    let file = rusqlite::Connection::open(path_in(&folder)).expect("a file");
    let mut names = file.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").expect("a query");
    let names: Vec<String> =
        names.query_map([], |row| row.get(0)).expect("rows").map(|name| name.expect("a name")).collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        if let Ok(id) = name.parse::<Slug>() {
            assert!(is_reserved_collection(&id), "{name}");
        }
    }
}

/// West, south, east, north as `gpkg_contents` has them.
fn extent(path: &std::path::Path) -> [Option<f64>; 4] {
    ["min_x", "min_y", "max_x", "max_y"]
        .map(|column| query(path, &format!("SELECT {column} FROM gpkg_contents WHERE table_name = 'spots'")))
}

#[tokio::test]
async fn the_extent_is_exact_after_every_commit() {
    let (store, folder) = fresh();
    let path = path_in(&folder);
    commit(&store, [create(collection("spots", GeometryType::Point))]).await;
    assert_eq!(extent(&path), [None; 4]);
    // A fixed sequence of puts, moves and deletions of ten points.
    // A place that comes again goes on counting its versions.
    let (mut state, mut versions, mut counted) = (20_190_101_u64, [None::<u64>; 10], [0_u64; 10]);
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for step in 0..200 {
        let n = next(10);
        let place = point(n + 1, "spots", &format!("p{n}"), next(1000) as f64 / 7.0, next(1000) as f64 / 13.0);
        let version = &mut versions[usize::try_from(n).expect("small")];
        let edit = match *version {
            None => create(place),
            Some(there) if next(3) == 0 => delete(&place, there),
            Some(there) => replace(place, there),
        };
        let count = &mut counted[usize::try_from(n).expect("small")];
        *count += 1;
        *version = match &edit {
            guatu::plan::Edit::Delete { .. } => None,
            guatu::plan::Edit::Put { .. } => Some(*count),
        };
        commit(&store, [edit]).await;
        let records: Vec<Record> =
            store.load().await.expect("sound").records.into_iter().map(|row| row.value).collect();
        let places: Vec<_> = features(&records).map(|feature| feature.shape.rect().min()).collect();
        let low = |of: fn(&geo::Coord) -> f64| places.iter().map(of).reduce(f64::min);
        let high = |of: fn(&geo::Coord) -> f64| places.iter().map(of).reduce(f64::max);
        assert_eq!(extent(&path), [low(|at| at.x), low(|at| at.y), high(|at| at.x), high(|at| at.y)], "step {step}");
    }
    // In one batch: gone, and back elsewhere.
    let last: Vec<_> =
        (0..10_u64).zip(versions).filter_map(|(n, version)| version.map(|version| (n, version))).collect();
    let goes = last.iter().map(|(n, version)| delete(&point(*n + 1, "spots", &format!("p{n}"), 0.0, 0.0), *version));
    commit(&store, goes.chain([create(point(77, "spots", "new", 1.5, 2.5))])).await;
    assert_eq!(extent(&path), [Some(1.5), Some(2.5), Some(1.5), Some(2.5)]);
    // In one batch: far away, and back.
    let at = |x: f64| point(77, "spots", "new", x, 2.5);
    commit(&store, [replace(at(99.0), 1), replace(at(1.5), 2)]).await;
    assert_eq!(extent(&path), [Some(1.5), Some(2.5), Some(1.5), Some(2.5)]);
    commit(&store, [delete(&at(0.0), 3)]).await;
    assert_eq!(extent(&path), [None; 4]);
}

#[tokio::test]
async fn a_table_says_when_it_last_changed() {
    let (store, folder) = with_the_plan().await;
    let path = path_in(&folder);
    let last = |table: &str| {
        query::<String>(&path, &format!("SELECT last_change FROM gpkg_contents WHERE table_name = '{table}'"))
    };
    assert_eq!(
        (last("roads").as_str(), last("projects").as_str()),
        ("2019-06-01T08:00:00.125Z", "2019-06-01T08:00:00.125Z")
    );
    let mut later = batch([create(crate::support::plan::section("s99", "篇"))]);
    later.at = at("2019-07-01T00:00:00Z");
    store.commit(later).await.expect("a batch that fits");
    assert_eq!(
        (last("sections").as_str(), last("changes").as_str()),
        ("2019-07-01T00:00:00.000Z", "2019-07-01T00:00:00.000Z")
    );
    assert_eq!(last("roads"), "2019-06-01T08:00:00.125Z");
}

#[tokio::test]
async fn a_title_is_unique_and_follows_the_collection() {
    let (store, folder) = fresh();
    let path = path_in(&folder);
    let title = |table: &str| {
        query::<String>(&path, &format!("SELECT identifier FROM gpkg_contents WHERE table_name = '{table}'"))
    };
    let twins = ["a", "b"].map(|id| collection(id, GeometryType::Point));
    commit(&store, twins.into_iter().map(create)).await;
    assert_eq!((title("a").as_str(), title("b").as_str()), ("图层 Layer", "图层 Layer (b)"));
    let Record::Collection(mut renamed) = collection("b", GeometryType::Point) else { unreachable!("just made") };
    renamed.title.zh = "河流".into();
    commit(&store, [replace(Record::Collection(renamed), 1)]).await;
    assert_eq!(title("b"), "河流 Layer");
}
