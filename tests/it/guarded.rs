//! What keeps the plan whole whoever changes it, together or in turn, and what keeps its log from telling.

use guatu::plan::{UserRole, Word};
use serde_json::{Value, json};

use crate::support::accounts::Shown;
use crate::support::http::{Answer, Server};

const ZONE: &str = "/api/v1/projects/keboda";

async fn office() -> (Server, Shown) {
    let server = Server::shipped();
    server.add_user("all", UserRole::ALL);
    let shown = server.sign_in("all").await;
    (server, shown)
}

async fn send(server: &Server, shown: &Shown, method: &str, path: &str, body: Value) -> Answer {
    let headers = [("sec-fetch-site", "same-origin"), ("if-match", "*")];
    // Without a version to go by where something is made.
    let headers = if method == "POST" { &headers[..1] } else { &headers[..] };
    server.ask_with(method, path, shown, body, headers).await
}

fn fields(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 422, "{}", answer.text());
    let violations = answer.json()["violations"].as_array().expect("a list").clone();
    violations.iter().map(|one| one["field"].as_str().expect("a field").to_owned()).collect()
}

#[tokio::test]
async fn there_is_one_plan_and_it_stays() {
    let (server, shown) = office().await;
    let plan = json!({
        "district": {"zh": "别处", "en": "Elsewhere"}, "city": {"zh": "市", "en": "City"}, "year": 2020,
        "start": "2020-01-01", "due": "2020-12-31", "extent": [120.0, 30.0, 121.0, 31.0],
    });
    let batch = json!({"edits": [{"op": "create", "type": "plan", "id": "elsewhere", "value": plan}]});
    assert_eq!(fields(&send(&server, &shown, "POST", "/api/v1/batches", batch).await), ["id"]);
    let path = "/api/v1/plans/jxedz-2019";
    assert_eq!(server.get(path).await.status, 200);
    for (patch, field) in [
        (json!({"extent": [120.7, 30.7, 120.71, 30.71]}), "extent"),
        (json!({"start": "2019-12-30"}), "start"),
        (json!({"year": -5}), "year"),
    ] {
        let answer = send(&server, &shown, "PATCH", path, patch).await;
        assert!(fields(&answer).contains(&field.to_owned()), "{}", answer.text());
    }
    let wider = send(&server, &shown, "PATCH", path, json!({"extent": [120.0, 30.0, 121.5, 31.5]})).await;
    assert_eq!(wider.status, 200, "{}", wider.text());
}

#[tokio::test]
async fn a_place_and_its_project_are_never_judged_beside_each_other() {
    let (server, shown) = office().await;
    let project = json!({
        "id": "new-road", "name": {"zh": "新路", "en": "New road"}, "kind": "road", "section": "s1", "item": 1,
        "aim": "connect", "due": "2019-12-31",
    });
    assert_eq!(send(&server, &shown, "POST", "/api/v1/projects", project).await.status, 201);
    let line = json!({"type": "LineString", "coordinates": [[120.73, 30.73], [120.74, 30.74]]});
    let place = |id: &str| {
        json!({"type": "Feature", "id": id, "geometry": line, "properties": {
            "project": "new-road", "name_zh": "新路", "name_en": "New road", "accuracy_m": 20, "position": "approximate",
        }})
    };
    // While the first change is on its way to the disk, the others wait together and would land as one group.
    let other = |n: u32| send(&server, &shown, "PATCH", "/api/v1/projects/mars", json!({"progress": n}));
    for round in 0..20 {
        let id = format!("new-road-{round}");
        let items = "/ogc/collections/roads/items";
        let (_, _, zoned, placed) = tokio::join!(
            other(round),
            other(round + 1),
            send(&server, &shown, "PATCH", "/api/v1/projects/new-road", json!({"kind": "zone"})),
            send(&server, &shown, "POST", items, place(&id)),
        );
        let landed = [&zoned, &placed].iter().filter(|answer| answer.status.is_success()).count();
        assert_eq!(landed, 1, "{}\n{}", zoned.text(), placed.text());
        if placed.status.is_success() {
            assert_eq!(send(&server, &shown, "DELETE", &format!("{items}/{id}"), Value::Null).await.status, 204);
        }
        let back = send(&server, &shown, "PATCH", "/api/v1/projects/new-road", json!({"kind": "road"})).await;
        assert_eq!(back.status, 200, "{}", back.text());
    }
    // What becomes internal takes the changes of its places with it, also those that land beside it.
    for _ in 0..10 {
        let item = format!("/ogc/collections/roads/items/{}", "chuangxin-road");
        let project = "/api/v1/projects/chuangxin-road";
        let (_, hidden, edited) = tokio::join!(
            other(1),
            send(&server, &shown, "PATCH", project, json!({"visibility": "internal"})),
            send(&server, &shown, "PATCH", &item, json!({"properties": {"accuracy_m": 30}})),
        );
        assert!(hidden.status.is_success() && edited.status.is_success(), "{}", edited.text());
        let [hidden, edited] = [&hidden, &edited].map(|answer| answer.json()["seq"].as_u64().expect("a number"));
        let changes = guatu::store::Store::changes(&*server.store, edited - 1, 1).await.expect("sound");
        assert!(edited < hidden || changes[0].internal, "change {edited} is told after {hidden} hid its project");
        let back = send(&server, &shown, "PATCH", project, json!({"visibility": "public"})).await;
        assert_eq!(back.status, 200);
    }
}

#[tokio::test]
async fn no_version_stands_for_two_contents() {
    let (server, shown) = office().await;
    let theme = |name: &str| json!({"name": {"zh": name, "en": name}, "section": "s1", "item": 1});
    let mut new = theme("first");
    new["id"] = json!("t-new");
    let made = send(&server, &shown, "POST", "/api/v1/themes", new.clone()).await.json();
    let path = "/api/v1/themes/t-new";
    assert_eq!(send(&server, &shown, "DELETE", path, Value::Null).await.status, 204);
    new["name"] = json!({"zh": "second", "en": "second"});
    let again = send(&server, &shown, "POST", "/api/v1/themes", new).await.json();
    assert_eq!((&made["version"], &again["version"]), (&json!(1), &json!(3)));
    let stale = [("sec-fetch-site", "same-origin"), ("if-match", "\"1\"")];
    let answer = server.ask_with("PUT", path, &shown, theme("third"), &stale).await;
    assert_eq!(answer.status, 412, "what was made from the first is not put over the second");
    let undo = format!("/api/v1/changes/{}/undo", made["seq"]);
    assert_eq!(send(&server, &shown, "POST", &undo, Value::Null).await.status, 409);
    assert_eq!(server.json(path).await["record"]["name"]["en"], "second");
}

#[tokio::test]
async fn what_is_internal_stays_so_until_somebody_says_otherwise() {
    let (server, shown) = office().await;
    for path in [ZONE, "/api/v1/collections/hotels"] {
        let hidden = send(&server, &shown, "PATCH", path, json!({"visibility": "internal"})).await;
        let mut record = hidden.json()["record"].clone();
        record.as_object_mut().expect("an object").remove("visibility");
        let put = send(&server, &shown, "PUT", path, record.clone()).await;
        assert_eq!(put.status, 200, "{}", put.text());
        assert_eq!(put.json()["record"]["visibility"], "internal");
        let nulled = send(&server, &shown, "PATCH", path, json!({"visibility": null})).await;
        assert_eq!(nulled.json()["record"]["visibility"], "internal");
        record["visibility"] = json!("public");
        assert_eq!(send(&server, &shown, "PUT", path, record).await.json()["record"]["visibility"], "public");
    }
}

#[tokio::test]
async fn counts_of_days_tell_nothing_of_what_is_internal() {
    let (server, shown) = office().await;
    let counted = async || {
        let timeline = server.json("/api/v1/timeline").await;
        let feed = server.json("/api/v1/changes?limit=1000").await;
        let days = timeline["days"].as_array().expect("days").clone();
        let sum: u64 = days.iter().filter_map(|day| day["changes"].as_u64()).sum();
        assert_eq!(sum, feed["changes"].as_array().expect("changes").len() as u64);
        sum
    };
    let before = counted().await;
    for progress in 1..=5 {
        send(&server, &shown, "PATCH", ZONE, json!({"progress": progress})).await;
    }
    assert_eq!(counted().await, before + 5);
    send(&server, &shown, "PATCH", ZONE, json!({"visibility": "internal"})).await;
    let hidden = counted().await;
    assert!(hidden < before, "{hidden} of {before}: its creation, its places and its quota are told no more");
    send(&server, &shown, "PATCH", ZONE, json!({"visibility": "public"})).await;
    assert_eq!(counted().await, before + 5, "what happened while it was internal is never told, the rest is again");
    let newest = server.json("/api/v1/changes?limit=1").await;
    assert_eq!(newest["changes"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_earlier_day_is_worked_out_once_however_often_the_plan_changes() {
    let (server, shown) = office().await;
    server.pass_hours(48);
    let shown_later = server.sign_in("all").await;
    let path = format!("{ZONE}?as_of=2020-01-10");
    let before = server.json(&path).await;
    for progress in 1..=3 {
        let done = send(&server, &shown_later, "PATCH", ZONE, json!({"progress": progress, "stage": "building"})).await;
        assert_eq!(done.status, 200, "{}", done.text());
        assert_eq!(server.json(&path).await["progress"], before["progress"]);
    }
    send(&server, &shown_later, "PATCH", ZONE, json!({"visibility": "internal"})).await;
    assert_eq!(server.get(&path).await.status, 404, "it is sealed for the public on days that were asked for before");
    assert_eq!(server.ask("GET", &path, &shown_later, Value::Null).await.status, 200);
    send(&server, &shown_later, "PATCH", ZONE, json!({"visibility": "public"})).await;
    assert_eq!(server.get(&path).await.status, 404, "and stays so: it was internal since");
    drop(shown);
}

#[tokio::test]
async fn a_batch_touches_a_record_once_and_is_taken_back_whole() {
    let (server, shown) = office().await;
    let version = |path: &'static str| {
        let server = &server;
        async move { server.json(path).await["version"].clone() }
    };
    let mars = version("/api/v1/projects/mars").await;
    let keboda = version(ZONE).await;
    let edit = |id: &str, version: &Value, progress: u32| {
        json!({
            "op": "patch", "type": "project", "id": id, "version": version, "value": {"stage": "building", "progress": progress}
        })
    };
    let twice = json!({"edits": [edit("mars", &mars, 1), edit("mars", &mars, 2)]});
    assert_eq!(fields(&send(&server, &shown, "POST", "/api/v1/batches", twice).await), ["edits"]);
    let theme = json!({"op": "create", "type": "theme", "id": "t-new",
        "value": {"name": {"zh": "新", "en": "New"}, "section": "s1", "item": 1}});
    let edits = json!({"edits": [edit("mars", &mars, 30), edit("keboda", &keboda, 40), theme]});
    let made = send(&server, &shown, "POST", "/api/v1/batches", edits).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let number = made.json()["changes"][0]["batch"].clone();
    let undo = format!("/api/v1/batches/{number}/undo");
    let back = send(&server, &shown, "POST", &undo, Value::Null).await;
    assert_eq!(back.status, 200, "{}", back.text());
    let changes = back.json()["changes"].as_array().expect("a list").clone();
    assert_eq!(changes.len(), 3);
    assert!(changes.iter().all(|change| change["undoes"] == number));
    assert_ne!(server.json("/api/v1/projects/mars").await["progress"], json!(30.0));
    assert_eq!(server.get("/api/v1/themes/t-new").await.status, 404);
    assert_eq!(send(&server, &shown, "POST", &undo, Value::Null).await.status, 409, "once is enough");
    assert_eq!(send(&server, &shown, "POST", "/api/v1/batches/999999/undo", Value::Null).await.status, 404);
}
