//! What happened to a project and its places, field by field.

use serde_json::{Value, json};

use super::{ITEM, ROAD};
use crate::support::http::texts;
use crate::support::office::{Office, line, text};

#[tokio::test]
async fn a_project_is_told_with_its_places_newest_first() {
    let office = Office::open().await;
    let history = format!("{ROAD}/history");
    office.done("PATCH", ROAD, json!({"stage": "building", "progress": 5, "owner": text("建设局", "Bureau")})).await;
    office.done("PATCH", "/api/v1/projects/mars", json!({"progress": 5})).await;
    office.done("PATCH", ITEM, json!({"properties": {"accuracy_m": 7.5}})).await;
    let second = line("second", "chuangxin-road", json!([[120.7, 30.7], [120.8, 30.7]]));
    office.done("POST", "/ogc/collections/roads/items", second).await;
    office.done("PATCH", ROAD, json!({"owner": null, "crosses": text("河", "River")})).await;
    let told = office.get(&history).await["changes"].clone();
    assert_eq!(texts(&told, "/type"), ["project", "feature", "feature", "project", "feature", "project"]);
    assert_eq!(texts(&told, "/kind"), ["updated", "created", "updated", "updated", "created", "created"]);
    assert!(told.as_array().expect("a list").iter().all(|change| change["project"] == "chuangxin-road"));
    assert_eq!(told[0]["name"]["zh"], "创新路");
    let diff = |at: usize, field: &str| {
        let found = told[at]["diff"].as_array().expect("a list").iter().find(|diff| diff["field"] == field);
        found.map(|diff| (diff["before"].clone(), diff["after"].clone()))
    };
    assert_eq!(diff(0, "owner"), Some((text("建设局", "Bureau"), Value::Null)));
    assert_eq!(diff(0, "crosses"), Some((Value::Null, text("河", "River"))), "a relation is a field like others");
    assert_eq!(told[0]["diff"].as_array().map(Vec::len), Some(2), "what did not change is not told");
    assert_eq!(diff(1, "geometry"), Some((Value::Null, json!({"type": "LineString", "vertices": 2}))));
    assert_eq!(diff(2, "accuracy_m").map(|(_, after)| after), Some(json!(7.5)));
    assert_eq!(diff(3, "stage"), Some((json!("not_reported"), json!("building"))));
    assert_eq!(diff(3, "progress"), Some((Value::Null, json!(5.0))));
    assert!(diff(5, "id").is_none() && diff(5, "stage").is_some());
    assert_eq!(told[4]["actor"], "seed");
}

#[tokio::test]
async fn a_history_comes_in_pages() {
    let office = Office::open().await;
    for progress in 1..=7 {
        office.done("PATCH", ROAD, json!({"progress": progress})).await;
    }
    let (mut found, mut next) = (Vec::new(), Some(format!("{ROAD}/history?limit=2")));
    while let Some(path) = next {
        let page = office.get(&path).await;
        found.extend(page["changes"].as_array().expect("a list").iter().map(|change| change["version"].as_u64()));
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(found[..7], [8, 7, 6, 5, 4, 3, 2].map(Some));
    assert_eq!(found.len(), 9, "the project and its place were made at the beginning");
    for (query, parameter) in [("limit=0", "limit"), ("before=x", "before"), ("since=1", "since")] {
        office.server.refused(&format!("{ROAD}/history?{query}"), 400, parameter).await;
    }
    office.server.refused("/api/v1/projects/nothing/history", 404, "project").await;
}

#[tokio::test]
async fn a_project_keeps_its_history_with_places_that_are_gone_and_after_its_end() {
    let office = Office::open().await;
    office.done("PATCH", "/api/v1/quotas/q-retrofit", json!({"members": ["mars", "tokai-rubber"]})).await;
    office.done("DELETE", "/ogc/collections/industry/items/keboda", Value::Null).await;
    let told = async || {
        let history = office.server.json("/api/v1/projects/keboda/history").await;
        let changes = history["changes"].as_array().expect("a list").clone();
        let words = |change: &Value| format!("{} {}", change["type"], change["kind"]).replace('"', "");
        changes.iter().map(words).collect::<Vec<_>>()
    };
    let with_place = ["feature deleted", "feature created", "project created"];
    assert_eq!(told().await, with_place);
    office.done("DELETE", "/api/v1/projects/keboda", Value::Null).await;
    assert_eq!(told().await[0], "project deleted");
    assert_eq!(told().await[1..], with_place);
}
