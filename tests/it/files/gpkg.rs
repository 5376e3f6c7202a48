//! GeoPackage files as exports and imports, there and back and through GDAL.

use std::path::{Path, PathBuf};

use guatu::formats::gpkg::{FileWriter, inspect, read};
use guatu::formats::layer::{
    FeatureRow, FieldKind, FoundCrs, LayerWriter, ReadError, ReadOptions, ReadValue, WriteError,
};
use guatu::plan::Timestamp;
use guatu::spatial::{Crs, GeometryType, Offset};
use rusqlite::Connection;
use tempfile::TempDir;

use super::layers::{self, SIX, SYSTEMS, Sample, check_gdal, check_rows, crs, sample, tolerance, write_all};

fn at() -> Timestamp {
    "2019-03-01T08:00:00Z".parse().expect("a time")
}

fn written(name: &str, samples: &[&Sample]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    write_all(Box::new(FileWriter::create(&path, at()).expect("a new file")), samples);
    (folder, path)
}

fn run(path: &Path, sql: &str) {
    Connection::open(path).expect("an SQLite file").execute_batch(sql).expect(sql);
}

fn answer<T: rusqlite::types::FromSql>(path: &Path, sql: &str) -> T {
    Connection::open(path).expect("an SQLite file").query_row(sql, [], |row| row.get(0)).expect(sql)
}

#[test]
fn all_types_in_one_file_come_back_in_every_system_and_through_gdal() {
    for number in SYSTEMS {
        let samples = SIX.map(|geometry_type| sample(geometry_type, &crs(number)));
        let (_folder, path) = written("六层.gpkg", &samples.each_ref());
        let found = inspect(&path).expect("a file of ours").layers;
        let file = path.to_str().expect("a path");
        let told = layers::gdal("ogrinfo", &["-ro", "-so", "-al", file]);
        assert!(told.contains("due: Date") && told.contains("cost: Real") && told.contains("id: String"), "{told}");
        for (layer, sample) in found.iter().zip(&samples) {
            assert_eq!(layer.name, sample.layer.name);
            assert_eq!((layer.geometry_type, layer.count), (Some(sample.layer.geometry_type), 3));
            assert_eq!(layer.crs, FoundCrs::Stated(Crs::epsg(number).expect("known")));
            let kinds: Vec<_> = layer.fields.iter().map(|field| field.kind).collect();
            let text = FieldKind::Text;
            assert_eq!(kinds, [text, text, FieldKind::Number, FieldKind::Date, text]);
            let rows = layers::rows(|visit| read(&path, &layer.name, &ReadOptions::default(), visit));
            let names: Vec<_> = layer.fields.iter().map(|field| field.name.clone()).collect();
            check_rows(&rows, &names, sample, 0.0);
            // GDAL writes fifteen digits of a number.
            check_gdal(&path, &layer.name, sample, 1e-6_f64.min(tolerance(&sample.layer.crs)));
            assert_eq!(told.matches(&format!("ID[\"EPSG\",{number}]]")).count(), 6, "{told}");
        }
    }
}

#[test]
fn the_packed_index_is_one_that_sqlite_could_have_made() {
    for count in [0, 1, 51, 52, 103, 2_700, 140_000_u32] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("many.gpkg");
        let mut writer = Box::new(FileWriter::create(&path, at()).expect("a new file"));
        let layer = sample(GeometryType::Point, &crs(4549)).layer;
        writer.begin(&layer).expect("a layer");
        for place in 0..count {
            // Scattered, with many of the same place, and numbers that do not follow each other.
            let (x, y) = (f64::from(place % 977) * 1.7 + 500_000.3, f64::from(place % 613) * 2.3 + 3_400_000.7);
            let (number, id) = (u64::from(place) * 3 + 1, format!("p{place}"));
            let geometry = geo::Point::new(x, y).into();
            writer
                .feature(&FeatureRow { number, id: &id, geometry: &geometry, values: &layers::values()[0] })
                .expect("a feature");
        }
        writer.end().expect("its end");
        writer.finish().expect("a file");
        assert_eq!(answer::<String>(&path, "SELECT rtreecheck('rtree_points_geom')"), "ok", "{count}");
        assert_eq!(answer::<String>(&path, "PRAGMA integrity_check"), "ok");
        let window = "minx <= 500400 AND maxx >= 500100 AND miny <= 3400600 AND maxy >= 3400200";
        let by_index: u32 = answer(&path, &format!("SELECT count(*) FROM rtree_points_geom WHERE {window}"));
        let by_loop: u32 = (0..count)
            .filter(|place| (59..236).contains(&(place % 977)) && (87..261).contains(&(place % 613)))
            .map(|_| 1)
            .sum();
        assert!(by_index >= by_loop && by_index <= by_loop + by_loop / 20 + 4, "{count}: {by_index} {by_loop}");
        // The index goes on by itself: a program deletes and edits, as GDAL does.
        if count > 52 {
            let file = path.to_str().expect("a path");
            layers::gdal("ogrinfo", &["-q", file, "-sql", "DELETE FROM points WHERE fid % 2 = 0"]);
            layers::gdal("ogrinfo", &["-q", file, "-sql", "UPDATE points SET fid = fid + 1000000 WHERE fid < 1000"]);
            assert_eq!(answer::<String>(&path, "SELECT rtreecheck('rtree_points_geom')"), "ok", "{count}");
            let left: u32 = answer(&path, "SELECT count(*) FROM rtree_points_geom");
            assert_eq!(left, answer::<u32>(&path, "SELECT count(*) FROM points"));
        }
    }
}

#[test]
fn a_layer_tells_its_extent_title_time_and_offset() {
    let mut moved = sample(GeometryType::Point, &crs(4326));
    moved.layer.offset = Some(Offset::Gcj02);
    let (_folder, path) = written("moved.gpkg", &[&moved]);
    let at_west: f64 = answer(&path, "SELECT min_x FROM gpkg_contents");
    assert!((at_west - 120.7).abs() < 1e-9);
    assert_eq!(answer::<String>(&path, "SELECT identifier FROM gpkg_contents"), "图层 Layer of Points");
    assert_eq!(answer::<String>(&path, "SELECT last_change FROM gpkg_contents"), "2019-03-01T08:00:00.000Z");
    assert!(answer::<String>(&path, "SELECT description FROM gpkg_contents").contains("GCJ-02"));
}

#[test]
fn names_that_a_table_needs_itself_are_written_otherwise_and_said() {
    let mut strange = sample(GeometryType::Point, &crs(4326));
    strange.layer.name = "a \"quoted\" 'layer'".to_owned();
    strange.layer.fields[0].name = "FID".to_owned();
    strange.layer.fields[3].name = "Cost".to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("strange.gpkg");
    let said = write_all(Box::new(FileWriter::create(&path, at()).expect("a new file")), &[&strange]);
    let renamed: Vec<_> = said.renamed.iter().map(|field| (field.field.as_str(), field.written.as_str())).collect();
    assert_eq!(renamed, [("FID", "FID_2"), ("Cost", "Cost_2")]);
    assert_eq!(inspect(&path).expect("a file of ours").layers[0].name, strange.layer.name);
    layers::gdal("ogrinfo", &["-ro", "-al", path.to_str().expect("a path")]);
    let refused = |change: fn(&mut Sample), part: &str| {
        let mut sample = sample(GeometryType::Point, &crs(4326));
        change(&mut sample);
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = FileWriter::create(&folder.path().join("x.gpkg"), at()).expect("a new file");
        let fault = layers::write(&mut writer, &sample).expect_err(part);
        assert!(matches!(&fault, WriteError::CannotHold(reason) if reason.contains(part)), "{fault}");
    };
    refused(|sample| sample.layer.name = "gpkg_contents".to_owned(), "another name");
    refused(|sample| sample.geometries[1] = geo::Line::new((0.0, 0.0), (1.0, 1.0)).into(), "second");
}

#[test]
fn two_features_with_one_id_are_refused() {
    let sample = sample(GeometryType::Point, &crs(4326));
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = FileWriter::create(&folder.path().join("twins.gpkg"), at()).expect("a new file");
    writer.begin(&sample.layer).expect("a layer");
    for number in 1..3 {
        let (geometry, values) = (&sample.geometries[0], &layers::values()[0]);
        writer.feature(&FeatureRow { number, id: "twin", geometry, values }).expect("a feature");
    }
    let fault = writer.end().expect_err("twins").to_string();
    assert!(fault.contains("points") && fault.contains("the same"), "{fault}");
}

#[test]
fn a_file_of_gdal_is_read_with_heights_dropped_and_its_own_words_for_types() {
    let folder = tempfile::tempdir().expect("a folder");
    let (csv, path) = (folder.path().join("in.csv"), folder.path().join("out.gpkg"));
    let text = "WKT,n,d,b,t\n\"MULTIPOLYGON Z (((0 0 1,1 0 1,1 1 1,0 0 1)))\",7,2019-03-01,1,文\n\
                \"POINT ZM (1 2 3 4)\",8,,0,\n\"GEOMETRYCOLLECTION (POINT (1 2))\",9,,,\n,10,,,\n";
    std::fs::write(&csv, text).expect("a file");
    std::fs::write(folder.path().join("in.csvt"), "WKT,Integer64,Date,Integer(Boolean),String").expect("a file");
    let (csv, file) = (csv.to_str().expect("a path"), path.to_str().expect("a path"));
    layers::gdal("ogr2ogr", &[file, csv, "-a_srs", "EPSG:4549", "-nln", "层", "-nlt", "GEOMETRY"]);
    let found = inspect(&path).expect("GDAL's file").layers.remove(0);
    assert_eq!((found.name.as_str(), found.count, found.geometry_type), ("层", 4, None));
    assert_eq!(found.crs, FoundCrs::Stated(Crs::epsg(4549).expect("known")));
    let names: Vec<_> = found.fields.iter().map(|field| field.name.as_str()).collect();
    let place = |name: &str| names.iter().position(|found| *found == name).expect(name);
    let rows = layers::rows(|visit| read(&path, "层", &ReadOptions::default(), visit));
    let text = |text: &str| ReadValue::Text(text.to_owned());
    assert_eq!(rows[0].values[place("n")], ReadValue::Number(7.0));
    assert_eq!(rows[0].values[place("d")], ReadValue::Date("2019-03-01".parse().expect("a date")));
    assert_eq!((&rows[0].values[place("b")], &rows[0].values[place("t")]), (&text("true"), &text("文")));
    assert_eq!(rows[1].geometry, Ok(Some(geo::Point::new(1.0, 2.0).into())));
    assert!(rows[2].geometry.as_ref().is_err_and(|fault| fault.contains("type code 7")), "{:?}", rows[2]);
    assert_eq!(rows[3].geometry, Ok(None));
    assert_eq!(rows[3].id.as_deref(), Some("4"));
}

#[test]
fn a_system_without_a_known_number_is_found_by_its_definition_or_told() {
    let check = |sql: &str, crs: &FoundCrs| {
        let (_folder, path) = written("crs.gpkg", &[&sample(GeometryType::Point, &layers::crs(4549))]);
        run(&path, sql);
        assert_eq!(&inspect(&path).expect("sound").layers[0].crs, crs, "{sql}");
    };
    let gauss = FoundCrs::Stated(Crs::epsg(4549).expect("known"));
    check("UPDATE gpkg_spatial_ref_sys SET organization = 'OWN' WHERE srs_id = 4549", &gauss);
    check(
        "UPDATE gpkg_spatial_ref_sys SET organization = 'OWN', definition = 'LOCAL_CS[\"x\"]' WHERE srs_id = 4549",
        &FoundCrs::Unknown("CGCS2000 / 3-degree Gauss-Kruger CM 120E (OWN:4549)".to_owned()),
    );
    check("UPDATE gpkg_geometry_columns SET srs_id = -1", &FoundCrs::Missing);
}

#[test]
fn nothing_in_a_hostile_file_runs() {
    let check = |sql: &str, part: &str| {
        let (_folder, path) = written("hostile.gpkg", &[&sample(GeometryType::Point, &crs(4326))]);
        let connection = Connection::open(&path).expect("an SQLite file");
        // The triggers call functions that only GIS programs have.
        let without = ["update2", "update4", "update5", "update6", "update7", "insert", "delete"]
            .map(|trigger| format!("DROP TRIGGER rtree_points_geom_{trigger};"));
        let sql = format!("PRAGMA foreign_keys = OFF; PRAGMA writable_schema = ON; {} {sql}", without.concat());
        connection.execute_batch(&sql).expect(&sql);
        connection.close().expect("closed");
        let tried = inspect(&path)
            .and_then(|_| read(&path, "points", &ReadOptions::default(), &mut |_| std::ops::ControlFlow::Continue(())));
        match tried {
            Err(fault @ ReadError::Refused { .. }) => assert!(fault.to_string().contains(part), "{fault}"),
            other => panic!("{sql}: {other:?}"),
        }
    };
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i";
    check(&format!("ALTER TABLE points RENAME TO p; CREATE VIEW points AS {endless} AS fid FROM n"), "views");
    check(
        "DROP TABLE gpkg_contents; CREATE VIEW gpkg_contents AS SELECT 'points' AS table_name",
        "no table gpkg_contents",
    );
    check("PRAGMA application_id = 7", "application id");
    check(
        "UPDATE gpkg_contents SET table_name = 'sqlite_schema'; UPDATE gpkg_geometry_columns SET table_name = 'sqlite_schema', column_name = 'sql'",
        "no such table",
    );
    check("UPDATE gpkg_contents SET data_type = 'tiles'", "no table of features");
    check("DELETE FROM gpkg_geometry_columns", "gpkg_geometry_columns");
    check("UPDATE gpkg_geometry_columns SET column_name = 'nowhere'", "nowhere");
    check("UPDATE points SET name_zh = x'ff'", "name_zh");
    check("UPDATE points SET name_zh = CAST(x'ff' AS TEXT)", "UTF-8");
    check("UPDATE points SET name_zh = replace(hex(zeroblob(40000)), '0', 'x')", "65536");
    let many: Vec<_> = (0..300).map(|place| format!("ALTER TABLE points ADD COLUMN c{place} TEXT;")).collect();
    check(&many.concat(), "256");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("no.gpkg");
    std::fs::write(&path, "name,WKT\n".repeat(500)).expect("a file");
    assert!(inspect(&path).expect_err("no SQLite").to_string().contains("no SQLite file"));
    assert!(matches!(inspect(&folder.path().join("gone.gpkg")), Err(ReadError::Io(_))));
}
