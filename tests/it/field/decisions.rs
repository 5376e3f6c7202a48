//! Deciding about reports: what acceptance does to a project, when it does nothing, what it is refused for, and taking it back.

use guatu::plan::UserRole;
use serde_json::{Value, json};

use crate::support::field::report;
use crate::support::office::{Office, merged};

const PROJECT: &str = "/api/v1/projects/canal-park";

async fn stands(office: &Office) -> (Value, Value, Value) {
    let project = office.get(PROJECT).await;
    (project["stage"].clone(), project["progress"].clone(), project["record"]["reported"].clone())
}

#[tokio::test]
async fn acceptance_puts_the_report_into_the_project() {
    let office = Office::open().await;
    office.reports(report("r-1", "canal-park")).await;
    let told = office.done("POST", "/api/v1/inspections/r-1/accept", Value::Null).await;
    assert_eq!((&told["properties"]["state"], &told["properties"]["decided_by"]), (&json!("accepted"), &json!("all")));
    assert_eq!(told["properties"]["superseded"], false);
    assert_eq!(stands(&office).await, (json!("building"), json!(30.0), json!("2020-01-10")));
    let again = office.send("POST", "/api/v1/inspections/r-1/accept", "", Value::Null).await;
    again.is_problem("decided already", 409, "");
    let reject = office.send("POST", "/api/v1/inspections/r-1/reject", "", json!({"reason": "不清"})).await;
    reject.is_problem("decided already", 409, "");
    office.send("POST", "/api/v1/inspections/x/accept", "", Value::Null).await.is_problem("nowhere", 404, "id");
    // Both changes are one batch.
    let changes = office.get("/api/v1/changes?order=desc&limit=2").await;
    assert_eq!(changes["changes"][0]["batch"], changes["changes"][1]["batch"]);
}

#[tokio::test]
async fn taking_an_acceptance_back_brings_project_and_report_back() {
    let office = Office::open().await;
    let before = stands(&office).await;
    office.reports(report("r-1", "canal-park")).await;
    office.done("POST", "/api/v1/inspections/r-1/accept", Value::Null).await;
    let batch = office.get("/api/v1/changes?order=desc&limit=1").await["changes"][0]["batch"].clone();
    office.done("POST", &format!("/api/v1/batches/{batch}/undo"), Value::Null).await;
    assert_eq!(stands(&office).await, before);
    assert_eq!(office.get("/api/v1/inspections/r-1").await["properties"]["state"], "pending");
    office.done("POST", "/api/v1/inspections/r-1/accept", Value::Null).await;
    assert_eq!(stands(&office).await.0, "building");
}

#[tokio::test]
async fn a_rejection_says_why_and_changes_nothing() {
    let office = Office::open().await;
    let before = stands(&office).await;
    office.reports(report("r-1", "canal-park")).await;
    for reason in ["", " ", &"字".repeat(501)] {
        let refused = office.send("POST", "/api/v1/inspections/r-1/reject", "", json!({"reason": reason})).await;
        refused.breaks("a reason", &["reason"]);
    }
    let told = office.done("POST", "/api/v1/inspections/r-1/reject", json!({"reason": "照片不清"})).await;
    assert_eq!((&told["properties"]["state"], &told["properties"]["reason"]), (&json!("rejected"), &json!("照片不清")));
    assert_eq!(stands(&office).await, before);
    let project = office.get(PROJECT).await;
    assert_eq!(project["inspections"], json!({"accepted": 0, "pending": 0, "last": null}));
}

#[tokio::test]
async fn a_report_that_later_word_overtook_changes_nothing() {
    let office = Office::open().await;
    let early = merged(report("early", "canal-park"), json!({"observed_at": "2020-01-08T07:00:00Z", "progress": 10}));
    let late = merged(report("late", "canal-park"), json!({"observed_at": "2020-01-09T07:00:00Z", "progress": 20}));
    office.reports(early).await;
    office.reports(late).await;
    office.done("POST", "/api/v1/inspections/late/accept", Value::Null).await;
    let told = office.done("POST", "/api/v1/inspections/early/accept", Value::Null).await;
    assert_eq!(told["properties"]["superseded"], true);
    assert_eq!(stands(&office).await, (json!("building"), json!(20.0), json!("2020-01-09")));
    // What the office said of a later day stands too.
    let missed = merged(report("missed", "canal-park"), json!({"observed_at": "2020-01-09T09:00:00Z", "progress": 90}));
    office.reports(missed).await;
    office.done("PATCH", PROJECT, json!({"progress": 25, "reported": "2020-01-10"})).await;
    let told = office.done("POST", "/api/v1/inspections/missed/accept", Value::Null).await;
    assert_eq!(told["properties"]["superseded"], true);
    assert_eq!(stands(&office).await, (json!("building"), json!(25.0), json!("2020-01-10")));
}

#[tokio::test]
async fn a_stage_settles_the_progress_that_a_report_leaves_out() {
    let office = Office::open().await;
    for (id, stage, minute, expected) in
        [("r-1", "building", 1, json!(30.0)), ("r-2", "completed", 2, json!(100.0)), ("r-3", "in_use", 3, json!(100.0))]
    {
        let seen = format!("2020-01-10T07:0{minute}:00Z");
        let progress = if id == "r-1" { json!(30) } else { Value::Null };
        let body = json!({"observed_at": seen, "stage": stage, "progress": progress});
        office.reports(merged(report(id, "canal-park"), body)).await;
        office.done("POST", &format!("/api/v1/inspections/{id}/accept"), Value::Null).await;
        assert_eq!(stands(&office).await, (json!(stage), expected, json!("2020-01-10")), "{id}");
    }
}

#[tokio::test]
async fn several_are_accepted_in_the_order_in_which_they_were_seen() {
    let office = Office::open().await;
    office.done("PATCH", PROJECT, json!({"stage": "planned"})).await;
    let at = |id: &str, minute: u8, stage: &str| {
        let seen = format!("2020-01-10T07:0{minute}:00Z");
        let progress = if stage == "building" { json!(30) } else { Value::Null };
        merged(report(id, "canal-park"), json!({"observed_at": seen, "stage": stage, "progress": progress}))
    };
    for body in [
        at("third", 3, "completed"),
        at("first", 1, "preparing"),
        at("second", 2, "building"),
        at("jump", 4, "planned"),
    ] {
        office.reports(body).await;
    }
    let ids = json!({"accept": ["jump", "third", "second", "first", "nowhere"]});
    let told = office.done("POST", "/api/v1/inspections/decisions", ids).await;
    let found: Vec<(&str, &str)> = told["results"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (one["id"].as_str().expect("an id"), one["state"].as_str().expect("a state")))
        .collect();
    let expected = [
        ("nowhere", "refused"),
        ("first", "accepted"),
        ("second", "accepted"),
        ("third", "accepted"),
        ("jump", "refused"),
    ];
    assert_eq!(found, expected);
    let jump = &told["results"][4];
    assert!(jump["detail"].as_str().is_some_and(|said| said.contains("in one step")), "{jump}");
    assert!(jump["detail_zh"].as_str().is_some_and(|said| said.contains("一步")), "{jump}");
    assert_eq!(stands(&office).await.0, "completed");
    // Whoever did not hear the answer asks again.
    let again = office.done("POST", "/api/v1/inspections/decisions", json!({"accept": ["first", "third"]})).await;
    assert!(again["results"].as_array().expect("a list").iter().all(|one| one["state"] == "accepted"), "{again}");
    let none = office.send("POST", "/api/v1/inspections/decisions", "", json!({"accept": []})).await;
    none.is_problem("none", 400, "accept");
    let many: Vec<String> = (0..201).map(|n| format!("r-{n}")).collect();
    let many = office.send("POST", "/api/v1/inspections/decisions", "", json!({"accept": many})).await;
    many.is_problem("too many", 400, "accept");
}

#[tokio::test]
async fn the_plan_may_accept_at_once_what_nothing_speaks_against() {
    let office = Office::open().await;
    let rule = office.get("/api/v1/inspections/rule").await;
    let expected = json!({"version": 0, "rule": {"fix_limit_m": 50.0, "reach_m": 50.0, "visit_days": 30, "accept_at_once": false}});
    assert_eq!(rule, expected);
    let at_once = merged(rule["rule"].clone(), json!({"accept_at_once": true}));
    office.done("PUT", "/api/v1/inspections/rule", at_once.clone()).await;
    assert_eq!(office.get("/api/v1/inspections/rule").await, json!({"version": 1, "rule": at_once}));
    let inspector = office.beside("wang-fang", &[UserRole::Inspector]).await;
    let told = inspector.reports(report("r-1", "canal-park")).await;
    assert_eq!((&told["properties"]["state"], &told["properties"]["decided_by"]), (&json!("accepted"), &Value::Null));
    assert_eq!(stands(&office).await, (json!("building"), json!(30.0), json!("2020-01-10")));
    // Somebody may think otherwise: the acceptance is taken back, and the report stays and can be rejected.
    let batch = office.get("/api/v1/changes?type=inspection&order=desc&limit=1").await["changes"][0]["batch"].clone();
    office.done("POST", &format!("/api/v1/batches/{batch}/undo"), Value::Null).await;
    office.done("POST", "/api/v1/inspections/r-1/reject", json!({"reason": "另一处"})).await;
    assert_eq!(stands(&office).await.0, "not_reported");
    let again = report("again", "canal-park");
    assert_eq!(inspector.reports(again.clone()).await["properties"]["state"], "accepted");
    assert_eq!(inspector.reports(again).await["properties"]["state"], "pending", "as it was filed");
    // The office's word of the same day may be newer.
    office.done("PATCH", PROJECT, json!({"progress": 60, "reported": "2020-01-10"})).await;
    // What is marked waits, and what the project's rules refuse.
    let marked = merged(report("r-2", "canal-park"), json!({"fix": null, "confirmed": true}));
    assert_eq!(inspector.reports(marked).await["properties"]["state"], "pending");
    let jump = merged(report("r-3", "canal-park"), json!({"stage": "in_use", "progress": 100}));
    assert_eq!(inspector.reports(jump).await["properties"]["state"], "pending");
    for (change, field) in [
        (json!({"fix_limit_m": -1}), "fix_limit_m"),
        (json!({"reach_m": 6_000}), "reach_m"),
        (json!({"visit_days": 0}), "visit_days"),
    ] {
        let wrong = office.send("PUT", "/api/v1/inspections/rule", "*", merged(at_once.clone(), change)).await;
        wrong.breaks(field, &[field]);
    }
    office.send("PUT", "/api/v1/inspections/rule", "\"9\"", at_once).await.is_stale("another version", 1);
}

#[tokio::test]
async fn a_project_without_a_place_has_nothing_to_stand_at() {
    let office = Office::open().await;
    let rule = json!({"fix_limit_m": 50, "reach_m": 50, "visit_days": 30, "accept_at_once": true});
    office.done("PUT", "/api/v1/inspections/rule", rule).await;
    office.done("POST", "/api/v1/projects", crate::support::office::road("nowhere")).await;
    let told = office.reports(report("r-1", "nowhere")).await;
    assert_eq!((&told["properties"]["distance_m"], &told["properties"]["state"]), (&Value::Null, &json!("pending")));
}

#[tokio::test]
async fn a_clock_that_is_ahead_shuts_out_no_true_report() {
    let office = Office::open().await;
    let ahead = json!({"observed_at": "2020-01-11T04:00:00Z", "confirmed": true, "progress": 10});
    office.reports(merged(report("ahead", "canal-park"), ahead)).await;
    office.done("POST", "/api/v1/inspections/ahead/accept", Value::Null).await;
    office.server.pass_hours(1);
    let now = json!({"observed_at": "2020-01-10T08:30:00Z", "progress": 20});
    office.reports(merged(report("now", "canal-park"), now)).await;
    let told = office.done("POST", "/api/v1/inspections/now/accept", Value::Null).await;
    assert_eq!(told["properties"]["superseded"], false);
    assert_eq!(stands(&office).await.1, 20.0);
}

#[tokio::test]
async fn evidence_is_not_taken_away_before_its_project() {
    let office = Office::open().await;
    office.reports(report("r-1", "canal-park")).await;
    let delete = json!({"op": "delete", "type": "inspection", "id": "r-1", "version": 1});
    let refused = office.send("POST", "/api/v1/batches", "", json!({"edits": [delete]})).await;
    refused.is_problem("a deletion", 409, "");
    assert!(refused.text().contains("reject it instead"), "{}", refused.text());
    let seq = office.seq();
    office.send("POST", &format!("/api/v1/changes/{seq}/undo"), "", Value::Null).await.is_problem("an undo", 409, "");
}

#[tokio::test]
async fn a_project_with_reports_goes_only_with_them() {
    let office = Office::open().await;
    office.reports(merged(report("r-1", "chuangxin-road"), json!({"confirmed": true}))).await;
    let project = office.get("/api/v1/projects/chuangxin-road").await;
    let places = project["features"]["features"].as_array().expect("a list").len();
    assert_eq!(places, 1);
    let version = project["version"].clone();
    let gone =
        |kind: &str, id: &str, version: Value| json!({"op": "delete", "type": kind, "id": id, "version": version});
    let mut place = gone("feature", "chuangxin-road", json!(1));
    place["collection"] = json!("roads");
    let edits = [gone("project", "chuangxin-road", version), place];
    let refused = office.send("POST", "/api/v1/batches", "", json!({"edits": edits})).await;
    refused.is_problem("a report refers to it", 409, "");
    assert!(refused.text().contains("inspection r-1"), "{}", refused.text());
    let edits = [edits.to_vec(), vec![gone("inspection", "r-1", json!(1))]].concat();
    office.done("POST", "/api/v1/batches", json!({"edits": edits})).await;
    assert_eq!(office.get("/api/v1/inspections").await["number_matched"], 0);
    let late = office.send("POST", "/api/v1/inspections", "", report("r-2", "chuangxin-road")).await;
    late.breaks("its project is gone", &["project"]);
    let batch = office.get("/api/v1/changes?order=desc&limit=1").await["changes"][0]["batch"].clone();
    office.done("POST", &format!("/api/v1/batches/{batch}/undo"), Value::Null).await;
    assert_eq!(office.get("/api/v1/inspections/r-1").await["properties"]["state"], "pending");
}
