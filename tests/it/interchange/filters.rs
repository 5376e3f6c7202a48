//! OGC API – Features Part 3 and CQL2 at the door: what a filter finds, and what a bad one gets. What each operator means is held against
//! PostGIS in `cql2.rs`.

use serde_json::{Value, json};

use crate::support::http::{Server, texts};

/// A query's value as an address holds it.
fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn ids(page: &Value) -> Vec<String> {
    let mut ids: Vec<String> = texts(&page["features"], "/id").into_iter().map(str::to_owned).collect();
    ids.sort();
    ids
}

async fn found(server: &Server, collection: &str, filter: &str) -> Vec<String> {
    let page = server.json(&format!("/ogc/collections/{collection}/items?limit=1000&filter={}", encoded(filter))).await;
    let ids = ids(&page);
    assert_eq!(page["numberMatched"], ids.len());
    ids
}

/// Ids of the features for which a condition holds, by a plain look at all of them.
async fn looked_up(server: &Server, collection: &str, holds: impl Fn(&Value) -> bool) -> Vec<String> {
    let page = server.json(&format!("/ogc/collections/{collection}/items?limit=1000")).await;
    let features = page["features"].as_array().expect("features").iter();
    let mut ids: Vec<String> = features
        .filter(|feature| holds(&feature["properties"]))
        .map(|feature| feature["id"].as_str().expect("an id").to_owned())
        .collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn filters_find_what_a_look_at_every_feature_finds() {
    let server = Server::shipped();
    let number = |value: &Value, name: &str| value[name].as_f64();
    let word = |value: &Value, name: &str, wanted: &str| value[name] == wanted;
    let check = |filter: &'static str, holds: Box<dyn Fn(&Value) -> bool>| {
        let server = server.clone();
        async move {
            let (by_filter, by_look) =
                (found(&server, "roads", filter).await, looked_up(&server, "roads", holds).await);
            assert_eq!(by_filter, by_look, "{filter}");
        }
    };
    check("accuracy_m >= 500", Box::new(move |p| number(p, "accuracy_m") >= Some(500.0))).await;
    check("light = 'red' OR light = 'grey'", Box::new(move |p| word(p, "light", "red") || word(p, "light", "grey")))
        .await;
    check("NOT (aim = 'connect')", Box::new(move |p| !word(p, "aim", "connect"))).await;
    check("progress IS NULL", Box::new(move |p| p["progress"].is_null())).await;
    check(
        "due <= DATE('2019-12-31') AND stage IN ('building','not_reported')",
        Box::new(move |p| {
            p["due"].as_str() <= Some("2019-12-31")
                && (word(p, "stage", "building") || word(p, "stage", "not_reported"))
        }),
    )
    .await;
    check("name_zh LIKE '%路'", Box::new(|p| p["name_zh"].as_str().is_some_and(|name| name.ends_with('路')))).await;
    check(
        "CASEI(name_en) LIKE CASEI('%ROAD')",
        Box::new(|p| p["name_en"].as_str().is_some_and(|name| name.to_lowercase().ends_with("road"))),
    )
    .await;
    check(
        "accuracy_m BETWEEN 100 AND 400",
        Box::new(move |p| number(p, "accuracy_m").is_some_and(|metres| (100.0..=400.0).contains(&metres))),
    )
    .await;
    check(
        "accuracy_m * 2 > 1000 - 200",
        Box::new(move |p| number(p, "accuracy_m").is_some_and(|metres| metres * 2.0 > 800.0)),
    )
    .await;
    check("name_zh = project_zh", Box::new(|p| p["name_zh"] == p["project_zh"])).await;
}

#[tokio::test]
async fn text_and_json_and_systems_of_their_own_ask_the_same() {
    let server = Server::shipped();
    let window = "S_INTERSECTS(geometry, POLYGON((120.6 30.6, 120.8 30.6, 120.8 30.8, 120.6 30.8, 120.6 30.6)))";
    let by_text = found(&server, "schools", window).await;
    assert!(!by_text.is_empty());
    let by_json = json!({"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates":
        [[[120.6, 30.6], [120.8, 30.6], [120.8, 30.8], [120.6, 30.8], [120.6, 30.6]]]}]});
    let path = "/ogc/collections/schools/items?limit=1000";
    let page = server.json(&format!("{path}&filter-lang=cql2-json&filter={}", encoded(&by_json.to_string()))).await;
    assert_eq!(ids(&page), by_text);
    let swapped = "S_INTERSECTS(geometry, BBOX(30.6, 120.6, 30.8, 120.8))";
    let crs = "http://www.opengis.net/def/crs/EPSG/0/4326";
    let page = server.json(&format!("{path}&filter-crs={crs}&filter={}", encoded(swapped))).await;
    assert_eq!(ids(&page), by_text);
    // A filter, a box, a property and words hold together.
    let page = server.json(&format!("{path}&filter={}&bbox=0,0,1,1", encoded(window))).await;
    assert_eq!(page["numberMatched"], 0);
    // The name that older clients have for the text encoding.
    let old = server.json(&format!("{path}&filter-lang=cql-text&filter={}", encoded(window))).await;
    assert_eq!(old["numberMatched"], by_text.len());
}

#[tokio::test]
async fn a_filter_that_cannot_be_taken_is_told_by_name() {
    let server = Server::shipped();
    let deep = format!("{}a{}", "(".repeat(5_000), ")".repeat(5_000));
    let filters = [
        "light =",
        "light ~ 'red'",
        "colour = 'red'",
        "accuracy_m = 'far'",
        "S_INTERSECTS(geometry, POINT(1 2)",
        "foo(1) = 2",
        "due > 'soon'",
        &deep,
        &"NOT ".repeat(2_000),
        &format!("accuracy_m = {}", "1+".repeat(3_000)),
    ];
    for filter in filters {
        let answer = server.get(&format!("/ogc/collections/roads/items?filter={}", encoded(filter))).await;
        assert_eq!(answer.status, 400, "{filter:.40}: {}", answer.text());
    }
    let answer = server.get(&format!("/ogc/collections/roads/items?filter={}", encoded("colour = 'red'"))).await;
    answer.is_problem("an unknown property", 400, "filter");
    assert!(answer.text().contains("colour"), "{}", answer.text());
    let answer = server.get("/ogc/collections/roads/items?filter-lang=ecql&filter=a").await;
    answer.is_problem("an unknown language", 400, "filter-lang");
}
