//! What reports prove: lights that count them, on any day.

use serde_json::{Value, json};

use crate::support::field::report;
use crate::support::office::{Office, merged};

const PROJECT: &str = "/api/v1/projects/canal-park";

async fn light(office: &Office, query: &str) -> (String, String, Value) {
    let light = office.get(&format!("{PROJECT}{query}")).await["light"].clone();
    let word = |name: &str| light[name].as_str().expect("a word").to_owned();
    (word("colour"), word("code"), light["facts"]["inspected"].clone())
}

#[tokio::test]
async fn green_takes_a_recent_accurate_report_where_the_rule_says_so() {
    let office = Office::open().await;
    // On schedule by the word of the office.
    office
        .done(
            "PATCH",
            PROJECT,
            json!({"due": "2020-12-31", "stage": "building", "progress": 99, "reported": "2020-01-10"}),
        )
        .await;
    let said = |light: (String, String, Value), colour: &str, code: &str, inspected: Value| {
        assert_eq!(light, (colour.to_owned(), code.to_owned(), inspected));
    };
    said(light(&office, "").await, "green", "on_schedule", Value::Null);
    let rule = office.get("/api/v1/lights").await["rule"].clone();
    let strict = merged(rule, json!({"needs_inspection": true, "evidence_days": 30}));
    let preview = office.done("POST", "/api/v1/lights/preview", strict.clone()).await;
    assert!(preview["changed"].to_string().contains("canal-park"), "{preview}");
    office.done("PUT", "/api/v1/lights", strict).await;
    said(light(&office, "").await, "yellow", "unproven", Value::Null);
    // A report that something speaks against proves nothing, accepted or not.
    let marked = json!({"progress": 99, "fix": null, "confirmed": true, "observed_at": "2020-01-10T06:00:00Z"});
    office.reports(merged(report("marked", "canal-park"), marked)).await;
    office.done("POST", "/api/v1/inspections/marked/accept", Value::Null).await;
    said(light(&office, "").await, "yellow", "unproven", Value::Null);
    office.reports(merged(report("sound", "canal-park"), json!({"progress": 99}))).await;
    said(light(&office, "").await, "yellow", "unproven", Value::Null);
    office.done("POST", "/api/v1/inspections/sound/accept", Value::Null).await;
    said(light(&office, "").await, "green", "on_schedule", json!("2020-01-10"));
    let public = office.server.json(PROJECT).await;
    assert_eq!(public["light"]["colour"], "green", "and anybody is told the same light");
    // It ages, and the past knows what was proven then.
    let mut later = Office { ..office };
    later.server.pass_hours(31 * 24);
    later.shown = later.server.sign_in("all").await;
    said(light(&later, "").await, "yellow", "stale", json!("2020-01-10"));
    said(light(&later, "?as_of=2020-01-20").await, "green", "on_schedule", json!("2020-01-10"));
}

#[tokio::test]
async fn an_accepted_report_that_is_marked_leaves_green_in_doubt() {
    let office = Office::open().await;
    office
        .done(
            "PATCH",
            PROJECT,
            json!({"due": "2020-12-31", "stage": "building", "progress": 98, "reported": "2020-01-09"}),
        )
        .await;
    assert_eq!(light(&office, "").await.0, "green");
    office
        .reports(merged(report("marked", "canal-park"), json!({"progress": 99, "fix": null, "confirmed": true})))
        .await;
    office.done("POST", "/api/v1/inspections/marked/accept", Value::Null).await;
    assert_eq!(light(&office, "").await, ("yellow".into(), "unproven".into(), Value::Null));
    let reason = office.get(PROJECT).await["light"]["reason"]["en"].as_str().expect("a reason").to_owned();
    assert!(reason.contains("no sound report from the field proves it"), "{reason}");
}
