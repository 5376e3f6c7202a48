//! Filing reports: what they say, what speaks against them, what is refused, and reports that are sent again.

use guatu::plan::UserRole;
use serde_json::{Value, json};

use crate::support::accounts::Shown;
use crate::support::field::{PARK, report};
use crate::support::office::{Office, merged};

const PROJECT: &str = "/api/v1/projects/canal-park";

#[tokio::test]
async fn a_report_proposes_and_changes_nothing_of_its_project() {
    let office = Office::open().await;
    let before = office.get(PROJECT).await;
    let inspector = office.beside("wang-fang", &[UserRole::Inspector]).await;
    let told = inspector.reports(merged(report("r-1", "canal-park"), json!({"note": "路基完成"}))).await;
    assert_eq!(told["geometry"], json!({"type": "Point", "coordinates": PARK}));
    let said = &told["properties"];
    for (name, expected) in [
        ("project", json!("canal-park")),
        ("inspector", json!("wang-fang")),
        ("observed_at", json!("2020-01-10T07:00:00Z")),
        ("received_at", json!("2020-01-10T08:00:00Z")),
        ("day", json!("2020-01-10")),
        ("stage", json!("building")),
        ("progress", json!(30.0)),
        ("note", json!("路基完成")),
        ("state", json!("pending")),
        ("marks", json!([])),
        ("distance_m", json!(0.0)),
        ("fix", json!({"accuracy_m": 8.0, "source": "device"})),
        ("version", json!(1)),
        ("decided_by", Value::Null),
    ] {
        assert_eq!(said[name], expected, "{name}");
    }
    let after = office.get(PROJECT).await;
    for name in ["stage", "progress", "light", "version"] {
        assert_eq!(after[name], before[name], "{name}");
    }
    assert_eq!(after["inspections"], json!({"accepted": 0, "pending": 1, "last": "2020-01-10"}));
    let page = office.get("/api/v1/inspections?state=pending").await;
    assert_eq!((&page["number_matched"], &page["features"][0]), (&json!(1), &told));
    assert_eq!(page["counts"]["pending"], 1);
    assert_eq!(office.get("/api/v1/inspections/r-1").await, told);
}

#[tokio::test]
async fn a_report_that_is_sent_again_is_the_same_report() {
    let office = Office::open().await;
    let body = report("r-1", "canal-park");
    let first = office.reports(body.clone()).await;
    let seq = office.seq();
    assert_eq!(office.reports(body.clone()).await, first);
    assert_eq!(office.seq(), seq, "nothing was written");
    // Another one of the same id is not taken for it, whatever its key.
    let other = merged(body.clone(), json!({"progress": 31}));
    let answer = office.send("POST", "/api/v1/inspections", "", other.clone()).await;
    answer.is_problem("the key of another body", 422, "");
    let headers = [("idempotency-key", "another")];
    office.send_with("POST", "/api/v1/inspections", other, &headers).await.is_problem("the id of another", 409, "id");
    let colleague = office.beside("li-ming", &[UserRole::Inspector]).await;
    let answer = colleague.send("POST", "/api/v1/inspections", "", body).await;
    answer.is_problem("the id of somebody else's", 409, "id");
    assert_eq!(office.get("/api/v1/inspections").await["number_matched"], 1);
}

#[tokio::test]
async fn what_speaks_against_a_report_must_be_confirmed_and_is_kept() {
    let office = Office::open().await;
    let far = json!({"lon": 120.64, "lat": PARK[1], "accuracy_m": 8, "source": "device"});
    let poor = json!({"lon": PARK[0], "lat": PARK[1], "accuracy_m": 51, "source": "device"});
    let unknown = json!({"lon": PARK[0], "lat": PARK[1], "source": "device"});
    let chosen = json!({"lon": PARK[0], "lat": PARK[1], "accuracy_m": 1, "source": "chosen"});
    for (at, (change, marks)) in [
        (json!({"fix": far}), json!(["far"])),
        (json!({"fix": poor}), json!(["poor_fix"])),
        (json!({"fix": unknown}), json!(["poor_fix"])),
        (json!({"fix": chosen}), json!(["no_fix"])),
        (json!({"fix": null}), json!(["no_fix"])),
        (json!({"observed_at": "2020-01-10T08:06:00Z"}), json!(["clock_ahead"])),
    ]
    .into_iter()
    .enumerate()
    {
        let body = merged(report(&format!("r-{at}"), "canal-park"), change);
        let refused = office.send("POST", "/api/v1/inspections", "", body.clone()).await;
        refused.breaks(&format!("{marks} unconfirmed"), &["confirmed"]);
        let told = office.reports(merged(body, json!({"confirmed": true}))).await;
        assert_eq!(told["properties"]["marks"], marks);
    }
    // The park is drawn to 1000 m: beside it one is not far from it.
    let beside = json!({"fix": {"lon": 120.7, "lat": PARK[1], "accuracy_m": 8, "source": "device"}});
    let told = office.reports(merged(report("beside", "canal-park"), beside)).await;
    let distance_m = told["properties"]["distance_m"].as_f64().expect("a number");
    assert!((300.0..500.0).contains(&distance_m), "{distance_m}");
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_by_its_field() {
    let office = Office::open().await;
    let long = "字".repeat(1_001);
    let eleven: Vec<String> = futures(&office).await;
    for (what, change, fields) in [
        ("another project", json!({"project": "nowhere"}), &["project"][..]),
        ("no stage to report", json!({"stage": "not_reported"}), &["stage"]),
        ("more than all", json!({"progress": 100.5}), &["progress"]),
        ("an empty note", json!({"note": " "}), &["note"]),
        ("a long note", json!({"note": long}), &["note"]),
        ("a note with nothing in it", json!({"note": "a\u{0}b"}), &["note"]),
        ("no place on earth", json!({"fix": {"lon": 120.7, "lat": 91, "accuracy_m": 8, "source": "device"}}), &["fix"]),
        (
            "less than exact",
            json!({"fix": {"lon": 120.7, "lat": 30.7, "accuracy_m": -1, "source": "device"}, "confirmed": true}),
            &["fix.accuracy_m"],
        ),
        ("two days ahead", json!({"observed_at": "2020-01-12T08:00:01Z", "confirmed": true}), &["observed_at"]),
        ("years ago", json!({"observed_at": "2017-01-01T00:00:00Z"}), &["observed_at"]),
        ("a photo that is not there", json!({"photos": ["nowhere"]}), &["photos[0]"]),
        ("a photo twice", json!({"photos": [eleven[0], eleven[0]]}), &["photos[1]"]),
        ("eleven photos", json!({"photos": eleven}), &["photos"]),
    ] {
        let answer = office.send("POST", "/api/v1/inspections", "", merged(report("r-1", "canal-park"), change)).await;
        answer.breaks(what, fields);
    }
    for (what, body) in [
        ("no id", json!({"project": "canal-park"})),
        ("an id of capitals", merged(report("R 1", "canal-park"), json!({}))),
        ("a member that nobody knows", merged(report("r-1", "canal-park"), json!({"marks": []}))),
        ("a stage that nobody knows", merged(report("r-1", "canal-park"), json!({"stage": "half"}))),
        ("no moment", merged(report("r-1", "canal-park"), json!({"observed_at": "yesterday"}))),
    ] {
        let answer = office.send("POST", "/api/v1/inspections", "", body).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.text());
    }
    assert_eq!(office.get("/api/v1/inspections").await["number_matched"], 0, "nothing of it landed");
}

/// The ids of eleven photos.
async fn futures(office: &Office) -> Vec<String> {
    let mut ids = Vec::new();
    for seed in 0..11 {
        ids.push(office.photo(&crate::support::field::jpeg(16, 16, seed)).await);
    }
    ids
}

#[tokio::test]
async fn reports_are_for_those_in_the_field_and_decided_by_planners() {
    let office = Office::open().await;
    office.reports(report("r-1", "canal-park")).await;
    for (role, may_report, may_decide) in [
        (UserRole::Viewer, false, false),
        (UserRole::Inspector, true, false),
        (UserRole::Planner, true, true),
        (UserRole::Gis, false, false),
        (UserRole::Admin, false, false),
    ] {
        let user = office.beside(role.as_str(), &[role]).await;
        let name = format!("by-{role}");
        let reported = user.send("POST", "/api/v1/inspections", "", report(&name, "canal-park")).await;
        assert_eq!(reported.status, if may_report { 201 } else { 403 }, "{role} reports");
        let rejected = user.send("POST", "/api/v1/inspections/r-1/reject", "", json!({"reason": "看不清"})).await;
        assert_eq!(rejected.status, if may_decide { 200 } else { 403 }, "{role} decides");
        assert!(user.get("/api/v1/inspections").await["number_matched"].as_u64() >= Some(1), "{role} reads");
    }
}

#[tokio::test]
async fn a_key_that_only_reports_learns_nothing_of_what_is_internal() {
    let office = Office::open().await;
    office.done("PATCH", PROJECT, json!({"visibility": "internal"})).await;
    let (token, _) = office.server.token(&office.shown, &["report"], Value::Null).await;
    let token = Shown::Token(token);
    for (project, status) in [("canal-park", 422), ("nanjiao-river-park", 201)] {
        let body = merged(report(&format!("on-{project}"), project), json!({"confirmed": true}));
        let answer = office.server.ask("POST", "/api/v1/inspections", &token, body).await;
        assert_eq!(answer.status, status, "{project}: {}", answer.text());
        assert!(status == 201 || answer.text().contains("there is no project"), "{}", answer.text());
    }
    let kit = office.server.ask("GET", "/api/v1/field", &token, Value::Null).await;
    assert!(!kit.text().contains("\"canal-park\""), "the kit of such a key holds what is public");
}

#[tokio::test]
async fn a_report_is_not_edited_like_a_record() {
    let office = Office::open().await;
    office.reports(report("r-1", "canal-park")).await;
    let patch = json!({"op": "patch", "type": "inspection", "id": "r-1", "version": 1, "value": {"progress": 90}});
    let answer = office.send("POST", "/api/v1/batches", "", json!({"edits": [patch]})).await;
    answer.breaks("a patch", &["record_type"]);
    let made = json!({"op": "create", "type": "inspection", "id": "r-2", "value": report("r-2", "canal-park")});
    let answer = office.send("POST", "/api/v1/batches", "", json!({"edits": [made]})).await;
    answer.breaks("a creation", &["record_type"]);
}

#[tokio::test]
async fn pages_of_reports_meet_without_a_gap() {
    let office = Office::open().await;
    for at in 0..7 {
        let seen = format!("2020-01-09T0{}:00:00Z", at % 5);
        office.reports(merged(report(&format!("r-{at}"), "canal-park"), json!({"observed_at": seen}))).await;
    }
    let whole = office.get("/api/v1/inspections").await["features"].clone();
    let mut pages = Vec::new();
    let mut next = "/api/v1/inspections?limit=3".to_owned();
    loop {
        let page = office.get(&next).await;
        assert_eq!(page["number_matched"], 7);
        pages.extend(page["features"].as_array().expect("a list").clone());
        match page["next"].as_str() {
            Some(address) => next = address.to_owned(),
            None => break,
        }
    }
    assert_eq!(Value::from(pages), whole);
    let times: Vec<&str> =
        whole.as_array().expect("a list").iter().filter_map(|one| one["properties"]["observed_at"].as_str()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "newest first: {times:?}");
    office
        .server
        .ask("GET", "/api/v1/inspections?cursor=x", &office.shown, Value::Null)
        .await
        .is_problem("a cursor", 400, "cursor");
}

#[tokio::test]
async fn the_public_learns_what_was_accepted_and_nothing_of_people() {
    let office = Office::open().await;
    let said = json!({"note": "qzx 张三家门口"});
    office.reports(merged(report("r-1", "canal-park"), said.clone())).await;
    office.reports(merged(report("r-2", "canal-park"), said)).await;
    office.done("POST", "/api/v1/inspections/r-1/accept", Value::Null).await;
    let public = office.server.json("/api/v1/inspections").await;
    assert_eq!(public["number_matched"], 1, "{public}");
    let told = &public["features"][0];
    assert_eq!((&told["id"], &told["geometry"]), (&json!("r-1"), &Value::Null));
    let properties = &told["properties"];
    for hidden in ["inspector", "note", "fix", "distance_m", "marks", "confirmed", "decided_by", "decided_at", "reason"]
    {
        assert_eq!(properties[hidden], Value::Null, "{hidden}");
    }
    assert_eq!((&properties["stage"], &properties["progress"]), (&json!("building"), &json!(30.0)));
    assert_eq!(office.server.get("/api/v1/inspections/r-2").await.status, 404);
    for path in ["/api/v1/changes", "/api/v1/projects/canal-park/history", "/api/v1/projects/canal-park"] {
        let text = office.server.get(path).await.text();
        assert!(!text.contains("qzx") && !text.contains("inspector"), "{path}: {text}");
    }
    // An internal project's reports are internal, accepted or not.
    office.done("PATCH", PROJECT, json!({"visibility": "internal"})).await;
    assert_eq!(office.server.json("/api/v1/inspections").await["number_matched"], 0);
    let own = office.server.ask("GET", "/api/v1/inspections", &office.shown, Value::Null).await;
    assert_eq!(own.json()["number_matched"], 2);
    assert_eq!(office.server.ask("GET", "/api/v1/patches", &Shown::Nothing, Value::Null).await.status, 401);
}
