//! Every type of record is made, replaced, merged into and removed at its own address.

use serde_json::{Value, json};

use super::ROAD;
use crate::support::office::{Office, merged, road, spot, text};

/// A new record of each type, by its collection's address.
fn new_records() -> Vec<(&'static str, Value)> {
    let name = text("新", "New");
    vec![
        ("/api/v1/sections", json!({"id": "new", "name": name})),
        (
            "/api/v1/targets",
            json!({"id": "new", "name": name, "section": "s1", "item": 1, "op": ">=", "value": 0.1,
            "unit": text("个", "things")}),
        ),
        (
            "/api/v1/quotas",
            json!({"id": "new", "name": name, "section": "s3", "item": 0, "count": 3, "aim": "start",
            "members": ["chuangxin-road"]}),
        ),
        ("/api/v1/projects", road("new")),
        ("/api/v1/themes", json!({"id": "new", "name": name, "section": "s5", "item": 99, "note": text("注", "note")})),
        ("/api/v1/collections", json!({"id": "new", "title": name, "kind": "park", "geometry_type": "Point"})),
        ("/ogc/collections/schools/items", spot("new", "chayuan-primary", 120.7, 30.7)),
    ]
}

#[tokio::test]
async fn a_record_is_made_replaced_merged_into_and_removed() {
    let office = Office::open().await;
    for (all, new) in new_records() {
        let at = format!("{all}/new");
        let made = office.send("POST", all, "", new.clone()).await;
        assert_eq!(made.status, 201, "{all}: {}", made.text());
        let location = made.header("location").trim_start_matches("http://guatu.test").to_owned();
        assert_eq!((location.as_str(), made.header("etag")), (&*at, "\"1\""));
        assert_eq!(made.header("x-guatu-sequence"), office.seq().to_string(), "{all}");
        assert_eq!(made.header("cache-control"), "no-store", "{all}");
        let told = made.json();
        assert_eq!((&told["id"], &told["version"], &told["seq"]), (&json!("new"), &json!(1), &json!(office.seq())));
        let mut body = new.clone();
        if !all.starts_with("/ogc") {
            body.as_object_mut().expect("an object").remove("id");
        }
        for (member, value) in body.as_object().expect("an object") {
            let kept = &told["record"][member];
            let same = kept == value || kept.as_f64().is_some_and(|number| Some(number) == value.as_f64());
            assert!(same || (member == "properties" && kept["name_zh"] == value["name_zh"]), "{all} {member}: {kept}");
        }
        office.send("POST", all, "", new).await.is_problem(all, 409, "id");
        let read = office.get(&at).await;
        assert!(read.to_string().contains("\"new\""), "{all}: {read}");

        // Replaced as it was told, with another name.
        let mut whole = told["record"].clone();
        let names = ["/name/en", "/title/en", "/properties/name_en"];
        let place = names.into_iter().find(|place| whole.pointer(place).is_some()).expect("a name");
        *whole.pointer_mut(place).expect("a name") = json!("Renamed");
        let put = office.send("PUT", &at, "\"1\"", whole.clone()).await;
        assert_eq!((put.status.as_u16(), put.header("etag")), (200, "\"2\""), "{all}: {}", put.text());
        assert_eq!((&put.json()["record"], put.header("location")), (&whole, ""), "{all}");

        // A merge leaves alone what it does not name.
        let member: Vec<&str> = place.split('/').skip(1).collect();
        let patch = json!({member[0]: {member[1]: "Again"}});
        let patched = office.send("PATCH", &at, "\"2\"", patch).await;
        assert_eq!((patched.status.as_u16(), patched.header("etag")), (200, "\"3\""), "{all}: {}", patched.text());
        *whole.pointer_mut(place).expect("a name") = json!("Again");
        assert_eq!(patched.json()["record"], whole, "{all}");
        assert!(office.get(&at).await.to_string().contains("Again"), "{all}");

        let removed = office.send("DELETE", &at, "\"3\"", Value::Null).await;
        assert_eq!((removed.status.as_u16(), removed.body.len()), (204, 0), "{all}: {}", removed.text());
        assert_eq!(removed.header("x-guatu-sequence"), office.seq().to_string(), "{all}");
        assert_eq!(office.server.get(&at).await.status, 404, "{all}");
        for method in ["PUT", "PATCH", "DELETE"] {
            let body = if method == "DELETE" { Value::Null } else { whole.clone() };
            let gone = office.send(method, &at, "*", body).await;
            assert_eq!(gone.status, 404, "{method} {at}: {}", gone.text());
        }
    }
    let loaded = guatu::store::Store::load(&*office.server.store).await.expect("sound");
    assert_eq!(loaded.seq, office.seq(), "the store has what readers see");
}

#[tokio::test]
async fn a_new_record_comes_last_and_keeps_its_place() {
    let office = Office::open().await;
    office.done("POST", "/api/v1/projects", road("new")).await;
    office.done("PATCH", "/api/v1/projects/new", json!({"due": "2020-11-30"})).await;
    let projects = office.get("/api/v1/projects?limit=1000").await;
    let last = projects["projects"].as_array().and_then(|list| list.last()).expect("a project").clone();
    assert_eq!((&last["id"], &last["due"]), (&json!("new"), &json!("2020-11-30")));
    office.done("POST", "/api/v1/sections", json!({"id": "new", "name": text("首", "First"), "order": 0})).await;
    let plan = office.get("/api/v1/plans/jxedz-2019").await;
    assert_eq!(plan["sections"][0]["id"], "new", "a section may say where it stands");
}

#[tokio::test]
async fn all_of_a_project_can_be_told() {
    let office = Office::open().await;
    let told = json!({
        "start": "2019-03-01", "due": "2020-06-30", "stage": "building", "progress": 42.5, "reported": "2020-01-09",
        "owner": text("建设局", "Construction bureau"), "warden": "王芳",
        "investment": {"planned_cny": 120_000_000.5, "paid_cny": 7},
        "milestones": [
            {"name": text("开工", "Start"), "due": "2019-03-15", "done": "2019-03-14"},
            {"name": text("贯通", "Through"), "due": "2020-05-01", "done": null},
        ],
        "curve": [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100],
        "from": text("甲", "A"), "to": text("乙", "B"), "carries": text("丙", "C"), "crosses": text("丁", "D"),
        "note": text("注", "Note"),
    });
    let done = office.done("PATCH", ROAD, told.clone()).await;
    for (member, value) in told.as_object().expect("an object") {
        let kept = &done["record"][member];
        if member == "curve" {
            let numbers = |list: &Value| list.as_array().expect("a list").iter().map(Value::as_f64).collect::<Vec<_>>();
            assert_eq!(numbers(kept), numbers(value));
        } else if member == "investment" {
            assert_eq!(*kept, json!({"planned_cny": 120_000_000.5, "paid_cny": 7.0}));
        } else {
            assert_eq!(kept, value, "{member}");
        }
    }
    let detail = office.get(ROAD).await;
    assert_eq!(
        (&detail["record"]["warden"], &detail["record"]["milestones"][0]["done"]),
        (&json!("王芳"), &json!("2019-03-14"))
    );
    // Null takes a member away; a list is replaced as a whole.
    let nothing = json!({"owner": null, "warden": null, "investment": null, "curve": null, "note": null, "progress": null,
        "start": null, "reported": null, "from": null, "milestones": [{"name": text("完", "End"), "due": "2020-06-30"}]});
    let done = office.done("PATCH", ROAD, nothing).await["record"].clone();
    for member in ["owner", "warden", "investment", "curve", "note", "progress", "start", "reported", "from"] {
        assert_eq!(done[member], Value::Null, "{member}");
    }
    assert_eq!((done["milestones"].as_array().map(Vec::len), &done["to"]["en"]), (Some(1), &json!("B")));
    let investment = office.done("PATCH", ROAD, json!({"investment": {"planned_cny": 5}})).await;
    assert_eq!(investment["record"]["investment"], json!({"planned_cny": 5.0, "paid_cny": null}));
}

#[tokio::test]
async fn readings_are_added_in_their_order_and_taken_away() {
    let office = Office::open().await;
    let (target, readings) = ("/api/v1/targets/t-actual-fdi", "/api/v1/targets/t-actual-fdi/readings");
    let reading =
        |date: &str, value: f64, unit: Value| json!({"date": date, "value": value, "unit": unit, "source": "商务局"});
    let unit = || text("亿美元", "100 million USD");
    let made = office.send("POST", readings, "", reading("2019-09-30", 5.0, json!("亿美元"))).await;
    assert_eq!(
        (made.status.as_u16(), made.header("location"), made.header("etag")),
        (201, target, "\"2\""),
        "{}",
        made.text()
    );
    office.done("POST", readings, reading("2019-12-31", 6.5, json!("100 million USD"))).await;
    let known = office.send("POST", readings, "\"3\"", reading("2019-06-30", 3.0, unit())).await;
    assert_eq!(known.status, 201, "a version is welcome: {}", known.text());
    office.send("POST", readings, "\"3\"", reading("2019-07-31", 3.0, unit())).await.is_stale("an old version", 4);
    let dates = |target: &Value| -> Vec<String> {
        let readings = target["readings"].as_array().expect("a list");
        readings.iter().map(|reading| reading["date"].as_str().expect("a date").to_owned()).collect()
    };
    let read = office.get(target).await;
    assert_eq!(dates(&read), ["2019-06-30", "2019-09-30", "2019-12-31"]);
    assert_eq!(read["status"], "met", "{read}");
    let check = async |body: Value, field: &str| {
        office.send("POST", readings, "", body.clone()).await.breaks(&body.to_string(), &[field]);
    };
    check(reading("2019-07-31", 3.0, json!("km")), "unit").await;
    check(reading("2019-07-31", 3.0, text("亿美元", "USD")), "unit").await;
    check(reading("2019-06-30", 3.0, unit()), "date").await;
    check(reading("2020-01-11", 3.0, unit()), "readings[3].date").await;
    check(merged(reading("2019-07-31", 3.0, unit()), json!({"source": " "})), "readings[1].source").await;
    let body = merged(reading("2019-07-31", 3.0, unit()), json!({"date": "soon"}));
    office.send("POST", readings, "", body).await.is_problem("no date", 400, "date");
    let unitless = json!({"date": "2019-07-31", "value": 3, "source": "商务局"});
    office.send("POST", readings, "", unitless).await.is_problem("no unit", 400, "");
    let nowhere = office.send("POST", "/api/v1/targets/nothing/readings", "", reading("2019-07-31", 3.0, unit())).await;
    nowhere.is_problem("no such target", 404, "id");
    let gone = office.send("DELETE", &format!("{readings}/2019-09-30"), "\"4\"", Value::Null).await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    assert_eq!(dates(&office.get(target).await), ["2019-06-30", "2019-12-31"]);
    office.send("DELETE", &format!("{readings}/2019-09-30"), "*", Value::Null).await.breaks("gone already", &["date"]);
    office.send("DELETE", &format!("{readings}/soon"), "*", Value::Null).await.is_problem("no date", 404, "date");
}

#[tokio::test]
async fn a_quota_counts_the_members_that_it_is_given() {
    let office = Office::open().await;
    let path = "/api/v1/quotas/q-start";
    let before = office.get(path).await;
    let members = json!({"members": ["sentaike", "chuangxin-road"], "count": 2});
    let done = office.done("PATCH", path, members.clone()).await;
    assert_eq!(done["record"]["members"], members["members"]);
    let after = office.get(path).await;
    assert_ne!(before, after);
    assert_eq!(office.get("/api/v1/projects?quota=q-start").await["number_matched"], 2);
    assert_eq!(office.get("/api/v1/projects/chuangxin-road").await["quota"], "q-start");
    office.done("PATCH", path, json!({"members": []})).await;
    assert_eq!(office.get("/api/v1/projects?quota=q-start").await["number_matched"], 0);
}

#[tokio::test]
async fn the_plan_and_its_light_rule_are_replaced_not_made() {
    let office = Office::open().await;
    let plan = "/api/v1/plans/jxedz-2019";
    let done = office.done("PATCH", plan, json!({"district": {"en": "JXEDZ"}})).await;
    assert_eq!((&done["record"]["district"]["en"], &done["record"]["year"]), (&json!("JXEDZ"), &json!(2019)));
    assert_eq!(office.get(plan).await["district"]["en"], "JXEDZ");
    for (method, path) in
        [("DELETE", plan), ("POST", "/api/v1/plans"), ("PATCH", "/api/v1/lights"), ("DELETE", "/api/v1/lights")]
    {
        let answer = office.send(method, path, "*", json!({})).await;
        assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text());
    }
    office.send("PATCH", "/api/v1/plans/other", "*", json!({})).await.is_problem("another plan", 404, "id");
    let rule = office.get("/api/v1/lights").await;
    assert_eq!(rule["version"], 1);
    let strict = merged(rule["rule"].clone(), json!({"behind_yellow_points": 1, "evidence_days": 30}));
    let done = office.send("PUT", "/api/v1/lights", "\"1\"", strict.clone()).await;
    assert_eq!((done.status.as_u16(), done.header("etag")), (200, "\"2\""), "{}", done.text());
    let now = office.get("/api/v1/lights").await;
    assert_eq!(
        (&now["version"], &now["rule"]["behind_yellow_points"], &now["rule"]["evidence_days"]),
        (&json!(2), &json!(1.0), &json!(30))
    );
    office.send("PUT", "/api/v1/lights", "\"1\"", strict).await.is_stale("the old rule", 2);
}
