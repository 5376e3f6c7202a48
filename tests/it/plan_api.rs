//! `/api/v1`: plans, targets, quotas, projects, search, settings.

use serde_json::{Value, json};

use crate::support::http::{Server, texts};

#[tokio::test]
async fn the_plan_counts_what_it_promises() {
    let server = Server::shipped();
    let plan = server.json("/api/v1/plans/jxedz-2019").await;
    assert_eq!(plan["counts"], json!({"sections": 5, "targets": 21, "quotas": 8, "projects": 45, "themes": 22}));
    assert_eq!(plan["as_of"], "2020-01-10");
    assert_eq!(plan["rollup"]["total"], 45);
    assert_eq!(plan["rollup"]["by_stage"]["not_reported"], 33);
    assert_eq!(plan["rollup"]["by_stage"]["planned"], 5);
    assert_eq!(plan["rollup"]["by_stage"]["building"], 7);
    assert_eq!(plan["rollup"]["by_stage"]["in_use"], 0, "every stage is counted");
    let list = server.json("/api/v1/plans").await;
    assert_eq!(list["plans"][0]["counts"], plan["counts"]);
}

#[tokio::test]
async fn the_tree_holds_every_promise_once() {
    let tree = Server::shipped().json("/api/v1/plans/jxedz-2019").await;
    let sections = tree["sections"].as_array().expect("sections");
    assert_eq!(texts(&tree["sections"], "/id"), ["s1", "s2", "s3", "s4", "s5"]);
    let count = |member: &str| -> usize {
        let items = sections.iter().flat_map(|section| section["items"].as_array().expect("items"));
        items.map(|item| item[member].as_array().expect(member).len()).sum()
    };
    assert_eq!([count("targets"), count("quotas"), count("projects"), count("themes")], [21, 8, 45, 22]);
    let of_section = |at: usize| &sections[at]["items"][0]["item"];
    assert_eq!(of_section(2), 0, "the project library belongs to section 3 as a whole");
}

#[tokio::test]
async fn a_quota_tells_named_and_unnamed_members() {
    let server = Server::shipped();
    let start = server.json("/api/v1/quotas/q-start").await;
    assert_eq!([&start["count"], &start["named"], &start["unnamed"]], [28, 3, 25]);
    assert_eq!(start["by_stage"]["planned"], 3);
    assert_eq!(start["members"], json!(["italian-meat", "sentaike", "intercontinental"]));
    let model = server.json("/api/v1/quotas/q-waste-model").await;
    assert_eq!([&model["count"], &model["named"], &model["unnamed"]], [8, 0, 8]);
    assert_eq!(server.json("/api/v1/quotas").await["quotas"].as_array().map(Vec::len), Some(8));
}

#[tokio::test]
async fn a_target_without_reading_says_so() {
    let server = Server::shipped();
    let target = server.json("/api/v1/targets/t-fortune500-total").await;
    assert_eq!(target["status"], "no_reading");
    assert_eq!(target["readings"], json!([]));
    assert_eq!([&target["value"], &target["stretch"]], [45.0, 50.0]);
    assert_eq!(server.json("/api/v1/targets").await["targets"].as_array().map(Vec::len), Some(21));
}

#[tokio::test]
async fn projects_are_found_by_every_filter() {
    let server = Server::shipped();
    let check = async |query: &str, expected: u64| {
        let page = server.json(&format!("/api/v1/projects?{query}")).await;
        assert_eq!(page["number_matched"], expected, "{query}");
    };
    check("", 45).await;
    check("kind=road", 7).await;
    check("kind=road,bridge", 10).await;
    check("stage=building", 7).await;
    check("stage=not_reported&kind=park", 4).await;
    check("light=red", 9).await;
    check("light=grey", 36).await;
    check("section=s5", 8).await;
    check("quota=q-parks", 4).await;
    check("quota=q-waste-model", 0).await;
    check("position=placeholder", 11).await;
    check("due_before=2019-09-02", 1).await;
    check("due_before=2019-09-01", 0).await;
    check("bbox=120.70,30.69,120.72,30.71", 8).await;
    check("bbox=170,-10,-170,10", 0).await;
    check("q=%E5%A4%A7%E6%A1%A5", 3).await;
    check("q=retrofit", 4).await;
    check("kind=road&q=zuili", 1).await;
}

#[tokio::test]
async fn a_facet_counts_with_all_filters_but_its_own() {
    let page = Server::shipped().json("/api/v1/projects?kind=road&stage=building").await;
    assert_eq!(page["number_matched"], 0);
    assert_eq!(page["facets"]["kind"]["industry"], 5, "building, of any kind");
    assert_eq!(page["facets"]["stage"]["not_reported"], 7, "roads, at any stage");
    assert_eq!(page["facets"]["section"]["s4"], 0);
    assert_eq!(page["facets"]["quota"]["q-waste-model"], 0, "a quota without a match is told too");
}

#[tokio::test]
async fn pages_walk_every_project_once_in_every_order() {
    let server = Server::shipped();
    for sort in ["plan", "name", "-name", "kind", "-kind", "stage", "-stage", "due", "-due", "light", "-light"] {
        let whole = server.json(&format!("/api/v1/projects?sort={sort}&limit=1000")).await;
        let whole = texts(&whole["projects"], "/id").join(" ");
        let mut walked: Vec<String> = Vec::new();
        let mut next = Some(format!("/api/v1/projects?sort={sort}&limit=7"));
        while let Some(path) = next {
            let page = server.json(&path).await;
            walked.extend(texts(&page["projects"], "/id").into_iter().map(str::to_owned));
            next = page["next"].as_str().map(str::to_owned);
        }
        assert_eq!(walked.len(), 45, "{sort}");
        assert_eq!(walked.join(" "), whole, "{sort}");
    }
    let due = server.json("/api/v1/projects?sort=due&limit=1").await;
    assert_eq!(due["projects"][0]["id"], "chayuan-primary");
}

#[tokio::test]
async fn a_project_comes_with_its_place_its_plan_and_its_neighbours() {
    let server = Server::shipped();
    let road = server.json("/api/v1/projects/zuili-road").await;
    assert_eq!(road["from"]["zh"], "南湖大道");
    assert_eq!(road["to"]["zh"], "纺工路");
    assert_eq!(road["section_name"]["zh"], "更高质量提能级");
    assert_eq!(road["features"]["features"][0]["geometry"]["type"], "LineString");
    assert_eq!(road["stage_basis"], "none");
    let distances: Vec<f64> =
        road["neighbours"].as_array().expect("neighbours").iter().filter_map(|n| n["distance_m"].as_f64()).collect();
    assert!(distances.len() > 3 && distances.is_sorted(), "{distances:?}");
    assert!(!texts(&road["neighbours"], "/id").contains(&"zuili-road"), "a project is not its own neighbour");
    let school = server.json("/api/v1/projects/chayuan-primary").await;
    assert_eq!([&school["due"], &school["stage"], &school["stage_basis"]], ["2019-09-01", "building", "plan"]);
    assert_eq!(school["light"]["colour"], "red");
    assert_eq!(school["light"]["facts"]["days_overdue"], 131);
    let bridge = server.json("/api/v1/projects/wanguo-bridge").await;
    assert_eq!([&bridge["carries"]["zh"], &bridge["crosses"]["zh"]], ["万国路", "杭州塘"]);
}

#[tokio::test]
async fn search_finds_any_part_of_a_name_best_first() {
    let server = Server::shipped();
    let hits = async |q: &str| -> Value { server.json(&format!("/api/v1/search?q={q}")).await["hits"].clone() };
    let zuili = hits("%E6%A7%9C%E6%9D%8E%E8%B7%AF").await;
    assert_eq!(texts(&zuili, "/id")[0], "zuili-road");
    assert_eq!(zuili[0]["match"], json!({"lang": "zh", "start": 0, "length": 3}));
    let one = hits("%E7%A6%BE").await;
    assert!(texts(&one, "/id").contains(&"heyuan-centre"), "one character is enough: {one}");
    let canal = hits("canal").await;
    assert_eq!(canal[0]["match"]["lang"], "en");
    let river =
        canal.as_array().expect("hits").iter().find(|hit| hit["type"] == "place").expect("rivers are found too");
    assert_eq!(river["collection"], "context_rivers");
    let quota = hits("%E6%8A%80%E6%94%B9%E9%A1%B9%E7%9B%AE").await;
    assert_eq!([&quota[0]["type"], &quota[0]["id"]], ["quota", "q-retrofit"]);
    assert!(quota[0]["bbox"].is_array(), "a quota is framed by its members");
    assert_eq!(hits("zzzz").await, json!([]));
}

#[tokio::test]
async fn bad_parameters_are_refused_by_name() {
    let server = Server::shipped();
    let check = async |path: &str, parameter: &str| server.refused(path, 400, parameter).await;
    check("/api/v1/plans?x=1", "x").await;
    check("/api/v1/plans/jxedz-2019?x=1", "x").await;
    check("/api/v1/targets?limit=3", "limit").await;
    check("/api/v1/targets/t-idle-land?x=1", "x").await;
    check("/api/v1/quotas?x", "x").await;
    check("/api/v1/quotas/q-start?x=1", "x").await;
    check("/api/v1/settings?x=1", "x").await;
    check("/api/v1/projects?kind=rood", "kind").await;
    check("/api/v1/projects?kind=", "kind").await;
    check("/api/v1/projects?kind=road,", "kind").await;
    check("/api/v1/projects?kind=road&kind=park", "kind").await;
    check("/api/v1/projects?stage=done", "stage").await;
    check("/api/v1/projects?light=blue", "light").await;
    check("/api/v1/projects?section=S%201", "section").await;
    check("/api/v1/projects?position=near", "position").await;
    check("/api/v1/projects?due_before=2019-13-01", "due_before").await;
    check("/api/v1/projects?due_before=20190901", "due_before").await;
    check("/api/v1/projects?bbox=1,2,3", "bbox").await;
    check("/api/v1/projects?bbox=120,31,121,30", "bbox").await;
    check("/api/v1/projects?bbox=30.6,120.6,30.9,121", "bbox").await;
    check("/api/v1/projects?bbox=NaN,1,2,3", "bbox").await;
    check("/api/v1/projects?sort=colour", "sort").await;
    check("/api/v1/projects?sort=-plan", "sort").await;
    check("/api/v1/projects?limit=0", "limit").await;
    check("/api/v1/projects?limit=1001", "limit").await;
    check("/api/v1/projects?limit=-1", "limit").await;
    check("/api/v1/projects?cursor=zz", "cursor").await;
    check("/api/v1/projects?sort=name&cursor=due.5.mars.2019-12-31", "cursor").await;
    check("/api/v1/projects?q=", "q").await;
    check("/api/v1/projects?q=%00", "q").await;
    check(&format!("/api/v1/projects?q={}", "a".repeat(101)), "q").await;
    check("/api/v1/projects/zuili-road?x=1", "x").await;
    check("/api/v1/search", "q").await;
    check("/api/v1/search?q=%FF%FE", "q").await;
    check("/api/v1/search?q=a&limit=101", "limit").await;
    check("/api/v1/search?%FF=1", "\u{FFFD}").await;
    server.refused(&format!("/api/v1/search?q={}", "a".repeat(9_000)), 400, "").await;
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let server = Server::shipped();
    server.refused("/api/v1/plans/other", 404, "plan").await;
    server.refused("/api/v1/targets/none", 404, "target").await;
    server.refused("/api/v1/quotas/none", 404, "quota").await;
    server.refused("/api/v1/projects/none", 404, "project").await;
    server.refused("/api/v1/nothing", 404, "path").await;
    let wrong_method = server.post("/api/v1/plans", "{}").await;
    wrong_method.is_problem("POST /api/v1/plans", 405, "");
    assert_eq!(wrong_method.header("allow"), "GET,HEAD");
    server.post("/api/v1/nope", "{}").await.is_problem("POST to nothing", 404, "path");
    let bad_path = server.get("/api/v1/projects/%FF").await;
    bad_path.is_problem("a path that is no UTF-8", 400, "");
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let server = Server::shipped();
    for path in [
        "/api/v1/plans",
        "/api/v1/plans/jxedz-2019",
        "/api/v1/targets",
        "/api/v1/quotas/q-start",
        "/api/v1/projects?kind=road",
        "/api/v1/projects/zuili-road",
        "/api/v1/search?q=road",
        "/api/v1/nearby?lon=120.77&lat=30.71",
        "/api/v1/settings",
        "/api/v1/openapi.json",
        "/ogc",
        "/ogc/collections",
        "/ogc/collections/roads/items",
        "/ogc/collections/roads/items/zuili-road",
        "/tiles/plan.json",
        "/tiles/plan/12/3421/1680",
    ] {
        let first = server.get(path).await;
        assert_eq!(first.status, 200, "{path}");
        let again = server.get_with(path, &[("if-none-match", first.header("etag"))]).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
        let other = server.get_with(path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!(other.status, 200, "{path}");
    }
}

#[tokio::test]
async fn settings_name_the_plan_and_the_day() {
    let settings = Server::shipped().json("/api/v1/settings").await;
    assert_eq!([&settings["plan"], &settings["today"]], ["jxedz-2019", "2020-01-10"]);
    assert_eq!(settings["basemaps"], json!([]));
}
