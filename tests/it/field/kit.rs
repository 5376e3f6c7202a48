//! What a phone takes along: distances are its own matter, what is due and whose it is are ours. And the patches that say whose.

use guatu::plan::UserRole;
use serde_json::{Value, json};

use crate::support::field::report;
use crate::support::office::{Office, merged, text};

fn cell(id: &str, inspectors: &[&str]) -> Value {
    let ring = json!([[[120.70, 30.75], [120.72, 30.75], [120.72, 30.76], [120.70, 30.76], [120.70, 30.75]]]);
    json!({"id": id, "name": text("运河网格", "Canal cell"), "role": "grid", "inspectors": inspectors, "reach_m": 0,
        "geometry": {"type": "Polygon", "coordinates": ring}})
}

async fn project(office: &Office, id: &str) -> Value {
    let kit = office.get("/api/v1/field").await;
    let mut projects = kit["projects"].as_array().expect("a list").iter();
    projects.find(|project| project["id"] == id).unwrap_or_else(|| panic!("no {id}")).clone()
}

#[tokio::test]
async fn the_kit_holds_every_project_with_its_places() {
    let office = Office::open().await;
    let kit = office.get("/api/v1/field").await;
    let plan = office.get("/api/v1/projects?limit=1").await;
    assert_eq!(Some(kit["projects"].as_array().expect("a list").len() as u64), plan["number_matched"].as_u64());
    assert_eq!((&kit["seq"], &kit["today"]), (&json!(office.seq()), &json!("2020-01-10")));
    assert_eq!(kit["user"], json!({"name": "all", "display_name": "The all"}));
    assert_eq!(kit["rule"]["fix_limit_m"], 50.0);
    let park = project(&office, "canal-park").await;
    let detail = office.get("/api/v1/projects/canal-park").await;
    assert_eq!((&park["light"], &park["name"]), (&detail["light"], &detail["name"]));
    assert_eq!(park["places"][0]["geometry"], detail["features"]["features"][0]["geometry"]);
    assert_eq!(park["places"][0]["accuracy_m"], 1_000.0);
    assert_eq!((&park["due_visit"], &park["last_inspection"]), (&json!(true), &Value::Null));
    let tag = office.server.ask("GET", "/api/v1/field", &office.shown, Value::Null).await.header("etag").to_owned();
    let headers = [("sec-fetch-site", "same-origin"), ("if-none-match", &tag)];
    let again = office.server.ask_with("GET", "/api/v1/field", &office.shown, Value::Null, &headers).await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn stages_that_a_report_may_tell_begin_with_the_present_one() {
    let office = Office::open().await;
    let next = |park: Value| park["next_stages"].clone();
    let all = json!(["planned", "preparing", "building", "completed", "in_use", "suspended", "cancelled"]);
    assert_eq!(next(project(&office, "canal-park").await), all);
    office.done("PATCH", "/api/v1/projects/canal-park", json!({"stage": "building"})).await;
    let expected = json!(["building", "preparing", "completed", "suspended", "cancelled"]);
    assert_eq!(next(project(&office, "canal-park").await), expected);
}

#[tokio::test]
async fn a_visit_is_due_until_somebody_reports_and_nobody_rejects_it() {
    let office = Office::open().await;
    office.reports(report("r-1", "canal-park")).await;
    let park = project(&office, "canal-park").await;
    assert_eq!((&park["due_visit"], &park["last_inspection"]), (&json!(false), &json!("2020-01-10")));
    office.done("POST", "/api/v1/inspections/r-1/reject", json!({"reason": "另一处"})).await;
    let park = project(&office, "canal-park").await;
    assert_eq!((&park["due_visit"], &park["last_inspection"]), (&json!(true), &Value::Null));
}

#[tokio::test]
async fn what_is_mine_is_by_patch_or_by_warden() {
    let office = Office::open().await;
    let inspector = office.beside("wang-fang", &[UserRole::Inspector]).await;
    assert_eq!(project(&inspector, "canal-park").await["mine"], false);
    office.done("POST", "/api/v1/patches", cell("canal", &["wang-fang"])).await;
    let park = project(&inspector, "canal-park").await;
    assert_eq!((&park["mine"], &park["patches"]), (&json!(true), &json!(["canal"])));
    assert_eq!(project(&office, "canal-park").await["mine"], false, "it is the inspector's, not everybody's");
    let far = project(&inspector, "nanjiao-river-park").await;
    assert_eq!((&far["mine"], &far["patches"]), (&json!(false), &json!([])));
    // A road's warden by name.
    office.done("PATCH", "/api/v1/projects/nanjiao-river-park", json!({"warden": "The wang-fang"})).await;
    assert_eq!(project(&inspector, "nanjiao-river-park").await["mine"], true);
    let kit = inspector.get("/api/v1/field").await;
    assert_eq!((&kit["patches"][0]["id"], &kit["patches"][0]["mine"]), (&json!("canal"), &json!(true)));
    let list = office.get("/api/v1/patches").await;
    let told = &list["features"][0];
    assert_eq!((&told["type"], &told["properties"]["mine"]), (&json!("Feature"), &json!(false)));
    assert!(told["properties"]["projects"].as_array().expect("a list").contains(&json!("canal-park")), "{told}");
}

#[tokio::test]
async fn a_line_reaches_as_far_as_it_says() {
    let office = Office::open().await;
    // Some 110 m north of the park.
    let line = json!({"type": "LineString", "coordinates": [[120.70, 30.7592], [120.72, 30.7592]]});
    let river = merged(cell("river", &[]), json!({"role": "river", "geometry": line, "reach_m": 200}));
    office.done("POST", "/api/v1/patches", river).await;
    assert_eq!(project(&office, "canal-park").await["patches"], json!(["river"]));
    office.done("PATCH", "/api/v1/patches/river", json!({"reach_m": 20})).await;
    assert_eq!(project(&office, "canal-park").await["patches"], json!([]));
}

#[tokio::test]
async fn patches_are_kept_by_planners_and_gis_staff() {
    let office = Office::open().await;
    for (role, may) in [
        (UserRole::Viewer, false),
        (UserRole::Inspector, false),
        (UserRole::Planner, true),
        (UserRole::Gis, true),
        (UserRole::Admin, false),
    ] {
        let user = office.beside(role.as_str(), &[role]).await;
        let id = format!("by-{role}");
        let made = user.send("POST", "/api/v1/patches", "", cell(&id, &[])).await;
        assert_eq!(made.status, if may { 201 } else { 403 }, "{role}");
        if may {
            let renamed =
                user.done("PATCH", &format!("/api/v1/patches/{id}"), json!({"name": text("新", "New")})).await;
            assert_eq!(renamed["version"], 2);
            let stale = user.send("PATCH", &format!("/api/v1/patches/{id}"), "\"1\"", json!({"reach_m": 1})).await;
            stale.is_stale("an older version", 2);
            user.done("DELETE", &format!("/api/v1/patches/{id}"), Value::Null).await;
        }
    }
    for (what, change, fields) in [
        ("a name of a person", json!({"inspectors": ["王芳"]}), &["inspectors[0]"][..]),
        ("somebody twice", json!({"inspectors": ["a", "a"]}), &["inspectors[1]"]),
        ("too far", json!({"reach_m": 2_001}), &["reach_m"]),
        (
            "a cell without an area",
            json!({"geometry": {"type": "Point", "coordinates": [120.7, 30.75]}}),
            &["geometry"],
        ),
        (
            "a line that reaches nothing",
            json!({"role": "road", "geometry": {"type": "LineString", "coordinates": [[120.7, 30.75], [120.71, 30.75]]}}),
            &["reach_m"],
        ),
        ("no shape", json!({"geometry": {"type": "Polygon", "coordinates": []}}), &["geometry"]),
        (
            "another district",
            json!({"geometry": {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}}),
            &["geometry"],
        ),
    ] {
        let answer = office.send("POST", "/api/v1/patches", "", merged(cell("p", &[]), change)).await;
        answer.breaks(what, fields);
    }
}
