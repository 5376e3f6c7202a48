//! Files as they come: what is taken, how many, for how long, and what is left of them.

use axum::body::Body;
use serde_json::{Value, json};

use super::kit::{bytes, roads};
use crate::support::office::Office;

#[tokio::test]
async fn a_file_is_told_with_its_digest_and_what_it_holds() {
    let office = Office::open().await;
    let file = bytes(&roads());
    let (path, import) = office.import("roads.geojson", file.clone()).await;
    assert_eq!((&import["name"], &import["format"]), (&json!("roads.geojson"), &json!("geojson")));
    assert_eq!(import["bytes"], file.len());
    assert_eq!(import["sha256"].as_str().map(str::len), Some(64));
    let layer = &import["layers"][0];
    assert_eq!(
        (&layer["count"], &layer["crs"]["state"], &layer["crs"]["code"]),
        (&json!(7), &json!("stated"), &json!("OGC:CRS84"))
    );
    assert_eq!(layer["suggested"]["fields"]["name_zh"], "name_zh");
    assert_eq!(office.get(&path).await, import);
    assert_eq!(office.get("/api/v1/imports").await["imports"], json!([import]));
}

#[tokio::test]
async fn a_name_is_a_name_and_no_path() {
    let office = Office::open().await;
    for name in ["", "..%2Fx.geojson", "a%2Fb", "a%5Cb", "..", "%07"] {
        let answer = office.upload(name, bytes(&roads())).await;
        answer.is_problem(name, 400, "name");
    }
    assert_eq!(office.kept(), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_in_no_format_that_is_read_is_refused_and_gone() {
    let office = Office::open().await;
    for (name, content) in [("a.geojson", &b""[..]), ("a.bin", &b"\x00\x01\x02"[..]), ("a.png", b"\x89PNG\r\n\x1a\n")] {
        let answer = office.upload(name, content.to_vec()).await;
        answer.is_problem(name, 415, "");
        assert!(answer.json()["expected"].as_str().is_some_and(|said| said.contains("geojson")), "{}", answer.text());
    }
    assert_eq!(office.kept(), Vec::<String>::new());
}

#[tokio::test]
async fn ten_files_of_one_user_stay_for_a_day() {
    let office = Office::open().await;
    for _ in 0..10 {
        office.import("roads.geojson", bytes(&roads())).await;
    }
    office.upload("roads.geojson", bytes(&roads())).await.is_problem("an eleventh", 409, "");
    assert_eq!(office.kept().len(), 20, "a file and a note each");
    // A session outlasts no day of doing nothing.
    office.server.pass_hours(24);
    let again = office.beside("again", &[guatu::plan::UserRole::Gis]).await;
    again.import("roads.geojson", bytes(&roads())).await;
    let sweeping = guatu::services::imports::Imports::new(
        guatu::store::files::FileStore::open(&office.server.folder.path().join("imports")).expect("a folder"),
    )
    .expect("notes");
    assert_eq!(sweeping.sweep(office.server.now()).expect("a disk"), 10);
    assert_eq!(office.kept().len(), 2);
}

#[tokio::test]
async fn a_file_that_breaks_off_leaves_nothing_behind() {
    let office = Office::open().await;
    let parts = [Ok(b"{\"type\": \"FeatureCollection\"".to_vec()), Err(std::io::Error::other("the line is dead"))];
    let answer = office.upload("roads.geojson", Body::from_stream(futures_util::stream::iter(parts))).await;
    answer.is_problem("a broken line", 400, "");
    assert_eq!(office.kept(), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_that_is_too_long_is_refused_before_it_comes() {
    let office = Office::open().await;
    let crate::support::accounts::Shown::Cookie(secret) = &office.shown else { panic!("a browser") };
    let request = axum::http::Request::post("/api/v1/imports?name=a.geojson")
        .header("cookie", format!("guatu_session={secret}"))
        .header("sec-fetch-site", "same-origin")
        .header("content-length", (257_u64 << 20).to_string())
        .body(Body::empty())
        .expect("a request");
    office.server.send(request).await.is_problem("too long", 413, "");
    assert_eq!(office.kept(), Vec::<String>::new());
}

#[tokio::test]
async fn an_import_outlasts_the_server() {
    let office = Office::open().await;
    let (path, import) = office.previewed("roads.geojson", bytes(&roads()), |_| {}).await;
    let folder = office.server.folder.path().join("imports");
    let again =
        guatu::services::imports::Imports::new(guatu::store::files::FileStore::open(&folder).expect("a folder"));
    let again = again.expect("notes");
    let found = again.list("all", office.server.now());
    assert_eq!(found.len(), 1);
    assert_eq!(format!("/api/v1/imports/{}", found[0].id), path);
    assert_eq!(serde_json::to_value(found[0].mapping()).expect("JSON"), import["mapping"]);
    let inspection = again.inspection(&found[0], &office.server.published.current()).expect("a file");
    assert_eq!(inspection.layers[0].count, 7);
    assert!(again.preview(&found[0].id).is_none());
    let _: Value = import;
}
