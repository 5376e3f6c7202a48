//! Foreign clients against the real program: GDAL (the engine of QGIS) and OWSLib.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::binary::{Running, folder, run};
use crate::support::gdal;
use crate::support::relay::Relay;

const COLLECTIONS: [(&str, &str, u32); 10] = [
    ("roads", "Line String", 7),
    ("bridges", "Line String", 3),
    ("parks", "Polygon", 4),
    ("schools", "Point", 4),
    ("hospitals", "Point", 2),
    ("estates", "Point", 1),
    ("services", "Point", 3),
    ("hotels", "Point", 2),
    ("industry", "Point", 10),
    ("zones", "Polygon", 9),
];

/// What a driver must say of every collection.
fn check_layers(said: &str) {
    assert!(!said.contains("Warning") && !said.contains("ERROR"), "{said}");
    for (name, geometry, count) in COLLECTIONS {
        let layer = said.split("Layer name: ").find(|part| part.lines().next() == Some(name));
        let layer = layer.unwrap_or_else(|| panic!("no layer {name}: {said}"));
        assert!(layer.contains(&format!("Geometry: {geometry}\n")), "{name}: {layer}");
        assert!(layer.contains(&format!("Feature Count: {count}\n")), "{name}: {layer}");
        assert!(layer.contains("ID[\"EPSG\",4326]"), "{name}: {layer}");
    }
    assert!(said.contains("茶园小学"), "Chinese text comes through");
}

#[test]
fn gdal_reads_every_collection_of_the_api() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let (ok, said) = run("ogrinfo", &["-ro", "-al", &format!("OAPIF:{}/ogc", server.base)]);
    assert!(ok, "{said}");
    check_layers(&said);
    assert!(said.contains("stage (String) = building") && said.contains("due (Date) = 2019/09/01"), "{said}");
    let url = format!("OAPIF:{}/ogc", server.base);
    let (ok, said) = run("ogrinfo", &["-ro", "-so", &url, "industry", "-spat", "120.70", "30.69", "120.72", "30.71"]);
    assert!(ok && said.contains("Feature Count: 5"), "{said}");
    let (ok, said) =
        run("ogrinfo", &["-ro", "-so", "--config", "OGR_OAPIF_PAGE_SIZE", "3", "-oo", "PAGE_SIZE=3", &url, "industry"]);
    assert!(ok && said.contains("Feature Count: 10"), "{said}");
    let shape = data.path().join("roads.gpkg");
    let (ok, said) = run("ogr2ogr", &[shape.to_str().expect("a path"), &url, "roads"]);
    assert!(ok && !said.contains("Warning"), "{said}");
    server.stop_cleanly();
}

/// What GDAL says of a layer's features, by id: the properties as it has them, and the geometry.
fn told_by_gdal(arguments: &[&str]) -> BTreeMap<String, (Value, Value)> {
    let arguments = [&["-f", "GeoJSON", "/vsistdout/", "-lco", "COORDINATE_PRECISION=12"], arguments].concat();
    let document: Value = serde_json::from_str(&gdal::run("ogr2ogr", &arguments)).expect("GDAL writes JSON");
    let features = document["features"].as_array().expect("features").iter();
    let told = features.map(|feature| {
        let id = feature["properties"]["id"].as_str().expect("an id").to_owned();
        (id, (feature["properties"].clone(), feature["geometry"].clone()))
    });
    told.collect()
}

#[test]
fn ogr2ogr_copies_all_ten_collections_into_one_geopackage() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let copy = data.path().join("copy.gpkg");
    let copy = copy.to_str().expect("a path");
    gdal::run("ogr2ogr", &[copy, &format!("OAPIF:{}/ogc", server.base)]);
    let report = gdal::run("ogrinfo", &["-ro", "-so", "-al", copy]);
    check_layers_are(&report);
    for (name, _, count) in COLLECTIONS {
        let page = server.json(&format!("/ogc/collections/{name}/items?limit=1000"));
        let schema = server.json(&format!("/ogc/collections/{name}/schema"));
        let copied = told_by_gdal(&[copy, name]);
        assert_eq!(copied.len(), count as usize, "{name}");
        for feature in page["features"].as_array().expect("features") {
            let id = feature["id"].as_str().expect("an id");
            let (properties, geometry) = copied.get(id).unwrap_or_else(|| panic!("{name}: {id} was left behind"));
            let ours = feature["properties"].as_object().expect("properties");
            for (field, value) in ours {
                // GDAL finds the fields out from the features, so one that nobody fills is no field to it.
                let theirs = properties.get(field).unwrap_or(&Value::Null);
                assert_eq!(theirs, value, "{name} {id} {field}");
                assert!(schema["properties"].get(field).is_some(), "{name}: {field} is in the schema");
            }
            let ours: geojson::Geometry = serde_json::from_value(feature["geometry"].clone()).expect("a geometry");
            let theirs: geojson::Geometry = serde_json::from_value(geometry.clone()).expect("a geometry");
            assert_eq!(ours.value, theirs.value, "{name} {id}");
        }
    }
    server.stop_cleanly();
}

/// Every layer with its geometry type and count; what GDAL made of no collection is none.
fn check_layers_are(report: &str) {
    assert_eq!(report.matches("Layer name: ").count(), COLLECTIONS.len(), "{report}");
    for (name, geometry, count) in COLLECTIONS {
        let layer = gdal::layer(report, name);
        assert!(layer.contains(&format!("Geometry: {geometry}\n")), "{name}: {layer}");
        assert!(layer.contains(&format!("Feature Count: {count}\n")), "{name}: {layer}");
        for field in ["name_zh: String", "name_en: String", "stage: String", "light: String", "due: Date"] {
            assert!(layer.contains(&format!("\n{field} ")), "{name} has no {field}: {layer}");
        }
    }
}

/// GDAL 3.6 hands comparisons and LIKE on as `cql-text`, which is older than CQL2 and in these parts the same, where the server says
/// that it can filter. IN and functions it works out itself, over all features.
#[test]
fn gdal_lets_the_server_filter() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let relay = Relay::to(&server.base);
    let url = format!("OAPIF:{}/ogc", relay.base);
    let check = |collection: &str, filter: &str, handed_on: Option<&str>| {
        let found = told_by_gdal(&[&url, collection, "-where", filter]);
        let asked = relay.asked();
        let filters: Vec<String> = asked
            .iter()
            .filter(|address| address.contains("/items?"))
            .filter_map(|address| address.split('&').find_map(|pair| pair.strip_prefix("filter=")))
            .map(|filter| percent_encoding::percent_decode_str(filter).decode_utf8_lossy().into_owned())
            .collect();
        match handed_on {
            Some(expected) => {
                assert!(!filters.is_empty() && filters.iter().all(|filter| filter == expected), "{filter}: {asked:?}");
            }
            None => assert!(filters.is_empty(), "{filter}: {asked:?}"),
        }
        // The same question to the copy that GDAL makes for itself.
        let here = data.path().join(format!("{collection}.gpkg"));
        let here = here.to_str().expect("a path");
        if !std::path::Path::new(here).exists() {
            gdal::run("ogr2ogr", &[here, &url, collection]);
            relay.asked();
        }
        let by_gdal = told_by_gdal(&[here, collection, "-where", filter]);
        assert!(!found.is_empty(), "{filter}");
        assert_eq!(found.keys().collect::<Vec<_>>(), by_gdal.keys().collect::<Vec<_>>(), "{filter}");
    };
    check("industry", "light = 'red'", Some("light = 'red'"));
    check("roads", "accuracy_m >= 500 AND name_zh LIKE '%路'", Some("(accuracy_m >= 500) AND (name_zh LIKE '%路')"));
    check(
        "schools",
        "NOT (aim = 'start') OR stage = 'building'",
        Some("(NOT (aim = 'start')) OR (stage = 'building')"),
    );
    check("schools", "stage IN ('building', 'not_reported')", None);
    server.stop_cleanly();
}

#[test]
fn gdal_reads_the_store_while_the_server_runs_and_after() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let store = data.path().join("guatu.gpkg");
    let store = store.to_str().expect("a path");
    let (ok, said) = run("ogrinfo", &["-ro", "-al", store]);
    assert!(ok, "{said}");
    check_layers(&said);
    server.stop_cleanly();
    let (ok, said) = run("ogrinfo", &["-ro", "-al", store]);
    assert!(ok, "{said}");
    check_layers(&said);
    assert!(!data.path().join("guatu.gpkg-wal").exists(), "a stopped server leaves one file");
}

#[test]
fn gdal_reads_a_tile() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let tile = data.path().join("52.mvt");
    std::fs::write(&tile, server.get("/tiles/plan/7/106/52").bytes().expect("a tile")).expect("written");
    let (ok, said) = run("ogrinfo", &["-ro", "-al", "-so", &format!("MVT:{}", tile.to_str().expect("a path"))]);
    assert!(ok && !said.contains("ERROR"), "{said}");
    for (name, _, count) in COLLECTIONS {
        let layer = said.split("Layer name: ").find(|part| part.lines().next() == Some(name));
        assert!(layer.is_some_and(|layer| layer.contains(&format!("Feature Count: {count}\n"))), "{name}: {said}");
    }
    server.stop_cleanly();
}

#[test]
fn owslib_reads_the_api() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let script = r#"
import sys
from owslib.ogcapi.features import Features
api = Features(sys.argv[1])
assert len(api.feature_collections()) == 10, api.feature_collections()
assert api.api()["openapi"].startswith("3.0")
total = sum(api.collection_items(name, limit=1000)["numberMatched"] for name in api.feature_collections())
assert total == 45, total
page = api.collection_items("industry", limit=3)
assert page["numberReturned"] == 3 and any(link["rel"] == "next" for link in page["links"])
inside = api.collection_items("industry", bbox=[120.70, 30.69, 120.72, 30.71])
assert inside["numberMatched"] == 5, inside["numberMatched"]
school = api.collection_item("schools", "chayuan-primary")
assert school["properties"]["name_zh"] == "\u8336\u56ed\u5c0f\u5b66", school
print("read", total)
"#;
    // Debian's own interpreter is the one that Debian's OWSLib belongs to.
    let (ok, said) = run("/usr/bin/python3", &["-c", script, &format!("{}/ogc", server.base)]);
    assert!(ok && said.contains("read 45"), "{said}");
    server.stop_cleanly();
}

/// Where `make test-deps` puts an OWSLib that writes: Debian 12's is older than that.
const OWSLIB: &str = "target/owslib/bin/python3";

/// OWSLib sends what it is given, so the version and the token are headers of ours. GDAL 3.6 does not write OGC API - Features at all.
#[test]
fn owslib_makes_replaces_and_removes_a_feature() {
    let data = folder();
    let server = Running::start(data.path(), &[]);
    let token = server.token(data.path(), "surveyor", &["gis"], &["read", "edit_geometry"]);
    let script = r#"
import json, sys
from owslib.ogcapi.features import Features

api = Features(sys.argv[1], headers={"Authorization": "Bearer " + sys.argv[2], "Content-Type": "application/geo+json"})
project = api.collection_item("schools", "chayuan-primary")["properties"]["project"]

def school(name_zh, at):
    properties = {"project": project, "name_zh": name_zh, "name_en": "Riverside School", "accuracy_m": 25, "position": "approximate"}
    return json.dumps({"type": "Feature", "id": "riverside", "geometry": {"type": "Point", "coordinates": at}, "properties": properties})

def there():
    item = api.collection_item("schools", "riverside")
    return item["properties"]["name_zh"], item["geometry"]["coordinates"], api.response_headers["ETag"]

def refused(do, *arguments):
    try:
        do("schools", *arguments)
    except RuntimeError as fault:
        return json.loads(str(fault))["status"]

assert api.collection_item_create("schools", school("\u6cb3\u8fb9\u5b66\u6821", [120.77, 30.76]))
name, at, tag = there()
assert (name, at) == ("\u6cb3\u8fb9\u5b66\u6821", [120.77, 30.76]), (name, at)

changed = school("\u6cb3\u6ee8\u5b66\u6821", [120.78, 30.75])
assert refused(api.collection_item_update, "riverside", changed) == 428, "without the version that it is made from"
api.headers["If-Match"] = tag
assert api.collection_item_update("schools", "riverside", changed)
name, at, new_tag = there()
assert (name, at) == ("\u6cb3\u6ee8\u5b66\u6821", [120.78, 30.75]), (name, at)
assert refused(api.collection_item_update, "riverside", changed) == 412, "the version has gone on"

api.headers["If-Match"] = new_tag
assert api.collection_item_delete("schools", "riverside")
assert refused(api.collection_item, "riverside") == 404
print("written and removed")
"#;
    assert!(std::path::Path::new(OWSLIB).exists(), "{OWSLIB} is not there: `make test-deps` makes it");
    let (ok, said) = run(OWSLIB, &["-c", script, &format!("{}/ogc", server.base), &token]);
    assert!(ok && said.contains("written and removed"), "{said}");
    let changes = server.json("/api/v1/changes?limit=3");
    let kinds = crate::support::http::texts(&changes["changes"], "/kind");
    assert_eq!(kinds, ["deleted", "updated", "created"], "{changes}");
    server.stop_cleanly();
}
