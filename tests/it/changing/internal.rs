//! What becomes internal, and what becomes public: now, in the log, and on earlier days.

use serde_json::{Value, json};

use super::{ITEM, ROAD};
use crate::support::office::{Office, line, merged, road, spot, text};

/// The office on the next day; nobody stays signed in over night.
async fn next_day(office: Office) -> Office {
    office.server.pass_hours(24);
    Office { shown: office.server.sign_in("all").await, ..office }
}

/// The log as anybody may read it, all pages of it.
async fn public_log(office: &Office) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), Some("/api/v1/changes?limit=1000&order=asc".to_owned()));
    while let Some(path) = next {
        let page = office.server.json(&path).await;
        all.extend(page["changes"].as_array().expect("a list").iter().cloned());
        next = page["next"].as_str().map(str::to_owned);
    }
    all
}

async fn status(office: &Office, path: &str) -> u16 {
    office.server.get(path).await.status.as_u16()
}

#[tokio::test]
async fn what_is_made_public_shows_from_then_on_alone() {
    let office = next_day(Office::open().await).await;
    office
        .done("POST", "/api/v1/projects", merged(road("new"), json!({"visibility": "internal", "warden": "李四"})))
        .await;
    let place = line("new-place", "new", json!([[120.7, 30.7], [120.8, 30.7]]));
    office.done("POST", "/ogc/collections/roads/items", place).await;
    office.done("PATCH", "/api/v1/projects/new", json!({"warden": "王芳"})).await;
    let office = next_day(office).await;
    office.done("PATCH", "/api/v1/projects/new", json!({"visibility": "public"})).await;
    let office = next_day(office).await;
    office.done("PATCH", "/api/v1/projects/new", json!({"progress": 1})).await;

    let detail = office.server.json("/api/v1/projects/new").await;
    assert_eq!((&detail["progress"], detail["features"]["features"].as_array().map(Vec::len)), (&json!(1.0), Some(1)));
    assert_eq!(status(&office, "/ogc/collections/roads/items/new-place").await, 200);
    let history = office.server.json("/api/v1/projects/new/history").await;
    let told = history["changes"].as_array().expect("a list");
    assert_eq!((told.len(), &told[0]["diff"][0]["field"]), (1, &json!("progress")), "{history}");
    assert_eq!(office.get("/api/v1/projects/new/history").await["changes"].as_array().map(Vec::len), Some(5));
    let log = public_log(&office).await;
    assert_eq!(log.iter().filter(|change| change["project"] == "new").count(), 1);
    assert!(!Value::from(log).to_string().contains("李四"));
    for (day, expected) in [("2020-01-10", 404), ("2020-01-11", 404), ("2020-01-12", 200), ("2020-01-13", 200)] {
        for path in ["/api/v1/projects/new", "/ogc/collections/roads/items/new-place"] {
            assert_eq!(status(&office, &format!("{path}?as_of={day}")).await, expected, "{path} on {day}");
        }
    }
    assert_eq!(office.get("/api/v1/projects/new?as_of=2020-01-11").await["record"]["warden"], "王芳");
    let compared = office.server.json("/api/v1/compare?from=2020-01-11&to=2020-01-13").await;
    assert_eq!((&compared["tally"]["added"], &compared["entries"][0]["before"]), (&json!(1), &Value::Null));
}

#[tokio::test]
async fn what_is_made_internal_is_closed_on_earlier_days_too() {
    let office = next_day(Office::open().await).await;
    office.done("PATCH", ROAD, json!({"progress": 11})).await;
    // Somebody looks at the first day before it is closed.
    assert_eq!(status(&office, &format!("{ROAD}?as_of=2020-01-10")).await, 200);
    let office = next_day(office).await;
    office.done("PATCH", ROAD, json!({"visibility": "internal"})).await;
    office.done("PATCH", ROAD, json!({"progress": 22})).await;
    let paths = [ROAD, ITEM, "/api/v1/projects/chuangxin-road/history"];
    for path in paths {
        assert_eq!(status(&office, path).await, 404, "{path}");
    }
    for day in ["2020-01-10", "2020-01-11", "2020-01-12"] {
        for path in [ROAD, ITEM] {
            assert_eq!(status(&office, &format!("{path}?as_of={day}")).await, 404, "{path} on {day}");
            office.get(&format!("{path}?as_of={day}")).await;
        }
    }
    let log = public_log(&office).await;
    // A road under the map has the same name.
    let of_road = |change: &&Value| change["id"] == "chuangxin-road" || change["project"] == "chuangxin-road";
    assert_eq!(log.iter().find(of_road), None);
    let compared = office.server.json("/api/v1/compare?from=2020-01-10&to=2020-01-12").await;
    assert_eq!(compared["entries"], json!([]));
    assert_eq!(
        office.get("/api/v1/compare?from=2020-01-10&to=2020-01-12").await["entries"].as_array().map(Vec::len),
        Some(1)
    );

    let office = next_day(office).await;
    office.done("PATCH", ROAD, json!({"visibility": "public"})).await;
    assert_eq!(office.server.json(ROAD).await["progress"], 22.0);
    for day in ["2020-01-10", "2020-01-11", "2020-01-12"] {
        assert_eq!(
            status(&office, &format!("{ROAD}?as_of={day}")).await,
            404,
            "internal then, or at a moment since: {day}"
        );
    }
    assert_eq!(status(&office, &format!("{ROAD}?as_of=2020-01-13")).await, 200);
    let log = public_log(&office).await;
    let while_internal =
        |change: &&Value| change["diff"].to_string().contains("22") && change["id"] == "chuangxin-road";
    assert_eq!(log.iter().filter(while_internal).count(), 0, "what was done while it was internal stays closed");
}

#[tokio::test]
async fn a_layer_is_closed_with_its_places_and_not_their_projects() {
    let office = Office::open().await;
    let layer = json!({"id": "layer", "title": text("层", "Layer"), "kind": "school", "geometry_type": "Point"});
    office.done("POST", "/api/v1/collections", layer).await;
    let items = "/ogc/collections/layer/items";
    office.done("POST", items, spot("spot", "chayuan-primary", 120.7, 30.7)).await;
    let office = next_day(office).await;
    let paths = [
        "/api/v1/collections/layer",
        "/ogc/collections/layer",
        items,
        "/ogc/collections/layer/items/spot",
        "/tiles/layer.json",
    ];
    let check = async |expected: u16, places: usize| {
        for path in paths {
            assert_eq!(status(&office, path).await, expected, "{path}");
        }
        let school = office.server.json("/api/v1/projects/chayuan-primary").await;
        assert_eq!(school["features"]["features"].as_array().map(Vec::len), Some(places));
        let history = office.server.json("/api/v1/projects/chayuan-primary/history").await;
        let of_layer =
            history["changes"].as_array().expect("a list").iter().filter(|change| change["collection"] == "layer");
        assert_eq!(of_layer.count(), places - 1);
    };
    check(200, 2).await;
    office.done("PATCH", "/api/v1/collections/layer", json!({"visibility": "internal"})).await;
    check(404, 1).await;
    assert_eq!(status(&office, "/ogc/collections/layer?as_of=2020-01-10").await, 404);
    let school = office.server.json("/api/v1/projects/chayuan-primary?as_of=2020-01-10").await;
    assert_eq!(school["features"]["features"].as_array().map(Vec::len), Some(1));
    office.done("PATCH", "/ogc/collections/layer/items/spot", json!({"properties": {"accuracy_m": 1}})).await;
    office.done("PATCH", "/api/v1/collections/layer", json!({"visibility": "public"})).await;
    check(200, 2).await;
    assert_eq!(status(&office, "/ogc/collections/layer?as_of=2020-01-10").await, 404);
    let log = public_log(&office).await;
    let moved = |change: &&Value| change["id"] == "spot" && change["kind"] == "updated";
    assert_eq!(log.iter().filter(moved).count(), 0, "what was done while it was internal stays closed");
}

#[tokio::test]
async fn a_quota_keeps_its_count_and_loses_the_name() {
    let office = Office::open().await;
    let quota = "/api/v1/quotas/q-retrofit";
    let before = office.server.json(quota).await;
    office.done("PATCH", "/api/v1/projects/keboda", json!({"visibility": "internal"})).await;
    let public = office.server.json(quota).await;
    assert_eq!(public["count"], before["count"]);
    assert!(before.to_string().contains("keboda") && !public.to_string().contains("keboda"), "{public}");
    assert!(office.get(quota).await.to_string().contains("keboda"));
    assert_eq!(office.server.json("/api/v1/projects?quota=q-retrofit").await["number_matched"], 2);
    // While the quota names it, what is done to the quota is not told either.
    office.done("PATCH", quota, json!({"count": 46})).await;
    let of_quota = async || {
        let log = public_log(&office).await;
        log.iter().filter(|change| change["id"] == "q-retrofit").count()
    };
    assert_eq!(of_quota().await, 0);
    office.done("PATCH", quota, json!({"members": ["mars", "tokai-rubber"]})).await;
    office.done("PATCH", quota, json!({"count": 47})).await;
    assert_eq!(of_quota().await, 1, "only what came after the name was gone");
}

#[tokio::test]
async fn what_was_internal_when_it_went_is_told_by_no_older_change() {
    let office = Office::open().await;
    office.done("PATCH", "/api/v1/quotas/q-retrofit", json!({"members": ["mars", "tokai-rubber"]})).await;
    office.done("PATCH", "/api/v1/projects/keboda", json!({"visibility": "internal"})).await;
    let place = office.get("/api/v1/projects/keboda").await;
    let item = place["links"][1]["href"].as_str().expect("a place").to_owned();
    office.done("DELETE", &item, Value::Null).await;
    office.done("DELETE", "/api/v1/projects/keboda", Value::Null).await;
    assert!(!Value::from(public_log(&office).await).to_string().contains("keboda"));
    let all = office.get("/api/v1/changes?limit=1000&id=keboda").await;
    assert!(all.to_string().contains("keboda"), "who is signed in sees it all");
}
