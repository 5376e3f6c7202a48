//! The version that a change is made from: `If-Match`, entity tags, and what a stale caller is told.

use serde_json::{Value, json};

use super::{ITEM, ROAD};
use crate::support::office::Office;

#[tokio::test]
async fn a_change_takes_the_version_that_it_was_made_from() {
    let office = Office::open().await;
    let stage = json!({"stage": "building"});
    office.send("PATCH", ROAD, "", stage.clone()).await.is_problem("no version", 428, "If-Match");
    let stale = office.send("PATCH", ROAD, "\"9\"", stage.clone()).await;
    stale.is_stale("another version", 1);
    let current = &stale.json()["current"];
    assert_eq!(
        (&current["id"], &current["type"], &current["seq"]),
        (&json!("chuangxin-road"), &json!("project"), &Value::Null)
    );
    assert_eq!(current["record"]["name"]["zh"], "创新路", "all of it is told, to be put beside what the caller has");
    let tag = office.server.get(ROAD).await.header("etag").to_owned();
    assert!(tag.starts_with("\"1-"), "{tag}");
    let done = office.send("PATCH", ROAD, &tag, stage).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!((done.header("etag"), &done.json()["record"]["stage"]), ("\"2\"", &json!("building")));
    assert_eq!(done.header("x-guatu-sequence"), office.seq().to_string());
    assert_eq!(office.server.json(ROAD).await["stage"], "building");
}

#[tokio::test]
async fn if_match_is_read_as_http_spells_it() {
    let office = Office::open().await;
    for wrong in ["\"x\"", "x", "\"\"", "-1", "\"1.5\"", "\"1\", \"x\"", "\"99999999999999999999\"", "W/\"x-1\""] {
        office.send("PATCH", ROAD, wrong, json!({"progress": 1})).await.is_problem(wrong, 400, "If-Match");
    }
    for stale in ["\"0\"", "\"2\"", "\"2\", \"3\"", "W/\"2\"", "\"2-0f3a\"", "\"18446744073709551615\""] {
        office.send("PATCH", ROAD, stale, json!({"progress": 1})).await.is_stale(stale, 1);
    }
    // Each of these lands, and makes the next version.
    let good = ["1", "\"2\"", "W/\"3\"", "\"9\", \"4\"", "\"5-0123456789abcdef\"", "W/\"6-x\"", "\"7\",\"7\"", "*"];
    for (header, version) in good.into_iter().zip(2_u64..) {
        let done = office.send("PATCH", ROAD, header, json!({"progress": version})).await;
        assert_eq!((done.status.as_u16(), done.header("etag")), (200, &*format!("\"{version}\"")), "{header}");
    }
    let lines = [("if-match", "\"8\""), ("if-match", "\"9\"")];
    let done = office.send_with("PATCH", ROAD, json!({"progress": 50}), &lines).await;
    assert_eq!((done.status.as_u16(), done.header("etag")), (200, "\"10\""), "two lines are one list");
}

/// Every address at which a record is replaced, merged or removed, with what tells its version.
const RECORDS: [(&str, &[&str]); 9] = [
    ("/api/v1/plans/jxedz-2019", &["PUT", "PATCH"]),
    ("/api/v1/sections/s1", &["PUT", "PATCH", "DELETE"]),
    ("/api/v1/targets/t-actual-fdi", &["PUT", "PATCH", "DELETE"]),
    ("/api/v1/quotas/q-start", &["PUT", "PATCH", "DELETE"]),
    (ROAD, &["PUT", "PATCH", "DELETE"]),
    ("/api/v1/themes/h-one-stop", &["PUT", "PATCH", "DELETE"]),
    ("/api/v1/collections/hotels", &["PUT", "PATCH", "DELETE"]),
    (ITEM, &["PUT", "PATCH", "DELETE"]),
    ("/api/v1/lights", &["PUT"]),
];

#[tokio::test]
async fn every_record_is_guarded_by_its_version() {
    let office = Office::open().await;
    let before = office.seq();
    let reading = json!({"date": "2019-06-30", "value": 3, "unit": "亿美元", "source": "统计局"});
    office.done("POST", "/api/v1/targets/t-contracted-fdi/readings", reading).await;
    let reading = [("/api/v1/targets/t-contracted-fdi/readings/2019-06-30", &["DELETE"][..])];
    for (path, methods) in RECORDS.into_iter().chain(reading) {
        for method in methods {
            let what = format!("{method} {path}");
            let body = if *method == "DELETE" { Value::Null } else { json!({}) };
            office.send(method, path, "", body.clone()).await.is_problem(&what, 428, "If-Match");
            office.send(method, path, "\"one\"", body.clone()).await.is_problem(&what, 400, "If-Match");
            let current = if path.contains("/readings/") { 2 } else { 1 };
            office.send(method, path, "\"77\"", body).await.is_stale(&what, current);
        }
    }
    assert_eq!(office.seq(), before + 1, "nothing but the reading landed");
}

#[tokio::test]
async fn the_tag_of_what_was_read_is_good_for_one_change() {
    let office = Office::open().await;
    for (path, _) in RECORDS {
        let tag = office.server.get(path).await.header("etag").to_owned();
        assert!(tag.starts_with("\"1-"), "{path}: {tag}");
        // What a refusal tells can be put as it is.
        let whole = office.send("PUT", path, "\"77\"", json!({})).await.json()["current"]["record"].clone();
        let done = office.send("PUT", path, &tag, whole.clone()).await;
        assert_eq!((done.status.as_u16(), done.header("etag")), (200, "\"2\""), "{path}: {}", done.text());
        assert_eq!(done.json()["record"], whole, "{path}");
        assert_eq!(done.header("x-guatu-sequence"), office.seq().to_string(), "{path}");
        office.send("PUT", path, &tag, whole).await.is_stale(path, 2);
        let now = office.server.get(path).await.header("etag").to_owned();
        assert!(now.starts_with("\"2-"), "{path}: {now}");
    }
}

#[tokio::test]
async fn a_new_day_makes_no_edit_stale() {
    let office = Office::open().await;
    office
        .done("PATCH", ROAD, json!({"start": "2020-01-01", "due": "2020-02-01", "stage": "building", "progress": 30}))
        .await;
    let tag = office.server.get(ROAD).await.header("etag").to_owned();
    office.server.pass_hours(24 * 20);
    let later = office.server.get(ROAD).await.header("etag").to_owned();
    assert_ne!(tag, later, "its light is another by now");
    let office = Office { shown: office.server.sign_in("all").await, ..office };
    let done = office.send("PATCH", ROAD, &tag, json!({"progress": 31})).await;
    assert_eq!(done.status, 200, "{}", done.text());
}
