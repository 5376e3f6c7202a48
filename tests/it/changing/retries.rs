//! Requests that are sent again with the same `Idempotency-Key`: they land once, and tell each time what they did.

use guatu::plan::UserRole;
use serde_json::{Value, json};

use super::ROAD;
use crate::support::http::Answer;
use crate::support::office::{Office, line, road};

async fn keyed(office: &Office, key: &str, method: &str, path: &str, body: Value) -> Answer {
    let headers = [("if-match", "*"), ("idempotency-key", key)];
    office.send_with(method, path, body, &headers).await
}

#[tokio::test]
async fn every_kind_of_change_lands_once() {
    let office = Office::open().await;
    let reading = json!({"date": "2019-06-30", "value": 3, "unit": "亿美元", "source": "商务局"});
    let mut nameless = line("x", "chuangxin-road", json!([[120.7, 30.7], [120.8, 30.7]]));
    nameless.as_object_mut().expect("an object").remove("id");
    let batch =
        json!({"edits": [{"op": "patch", "type": "project", "id": "mars", "version": 1, "value": {"progress": 7}}]});
    let seed = office.get("/api/v1/changes?id=keboda").await["changes"][0]["seq"].clone();
    office.done("PATCH", "/api/v1/projects/keboda", json!({"progress": 1})).await;
    let last = office.seq();
    assert_ne!(seed, last);
    let requests = [
        ("POST", "/api/v1/projects".to_owned(), road("new"), 201),
        ("PATCH", ROAD.to_owned(), json!({"progress": 5}), 200),
        ("PUT", "/api/v1/sections/s1".to_owned(), json!({"name": {"zh": "新", "en": "New"}}), 200),
        ("DELETE", "/api/v1/themes/h-one-stop".to_owned(), Value::Null, 204),
        ("POST", "/api/v1/targets/t-actual-fdi/readings".to_owned(), reading, 201),
        ("POST", "/ogc/collections/roads/items".to_owned(), nameless, 201),
        ("POST", "/api/v1/batches".to_owned(), batch, 200),
        ("POST", format!("/api/v1/changes/{last}/undo"), Value::Null, 200),
    ];
    let mut landed: Vec<(String, Answer)> = Vec::new();
    for (at, (method, path, body, status)) in requests.iter().enumerate() {
        let (key, before) = (format!("key {at}"), office.seq());
        let first = keyed(&office, &key, method, path, body.clone()).await;
        assert_eq!(first.status, *status, "{method} {path}: {}", first.text());
        assert_eq!(office.seq(), before + 1, "{method} {path}");
        landed.push((key, first));
    }
    // Somebody changes things in between; the answers stay those of the first time.
    office.done("PATCH", ROAD, json!({"progress": 6})).await;
    office.done("PATCH", "/api/v1/projects/new", json!({"progress": 6})).await;
    let before = office.seq();
    for ((method, path, body, _), (key, first)) in requests.iter().zip(&landed) {
        let again = keyed(&office, key, method, path, body.clone()).await;
        assert_eq!((again.status, again.text()), (first.status, first.text()), "{method} {path}");
        for header in ["etag", "location", "content-type"] {
            assert_eq!(again.header(header), first.header(header), "{method} {path} {header}");
        }
        assert_eq!(again.header("x-guatu-sequence"), before.to_string(), "{method} {path}");
    }
    assert_eq!(office.seq(), before, "nothing landed again");
    assert_eq!(office.get(ROAD).await["progress"], 6.0);
}

#[tokio::test]
async fn a_key_is_for_one_request_of_one_person() {
    let office = Office::open().await;
    let body = json!({"progress": 5});
    assert_eq!(keyed(&office, "a", "PATCH", ROAD, body.clone()).await.status, 200);
    let before = office.seq();
    for (method, path, body, version) in [
        ("PATCH", ROAD, json!({"progress": 6}), "*"),
        ("PATCH", "/api/v1/projects/mars", body.clone(), "*"),
        ("PUT", ROAD, body.clone(), "*"),
        ("PATCH", ROAD, body.clone(), "\"1\""),
    ] {
        let headers = [("if-match", version), ("idempotency-key", "a")];
        let answer = office.send_with(method, path, body.clone(), &headers).await;
        answer.is_problem(&format!("{method} {path} {body} {version}"), 422, "");
        assert!(answer.text().contains("Idempotency-Key"), "{}", answer.text());
    }
    assert_eq!(office.seq(), before);
    let other = office.beside("li-wei", &[UserRole::Planner]).await;
    assert_eq!(keyed(&other, "a", "PATCH", ROAD, json!({"progress": 6})).await.status, 200, "keys are one's own");
    assert_eq!(office.seq(), before + 1);
    for (key, good) in [("", false), (" ", false), ("键", false)] {
        let answer = keyed(&office, key, "PATCH", ROAD, body.clone()).await;
        assert_eq!(answer.status, if good { 200 } else { 400 }, "{key:?}: {}", answer.text());
        assert_eq!(answer.json()["parameter"], "Idempotency-Key");
    }
    assert_eq!(keyed(&office, &"k".repeat(255), "PATCH", ROAD, body.clone()).await.status, 200);
    keyed(&office, &"k".repeat(256), "PATCH", ROAD, body).await.is_problem("too long", 400, "Idempotency-Key");
}

#[tokio::test]
async fn what_was_refused_may_be_sent_again() {
    let office = Office::open().await;
    let send = async |version: &str, body: Value| {
        let headers = [("if-match", version), ("idempotency-key", "a")];
        office.send_with("PATCH", ROAD, body, &headers).await
    };
    send("\"2\"", json!({"progress": 5})).await.is_stale("not yet", 1);
    send("\"1\"", json!({"progress": 500})).await.breaks("too much", &["progress"]);
    assert_eq!(send("\"1\"", json!({"progress": 5})).await.status, 200, "the key was not used up");
}

#[tokio::test]
async fn many_at_once_land_once() {
    let office = Office::open().await;
    let before = office.seq();
    let office = &office;
    let tries = (0..16).map(|_| keyed(office, "a", "POST", "/api/v1/projects", road("new")));
    let answers = futures_util::future::join_all(tries).await;
    for answer in &answers {
        assert_eq!((answer.status.as_u16(), answer.text()), (201, answers[0].text()));
    }
    assert_eq!(office.seq(), before + 1);
}
