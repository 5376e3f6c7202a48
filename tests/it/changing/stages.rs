//! Every move from one stage to another, by the API.

use serde_json::{Value, json};

use crate::support::office::{Office, merged, road};

const STAGES: [&str; 8] =
    ["not_reported", "planned", "preparing", "building", "completed", "in_use", "suspended", "cancelled"];

/// Where a project may go from each stage, besides staying.
fn legal(from: &str) -> &'static [&'static str] {
    match from {
        "not_reported" => &["planned", "preparing", "building", "completed", "in_use", "suspended", "cancelled"],
        "planned" => &["preparing", "suspended", "cancelled"],
        "preparing" => &["planned", "building", "suspended", "cancelled"],
        "building" => &["preparing", "completed", "suspended", "cancelled"],
        "completed" => &["building", "in_use", "suspended", "cancelled"],
        "in_use" => &["completed"],
        "suspended" => &["planned", "preparing", "building", "cancelled"],
        "cancelled" => &["planned"],
        other => panic!("{other} is no stage"),
    }
}

#[tokio::test]
async fn a_stage_goes_one_step_at_a_time() {
    let office = Office::open().await;
    let id = |from: &str, to: &str| format!("{from}-{to}").replace('_', "");
    let pairs = || STAGES.into_iter().flat_map(|from| STAGES.map(|to| (from, to)));
    let make = |(from, to): (&str, &str)| {
        let mut value = merged(road("x"), json!({"stage": from}));
        value.as_object_mut().expect("an object").remove("id");
        json!({"op": "create", "type": "project", "id": id(from, to), "value": value})
    };
    let all: Vec<Value> = pairs().map(make).collect();
    office.done("POST", "/api/v1/batches", json!({"edits": all})).await;
    for (from, to) in pairs() {
        let path = format!("/api/v1/projects/{}", id(from, to));
        let answer = office.send("PATCH", &path, "\"1\"", json!({"stage": to})).await;
        if from == to || legal(from).contains(&to) {
            assert_eq!(answer.status, 200, "{from} to {to}: {}", answer.text());
            assert_eq!(answer.json()["record"]["stage"], to);
        } else {
            answer.breaks(&format!("{from} to {to}"), &["stage"]);
            let told = answer.json()["violations"][0]["expected"].as_str().expect("what would be right").to_owned();
            assert!(legal(from).iter().all(|next| told.contains(next)), "{from} to {to}: {told}");
            assert!(!told.split(", ").any(|next| next == to), "{from} to {to}: {told}");
        }
    }
}
