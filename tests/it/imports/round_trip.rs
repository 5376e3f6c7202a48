//! What went out comes back in: every format, system and encoding, without a difference.

use serde_json::{Value, json};

use super::kit::{counts, suggested};
use crate::support::office::Office;

/// The bytes of an export, as a page of the app fetches them.
async fn exported(office: &Office, request: &Value) -> (String, Vec<u8>) {
    let answer = office.send("POST", "/api/v1/exports", "", request.clone()).await;
    assert_eq!(answer.status, 201, "{request}: {}", answer.text());
    let made = answer.json();
    let name = made["receipt"]["file"].as_str().expect("a name").to_owned();
    let file = office.server.ask("GET", made["file"].as_str().expect("an address"), &office.shown, Value::Null).await;
    assert_eq!(file.status, 200, "{request}");
    (name, file.body)
}

/// Brings an export back in, with all that the file itself may not tell, and looks for what would change.
async fn check(office: &Office, request: Value) {
    let (name, bytes) = exported(office, &request).await;
    let (path, import) = office.import(&name, bytes).await;
    let layers = import["layers"].as_array().expect("a list").clone();
    assert!(!layers.is_empty(), "{request}: {import}");
    let mapping = suggested(&import, |mapping| {
        for (layer, mapped) in layers.iter().zip(mapping["layers"].as_array_mut().expect("a list")) {
            if layer["crs"]["state"] == "missing" {
                mapped["crs"] = request.get("crs").cloned().unwrap_or_else(|| json!("OGC:CRS84"));
            }
            mapped["offset"] = request.get("offset").cloned().unwrap_or_default();
            mapped["absent"] = json!("remove");
            assert_ne!(mapped["collection"], Value::Null, "{request}: {layer}");
            assert_eq!(mapped["match"], "id", "{request}: {layer}");
        }
        mapping["workbook"] = Value::Null;
    });
    let import = office.map(&path, mapping).await;
    let [added, changed, unchanged, removed, rejected] = counts(&import);
    let rows = office.rows(&path, "").await;
    let told: Vec<&Value> = rows.iter().filter(|row| row["outcome"] != "unchanged").take(3).collect();
    assert_eq!([added, changed, removed, rejected], [0, 0, 0, 0], "{request}: {told:#?}");
    assert!(unchanged > 0, "{request}");
    assert_eq!(office.send("DELETE", &path, "", Value::Null).await.status, 204);
}

#[tokio::test]
async fn every_format_comes_back_without_a_difference() {
    let office = Office::open().await;
    for format in ["geojson", "geojsonseq", "gpkg", "shp", "csv", "xlsx", "kml", "fgb"] {
        check(&office, json!({"format": format, "collections": ["roads"]})).await;
    }
}

#[tokio::test]
async fn every_collection_comes_back_from_formats_that_hold_several() {
    let office = Office::open().await;
    for format in ["gpkg", "shp", "csv", "xlsx", "kml", "fgb"] {
        check(&office, json!({"format": format})).await;
    }
}

#[tokio::test]
async fn systems_encodings_and_offsets_come_back_without_a_difference() {
    let office = Office::open().await;
    for crs in ["EPSG:4549", "EPSG:4528", "EPSG:4490", "EPSG:3857"] {
        for format in ["gpkg", "shp", "csv", "fgb"] {
            check(&office, json!({"format": format, "crs": crs, "collections": ["roads", "parks"]})).await;
        }
        check(&office, json!({"format": "geojson", "crs": crs, "collections": ["parks"]})).await;
    }
    for format in ["shp", "csv"] {
        check(&office, json!({"format": format, "encoding": "gbk", "collections": ["zones"]})).await;
    }
    check(&office, json!({"format": "gpkg", "offset": "gcj-02", "collections": ["zones"]})).await;
    check(&office, json!({"format": "kml", "offset": "bd-09", "collections": ["zones"]})).await;
}

#[tokio::test]
async fn a_system_that_the_file_does_not_tell_is_asked_for() {
    let office = Office::open().await;
    let (name, bytes) =
        exported(&office, &json!({"format": "csv", "crs": "EPSG:4549", "collections": ["roads"]})).await;
    let (path, import) = office.import(&name, bytes).await;
    assert_eq!(import["layers"][0]["crs"], json!({"state": "missing"}), "{import}");
    let answer = office.send("PUT", &format!("{path}/mapping"), "", suggested(&import, |_| {})).await;
    answer.breaks("no system", &["layers[0].crs"]);
    assert!(answer.text().contains("say which"), "{}", answer.text());
}

#[tokio::test]
async fn an_encoding_that_was_found_by_looking_is_pointed_out() {
    let office = Office::open().await;
    let request = json!({"format": "csv", "encoding": "gbk", "collections": ["roads"]});
    let (name, bytes) = exported(&office, &request).await;
    let (path, import) = office.import(&name, bytes).await;
    assert_eq!(import["layers"][0]["encoding"], json!({"encoding": "gbk", "how": "recognised"}), "{import}");
    let mapping = suggested(&import, |mapping| mapping["layers"][0]["crs"] = json!("EPSG:4326"));
    let import = office.map(&path, mapping).await;
    assert_eq!(import["preview"]["warnings"][0]["code"], "encoding_assumed", "{import}");
}
