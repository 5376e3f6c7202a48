//! Taking a change back by a new change.

use guatu::plan::UserRole;
use serde_json::{Value, json};

use super::{ITEM, ROAD};
use crate::support::http::Answer;
use crate::support::office::{Office, line, road, text};

async fn undo(office: &Office, seq: u64) -> Answer {
    office.send("POST", &format!("/api/v1/changes/{seq}/undo"), "", Value::Null).await
}

#[tokio::test]
async fn an_update_goes_back_field_by_field() {
    let office = Office::open().await;
    let before = office.get(ROAD).await["record"].clone();
    office.done("PATCH", ROAD, json!({"stage": "building", "progress": 5, "note": text("注", "Note")})).await;
    let first = office.seq();
    office.done("PATCH", ROAD, json!({"warden": "王芳"})).await;
    let back = undo(&office, first).await;
    assert_eq!((back.status.as_u16(), back.header("etag")), (200, "\"4\""), "{}", back.text());
    assert_eq!(back.header("x-guatu-sequence"), office.seq().to_string());
    let mut expected = before;
    expected["warden"] = json!("王芳");
    assert_eq!(back.json()["record"], expected, "what was done since to another field stays");
    let told = office.get("/api/v1/changes?limit=1").await["changes"][0].clone();
    assert_eq!((&told["undoes"], &told["kind"], &told["actor"]), (&json!(first), &json!("updated"), &json!("all")));
    // Undo of the undo.
    let again = undo(&office, office.seq()).await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["record"]["stage"]),
        (200, &json!("building")),
        "{}",
        again.text()
    );
    assert_eq!(again.json()["record"]["note"], text("注", "Note"));
}

#[tokio::test]
async fn a_field_that_changed_since_stands_in_the_way() {
    let office = Office::open().await;
    office.done("PATCH", ROAD, json!({"progress": 5, "warden": "王芳"})).await;
    let first = office.seq();
    office.done("PATCH", ROAD, json!({"progress": 6})).await;
    let refused = undo(&office, first).await;
    refused.is_problem("overtaken", 409, "");
    assert!(refused.text().contains("progress of") && !refused.text().contains("warden"), "{}", refused.text());
    office.done("PATCH", ROAD, json!({"progress": 5})).await;
    assert_eq!(undo(&office, first).await.status, 200, "it is as the change left it again");
    undo(&office, first).await.is_problem("it is back already", 409, "");
}

#[tokio::test]
async fn what_was_made_is_removed_unless_it_changed_or_is_needed() {
    let office = Office::open().await;
    let made = office.done("POST", "/api/v1/projects", road("new")).await["seq"].as_u64().expect("a number");
    let place = line("new", "new", json!([[120.7, 30.7], [120.8, 30.7]]));
    let placed = office.done("POST", "/ogc/collections/roads/items", place).await["seq"].as_u64().expect("a number");
    undo(&office, made).await.is_problem("it has a place", 409, "");
    let gone = undo(&office, placed).await;
    assert_eq!((gone.status.as_u16(), gone.body.len()), (204, 0), "{}", gone.text());
    office.done("PATCH", "/api/v1/projects/new", json!({"progress": 0})).await;
    undo(&office, made).await.is_problem("it changed since", 409, "");
    assert_eq!(undo(&office, office.seq()).await.status, 200);
    undo(&office, made).await.is_problem("another version, though the same words", 409, "");
    office.done("DELETE", "/api/v1/projects/new", Value::Null).await;
    undo(&office, made).await.is_problem("gone already", 409, "");
}

#[tokio::test]
async fn what_was_removed_comes_back_as_it_was() {
    let office = Office::open().await;
    let (before, number) = (office.get(ITEM).await, number_of(&office));
    office.done("DELETE", ITEM, Value::Null).await;
    let removed = office.seq();
    assert_eq!(office.server.get(ITEM).await.status, 404);
    let back = undo(&office, removed).await;
    assert_eq!((back.status.as_u16(), back.header("etag")), (200, "\"3\""), "{}", back.text());
    assert_eq!((office.get(ITEM).await, number_of(&office)), (before, number), "under its own number");
    undo(&office, removed).await.is_problem("it is there again", 409, "");
    office.done("DELETE", "/api/v1/quotas/q-start", Value::Null).await;
    let removed = office.seq();
    let detail = office.get("/api/v1/projects/sentaike").await;
    assert_eq!(detail["quota"], Value::Null);
    assert_eq!(undo(&office, removed).await.status, 200);
    assert_eq!(office.get("/api/v1/projects/sentaike").await["quota"], "q-start");
}

fn number_of(office: &Office) -> u64 {
    let atlas = office.server.published.current();
    let roads = atlas.collection("roads").expect("roads");
    atlas.feature(roads, "chuangxin-road").expect("a place").value.number
}

#[tokio::test]
async fn one_change_of_a_batch_goes_back_alone() {
    let office = Office::open().await;
    let edit = |id: &str| json!({"op": "patch", "type": "project", "id": id, "version": 1, "value": {"progress": 7}});
    let landed = office.done("POST", "/api/v1/batches", json!({"edits": [edit("mars"), edit("keboda")]})).await;
    let second = landed["changes"][1]["seq"].as_u64().expect("a number");
    assert_eq!(undo(&office, second).await.status, 200);
    assert_eq!(office.get("/api/v1/projects/keboda").await["progress"], Value::Null);
    assert_eq!(office.get("/api/v1/projects/mars").await["progress"], 7.0);
}

#[tokio::test]
async fn a_batch_goes_back_whole_or_not_at_all() {
    let office = Office::open().await;
    let edit = |id: &str| json!({"op": "patch", "type": "project", "id": id, "version": 1, "value": {"progress": 7}});
    let landed = office.done("POST", "/api/v1/batches", json!({"edits": [edit("mars"), edit("keboda")]})).await;
    let batch = landed["changes"][0]["batch"].as_u64().expect("a number");
    let back = async |batch: u64| office.send("POST", &format!("/api/v1/batches/{batch}/undo"), "", Value::Null).await;
    office.done("PATCH", "/api/v1/projects/keboda", json!({"progress": 8})).await;
    back(batch).await.is_problem("one of them changed since", 409, "");
    assert_eq!(office.get("/api/v1/projects/mars").await["progress"], 7.0);
    office.done("PATCH", "/api/v1/projects/keboda", json!({"progress": 7})).await;
    let done = back(batch).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let changes = done.json()["changes"].clone();
    assert_eq!((&changes[0]["id"], &changes[1]["id"]), (&json!("keboda"), &json!("mars")), "the last first");
    assert!(changes.as_array().expect("a list").iter().all(|change| change["undoes"] == batch));
    for id in ["mars", "keboda"] {
        assert_eq!(office.get(&format!("/api/v1/projects/{id}")).await["progress"], Value::Null, "{id}");
    }
    back(batch).await.is_problem("back already", 409, "");
    back(batch + 1).await.is_problem("the number of a change within it", 404, "batch");
    let planner = office.beside("planner", &[UserRole::Planner]).await;
    office.done("PATCH", ITEM, json!({"properties": {"accuracy_m": 7}})).await;
    let of_geometry = office.seq();
    let refused = planner.send("POST", &format!("/api/v1/batches/{of_geometry}/undo"), "", Value::Null).await;
    refused.is_problem("a planner and a place", 403, "");
}

#[tokio::test]
async fn a_stage_may_go_back_any_way_that_it_came() {
    let office = Office::open().await;
    office.done("PATCH", ROAD, json!({"stage": "in_use"})).await;
    let reported = office.seq();
    office.send("PATCH", ROAD, "*", json!({"stage": "not_reported"})).await.breaks("no step", &["stage"]);
    let back = undo(&office, reported).await;
    assert_eq!((back.status.as_u16(), &back.json()["record"]["stage"]), (200, &json!("not_reported")));
    // Other rules hold for it as for any edit.
    office.done("PATCH", ROAD, json!({"curve": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]})).await;
    let curved = office.seq();
    office.done("PATCH", ROAD, json!({"curve": null})).await;
    let dropped = office.seq();
    office.done("PATCH", ROAD, json!({"due": "2020-03-31"})).await;
    undo(&office, dropped).await.breaks("too short by now", &["curve"]);
    undo(&office, curved).await.is_problem("overtaken", 409, "");
}

#[tokio::test]
async fn a_field_that_a_change_dropped_comes_back() {
    let office = Office::open().await;
    let new = json!({"id": "new-parks", "title": text("新", "New"), "kind": "park", "geometry_type": "Point"});
    office.done("POST", "/api/v1/collections", new).await;
    office.done("PATCH", "/api/v1/collections/new-parks", json!({"kind": null})).await;
    let back = undo(&office, office.seq()).await;
    assert_eq!((back.status.as_u16(), &back.json()["record"]["kind"]), (200, &json!("park")), "{}", back.text());
}

#[tokio::test]
async fn undo_takes_the_right_that_the_edit_took() {
    let office = Office::open().await;
    office.done("PATCH", ROAD, json!({"progress": 5})).await;
    let of_plan = office.seq();
    office.done("PATCH", ITEM, json!({"properties": {"accuracy_m": 7}})).await;
    let of_geometry = office.seq();
    let planner = office.beside("planner", &[UserRole::Planner]).await;
    let gis = office.beside("gis", &[UserRole::Gis]).await;
    undo(&planner, of_geometry).await.is_problem("a planner and a place", 403, "");
    undo(&gis, of_plan).await.is_problem("gis and a project", 403, "");
    assert_eq!(undo(&planner, of_plan).await.status, 200);
    assert_eq!(undo(&gis, of_geometry).await.status, 200);
    for path in ["0", "999999", "x", "-1", "1.5"] {
        let answer = office.send("POST", &format!("/api/v1/changes/{path}/undo"), "", Value::Null).await;
        answer.is_problem(path, 404, "seq");
    }
}
