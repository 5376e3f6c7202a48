//! What breaks a rule of the plan is refused by its field, with the reason, and nothing of it lands.

use serde_json::{Value, json};

use super::{ITEM, ROAD};
use crate::support::office::{Office, line, merged, road, spot, text};

/// An office, and how often the log is to have grown when its test ends.
struct Rules(Office);

impl Rules {
    async fn open() -> Rules {
        Rules(Office::open().await)
    }

    async fn patch(&self, path: &str, body: Value, field: &str, reason: &str) {
        self.broken("PATCH", path, body, &[field], reason).await;
    }

    async fn broken(&self, method: &str, path: &str, body: Value, fields: &[&str], reason: &str) {
        let version = if method == "POST" { "" } else { "*" };
        let what = format!("{path} {body}");
        let before = self.0.seq();
        let answer = self.0.send(method, path, version, body).await;
        answer.breaks(&what, fields);
        assert!(answer.text().contains(reason), "{what}: {}", answer.text());
        assert_eq!(self.0.seq(), before, "{what}");
    }
}

#[tokio::test]
async fn of_a_project() {
    let rules = Rules::open().await;
    let check = async |body: Value, field: &str, reason: &str| rules.patch(ROAD, body, field, reason).await;
    check(json!({"progress": 100.1}), "progress", "is no percentage").await;
    check(json!({"progress": -0.1}), "progress", "is no percentage").await;
    check(json!({"stage": "planned", "progress": 1}), "progress", "only planned").await;
    check(json!({"stage": "completed", "progress": 99}), "progress", "completed").await;
    check(json!({"reported": "2020-01-11"}), "reported", "has not come yet").await;
    check(json!({"due": "2018-12-31"}), "due", "before the plan's start").await;
    check(json!({"start": "2020-01-01"}), "start", "after the due date").await;
    check(json!({"item": 100}), "item", "no item").await;
    check(json!({"name": {"zh": " \t"}}), "name.zh", "says nothing").await;
    check(json!({"name": {"en": "x".repeat(501)}}), "name.en", "501 characters").await;
    check(json!({"owner": text("建设局", "")}), "owner.en", "says nothing").await;
    check(json!({"warden": ""}), "warden", "says nothing").await;
    check(json!({"note": text("字".repeat(501).as_str(), "x")}), "note.zh", "501 characters").await;
    check(json!({"crosses": text("", "x")}), "crosses.zh", "says nothing").await;
    check(json!({"investment": {"planned_cny": -1}}), "investment.planned_cny", "no sum of money").await;
    check(json!({"investment": {"planned_cny": 1, "paid_cny": -0.5}}), "investment.paid_cny", "no sum of money").await;
    let milestone =
        |due: &str, done: Value| json!({"milestones": [{"name": text("开工", "Start"), "due": due, "done": done}]});
    check(milestone("2020-01-01", Value::Null), "milestones[0].due", "outside the project's own dates").await;
    check(milestone("2019-06-01", json!("2020-01-11")), "milestones[0].done", "has not come yet").await;
    check(merged(milestone("2019-06-01", Value::Null), json!({"start": "2019-06-02"})), "milestones[0].due", "outside")
        .await;
    check(
        json!({"milestones": [{"name": text("开工", " "), "due": "2019-06-01"}]}),
        "milestones[0].name.en",
        "nothing",
    )
    .await;
    check(json!({"curve": [0, 10, 100]}), "curve", "there are 12").await;
    check(json!({"curve": vec![1; 121]}), "curve", "121 months").await;
    check(json!({"curve": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 101]}), "curve[11]", "no percentage").await;
    check(json!({"curve": [0, 1, 2, 3, 4, 3, 6, 7, 8, 9, 10, 100]}), "curve[5]", "falls below 4").await;
    check(json!({"section": "s99"}), "section", "no section s99").await;
    check(json!({"kind": "park"}), "kind", "roads/chuangxin-road").await;
    let all = json!({"progress": 101, "item": 100, "section": "s99"});
    rules.broken("PATCH", ROAD, all, &["item", "progress", "section"], "no item").await;
    rules.broken("POST", "/api/v1/projects", merged(road("new"), json!({"progress": 101})), &["progress"], "").await;
}

#[tokio::test]
async fn of_a_target_a_quota_and_what_only_has_words() {
    let rules = Rules::open().await;
    let target = "/api/v1/targets/t-actual-fdi";
    let reading = |date: &str, source: &str| json!({"date": date, "value": 1, "source": source});
    rules.patch(target, json!({"item": 100}), "item", "no item").await;
    rules.patch(target, json!({"name": {"zh": ""}}), "name.zh", "says nothing").await;
    rules.patch(target, json!({"unit": {"en": " "}}), "unit.en", "says nothing").await;
    rules.patch(target, json!({"section": "s0"}), "section", "no section").await;
    rules.patch(target, json!({"readings": [reading("2020-01-11", "x")]}), "readings[0].date", "not come").await;
    rules.patch(target, json!({"readings": [reading("2019-06-30", "")]}), "readings[0].source", "nothing").await;
    let twice = json!({"readings": [reading("2019-06-30", "x"), reading("2019-06-30", "y")]});
    rules.patch(target, twice, "readings[1].date", "has a reading already").await;
    let reversed = json!({"readings": [reading("2019-06-30", "x"), reading("2019-03-31", "y")]});
    rules.patch(target, reversed, "readings[1].date", "comes after").await;
    rules.0.done("PATCH", target, json!({"readings": [reading("2019-06-30", "x")]})).await;
    rules.patch(target, json!({"unit": text("公里", "km")}), "unit", "there are readings").await;
    rules.0.done("PATCH", target, json!({"unit": text("公里", "km"), "readings": []})).await;

    let quota = "/api/v1/quotas/q-start";
    rules.patch(quota, json!({"count": 2}), "count", "less than the 3 members").await;
    rules.patch(quota, json!({"members": ["sentaike", "sentaike"]}), "members[1]", "twice").await;
    rules.patch(quota, json!({"members": ["nothing"]}), "members", "no project nothing").await;
    rules.patch(quota, json!({"members": ["mars"]}), "members", "member of q-retrofit already").await;
    rules.patch(quota, json!({"section": "s0"}), "section", "no section").await;
    rules.patch(quota, json!({"name": {"en": ""}}), "name.en", "says nothing").await;

    let theme = "/api/v1/themes/h-one-stop";
    rules.patch(theme, json!({"note": text("注", "")}), "note.en", "says nothing").await;
    rules.patch(theme, json!({"item": 200}), "item", "no item").await;
    rules.patch(theme, json!({"section": "s0"}), "section", "no section").await;
    rules.patch("/api/v1/sections/s1", json!({"name": {"zh": ""}}), "name.zh", "says nothing").await;
    rules.patch("/api/v1/collections/roads", json!({"title": {"en": ""}}), "title.en", "says nothing").await;
}

#[tokio::test]
async fn of_the_plan_and_its_light_rule() {
    let rules = Rules::open().await;
    let plan = "/api/v1/plans/jxedz-2019";
    rules.patch(plan, json!({"district": {"zh": ""}}), "district.zh", "says nothing").await;
    rules.patch(plan, json!({"city": {"en": "x".repeat(501)}}), "city.en", "501 characters").await;
    rules.patch(plan, json!({"due": "2019-01-01"}), "due", "not after the plan's start").await;
    rules.patch(plan, json!({"year": 0}), "year", "no year of a plan").await;
    for extent in
        [json!([120.95, 30.6, 120.6, 30.87]), json!([120.6, 30.6, 120.95, 97]), json!([120.6, 30.6, 120.62, 30.62])]
    {
        let before = rules.0.seq();
        let answer = rules.0.send("PATCH", plan, "*", json!({"extent": extent})).await;
        assert_eq!(answer.status, 422, "{extent}: {}", answer.text());
        let violations = answer.json()["violations"].as_array().expect("a list").clone();
        assert!(violations.iter().all(|one| one["field"] == "extent"), "{extent}: {violations:?}");
        assert_eq!(rules.0.seq(), before, "{extent}");
    }
    let current = rules.0.get("/api/v1/lights").await["rule"].clone();
    let check = async |members: Value, field: &str, reason: &str| {
        let body = merged(current.clone(), members);
        rules.broken("PUT", "/api/v1/lights", body.clone(), &[field], reason).await;
        rules.broken("POST", "/api/v1/lights/preview", body, &[field], reason).await;
    };
    check(json!({"behind_red_points": 101}), "behind_red_points", "no number of points").await;
    check(json!({"behind_yellow_points": -1}), "behind_yellow_points", "no number of points").await;
    check(json!({"behind_red_points": 1}), "behind_red_points", "the worse light").await;
    check(json!({"unstarted_red_months": 0}), "unstarted_red_months", "the worse light").await;
    check(json!({"unstarted_red_months": 121}), "unstarted_red_months", "too long").await;
    check(json!({"evidence_days": 0}), "evidence_days", "no age").await;
}

#[tokio::test]
async fn of_a_collection() {
    let rules = Rules::open().await;
    let roads = "/api/v1/collections/roads";
    rules.patch(roads, json!({"geometry_type": "Polygon"}), "geometry_type", "features of the old type").await;
    rules.patch(roads, json!({"kind": "park"}), "kind", "the old kind").await;
    rules.patch(roads, json!({"kind": null}), "kind", "the old kind").await;
    let new = |id: &str| json!({"id": id, "title": text("新", "New"), "kind": "park", "geometry_type": "Point"});
    for id in ["plan", "context", "places", "changes", "features", "gpkg_contents", "sqlite_x", "rtree_x"] {
        rules.broken("POST", "/api/v1/collections", new(id), &["id"], "something else").await;
    }
    rules.0.done("POST", "/api/v1/collections", new("fresh")).await;
    rules.0.done("PATCH", "/api/v1/collections/fresh", json!({"geometry_type": "Polygon", "kind": "road"})).await;
}

#[tokio::test]
async fn of_a_place() {
    let rules = Rules::open().await;
    let check = async |body: Value, field: &str, reason: &str| rules.patch(ITEM, body, field, reason).await;
    let geometry = |kind: &str, coordinates: Value| json!({"geometry": {"type": kind, "coordinates": coordinates}});
    let properties = |members: Value| json!({"properties": members});
    check(geometry("Point", json!([120.7, 30.7])), "geometry", "holds LineStrings").await;
    check(geometry("LineString", json!([[121.7, 30.7], [121.8, 30.8]])), "geometry", "outside the plan's extent").await;
    check(geometry("LineString", json!([[30.7, 120.7], [30.8, 120.8]])), "geometry", "").await;
    check(geometry("LineString", json!([[120.7, 30.7], [120.700_001, 30.7]])), "geometry", "shorter than").await;
    check(geometry("LineString", json!([[120.7, 30.7]])), "geometry", "").await;
    check(geometry("LineString", json!("here")), "geometry", "").await;
    check(json!({"geometry": null}), ".", "missing field `geometry`").await;
    check(properties(json!({"name_zh": ""})), "name.zh", "says nothing").await;
    check(properties(json!({"accuracy_m": -1})), "accuracy_m", "no distance").await;
    check(properties(json!({"accuracy_m": 100_001})), "accuracy_m", "no distance").await;
    check(properties(json!({"accuracy_m": 51, "position": "surveyed"})), "accuracy_m", "too far off").await;
    check(properties(json!({"position": "somewhere"})), "properties.position", "somewhere").await;
    check(properties(json!({"basis_zh": "图纸", "basis_en": null})), "properties.basis_zh", "one language").await;
    check(properties(json!({"basis_zh": "", "basis_en": "x"})), "basis.zh", "says nothing").await;
    check(properties(json!({"project": null})), "project", "belongs to a project").await;
    check(properties(json!({"project": "nothing"})), "project", "no project nothing").await;
    check(properties(json!({"project": "mars"})), "project", "mars is a industry").await;
    check(json!({"id": "another"}), "id", "the address says chuangxin-road").await;
    check(json!({"type": "Point"}), "type", "").await;
    let park = "/ogc/collections/parks/items/canal-park";
    let bow = json!([[[120.7, 30.7], [120.71, 30.71], [120.71, 30.7], [120.7, 30.71], [120.7, 30.7]]]);
    rules.patch(park, geometry("Polygon", bow), "geometry", "").await;
    let flat = json!([[[120.7, 30.7], [120.700_000_1, 30.7], [120.700_000_1, 30.700_000_1], [120.7, 30.7]]]);
    rules.patch(park, geometry("Polygon", flat), "geometry", "covers less than").await;
    let roads = "/ogc/collections/roads/items";
    rules.broken("POST", roads, spot("new", "chuangxin-road", 120.7, 30.7), &["geometry"], "holds LineStrings").await;
    rules.broken("POST", roads, line("new", "mars", json!([[120.7, 30.7], [120.8, 30.7]])), &["project"], "").await;
}

#[tokio::test]
async fn of_what_other_records_need() {
    let office = Office::open().await;
    let kept = async |path: &str, needed_by: &str| {
        let answer = office.send("DELETE", path, "*", Value::Null).await;
        answer.is_problem(path, 409, "");
        assert!(answer.text().contains(needed_by), "{path}: {}", answer.text());
    };
    kept(ROAD, "feature roads/chuangxin-road").await;
    kept("/api/v1/projects/mars", "quota q-retrofit").await;
    kept("/api/v1/collections/parks", "feature parks/canal-park").await;
    kept("/api/v1/sections/s1", "project sci-tech-city").await;
    office.done("POST", "/api/v1/sections", json!({"id": "s9", "name": text("九", "Nine")})).await;
    for (path, needed_by) in [
        ("/api/v1/targets/t-actual-fdi", "target t-actual-fdi"),
        ("/api/v1/quotas/q-start", "quota q-start"),
        ("/api/v1/themes/h-one-stop", "theme h-one-stop"),
    ] {
        let home = office.get("/api/v1/sections/s9").await["id"].clone();
        let version = office.server.get(path).await.header("etag").to_owned();
        let moved = office.send("PATCH", path, &version, json!({"section": home})).await;
        let before = moved.json()["version"].clone();
        assert_eq!(moved.status, 200, "{}", moved.text());
        kept("/api/v1/sections/s9", needed_by).await;
        office.done("PATCH", path, json!({"section": "s1"})).await;
        assert_eq!(before, 2);
    }
    assert_eq!(office.send("DELETE", "/api/v1/sections/s9", "*", Value::Null).await.status, 204);
}
