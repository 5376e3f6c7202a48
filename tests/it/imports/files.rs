//! Files as they come: what is taken, how many, for how long, and what is left of them.

use axum::body::Body;
use serde_json::{Value, json};

use guatu::services::accounts::UserPatch;
use guatu::services::imports::{ImportError, Imports, MAX_ALL_IMPORTS, Room};
use guatu::store::files::FileStore;

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
    let sweeping =
        Imports::new(FileStore::open(&office.server.folder.path().join("imports")).expect("a folder")).expect("notes");
    assert_eq!(sweeping.sweep(office.server.now(), |_| true).expect("a disk"), 10);
    assert_eq!(office.kept().len(), 2);
}

/// Imports of a folder of their own.
fn imports(folder: &tempfile::TempDir, room: Room) -> Imports {
    Imports::within(FileStore::open(folder.path()).expect("a folder"), room).expect("notes")
}

#[tokio::test]
async fn all_users_files_together_have_their_limits() {
    let (folder, now) = (tempfile::tempdir().expect("a folder"), crate::support::plan::at("2020-01-10T00:00:00Z"));
    let full = |result: Result<(), ImportError>| assert!(matches!(result, Err(ImportError::Full)), "{result:?}");
    let shelf = imports(&folder, Room { count: 3, bytes: 1_000 });
    let coming: Vec<_> = ["a", "b", "c"].map(|owner| shelf.begin(owner, now).expect("room")).into();
    full(shelf.begin("d", now).map(drop));
    drop(coming);
    let (mut first, mut second) = (shelf.begin("a", now).expect("room"), shelf.begin("b", now).expect("room"));
    first.append(&[0; 600]).expect("room");
    full(second.append(&[0; 600]));
    second.append(&[0; 400]).expect("all that is left");
    full(shelf.begin("c", now).map(drop));
    drop(first);
    let mut third = shelf.begin("c", now).expect("room again");
    third.append(&[0; 600]).expect("room");
    // What is kept counts too.
    drop((second, third));
    let file = bytes(&roads());
    let shelf = imports(&folder, Room { count: 10, bytes: file.len() as u64 + 10 });
    let mut coming = shelf.begin("a", now).expect("room");
    coming.append(&file).expect("room");
    let atlas = crate::support::http::Server::shipped_atlas();
    shelf.finish(coming, "roads.geojson", &atlas, now).expect("a file");
    full(shelf.begin("b", now).expect("ten bytes").append(&[0; 11]));
    assert_eq!(MAX_ALL_IMPORTS, 100);
}

#[tokio::test]
async fn files_of_a_disabled_user_go() {
    let office = Office::open().await;
    office.import("roads.geojson", bytes(&roads())).await;
    let other = office.beside("other", &[guatu::plan::UserRole::Gis]).await;
    other.import("roads.geojson", bytes(&roads())).await;
    let (imports, accounts) = (&office.server.state.imports, &office.server.accounts);
    let sweep = || {
        let active = accounts.active_names().expect("users");
        imports.sweep(office.server.now(), |owner| active.contains(owner)).expect("a disk")
    };
    assert_eq!(sweep(), 0);
    let disabled = UserPatch { disabled: Some(true), ..UserPatch::default() };
    accounts.change_user(&"other".parse().expect("a name"), disabled).expect("a user");
    assert_eq!(sweep(), 1);
    assert_eq!(office.get("/api/v1/imports").await["imports"].as_array().map(Vec::len), Some(1));
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
    let again = Imports::new(FileStore::open(&folder).expect("a folder"));
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
