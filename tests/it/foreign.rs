//! Foreign clients against the real program: GDAL (the engine of QGIS) and OWSLib.

use crate::support::binary::{Running, folder, run};

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
