//! Several edits that land together or not at all.

use guatu::plan::UserRole;
use guatu::store::Store;
use serde_json::{Value, json};

use crate::support::http::{Answer, texts};
use crate::support::office::{Office, line, road, text};

fn patch(id: &str, version: u64, value: Value) -> Value {
    let mut edit = json!({"op": "patch", "type": "project", "id": id, "version": version});
    edit["value"] = value;
    edit
}

fn create(record_type: &str, id: &str, mut value: Value) -> Value {
    value.as_object_mut().expect("an object").remove("id");
    json!({"op": "create", "type": record_type, "id": id, "value": value})
}

async fn send(office: &Office, edits: Value) -> Answer {
    office.send("POST", "/api/v1/batches", "", json!({"edits": edits})).await
}

#[tokio::test]
async fn a_batch_lands_whole_or_not_at_all() {
    let office = Office::open().await;
    let before = office.seq();
    let good = || patch("mars", 1, json!({"progress": 7}));
    let place = line("second", "nothing", json!([[120.7, 30.7], [120.8, 30.7]]));
    let place = json!({"op": "create", "type": "feature", "collection": "roads", "id": "second", "value": place});
    let bad: [(Value, u16, &str); 10] = [
        (patch("keboda", 9, json!({"progress": 7})), 412, "version 1 now, not 9"),
        (patch("nothing", 1, json!({"progress": 7})), 404, "nothing"),
        (patch("keboda", 1, json!({"progress": 700})), 422, "keboda.progress"),
        (patch("keboda", 1, json!({"progres": 7})), 422, "progres"),
        (create("project", "keboda", road("keboda")), 409, "already"),
        (patch("mars", 1, json!({"progress": 8})), 422, "edited twice"),
        (
            json!({"op": "patch", "type": "project", "id": "keboda", "value": {"progress": 7}}),
            422,
            "edits.keboda.version",
        ),
        (json!({"op": "create", "type": "section", "id": "s9"}), 422, "edits.s9.value"),
        (json!({"op": "delete", "type": "project", "id": "keboda", "version": 1}), 409, "quota q-retrofit"),
        (place, 422, "second.project"),
    ];
    for (edit, status, said) in bad {
        for edits in [json!([good(), edit]), json!([edit, good()])] {
            let answer = send(&office, edits).await;
            assert_eq!(answer.status, status, "{edit}: {}", answer.text());
            assert!(answer.text().contains(said), "{edit}: {}", answer.text());
            assert_eq!(office.seq(), before);
        }
    }
    assert_eq!(office.get("/api/v1/projects/mars").await["progress"], Value::Null);
    let stale = send(&office, json!([good(), patch("keboda", 9, json!({}))])).await;
    assert_eq!(stale.json()["current"]["id"], "keboda", "which of them is stale, and how it is now");
    let landed = send(&office, json!([good(), patch("keboda", 1, json!({"progress": 8}))])).await;
    assert_eq!(landed.status, 200, "{}", landed.text());
    assert_eq!(landed.header("x-guatu-sequence"), (before + 2).to_string());
    let changes = landed.json()["changes"].clone();
    assert_eq!(texts(&changes, "/id"), ["mars", "keboda"]);
    for (at, change) in changes.as_array().expect("a list").iter().enumerate() {
        assert_eq!((&change["seq"], &change["batch"]), (&json!(before + 1 + at as u64), &json!(before + 1)));
        assert_eq!((&change["version"], &change["actor"]), (&json!(2), &json!("all")));
    }
    assert_eq!(office.server.store.load().await.expect("sound").seq, office.seq());
}

#[tokio::test]
async fn what_belongs_together_is_made_and_removed_together() {
    let office = Office::open().await;
    let value = line("new", "new", json!([[120.7, 30.7], [120.8, 30.7]]));
    let place = json!({"op": "create", "type": "feature", "collection": "new-roads", "id": "new", "value": value});
    let collection = json!({"title": text("新", "New"), "kind": "road", "geometry_type": "LineString"});
    let quota =
        json!({"name": text("新", "New"), "section": "s9", "item": 1, "count": 1, "aim": "start", "members": ["new"]});
    let mut project = road("new");
    project["section"] = json!("s9");
    let all = json!([
        create("section", "s9", json!({"name": text("九", "Nine")})),
        create("collection", "new-roads", collection),
        create("project", "new", project),
        place,
        create("quota", "q-new", quota),
        create("theme", "h-new", json!({"name": text("新", "New"), "section": "s9", "item": 1})),
    ]);
    let landed = send(&office, all).await;
    assert_eq!(landed.status, 200, "{}", landed.text());
    assert_eq!(office.server.get("/ogc/collections/new-roads/items/new").await.status, 200);
    let delete = |record_type: &str, id: &str| json!({"op": "delete", "type": record_type, "id": id, "version": 1});
    let place = json!({"op": "delete", "type": "feature", "collection": "new-roads", "id": "new", "version": 1});
    let half = json!([delete("collection", "new-roads"), delete("project", "new"), delete("section", "s9")]);
    assert_eq!(send(&office, half).await.status, 409);
    let all = json!([
        place,
        delete("collection", "new-roads"),
        delete("quota", "q-new"),
        delete("project", "new"),
        delete("theme", "h-new"),
        delete("section", "s9"),
    ]);
    let gone = send(&office, all).await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    assert_eq!(office.server.get("/api/v1/projects/new").await.status, 404);
    assert_eq!(office.server.get("/ogc/collections/new-roads").await.status, 404);
}

#[tokio::test]
async fn a_member_moves_from_one_quota_to_another_in_one_batch() {
    let office = Office::open().await;
    let members = |id: &str, members: Value| json!({"op": "patch", "type": "quota", "id": id, "version": 1, "value": {"members": members}});
    let moved = json!([
        members("q-start", json!(["italian-meat", "sentaike", "intercontinental", "mars"])),
        members("q-retrofit", json!(["keboda", "tokai-rubber"])),
    ]);
    let landed = send(&office, moved).await;
    assert_eq!(landed.status, 200, "{}", landed.text());
    assert_eq!(office.get("/api/v1/projects/mars").await["quota"], "q-start");
    assert_eq!(office.get("/api/v1/projects?quota=q-start").await["number_matched"], 4);
    assert_eq!(office.get("/api/v1/projects?quota=q-retrofit").await["number_matched"], 2);
}

#[tokio::test]
async fn records_made_together_keep_the_order_of_their_batch() {
    let office = Office::open().await;
    let theme = |id: &str| create("theme", id, json!({"name": text(id, id), "section": "s1", "item": 1}));
    let made = send(&office, json!([theme("b-theme"), theme("a-theme"), theme("c-theme")])).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let atlas = office.server.published.current();
    let last: Vec<&str> = atlas.themes.iter().map(|row| row.value.id.as_str()).collect();
    assert_eq!(last[last.len() - 3..], ["b-theme", "a-theme", "c-theme"]);
    let orders: Vec<u32> = atlas.themes.iter().map(|row| row.value.order).collect();
    assert!(orders.is_sorted_by(|one, next| one < next), "{orders:?}");
}

#[tokio::test]
async fn a_batch_takes_the_rights_of_each_of_its_edits() {
    let office = Office::open().await;
    let planner = office.beside("planner", &[UserRole::Planner]).await;
    let gis = office.beside("gis", &[UserRole::Gis]).await;
    let before = office.seq();
    let project = || patch("mars", 1, json!({"progress": 7}));
    let place = || {
        json!({"op": "patch", "type": "feature", "collection": "industry", "id": "mars", "version": 1,
            "value": {"properties": {"accuracy_m": 77}}})
    };
    let status = async |office: &Office, edits: Value| send(office, edits).await.status.as_u16();
    assert_eq!(status(&planner, json!([project(), place()])).await, 403);
    assert_eq!(status(&gis, json!([place(), project()])).await, 403);
    assert_eq!(status(&gis, json!([project()])).await, 403);
    assert_eq!(status(&planner, json!([place()])).await, 403);
    assert_eq!(office.seq(), before);
    assert_eq!(status(&planner, json!([project()])).await, 200);
    assert_eq!(status(&gis, json!([place()])).await, 200);
}

#[tokio::test]
async fn a_batch_has_edits_that_are_known_and_not_too_many() {
    let office = Office::open().await;
    send(&office, json!([])).await.is_problem("nothing", 400, "edits");
    let many: Vec<Value> = (0..1_001).map(|_| patch("mars", 1, json!({}))).collect();
    send(&office, json!(many)).await.is_problem("too many", 400, "edits");
    for (body, parameter) in [
        (json!({}), ""),
        (json!({"edits": {}}), "edits"),
        (json!({"edits": [{"op": "merge", "type": "project", "id": "mars"}]}), "edits[0].op"),
        (json!({"edits": [{"op": "patch", "type": "road", "id": "mars"}]}), "edits[0].type"),
        (json!({"edits": [{"op": "patch", "type": "project", "id": "M"}]}), "edits[0].id"),
        (json!({"edits": [{"op": "patch", "type": "project", "id": "mars", "if_match": 1}]}), "edits[0].if_match"),
    ] {
        office.send("POST", "/api/v1/batches", "", body.clone()).await.is_problem(&body.to_string(), 400, parameter);
    }
    let thousand: Vec<Value> = (0..1_000).map(|at| create("project", &format!("p-{at}"), road("x"))).collect();
    let landed = send(&office, json!(thousand)).await;
    assert_eq!((landed.status.as_u16(), landed.json()["changes"].as_array().map(Vec::len)), (200, Some(1_000)));
    assert_eq!(office.get("/api/v1/projects?limit=1").await["number_matched"], 1_045);
}

#[tokio::test]
async fn there_is_one_plan_and_one_light_rule() {
    let office = Office::open().await;
    let plan =
        office.send("PATCH", "/api/v1/plans/jxedz-2019", "\"9\"", json!({})).await.json()["current"]["record"].clone();
    let rule = office.get("/api/v1/lights").await["rule"].clone();
    for edit in [
        create("plan", "another", plan),
        create("light_rule", "another", rule),
        json!({"op": "delete", "type": "plan", "id": "jxedz-2019", "version": 1}),
    ] {
        let answer = send(&office, json!([edit])).await;
        assert!(answer.status == 422 || answer.status == 409, "{edit}: {} {}", answer.status, answer.text());
    }
    assert_eq!(office.get("/api/v1/plans").await["plans"].as_array().map(Vec::len), Some(1));
    let loaded = office.server.store.load().await.expect("sound");
    let plans = loaded.records.iter().filter(|row| matches!(row.value, guatu::plan::Record::Plan(_)));
    assert_eq!(plans.count(), 1);
}
