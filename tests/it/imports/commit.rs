//! What was shown lands as one batch, whole or not at all, and is taken back as one.

use std::time::Instant;

use guatu::plan::UserRole;
use serde_json::{Value, json};

use super::kit::{bytes, counts, road, roads, suggested};
use crate::support::accounts::Shown;
use crate::support::office::Office;

async fn changed_roads(office: &Office) -> (String, Value) {
    let mut file = roads();
    road(&mut file, "zuili-road")["properties"]["accuracy_m"] = json!(7);
    let mut new = road(&mut file, "chuangxin-road").clone();
    new["id"] = json!("chuangxin-road-2");
    file["features"].as_array_mut().expect("a list").push(new);
    file["features"].as_array_mut().expect("a list").retain(|road| road["id"] != "jiahang-road");
    office.previewed("roads.geojson", bytes(&file), |mapping| mapping["layers"][0]["absent"] = json!("remove")).await
}

#[tokio::test]
async fn what_was_shown_lands_as_one_batch_and_goes_back_as_one() {
    let office = Office::open().await;
    let before = office.get("/ogc/collections/roads/items?limit=100").await["features"].clone();
    let (path, import) = changed_roads(&office).await;
    assert_eq!(counts(&import), [1, 1, 5, 1, 0], "{import}");
    let seq = office.seq();
    let answer = office.commit(&path, json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let done = answer.json()["committed"].clone();
    assert_eq!(done, json!({"batch": seq + 1, "sequence": seq + 3, "changes": 3}));
    let log = office.get("/api/v1/changes?limit=3").await["changes"].clone();
    for change in log.as_array().expect("a list") {
        assert_eq!((&change["batch"], &change["note"]), (&done["batch"], &json!("import roads.geojson")), "{change}");
    }
    office.commit(&path, json!({})).await.is_problem("a second time", 409, "");
    let undone = office.send("POST", &format!("/api/v1/batches/{}/undo", done["batch"]), "", Value::Null).await;
    assert_eq!(undone.status, 200, "{}", undone.text());
    let mut after = office.get("/ogc/collections/roads/items?limit=100").await["features"].clone();
    let id = |feature: &Value| feature["id"].as_str().expect("an id").to_owned();
    after.as_array_mut().expect("a list").sort_by_key(id);
    let mut before = before;
    before.as_array_mut().expect("a list").sort_by_key(id);
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_request_that_is_sent_again_lands_once() {
    let office = Office::open().await;
    let (path, _) = changed_roads(&office).await;
    let send = async || {
        let headers = [("idempotency-key", "import-1")];
        office.send_with("POST", &format!("{path}/commit"), json!({"note": "survey of May"}), &headers).await
    };
    let (first, second) = (send().await, send().await);
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200), "{}", second.text());
    assert_eq!(first.json()["committed"], second.json()["committed"]);
    assert_eq!(office.get("/api/v1/changes?limit=1").await["changes"][0]["note"], "survey of May");
}

#[tokio::test]
async fn rejected_rows_stop_a_commit_unless_it_is_to_go_without_them() {
    let office = Office::open().await;
    let mut file = roads();
    road(&mut file, "zuili-road")["properties"]["accuracy_m"] = json!(7);
    road(&mut file, "jiahang-road")["properties"]["accuracy_m"] = json!(-7);
    let (path, import) = office.previewed("roads.geojson", bytes(&file), |_| {}).await;
    assert_eq!(counts(&import), [0, 1, 5, 0, 1]);
    let seq = office.seq();
    office.commit(&path, json!({})).await.is_problem("a row is rejected", 409, "");
    assert_eq!(office.seq(), seq);
    let answer = office.commit(&path, json!({"without_rejected": true})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(office.seq(), seq + 1);
}

#[tokio::test]
async fn what_changed_since_the_preview_is_not_overwritten() {
    let office = Office::open().await;
    let (path, import) = changed_roads(&office).await;
    office.done("PATCH", "/ogc/collections/roads/items/zuili-road", json!({"properties": {"accuracy_m": 9}})).await;
    let seq = office.seq();
    let said = office.get(&path).await["preview"]["warnings"].clone();
    assert_eq!(said[0]["code"], "changed_since", "{said}");
    let answer = office.commit(&path, json!({})).await;
    answer.is_problem("the road is another", 409, "");
    assert!(answer.text().contains("zuili-road") && answer.text().contains("mapping again"), "{}", answer.text());
    assert_eq!(office.seq(), seq, "whole or not at all");
    let mapping = suggested(&import, |mapping| mapping["layers"][0]["absent"] = json!("remove"));
    office.map(&path, mapping).await;
    assert_eq!(office.commit(&path, json!({})).await.status, 200);
}

#[tokio::test]
async fn an_import_is_its_senders_own() {
    let office = Office::open().await;
    let other = office.beside("other", &[UserRole::Gis]).await;
    let viewer = office.beside("viewer", &[UserRole::Viewer]).await;
    let (path, _) = changed_roads(&office).await;
    assert_eq!(other.get("/api/v1/imports").await, json!({"imports": []}));
    assert_eq!(office.get("/api/v1/imports").await["imports"].as_array().map(Vec::len), Some(1));
    for method in ["GET", "DELETE"] {
        other.send(method, &path, "", Value::Null).await.is_problem(method, 404, "import");
        viewer.send(method, &path, "", Value::Null).await.is_problem(method, 403, "");
    }
    other.commit(&path, json!({})).await.is_problem("a commit", 404, "import");
    viewer.upload("roads.geojson", bytes(&roads())).await.is_problem("a viewer", 403, "");
    let nobody = office.server.ask("GET", "/api/v1/imports", &Shown::Nothing, Value::Null).await;
    nobody.is_problem("nobody", 401, "");
    assert_eq!(office.send("DELETE", &path, "", Value::Null).await.status, 204);
    assert_eq!(office.kept(), Vec::<String>::new());
}

/// As many places as one import may bring.
const MANY: usize = 20_000;

#[tokio::test]
async fn twenty_thousand_places_land_and_go_back_within_a_request_each() {
    let office = Office::open().await;
    let features: Vec<Value> = (0..MANY)
        .map(|n| {
            let (x, y) = (120.70 + (n % 200) as f64 * 0.0004, 30.70 + (n / 200) as f64 * 0.0004);
            json!({"type": "Feature", "id": format!("lamp-{n}"), "geometry":
                {"type": "LineString", "coordinates": [[x, y], [x + 0.0002, y + 0.0002]]}, "properties":
                {"project": "zuili-road", "name_zh": format!("段 {n}"), "name_en": format!("Piece {n}"),
                 "accuracy_m": 5, "position": "approximate"}})
        })
        .collect();
    let file = bytes(&json!({"type": "FeatureCollection", "features": features}));
    let started = Instant::now();
    let (path, import) = office.import("roads.geojson", file).await;
    let (sent, started) = (started.elapsed(), Instant::now());
    let mapping = suggested(&import, |mapping| {
        mapping["layers"][0]["collection"] = json!("roads");
        mapping["layers"][0]["match"] = json!("id");
    });
    let import = office.map(&path, mapping).await;
    let (previewed, started) = (started.elapsed(), Instant::now());
    assert_eq!(counts(&import), [MANY as u64, 0, 0, 0, 0]);
    let answer = office.commit(&path, json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let (landed, started) = (started.elapsed(), Instant::now());
    let batch = answer.json()["committed"]["batch"].clone();
    let undone = office.send("POST", &format!("/api/v1/batches/{batch}/undo"), "", Value::Null).await;
    assert_eq!(undone.status, 200, "{}", undone.text());
    assert_eq!(office.get("/ogc/collections/roads/items?limit=1").await["numberMatched"], 7);
    let parts = [sent, previewed, landed, started.elapsed()];
    println!("{MANY} places sent, previewed, landed, undone: {parts:?}");
}

#[tokio::test]
async fn a_mapping_is_not_replaced_while_its_commit_is_under_way() {
    let office = Office::open().await;
    let (path, import) = changed_roads(&office).await;
    let id = path.rsplit('/').next().expect("an id").parse().expect("an id");
    let imports = &office.server.state.imports;
    let found = imports.find("all", &id, office.server.now()).expect("an import");
    let committing = imports.begin_commit(&found).expect("nobody else does");
    let mapping = format!("{path}/mapping");
    let put = || office.send("PUT", &mapping, "", import["mapping"].clone());
    put().await.is_problem("a mapping under way", 409, "");
    office.commit(&path, json!({})).await.is_problem("a second commit", 409, "");
    drop(committing);
    assert_eq!(put().await.status, 200);
    assert_eq!(office.commit(&path, json!({})).await.status, 200);
    put().await.is_problem("it has landed", 409, "");
}

#[tokio::test]
async fn what_landed_is_answered_as_landed_also_when_the_disk_takes_no_note() {
    let office = Office::open().await;
    let (path, _) = changed_roads(&office).await;
    let folder = office.server.folder.path().join("imports");
    let away = office.server.folder.path().join("away");
    std::fs::rename(&folder, &away).expect("a folder");
    let seq = office.seq();
    let answer = office.commit(&path, json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["committed"]["batch"], seq + 1);
    assert_eq!(office.get(&path).await["committed"]["batch"], seq + 1);
    office.commit(&path, json!({})).await.is_problem("a second time", 409, "");
    // The disk is well again, and the next run knows of it.
    std::fs::rename(&away, &folder).expect("a folder");
    let now = office.server.now();
    assert_eq!(office.server.state.imports.sweep(now, |_| true).expect("a disk"), 0);
    let again = guatu::store::files::FileStore::open(&folder).and_then(guatu::services::imports::Imports::new);
    let found = again.expect("notes").list("all", now);
    assert_eq!(found[0].committed().map(|committed| committed.batch), Some(seq + 1));
}
