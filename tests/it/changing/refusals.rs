//! Bodies that cannot be read, and ids that cannot be taken.

use serde_json::{Value, json};

use super::{ITEM, ROAD};
use crate::support::office::{Office, line, merged, road};

#[tokio::test]
async fn a_body_is_json_of_a_media_type_that_is_taken() {
    let office = Office::open().await;
    let check = async |method: &str, path: &str, media_type: &str, status: u16| {
        let body = if method == "POST" {
            line("by-type", "chuangxin-road", json!([[120.7, 30.7], [120.8, 30.7]]))
        } else {
            json!({})
        };
        let answer = office.send_as(method, path, media_type, &body.to_string()).await;
        assert_eq!(answer.status, status, "{method} {path} {media_type}: {}", answer.text());
    };
    let (json, merge, geojson) = ("application/json", "application/merge-patch+json", "application/geo+json");
    for (method, path, taken) in [
        ("PATCH", ROAD, &[json, merge, geojson, "Application/JSON; charset=utf-8"][..]),
        ("PATCH", ITEM, &[json, merge, geojson]),
    ] {
        for media_type in taken {
            check(method, path, media_type, 200).await;
        }
        check(method, path, "text/plain", 415).await;
        check(method, path, "", 415).await;
    }
    check("PUT", ROAD, merge, 415).await;
    check("PUT", ROAD, geojson, 415).await;
    check("PUT", ITEM, json, 422).await;
    check("PUT", ITEM, geojson, 422).await;
    check("POST", "/ogc/collections/roads/items", geojson, 201).await;
    check("POST", "/api/v1/projects", geojson, 415).await;
    check("POST", "/api/v1/batches", "text/csv", 415).await;
    for (body, parameter) in [("", ""), ("{", ""), ("{} {}", ""), ("{\"a\": NaN}", ""), ("\u{feff}{}", "")] {
        office.send_as("PATCH", ROAD, json, body).await.is_problem(body, 400, parameter);
    }
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    office.send_as("PATCH", ROAD, json, &deep).await.is_problem("too deep", 400, "");
    let long = json!({"note": {"zh": "x".repeat(1 << 20), "en": "x"}}).to_string();
    office.send_as("PATCH", ROAD, json, &long).await.is_problem("too long", 413, "");
}

#[tokio::test]
async fn members_are_known_and_of_their_type() {
    let office = Office::open().await;
    for (path, body, field) in [
        (ROAD, json!({"nobody": 1}), "nobody"),
        (ROAD, json!({"progress": "much"}), "progress"),
        (ROAD, json!({"name": "创新路"}), "name"),
        (ROAD, json!({"name": {"zh": null}}), "name"),
        (ROAD, json!({"stage": "flying"}), "stage"),
        (ROAD, json!({"due": "31.12.2019"}), "due"),
        (ROAD, json!({"item": -1}), "item"),
        (ROAD, json!({"item": 300}), "item"),
        (ROAD, json!({"section": "S 4"}), "section"),
        (ROAD, json!({"investment": {"planned_cny": "much"}}), "investment.planned_cny"),
        (ROAD, json!({"investment": {"planned_eur": 1}}), "investment.planned_eur"),
        (ROAD, json!({"milestones": [{"due": "2019-06-01"}]}), "milestones[0]"),
        (ROAD, json!({"visibility": "secret"}), "visibility"),
        (ROAD, json!({"id": "another"}), "id"),
        ("/api/v1/quotas/q-start", json!({"count": -1}), "count"),
        ("/api/v1/targets/t-actual-fdi", json!({"op": "=="}), "op"),
        ("/api/v1/plans/jxedz-2019", json!({"extent": [1, 2, 3]}), "extent"),
        ("/api/v1/collections/roads", json!({"geometry_type": "Circle"}), "geometry_type"),
    ] {
        office.send("PATCH", path, "*", body.clone()).await.breaks(&body.to_string(), &[field]);
    }
    for body in [json!([]), json!("x"), json!(7)] {
        let answer = office.send("PATCH", ROAD, "*", body.clone()).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.text());
    }
    office.send("PUT", ROAD, "*", json!({"name": {"zh": "新", "en": "New"}})).await.breaks("not whole", &["."]);
}

#[tokio::test]
async fn an_id_is_short_plain_and_new() {
    let office = Office::open().await;
    let check = async |id: Value| {
        let answer = office.send("POST", "/api/v1/projects", "", merged(road("x"), json!({"id": id}))).await;
        answer.is_problem(&id.to_string(), 400, "id");
        if !id.is_null() {
            let place = merged(line("x", "chuangxin-road", json!([[120.7, 30.7], [120.8, 30.7]])), json!({"id": id}));
            office.send("POST", "/ogc/collections/roads/items", "", place).await.is_problem(&id.to_string(), 400, "id");
        }
    };
    for id in [json!(null), json!(7), json!(""), json!("New"), json!("新路"), json!("a b"), json!("-a"), json!("a/b")]
    {
        check(id).await;
    }
    check(json!("a".repeat(65))).await;
    let longest = "a".repeat(64);
    office.done("POST", "/api/v1/projects", road(&longest)).await;
    office.send("POST", "/api/v1/projects", "", road("mars")).await.is_problem("taken", 409, "id");
    office.send("POST", "/api/v1/projects", "", json!([])).await.is_problem("a list", 400, "id");
    for path in ["/api/v1/projects/New", "/api/v1/sections/%2e%2e", "/ogc/collections/roads/items/New"] {
        let answer = office.send("PATCH", path, "*", json!({})).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
    office.send("PATCH", &format!("{ROAD}?as_of=2020-01-10"), "*", json!({})).await.is_problem(
        "no way back",
        400,
        "as_of",
    );
}
