//! Files that mean harm: each is refused with a reason, nothing of it stays, and the server goes on.

use super::kit::{bytes, roads};
use crate::support::office::Office;

async fn refused(office: &Office, name: &str, content: Vec<u8>, part: &str) {
    let answer = office.upload(name, content).await;
    assert!(answer.status == 422 || answer.status == 415, "{name}: {} {}", answer.status, answer.text());
    let detail = answer.json()["detail"].as_str().expect("a detail").to_owned();
    assert!(detail.contains(part), "{name}: {detail}");
    assert_eq!(office.kept(), Vec::<String>::new(), "{name}");
}

#[tokio::test]
async fn json_that_is_deep_cut_or_no_layer_is_refused() {
    let office = Office::open().await;
    let deep = format!("{}{}", "{\"a\":".repeat(100_000), "1");
    refused(&office, "deep.geojson", deep.into_bytes(), "").await;
    let nested = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"properties\":{{}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":{}{}}}}}]}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    refused(&office, "nested.geojson", nested.into_bytes(), "").await;
    let whole = bytes(&roads());
    for cut in [1, whole.len() / 2, whole.len() - 1] {
        refused(&office, "cut.geojson", whole[..cut].to_vec(), "").await;
    }
}

#[tokio::test]
async fn archives_that_are_no_archives_are_refused() {
    let office = Office::open().await;
    refused(&office, "roads.zip", b"PK\x03\x04 and nothing that follows".to_vec(), "").await;
    refused(&office, "plan.xlsx", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(), "").await;
}

/// A zip file of members with their bytes.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
        writer.write_all(content).expect("bytes in memory");
    }
    writer.finish().expect("a zip file").into_inner()
}

#[tokio::test]
async fn archives_that_burst_or_lead_elsewhere_are_refused() {
    let office = Office::open().await;
    let zeros = vec![0_u8; 64 << 20];
    let bomb = zip(&[("a.shp", &zeros), ("a.shx", &zeros), ("a.dbf", &zeros), ("a.prj", b"")]);
    assert!(bomb.len() < 1 << 20, "small on its way");
    refused(&office, "bomb.zip", bomb, "").await;
    refused(&office, "elsewhere.zip", zip(&[("../../a.shp", b"x"), ("../../a.dbf", b"x")]), "").await;
    refused(&office, "nothing.zip", zip(&[("readme.md", b"nothing to read")]), "").await;
    assert!(!std::path::Path::new("../../a.shp").exists());
}

#[tokio::test]
async fn entities_are_not_expanded() {
    let office = Office::open().await;
    let laughs = r#"<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
        <kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>&b;</name></Placemark></Document></kml>"#;
    refused(&office, "laughs.kml", laughs.as_bytes().to_vec(), "").await;
    let outside = r#"<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml><name>&x;</name></kml>"#;
    refused(&office, "outside.kml", outside.as_bytes().to_vec(), "").await;
}

#[tokio::test]
async fn files_that_are_cut_or_flipped_never_bring_the_server_down() {
    let office = Office::open().await;
    let mut sent = 0;
    for format in ["gpkg", "shp", "xlsx", "kml", "fgb", "csv", "geojson"] {
        let request = serde_json::json!({"format": format, "collections": ["parks"]});
        let answer = office.send("POST", "/api/v1/exports", "", request).await;
        let made = answer.json();
        let file = office
            .server
            .ask("GET", made["file"].as_str().expect("an address"), &office.shown, serde_json::Value::Null)
            .await;
        let name = made["receipt"]["file"].as_str().expect("a name");
        for round in 0..24_usize {
            let mut content = file.body.clone();
            if round % 3 == 0 {
                content.truncate(content.len() * (round + 1) / 25);
            } else {
                let at = (content.len() * 7919 * (round + 1)) % content.len();
                content[at] ^= 1 << (round % 8);
            }
            let answer = office.upload(name, content).await;
            let status = answer.status.as_u16();
            assert!([201, 415, 422].contains(&status), "{format} {round}: {status} {}", answer.text());
            if status == 201 {
                let path = answer.header("location").to_owned();
                let mapping =
                    super::kit::suggested(&answer.json(), |mapping| mapping["workbook"] = serde_json::Value::Null);
                let mapped = office.send("PUT", &format!("{path}/mapping"), "", mapping).await.status.as_u16();
                assert!([200, 422].contains(&mapped), "{format} {round}: {mapped}");
                assert_eq!(office.send("DELETE", &path, "", serde_json::Value::Null).await.status, 204);
            }
            sent += 1;
        }
    }
    assert_eq!((sent, office.kept()), (168, Vec::<String>::new()));
}

#[tokio::test]
async fn places_that_are_no_numbers_are_rejected_row_by_row() {
    let office = Office::open().await;
    let file =
        "id,name_zh,WKT\nzuili-road,甲,\"LINESTRING (NaN 1, 2 3)\"\njiahang-road,乙,\"LINESTRING (1e400 1, 2 3)\"\n";
    let answer = office.upload("roads.csv", file.as_bytes().to_vec()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let path = answer.header("location").to_owned();
    let mapping =
        super::kit::suggested(&answer.json(), |mapping| mapping["layers"][0]["crs"] = serde_json::json!("EPSG:4326"));
    let import = office.map(&path, mapping).await;
    assert_eq!(super::kit::counts(&import), [0, 0, 0, 0, 2], "{import}");
    let rows = office.rows(&path, "").await;
    assert!(rows.iter().all(|row| row["reasons"][0]["field"] == "geometry"), "{rows:?}");
}
