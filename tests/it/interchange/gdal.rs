//! A table of format × reference system × encoding: each file goes through GDAL without a word, and comes back as it was meant.

use std::collections::BTreeMap;
use std::path::Path;

use geo::{CoordsIter, Geometry};
use guatu::spatial::{Crs, CrsCode};
use serde_json::{Value, json};

use super::exports::exported;
use crate::support::gdal;
use crate::support::http::Server;

/// Formats that GDAL reads, with what its driver is to be told, and what they say less of than our table.
const FORMATS: [(&str, &[&str], &[&str]); 8] = [
    ("geojson", &["OGC:CRS84", "EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:3857"], &["utf-8"]),
    ("geojsonseq", &["OGC:CRS84"], &["utf-8"]),
    ("gpkg", &["OGC:CRS84", "EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:3857"], &["utf-8"]),
    ("shp", &["EPSG:4326", "EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:3857"], &["utf-8", "gbk"]),
    ("csv", &["OGC:CRS84", "EPSG:4549"], &["utf-8"]),
    ("kml", &["OGC:CRS84"], &["utf-8"]),
    ("fgb", &["OGC:CRS84", "EPSG:4490", "EPSG:4549", "EPSG:3857"], &["utf-8"]),
    ("xlsx", &["OGC:CRS84"], &["utf-8"]),
];

const COLLECTIONS: [&str; 3] = ["roads", "schools", "zones"];

/// What a feature should be: geometry in the file's system, and the properties.
type Meant = BTreeMap<String, (Geometry, Value)>;

async fn meant(server: &Server, collection: &str, crs: &Crs) -> Meant {
    let page = server.json(&format!("/ogc/collections/{collection}/items?limit=1000")).await;
    let feature = |feature: &Value| {
        let geometry: geojson::Geometry = serde_json::from_value(feature["geometry"].clone()).expect("a geometry");
        let geometry = Geometry::try_from(&geometry.value).expect("a plain geometry");
        let placed = crs.project_geometry(&geometry).expect("inside");
        (feature["id"].as_str().expect("an id").to_owned(), (placed, feature["properties"].clone()))
    };
    page["features"].as_array().expect("features").iter().map(feature).collect()
}

#[tokio::test]
async fn gdal_reads_every_format_in_every_system_and_encoding_as_it_was_meant() {
    let server = Server::shipped();
    let folder = tempfile::tempdir().expect("a folder");
    let mut rows = 0;
    for (format, systems, encodings) in FORMATS {
        for system in systems {
            for encoding in encodings {
                for collection in COLLECTIONS {
                    let mut request = json!({"format": format, "collections": [collection], "crs": system});
                    if encodings.len() > 1 {
                        request["encoding"] = (*encoding).into();
                    }
                    let (receipt, bytes) = exported(&server, request.clone()).await;
                    let path = folder.path().join(format!("{rows}-{}", receipt["file"].as_str().expect("a name")));
                    std::fs::write(&path, &bytes).expect("a file");
                    let crs = match CrsCode::parse(system).expect("a code") {
                        CrsCode::Crs84 => Crs::crs84(),
                        CrsCode::Epsg(number) => Crs::epsg(number).expect("known"),
                    };
                    check(&request, &path, format, &receipt, &meant(&server, collection, &crs).await, &crs);
                    rows += 1;
                }
            }
        }
    }
    println!("{rows} files went through GDAL");
    assert_eq!(rows, 3 * (5 + 1 + 5 + 10 + 2 + 1 + 4 + 1));
}

fn check(request: &Value, path: &Path, format: &str, receipt: &Value, meant: &Meant, crs: &Crs) {
    let source = match format {
        "shp" => format!("/vsizip/{}", path.display()),
        _ => path.display().to_string(),
    };
    // GDAL's own GeoJSON of the file, in the file's coordinates; digits enough for a hundredth of a millimetre.
    let srs = crs.code().number();
    let srs = format!("EPSG:{srs}");
    let mut arguments = vec!["-f", "GeoJSON", "/vsistdout/", &source];
    // A workbook has a sheet beside it that explains the columns.
    arguments.extend((format == "xlsx").then_some(receipt["layers"][0]["collection"].as_str().expect("an id")));
    arguments.extend(["-lco", "COORDINATE_PRECISION=12", "-a_srs", &srs]);
    let written = gdal::run("ogr2ogr", &arguments);
    let document: Value = serde_json::from_str(&written).expect("GDAL writes JSON");
    let features = document["features"].as_array().expect("features");
    assert_eq!(features.len(), meant.len(), "{request}");
    let called = |name: &str| {
        let renamed = receipt["renamed"].as_array().expect("a list").iter();
        let mut found = renamed.filter(|one| one["field"] == name);
        found.next().map_or_else(|| name.to_owned(), |one| one["written"].as_str().expect("a name").to_owned())
    };
    let limit = if crs.is_geographic() { 1e-8 } else { 1e-3 };
    let mut worst = 0.0_f64;
    for feature in features {
        let properties = &feature["properties"];
        let id = properties[called("id")].as_str().or(feature["id"].as_str()).expect("an id");
        let (geometry, expected) = meant.get(id).unwrap_or_else(|| panic!("{request}: nobody meant {id}"));
        for (name, value) in expected.as_object().expect("properties") {
            same(&format!("{request} {id} {name}"), value, &properties[called(name)]);
        }
        // Workbooks are tables to GDAL: their places are text.
        let found = match (&feature["geometry"], format) {
            (Value::Null, "xlsx") => continue,
            (found, _) => found.clone(),
        };
        let found: geojson::Geometry = serde_json::from_value(found).expect("a geometry");
        let found = Geometry::try_from(&found.value).expect("a plain geometry");
        assert_eq!(found.coords_count(), geometry.coords_count(), "{request} {id}");
        for at in geometry.coords_iter() {
            let near = found
                .coords_iter()
                .map(|c: geo::Coord| (c.x - at.x).abs().max((c.y - at.y).abs()))
                .fold(f64::MAX, f64::min);
            worst = worst.max(near);
        }
    }
    assert!(worst <= limit, "{request}: {worst} apart");
}

/// A value as GDAL tells it: dates with slashes, numbers as text where a format has no numbers, nothing for null.
fn same(what: &str, meant: &Value, found: &Value) {
    let is_same = match (meant, found) {
        (Value::Null, Value::Null) => true,
        (Value::Null, Value::String(text)) => text.is_empty(),
        (Value::Number(meant), Value::Number(found)) => {
            let (meant, found) = (meant.as_f64().expect("a number"), found.as_f64().expect("a number"));
            (meant - found).abs() <= meant.abs() * 1e-9
        }
        (Value::Number(meant), Value::String(found)) => found.parse() == Ok(meant.as_f64().expect("a number")),
        (Value::String(meant), Value::String(found)) => {
            meant == found || *meant == found.replace('/', "-").trim_end_matches("T00:00:00")
        }
        _ => false,
    };
    assert!(is_same, "{what}: {meant} became {found}");
}

#[tokio::test]
async fn a_drawing_has_a_layer_for_each_kind_with_its_names() {
    let server = Server::shipped();
    let folder = tempfile::tempdir().expect("a folder");
    let (_, bytes) = exported(&server, json!({"format": "dxf", "crs": "EPSG:4549"})).await;
    let path = folder.path().join("plan.dxf");
    std::fs::write(&path, bytes).expect("a file");
    let report = gdal::run("ogrinfo", &["-ro", "-al", path.to_str().expect("a path")]);
    for collection in ["roads", "parks", "schools", "zones"] {
        assert!(report.contains(&format!("Layer (String) = {collection}")), "{collection}");
    }
    assert!(report.contains("Text (String) = 槜李路"), "labels come through");
}
