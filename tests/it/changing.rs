//! Changing the plan by its API: versions, rules, retries, history, the time machine, what is internal, and live events.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures_util::StreamExt;
use guatu::plan::{UserRole, Word};
use guatu::store::Store;
use serde_json::{Value, json};

use crate::support::accounts::Shown;
use crate::support::http::{Answer, Server};

const ROAD: &str = "/api/v1/projects/chuangxin-road";
const ITEM: &str = "/ogc/collections/roads/items/chuangxin-road";

async fn office() -> (Server, Shown) {
    let server = Server::shipped();
    server.add_user("all", UserRole::ALL);
    let shown = server.sign_in("all").await;
    (server, shown)
}

async fn send(server: &Server, shown: &Shown, method: &str, path: &str, version: &str, body: Value) -> Answer {
    let headers = [("sec-fetch-site", "same-origin"), ("if-match", version)];
    let headers = if version.is_empty() { &headers[..1] } else { &headers[..] };
    server.ask_with(method, path, shown, body, headers).await
}

#[tokio::test]
async fn a_change_takes_the_version_that_it_was_made_from() {
    let (server, shown) = office().await;
    let stage = json!({"stage": "building"});
    send(&server, &shown, "PATCH", ROAD, "", stage.clone()).await.is_problem("no version", 428, "If-Match");
    send(&server, &shown, "PATCH", ROAD, "\"x\"", stage.clone()).await.is_problem("no number", 400, "If-Match");
    let stale = send(&server, &shown, "PATCH", ROAD, "\"9\"", stage.clone()).await;
    stale.is_problem("another version", 412, "If-Match");
    let current = &stale.json()["current"];
    assert_eq!((&current["version"], &current["id"]), (&json!(1), &json!("chuangxin-road")));
    let tag = server.get(ROAD).await.header("etag").to_owned();
    assert!(tag.starts_with("\"1-"), "{tag}");
    let done = send(&server, &shown, "PATCH", ROAD, &tag, stage).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!((done.header("etag"), &done.json()["record"]["stage"]), ("\"2\"", &json!("building")));
    assert_eq!(done.header("x-guatu-sequence"), server.published.current().seq().to_string());
    assert_eq!(server.json(ROAD).await["stage"], "building");
    let any = send(&server, &shown, "PATCH", ROAD, "*", json!({"progress": 10})).await;
    assert_eq!((any.status.as_u16(), &any.json()["version"]), (200, &json!(3)));
    let gone = send(&server, &shown, "PATCH", "/api/v1/projects/nothing", "*", json!({"progress": 10})).await;
    gone.is_problem("nothing there", 404, "id");
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_by_its_field() {
    let (server, shown) = office().await;
    let check = async |path: &str, body: Value, field: &str| {
        let answer = send(&server, &shown, "PATCH", path, "*", body.clone()).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.text());
        let fields: Vec<Value> =
            answer.json()["violations"].as_array().expect("a list").iter().map(|one| one["field"].clone()).collect();
        assert!(
            fields.iter().any(|found| found.as_str().is_some_and(|found| found.starts_with(field))),
            "{body}: {fields:?}"
        );
    };
    check("/api/v1/projects/chayuan-primary", json!({"stage": "in_use"}), "stage").await;
    check(ROAD, json!({"progress": 101}), "progress").await;
    check(ROAD, json!({"section": "s99"}), "section").await;
    check(ROAD, json!({"nobody": 1}), "nobody").await;
    check("/api/v1/quotas/q-start", json!({"members": ["nothing"]}), "members").await;
    check(ITEM, json!({"geometry": {"type": "Point", "coordinates": [120.7, 30.7]}}), "geometry").await;
    check(ITEM, json!({"geometry": {"type": "LineString", "coordinates": [[30.7, 120.7], [30.8, 120.8]]}}), "geometry")
        .await;
    check(ITEM, json!({"properties": {"project": "mars"}}), "project").await;
    let other_unit = json!({"date": "2019-06-30", "value": 3, "unit": "km", "source": "office"});
    let reading = send(&server, &shown, "POST", "/api/v1/targets/t-actual-fdi/readings", "", other_unit).await;
    reading.is_problem("another unit", 422, "");
    assert_eq!(server.published.current().seq(), server.store.load().await.expect("sound").seq, "nothing landed");
}

#[tokio::test]
async fn a_request_that_is_sent_again_lands_once() {
    let (server, shown) = office().await;
    let before = server.published.current().seq();
    let headers = |key| [("sec-fetch-site", "same-origin"), ("if-match", "*"), ("idempotency-key", key)];
    let body = json!({"progress": 5});
    let first = server.ask_with("PATCH", ROAD, &shown, body.clone(), &headers("a")).await;
    let again = server.ask_with("PATCH", ROAD, &shown, body.clone(), &headers("a")).await;
    assert_eq!((first.status.as_u16(), first.json()), (again.status.as_u16(), again.json()));
    assert_eq!(server.published.current().seq(), before + 1);
    let other = server.ask_with("PATCH", ROAD, &shown, json!({"progress": 6}), &headers("a")).await;
    assert_eq!(other.status, 422, "{}", other.text());
}

#[tokio::test]
async fn a_batch_lands_whole_or_not_at_all() {
    let (server, shown) = office().await;
    let edit = |id: &str, version: u64| json!({"op": "patch", "type": "project", "id": id, "version": version, "value": {"progress": 7}});
    let half = json!({"edits": [edit("mars", 1), edit("keboda", 9)]});
    send(&server, &shown, "POST", "/api/v1/batches", "", half).await.is_problem("one is stale", 412, "If-Match");
    assert_eq!(server.json("/api/v1/projects/mars").await["progress"], Value::Null);
    let whole = json!({"note": "月报", "edits": [edit("mars", 1), edit("keboda", 1)]});
    let landed = send(&server, &shown, "POST", "/api/v1/batches", "", whole).await;
    assert_eq!(landed.status, 200, "{}", landed.text());
    let changes = landed.json()["changes"].clone();
    assert_eq!((&changes[0]["batch"], &changes[0]["note"]), (&changes[1]["batch"], &json!("月报")));
}

#[tokio::test]
async fn a_feature_is_made_moved_told_and_taken_back() {
    let (server, shown) = office().await;
    let place = json!({
        "type": "Feature", "id": "second-part",
        "geometry": {"type": "LineString", "coordinates": [[120.70, 30.70], [120.71, 30.70]]},
        "properties": {"project": "chuangxin-road", "name_zh": "二段", "name_en": "Second part", "accuracy_m": 20, "position": "surveyed"},
    });
    let made = send(&server, &shown, "POST", "/ogc/collections/roads/items", "", place.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let path = "/ogc/collections/roads/items/second-part";
    assert!(made.header("location").ends_with(path));
    send(&server, &shown, "POST", "/ogc/collections/roads/items", "", place.clone())
        .await
        .is_problem("twice", 409, "id");
    let mut nameless = place;
    nameless.as_object_mut().expect("an object").remove("id");
    let keyed = [("sec-fetch-site", "same-origin"), ("idempotency-key", "nameless")];
    let one = server.ask_with("POST", "/ogc/collections/roads/items", &shown, nameless.clone(), &keyed).await;
    let two = server.ask_with("POST", "/ogc/collections/roads/items", &shown, nameless, &keyed).await;
    assert_eq!((one.status.as_u16(), one.header("location")), (201, two.header("location")), "{}", one.text());
    assert_eq!(server.get(one.header("location").trim_start_matches("http://guatu.test")).await.status, 200);
    let gone = format!("/ogc/collections/roads/items/{}", one.json()["id"].as_str().expect("an id"));
    assert_eq!(send(&server, &shown, "DELETE", &gone, "*", Value::Null).await.status, 204);
    let moved = json!({"geometry": {"type": "LineString", "coordinates": [[120.70, 30.71], [120.71, 30.71]]}});
    let patched = send(&server, &shown, "PATCH", path, made.header("etag"), moved).await;
    assert_eq!(patched.status, 200, "{}", patched.text());
    let history = server.json(&format!("{ROAD}/history")).await;
    let told = &history["changes"][0]["diff"][0];
    assert_eq!(told["field"], "geometry");
    assert!(told["moved_m"].as_f64().is_some_and(|metres| (metres - 1_109.0).abs() < 5.0), "{told}");
    assert_eq!(history["changes"][0]["actor"], Value::Null, "names are for those who are signed in");
    let undo = format!("/api/v1/changes/{}/undo", history["changes"][0]["seq"]);
    let back = send(&server, &shown, "POST", &undo, "", Value::Null).await;
    assert_eq!(back.status, 200, "{}", back.text());
    assert_eq!(server.json(path).await["geometry"]["coordinates"][0], json!([120.70, 30.70]));
    send(&server, &shown, "POST", &undo, "", Value::Null).await.is_problem("already back", 409, "");
    assert_eq!(send(&server, &shown, "DELETE", path, "*", Value::Null).await.status, 204);
    assert_eq!(server.get(path).await.status, 404);
    send(&server, &shown, "DELETE", ROAD, "*", Value::Null).await.is_problem("it has a place", 409, "");
}

#[tokio::test]
async fn what_is_internal_shows_in_no_answer_to_the_public() {
    let (server, shown) = office().await;
    let hide = json!({"visibility": "internal"});
    for (path, words) in [
        ("/api/v1/projects/keboda", ["keboda", "科博达"]),
        ("/api/v1/collections/hotels", ["/ogc/collections/hotels", "intercontinental\",\"collection"]),
    ] {
        let hidden = send(&server, &shown, "PATCH", path, "*", hide.clone()).await;
        assert_eq!(hidden.status, 200, "{}", hidden.text());
        let mut paths = vec![
            "/api/v1/search?q=%E7%A7%91%E5%8D%9A".to_owned(),
            "/api/v1/nearby?lon=120.73&lat=30.73&radius_m=50000&limit=1000".to_owned(),
            "/ogc/collections/roads/items?limit=1000".to_owned(),
            "/tiles/places/10/855/420".to_owned(),
            "/api/v1/changes?limit=1000".to_owned(),
        ];
        let document = guatu::http::document();
        let plain = document.operations().filter(|(path, method, operation)| {
            *method == "get" && !path.contains('{') && operation.operation_id.as_deref() != Some("list_events")
        });
        paths.extend(plain.map(|(path, ..)| path.to_owned()));
        for path in &paths {
            let answer = server.get(path).await;
            for word in words {
                assert!(!answer.text().contains(word), "{path} tells {word}");
            }
        }
        assert_eq!(server.get(path).await.status, 404, "{path}");
        assert_eq!(server.ask("GET", path, &shown, Value::Null).await.status, 200);
    }
    assert!(
        server.ask("GET", "/api/v1/projects?limit=1000", &shown, Value::Null).await.text().contains("chuangxin-road")
    );
}

#[tokio::test]
async fn what_was_internal_when_it_went_is_told_by_no_older_change() {
    let (server, shown) = office().await;
    let without = json!({"members": ["mars", "tokai-rubber"]});
    assert_eq!(send(&server, &shown, "PATCH", "/api/v1/quotas/q-retrofit", "*", without).await.status, 200);
    let hide = json!({"visibility": "internal"});
    assert_eq!(send(&server, &shown, "PATCH", "/api/v1/projects/keboda", "*", hide).await.status, 200);
    let place = server.ask("GET", "/api/v1/projects/keboda", &shown, Value::Null).await.json();
    let item = place["links"][1]["href"].as_str().expect("a place").to_owned();
    assert_eq!(send(&server, &shown, "DELETE", &item, "*", Value::Null).await.status, 204);
    let gone = send(&server, &shown, "DELETE", "/api/v1/projects/keboda", "*", Value::Null).await;
    assert_eq!(gone.status, 204, "{}", gone.text());
    let mut next = Some("/api/v1/changes?limit=1000".to_owned());
    while let Some(path) = next {
        let page = server.json(&path).await;
        assert!(!page.to_string().contains("keboda"), "{path}");
        next = page["next"].as_str().map(str::to_owned);
    }
    let all = server.ask("GET", "/api/v1/changes?limit=1000&id=keboda", &shown, Value::Null).await;
    assert!(all.text().contains("keboda"), "who is signed in sees it all");
}

#[tokio::test]
async fn a_field_that_a_change_dropped_comes_back_with_undo() {
    let (server, shown) = office().await;
    let parks = json!({"title": {"zh": "新", "en": "New"}, "kind": "park", "geometry_type": "Point"});
    let mut new = parks.clone();
    new["id"] = json!("new-parks");
    let made = send(&server, &shown, "POST", "/api/v1/collections", "", new).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, "/api/v1/collections/new-parks"));
    let path = "/api/v1/collections/new-parks";
    let dropped = send(&server, &shown, "PATCH", path, "*", json!({"kind": null})).await;
    assert_eq!(dropped.status, 200, "{}", dropped.text());
    let undo = format!("/api/v1/changes/{}/undo", dropped.json()["seq"]);
    let back = send(&server, &shown, "POST", &undo, "", Value::Null).await;
    assert_eq!((back.status.as_u16(), &back.json()["record"]["kind"]), (200, &json!("park")), "{}", back.text());
}

#[tokio::test]
async fn a_project_keeps_its_history_with_places_that_are_gone_and_after_its_end() {
    let (server, shown) = office().await;
    let quota = json!({"members": ["mars", "tokai-rubber"]});
    assert_eq!(send(&server, &shown, "PATCH", "/api/v1/quotas/q-retrofit", "*", quota).await.status, 200);
    let project = server.ask("GET", "/api/v1/projects/keboda", &shown, Value::Null).await.json();
    let item = project["links"][1]["href"].as_str().expect("a place").to_owned();
    assert_eq!(send(&server, &shown, "DELETE", &item, "*", Value::Null).await.status, 204);
    let kinds = async || {
        let history = server.json("/api/v1/projects/keboda/history").await;
        let entries = history["changes"].as_array().expect("a list").clone();
        entries.iter().map(|change| format!("{} {}", change["type"], change["kind"])).collect::<Vec<_>>()
    };
    let with_place =
        ["\"feature\" \"deleted\"", "\"feature\" \"created\"", "\"project\" \"created\""].map(str::to_owned);
    assert_eq!(kinds().await, with_place);
    assert_eq!(send(&server, &shown, "DELETE", "/api/v1/projects/keboda", "*", Value::Null).await.status, 204);
    assert_eq!(kinds().await.first().map(String::as_str), Some("\"project\" \"deleted\""));
    assert_eq!(kinds().await[1..], with_place);
    server.refused("/api/v1/projects/nothing/history", 404, "project").await;
}

#[tokio::test]
async fn records_made_together_keep_the_order_of_their_batch() {
    let (server, shown) = office().await;
    let theme = |id: &str| {
        let value = json!({"name": {"zh": id, "en": id}, "section": "s1", "item": 1});
        json!({"op": "create", "type": "theme", "id": id, "value": value})
    };
    let edits = json!({"edits": [theme("b-theme"), theme("a-theme"), theme("c-theme")]});
    let made = send(&server, &shown, "POST", "/api/v1/batches", "", edits).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let atlas = server.published.current();
    let last: Vec<&str> = atlas.themes.iter().map(|row| row.value.id.as_str()).collect();
    assert_eq!(last[last.len() - 3..], ["b-theme", "a-theme", "c-theme"]);
    let orders: Vec<u32> = atlas.themes.iter().map(|row| row.value.order).collect();
    assert!(orders.is_sorted_by(|one, next| one < next), "{orders:?}");
}

#[tokio::test]
async fn an_earlier_day_shows_what_was_known_then() {
    let (server, shown) = office().await;
    server.pass_hours(48);
    // Nobody stays signed in over a quiet day.
    send(&server, &shown, "PATCH", ROAD, "*", json!({"progress": 1})).await.is_problem("ended", 401, "");
    let shown = server.sign_in("all").await;
    let done = send(&server, &shown, "PATCH", ROAD, "*", json!({"stage": "building", "progress": 40})).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let then = server.json(&format!("{ROAD}?as_of=2020-01-10")).await;
    let now = server.json(ROAD).await;
    assert_ne!((&then["stage"], &then["progress"]), (&now["stage"], &now["progress"]));
    assert_eq!((&now["stage"], &now["progress"]), (&json!("building"), &json!(40.0)));
    server.refused(&format!("{ROAD}?as_of=2020-01-09"), 404, "as_of").await;
    server.refused(&format!("{ROAD}?as_of=soon"), 400, "as_of").await;
    let tile = |day: &str| format!("/tiles/roads/12/3421/1680?as_of={day}");
    assert_ne!(server.get(&tile("2020-01-10")).await.body, server.get(&tile("2020-01-12")).await.body);
    let compared = server.json("/api/v1/compare?from=2020-01-10&to=2020-01-12").await;
    assert_eq!(
        (&compared["tally"]["advanced"], &compared["entries"][0]["project"]),
        (&json!(1), &json!("chuangxin-road"))
    );
    let timeline = server.json("/api/v1/timeline").await;
    assert_eq!((&timeline["first"], &timeline["days"][1]["date"]), (&json!("2020-01-10"), &json!("2020-01-12")));
}

#[tokio::test]
async fn an_open_map_hears_each_change_and_resumes_where_it_was() {
    let (server, shown) = office().await;
    let listen = async |last: Option<u64>| {
        let request = Request::get("/api/v1/events").header("host", "guatu.test");
        let request = match last {
            Some(seq) => request.header("last-event-id", seq.to_string()),
            None => request,
        };
        let response = server.open(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        response.into_body().into_data_stream()
    };
    let mut first = listen(None).await;
    let next = async |stream: &mut axum::body::BodyDataStream| {
        let frame = tokio::time::timeout(Duration::from_secs(5), stream.next()).await.expect("in time");
        String::from_utf8(frame.expect("open").expect("sound").to_vec()).expect("UTF-8")
    };
    assert!(next(&mut first).await.starts_with("event: hello"));
    let before = server.published.current().seq();
    send(&server, &shown, "PATCH", ROAD, "*", json!({"progress": 3})).await;
    let heard = next(&mut first).await;
    assert!(heard.starts_with("event: change") && heard.contains("chuangxin-road"), "{heard}");
    assert!(heard.contains(&format!("id: {}", before + 1)) && !heard.contains("\"all\""), "{heard}");
    let mut second = listen(Some(before)).await;
    assert!(next(&mut second).await.starts_with("event: hello"));
    assert!(next(&mut second).await.contains(&format!("id: {}", before + 1)));
    send(&server, &shown, "PATCH", ROAD, "*", json!({"visibility": "internal"})).await;
    let mut later = listen(Some(before)).await;
    assert!(next(&mut later).await.starts_with("event: hello"));
    let told = next(&mut later).await;
    assert!(told.starts_with("event: change") && !told.contains("chuangxin-road"), "{told}");
    let mut lost = listen(Some(before + 1_000)).await;
    assert!(next(&mut lost).await.starts_with("event: hello"));
    assert!(next(&mut lost).await.starts_with("event: reset"));
    server.stop.send(true).expect("somebody listens");
    let end = tokio::time::timeout(Duration::from_secs(5), first.next()).await.expect("in time");
    assert!(end.is_none(), "streams end when the server stops");
    assert!(server.folder.path().join("guatu.gpkg").exists());
}
