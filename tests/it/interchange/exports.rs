//! Exports over the API: what is asked for comes, with a receipt that is true of the file.

use std::sync::atomic::Ordering;

use guatu::plan::Date;
use guatu::services::exports::desk::{Exports, Room, Stage};
use guatu::services::exports::{ExportError, Progress, Request};
use guatu::services::{Audience, View};
use guatu::spatial::CrsCatalogue;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::accounts::Shown;
use crate::support::http::{Answer, Server};
use crate::support::office::Office;

pub const EXPORTS: &str = "/api/v1/exports";

/// Makes an export as anybody and fetches it.
pub async fn exported(server: &Server, request: Value) -> (Value, Vec<u8>) {
    let answer = made(server, request.clone(), &[]).await;
    assert_eq!(answer.status, 201, "{request}: {}", answer.text());
    let export = answer.json();
    assert_eq!(export["state"], "done", "{request}: {export}");
    let file = server.get(export["file"].as_str().expect("an address")).await;
    assert_eq!(file.status, 200, "{}", file.text());
    (export["receipt"].clone(), file.body)
}

fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

async fn made(server: &Server, request: Value, headers: &[(&str, &str)]) -> Answer {
    server.ask_with("POST", EXPORTS, &Shown::Nothing, request, headers).await
}

#[tokio::test]
async fn every_format_comes_with_a_receipt_that_is_true_of_it() {
    let server = Server::shipped();
    let formats = server.json("/api/v1/formats").await;
    for format in formats["formats"].as_array().expect("formats") {
        let id = format["id"].as_str().expect("an id");
        let (receipt, bytes) = exported(&server, json!({"format": id})).await;
        assert_eq!(receipt["sha256"], sha256(&bytes), "{id}");
        assert_eq!(receipt["bytes"], bytes.len(), "{id}");
        assert_eq!(receipt["count"], 45, "{id}");
        assert_eq!(receipt["layers"].as_array().map(Vec::len), Some(10), "{id}");
        assert_eq!(receipt["source"]["plan"], "jxedz-2019");
        assert_eq!(receipt["source"]["sequence"], server.published.current().seq());
        assert!(receipt["position_note"]["zh"].as_str().is_some_and(|note| note.contains("示意")));
        let error = &receipt["largest_error"];
        if format["reads"] == true {
            assert!(error["compared"].as_u64() >= Some(45), "{id}: {error}");
            assert!(error["value"].as_f64() <= Some(1e-8), "{id}: {error}");
        } else {
            assert!(error.is_null(), "{id}: {error}");
        }
    }
}

#[tokio::test]
async fn selections_and_filters_choose_what_goes_out() {
    let server = Server::shipped();
    let count = |request: Value| {
        let server = server.clone();
        async move { exported(&server, request).await.0["count"].as_u64().expect("a number") }
    };
    let all = |members: Value| crate::support::office::merged(json!({"format": "geojson"}), members);
    assert_eq!(count(all(json!({"collections": ["roads", "parks"]}))).await, 11);
    assert_eq!(count(all(json!({"kinds": ["road"]}))).await, 7);
    assert_eq!(count(all(json!({"kinds": ["road"], "collections": ["roads", "parks"]}))).await, 7);
    assert_eq!(count(all(json!({"projects": ["zuili-road"]}))).await, 1);
    assert_eq!(count(all(json!({"features": [{"collection": "schools", "id": "chayuan-primary"}]}))).await, 1);
    let by_filter = count(all(json!({"filter": "accuracy_m > 300"}))).await;
    let mut expected = 0;
    for collection in
        ["roads", "bridges", "parks", "schools", "hospitals", "estates", "services", "hotels", "industry", "zones"]
    {
        let page = server.json(&format!("/ogc/collections/{collection}/items?filter=accuracy_m%20%3E%20300")).await;
        expected += page["numberMatched"].as_u64().expect("a number");
    }
    assert_eq!(by_filter, expected);
    assert_eq!(count(all(json!({"bbox": [120.70, 30.69, 120.72, 30.71], "collections": ["industry"]}))).await, 5);
}

#[tokio::test]
async fn what_does_not_go_together_is_told_by_member() {
    let server = Server::shipped();
    for (members, member) in [
        (json!({"collections": ["moons"]}), "collections"),
        (json!({"projects": ["moon-road"]}), "projects"),
        (json!({"crs": "EPSG:2154"}), "crs"),
        (json!({"format": "kml", "crs": "EPSG:4549"}), "crs"),
        (json!({"format": "pmtiles", "crs": "EPSG:4549"}), "crs"),
        (json!({"offset": "gcj-02", "crs": "EPSG:4549"}), "offset"),
        (json!({"encoding": "gbk"}), "encoding"),
        (json!({"filter": "colour = 1"}), "filter"),
        (json!({"filter": "accuracy_m < 0"}), "filter"),
        (json!({"bbox": [1, 2, 0, 1]}), "bbox"),
        (json!({"bbox": [0, 0, 1, 1]}), "bbox"),
        (json!({"kinds": ["park"], "collections": ["roads"]}), "kinds"),
        (json!({"bom": true}), "bom"),
        (json!({"format": "gpkg", "geometry": "lonlat"}), "geometry"),
        (json!({"format": "csv", "tables": false}), "tables"),
        (json!({"min_zoom": 3}), "min_zoom"),
        (json!({"format": "shp", "max_zoom": 3}), "max_zoom"),
        (json!({"format": "pmtiles", "min_zoom": 9, "max_zoom": 3}), "max_zoom"),
    ] {
        let request = crate::support::office::merged(json!({"format": "geojson"}), members);
        made(&server, request.clone(), &[]).await.is_problem(&request.to_string(), 400, member);
    }
    let told = made(&server, json!({"format": "geojson", "bom": true}), &[]).await.json();
    assert_eq!(
        (&told["detail"], &told["expected"]),
        (&json!("bom: says nothing to geojson"), &json!("none, or the format csv"))
    );
    for body in [json!({}), json!({"format": "dwg"}), json!({"format": "geojson", "colour": 1})] {
        assert_eq!(made(&server, body.clone(), &[]).await.status, 400, "{body}");
    }
    // Lines have no longitude and latitude of their own.
    let lines = json!({"format": "csv", "collections": ["roads"], "geometry": "lonlat"});
    let answer = made(&server, lines, &[]).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert!(answer.text().contains("roads"), "{}", answer.text());
}

#[tokio::test]
async fn names_tell_what_a_file_is_and_offsets_are_never_hidden() {
    let server = Server::shipped();
    let (receipt, plain) = exported(&server, json!({"format": "geojson", "collections": ["schools"]})).await;
    assert_eq!(receipt["file"], "jxedz-2019_schools_ogccrs84_2020-01-10.geojson");
    let (receipt, moved) =
        exported(&server, json!({"format": "geojson", "collections": ["schools"], "offset": "gcj-02"})).await;
    assert!(receipt["file"].as_str().is_some_and(|name| name.contains("gcj-02")), "{receipt}");
    assert_eq!(receipt["offset"], "gcj-02");
    assert!(receipt["notes"][0].as_str().is_some_and(|note| note.contains("GCJ-02")), "{receipt}");
    assert!(receipt["largest_error"]["value"].as_f64() <= Some(1e-8), "held against what was meant: {receipt}");
    let first = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("JSON")["features"][0]["geometry"].clone();
    assert_ne!(first(&plain), first(&moved));
}

#[tokio::test]
async fn an_earlier_day_goes_out_as_it_was() {
    let mut office = Office::open().await;
    let before = office.get("/ogc/collections/roads/items/zuili-road").await;
    office.server.clock.fetch_add(3 * 86_400, Ordering::Relaxed);
    // Sessions do not last so long.
    office.shown = office.server.sign_in("all").await;
    let mut body = before.clone();
    body["properties"]["name_en"] = "Renamed road".into();
    office.done("PUT", "/ogc/collections/roads/items/zuili-road", body).await;
    let request = |as_of: Option<&str>| json!({"format": "geojson", "projects": ["zuili-road"], "as_of": as_of});
    let name = |bytes: Vec<u8>| {
        serde_json::from_slice::<Value>(&bytes).expect("JSON")["features"][0]["properties"]["name_en"].clone()
    };
    let (receipt, then) = exported(&office.server, request(Some("2020-01-10"))).await;
    assert_eq!(receipt["source"]["as_of"], "2020-01-10");
    assert_eq!(name(then), before["properties"]["name_en"]);
    assert_eq!(name(exported(&office.server, request(None)).await.1), "Renamed road");
}

#[tokio::test]
async fn what_is_internal_goes_out_to_staff_alone() {
    let office = Office::open().await;
    office.done("PATCH", "/api/v1/projects/zuili-road", json!({"visibility": "internal"})).await;
    let request = json!({"format": "geojson", "collections": ["roads"]});
    let answer = office.send("POST", EXPORTS, "", request.clone()).await;
    assert_eq!(answer.json()["receipt"]["count"], 7, "{}", answer.text());
    let path = format!("{EXPORTS}/{}", answer.json()["id"].as_str().expect("an id"));
    office.get(&path).await;
    for suffix in ["", "/file", "/receipt"] {
        assert_eq!(office.server.get(&format!("{path}{suffix}")).await.status, 404, "{suffix}");
    }
    let (receipt, bytes) = exported(&office.server, request).await;
    assert_eq!(receipt["count"], 6);
    assert!(!String::from_utf8_lossy(&bytes).contains("槜李路"));
}

#[tokio::test]
async fn a_file_is_fetched_in_parts_and_goes_after_an_hour_or_when_it_is_forgotten() {
    let server = Server::shipped();
    let answer = made(&server, json!({"format": "geojson"}), &[]).await;
    let export = answer.json();
    let path = export["file"].as_str().expect("an address").to_owned();
    assert!(answer.header("location").ends_with(export["id"].as_str().expect("an id")));
    let whole = server.get(&path).await;
    assert!(whole.header("content-disposition").contains("attachment"));
    assert_eq!(whole.header("content-type"), "application/geo+json");
    let part = server.get_with(&path, &[("range", "bytes=10-19")]).await;
    assert_eq!((part.status.as_u16(), part.body.as_slice()), (206, &whole.body[10..20]));
    let one = path.strip_suffix("/file").expect("below the export").to_owned();
    let receipt = server.json(&format!("{one}/receipt")).await;
    assert_eq!(receipt, export["receipt"]);
    let folder = server.folder.path().join("exports");
    let files = || std::fs::read_dir(&folder).expect("a folder").count();
    assert_eq!(files(), 1);
    server.clock.fetch_add(3_601, Ordering::Relaxed);
    assert_eq!(server.get(&one).await.status, 404);
    assert_eq!(files(), 0, "nothing is left behind");
    let export = made(&server, json!({"format": "geojson"}), &[]).await.json();
    let one = format!("{EXPORTS}/{}", export["id"].as_str().expect("an id"));
    assert_eq!(server.ask("DELETE", &one, &Shown::Nothing, Value::Null).await.status, 204);
    assert_eq!(server.get(&one).await.status, 404);
    assert_eq!(files(), 0);
    // What failed leaves nothing either.
    assert_eq!(
        made(&server, json!({"format": "csv", "collections": ["roads"], "geometry": "lonlat"}), &[]).await.status,
        422
    );
    assert_eq!(files(), 0);
}

#[tokio::test]
async fn whoever_does_not_wait_is_told_how_far_it_is() {
    let server = Server::shipped();
    let answer = made(&server, json!({"format": "gpkg"}), &[("prefer", "wait=0")]).await;
    assert!([201, 202].contains(&answer.status.as_u16()), "{}", answer.text());
    let path = format!("{EXPORTS}/{}", answer.json()["id"].as_str().expect("an id"));
    for _ in 0..600 {
        let export = server.json(&path).await;
        match export["state"].as_str() {
            Some("running") => {
                assert!(export["done"].as_u64() <= export["total"].as_u64() || export["total"] == 0);
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            _ => {
                assert_eq!(export["state"], "done", "{export}");
                assert_eq!(export["done"], export["total"], "{export}");
                return;
            }
        }
    }
    panic!("it never ended");
}

#[tokio::test]
async fn an_export_that_is_stopped_ends_also_where_nothing_matches() {
    let server = Server::shipped();
    let atlas = server.published.current();
    let view = View { atlas, today: "2020-01-10".parse::<Date>().expect("a date"), audience: Audience::Staff };
    let request = |filter: &str| serde_json::from_value(json!({"format": "csv", "filter": filter})).expect("a request");
    let export = guatu::http::checked_export(&request("accuracy_m < 0"), &CrsCatalogue::default());
    let export = export.unwrap_or_else(|problem| panic!("{}", problem.told().0));
    let folder = tempfile::tempdir().expect("a folder");
    let write = |progress: &Progress| {
        let path = folder.path().join("file");
        export.write(&view, &path, folder.path(), server.now(), progress).map(|_| ())
    };
    assert!(matches!(write(&Progress::default()), Err(ExportError::Request { .. })), "nothing matches");
    let stopped = Progress::default();
    stopped.stop.stop();
    assert!(matches!(write(&stopped), Err(ExportError::Stopped)));
}

#[tokio::test]
async fn ids_of_digits_go_out_as_ids_in_every_format() {
    let office = Office::open().await;
    let place = crate::support::office::spot("100001", "chayuan-primary", 120.77, 30.75);
    office.done("POST", "/ogc/collections/schools/items", place).await;
    for format in ["csv", "shp", "xlsx", "geojson", "gpkg", "kml", "fgb"] {
        let request = json!({"format": format, "collections": ["schools"], "filter": "id = '100001'"});
        let (receipt, _) = exported(&office.server, request).await;
        assert_eq!(receipt["largest_error"]["compared"], 1, "{format}: {receipt}");
    }
}

#[tokio::test]
async fn a_receipt_tells_of_texts_that_spreadsheets_run() {
    let office = Office::open().await;
    let mut place = crate::support::office::spot("formula", "chayuan-primary", 120.77, 30.75);
    place["properties"]["name_zh"] = "=1+1".into();
    office.done("POST", "/ogc/collections/schools/items", place).await;
    let request = |formulas: Value| {
        let filter = "id = 'formula'";
        json!({"format": "csv", "collections": ["schools"], "filter": filter, "formulas": formulas})
    };
    for (formulas, begins) in [("keep", "=1+1"), ("escape", "'=1+1")] {
        let (receipt, bytes) = exported(&office.server, request(formulas.into())).await;
        let notes = receipt["notes"].to_string();
        assert!(notes.contains("1 texts of schools") && notes.contains("name_zh"), "{notes}");
        assert!(String::from_utf8_lossy(&bytes).contains(&format!(",{begins},")), "{formulas}");
    }
    assert_eq!(made(&office.server, request("run".into()), &[]).await.status, 400);
}

#[tokio::test]
async fn strangers_files_push_out_strangers_files_alone() {
    let server = Server::shipped();
    let atlas = server.published.current();
    let today = "2020-01-10".parse::<Date>().expect("a date");
    let begin = |exports: &Exports, audience: Audience| {
        let request = serde_json::from_value(json!({"format": "geojson"})).expect("a request");
        let export = guatu::http::checked_export(&request, &CrsCatalogue::default());
        let export = export.unwrap_or_else(|problem| panic!("{}", problem.told().0));
        let view = View { atlas: std::sync::Arc::clone(&atlas), today, audience };
        let about = Request { asked: Value::Null, server: None, as_of: None, at: server.now(), today };
        exports.begin(export, view, about).expect("room")
    };
    let stranger = Audience::Public { known_at: atlas.seq() };
    let folder = tempfile::tempdir().expect("a folder");
    let exports = Exports::within(folder.path().to_owned(), Room { bytes_of_staff: 1 << 30, bytes_of_public: 100_000 });
    let of_staff = begin(&exports, Audience::Staff);
    of_staff.ended().await;
    let Stage::Done(receipt) = of_staff.stage() else { panic!("{:?}", of_staff.stage()) };
    assert!((10_000..100_000).contains(&receipt.bytes), "some of them fit: {}", receipt.bytes);
    let mut strangers = Vec::new();
    for _ in 0..20 {
        let job = begin(&exports, stranger);
        job.ended().await;
        strangers.push(job.id.clone());
    }
    exports.sweep(server.now());
    let is_there = |id: &String| exports.find(id, server.now()).is_some();
    assert!(is_there(&of_staff.id), "it is the oldest, and stays");
    assert!(!is_there(&strangers[0]) && is_there(&strangers[19]), "the oldest of theirs has gone");
    let kept = strangers.iter().filter(|id| is_there(id)).count() as u64;
    assert_eq!(kept, 100_000 / receipt.bytes);
    // Nobody asks any more, and the hour is over.
    drop(of_staff);
    exports.sweep(server.now() + jiff::SignedDuration::from_hours(1));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}
