//! `/api/v1/nearby` and `/api/v1/query`.

use serde_json::{Value, json};

use crate::support::http::{Server, texts};

fn distances(answer: &Value) -> Vec<f64> {
    let features = answer["features"].as_array().expect("features");
    features.iter().filter_map(|feature| feature["properties"]["distance_m"].as_f64()).collect()
}

#[tokio::test]
async fn what_is_near_comes_nearest_first() {
    let server = Server::shipped();
    let near = server.json("/api/v1/nearby?lon=120.7655&lat=30.7145&radius_m=3000").await;
    let metres = distances(&near);
    assert!(metres.len() > 5 && metres.is_sorted(), "{metres:?}");
    assert_eq!(near["number_returned"], metres.len());
    assert_eq!(near["number_matched"], metres.len());
    let first = &near["features"][0];
    assert_eq!(first["id"], "business-zone");
    assert_eq!(first["properties"]["distance_m"], 0.0, "inside a polygon the distance is zero");
    assert_eq!(first["properties"]["bearing_deg"], Value::Null);
    // The road runs straight east along 30.714, 0.0005 degrees of latitude south of here: 55.4 m.
    let road =
        near["features"].as_array().expect("features").iter().find(|f| f["id"] == "zuili-road").expect("the road");
    assert_eq!(road["properties"]["distance_m"], 55.4);
    assert_eq!(road["properties"]["bearing_deg"], 180.0);
}

#[tokio::test]
async fn near_a_feature_leaves_that_feature_out() {
    let server = Server::shipped();
    let near = server.json("/api/v1/nearby?near=roads/zuili-road&radius_m=500").await;
    assert_eq!(texts(&near["features"], "/id"), ["business-zone", "kaiyi-hospital"]);
    let near_context = server.json("/api/v1/nearby?near=context_roads/changshui-road&radius_m=300&kind=road").await;
    assert_eq!(
        texts(&near_context["features"], "/id"),
        ["shuangxi-road", "chuangxin-road", "expressway", "jiahang-road"]
    );
    assert_eq!(near_context["origin"]["properties"]["name_zh"], "长水路");
    let near = server.json("/api/v1/nearby?near=roads/zuili-road&radius_m=500&kind=hospital").await;
    assert_eq!(near["origin"]["id"], "zuili-road");
    // The nearest place of the road lies straight south of the hospital, whatever the road's middle.
    assert_eq!(near["features"][0]["properties"]["bearing_deg"], 0.0);
    assert_eq!(texts(&near["features"], "/id"), ["kaiyi-hospital"]);
}

#[tokio::test]
async fn a_limit_shows_that_there_is_more() {
    let server = Server::shipped();
    let near = server.json("/api/v1/nearby?lon=120.75&lat=30.72&radius_m=20000&limit=5").await;
    assert_eq!(
        [&near["number_returned"], &near["truncated"], &near["number_matched"]],
        [&json!(5), &json!(true), &Value::Null]
    );
    let all = server.json("/api/v1/nearby?lon=120.75&lat=30.72&radius_m=20000&limit=1000").await;
    assert_eq!([&all["number_matched"], &all["truncated"]], [&json!(45), &json!(false)]);
    assert_eq!(distances(&near)[..], distances(&all)[..5]);
    let none = server.json("/api/v1/nearby?lon=0&lat=0").await;
    assert_eq!([&none["features"], &none["number_matched"]], [&json!([]), &json!(0)]);
    let filtered =
        server.json("/api/v1/nearby?lon=120.75&lat=30.72&radius_m=20000&stage=planned,building&light=red").await;
    assert_eq!(filtered["number_matched"], 9);
}

#[tokio::test]
async fn bad_places_are_refused_by_name() {
    let server = Server::shipped();
    let check = async |query: &str, status: u16, parameter: &str| {
        server.refused(&format!("/api/v1/nearby?{query}"), status, parameter).await;
    };
    check("", 400, "lon").await;
    check("lon=120", 400, "lat").await;
    check("lat=30", 400, "lon").await;
    check("lon=NaN&lat=30", 400, "lon").await;
    check("lon=inf&lat=30", 400, "lon").await;
    check("lon=120&lat=-Infinity", 400, "lat").await;
    check("lon=30.7&lat=120.7", 400, "lat").await;
    check("lon=181&lat=3", 400, "lon").await;
    check("lon=1e400&lat=3", 400, "lon").await;
    check("lon=120&lat=30&radius_m=0", 400, "radius_m").await;
    check("lon=120&lat=30&radius_m=1000000000", 400, "radius_m").await;
    check("lon=120&lat=30&radius_m=-5", 400, "radius_m").await;
    check("lon=120&lat=30&radius_m=nan", 400, "radius_m").await;
    check("lon=120&lat=30&limit=0", 400, "limit").await;
    check("lon=120&lat=30&limit=1001", 400, "limit").await;
    check("lon=120&lat=30&kind=tree", 400, "kind").await;
    check("lon=120&lat=30&near=roads/zuili-road", 400, "near").await;
    check("near=zuili-road", 400, "near").await;
    check("near=roads/none", 404, "near").await;
    check("near=trees/changshui-road", 404, "near").await;
    check("lon=120&lat=30&unit=km", 400, "unit").await;
}

fn square(west: f64, south: f64, east: f64, north: f64) -> Value {
    json!({"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]})
}

async fn ask(server: &Server, question: &Value) -> Value {
    let answer = server.post("/api/v1/query", question.to_string()).await;
    assert_eq!(answer.status, 200, "{question}: {}", answer.text());
    assert_eq!(answer.header("content-type"), "application/geo+json");
    answer.json()
}

#[tokio::test]
async fn every_relation_answers_what_it_says() {
    let server = Server::shipped();
    let food_town = square(120.70, 30.69, 120.72, 30.71);
    let inside = ask(&server, &json!({"geometry": food_town, "relation": "within"})).await;
    let mut ids = texts(&inside["features"], "/id");
    ids.sort_unstable();
    assert_eq!(ids, ["breadtalk", "italian-meat", "mars", "massimo-zanetti", "xinzhiwei"]);
    assert_eq!(inside["counts"]["kind"]["industry"], 5);
    assert_eq!(inside["counts"]["light"]["red"], 3);
    let meets = ask(&server, &json!({"geometry": food_town, "relation": "intersects"})).await;
    assert_eq!(meets["number_matched"], 8, "two roads and a park meet it too");
    let around =
        ask(&server, &json!({"geometry": {"type": "Point", "coordinates": [120.79, 30.695]}, "relation": "contains"}))
            .await;
    let mut ids = texts(&around["features"], "/id");
    ids.sort_unstable();
    assert_eq!(ids, ["hsr-core", "sci-tech-city"]);
    let near = ask(&server, &json!({"feature": "roads/zuili-road", "relation": "dwithin", "distance_m": 500})).await;
    assert_eq!(texts(&near["features"], "/id"), ["business-zone", "kaiyi-hospital"]);
    assert_eq!(near["counts"]["kind"]["hospital"], 1);
    assert_eq!(near["origin"]["geometry"]["type"], "LineString");
    assert_eq!(inside["origin"], Value::Null);
    let only = json!({"geometry": food_town, "relation": "intersects", "collections": ["roads"], "limit": 1});
    let only = ask(&server, &only).await;
    assert_eq!(
        [&only["number_matched"], &only["number_returned"], &only["truncated"]],
        [&json!(2), &json!(1), &json!(true)]
    );
    let staged =
        ask(&server, &json!({"geometry": food_town, "relation": "within", "stage": ["planned"], "kind": ["industry"]}))
            .await;
    assert_eq!(texts(&staged["features"], "/id"), ["italian-meat"]);
    let nothing = ask(&server, &json!({"geometry": square(0.0, 0.0, 1.0, 1.0), "relation": "intersects"})).await;
    assert_eq!(nothing["features"], json!([]));
}

#[tokio::test]
async fn a_bad_question_is_refused_by_member() {
    let server = Server::shipped();
    let check = async |question: Value, status: u16, parameter: &str| {
        server.post("/api/v1/query", question.to_string()).await.is_problem(&question.to_string(), status, parameter);
    };
    let point = json!({"type": "Point", "coordinates": [120.7, 30.7]});
    check(json!({"geometry": point, "relation": "touches"}), 400, "relation").await;
    check(json!({"geometry": point, "relation": "dwithin"}), 400, "distance_m").await;
    check(json!({"geometry": point, "relation": "dwithin", "distance_m": 1e9}), 400, "distance_m").await;
    check(json!({"geometry": point, "relation": "dwithin", "distance_m": -1}), 400, "distance_m").await;
    check(json!({"geometry": point, "relation": "within", "distance_m": 5}), 400, "distance_m").await;
    check(json!({"geometry": point, "feature": "roads/zuili-road", "relation": "within"}), 400, "feature").await;
    check(json!({"relation": "within"}), 400, "geometry").await;
    check(json!({"feature": "roads/none", "relation": "within"}), 404, "feature").await;
    check(json!({"geometry": point, "relation": "within", "collections": ["trees"]}), 400, "collections").await;
    check(json!({"geometry": point, "relation": "within", "collections": ["context_roads"]}), 400, "collections").await;
    check(json!({"geometry": point, "relation": "within", "collections": ["roads", "roads"]}), 400, "collections")
        .await;
    check(json!({"geometry": point, "relation": "within", "collections": vec!["zones"; 1_000]}), 400, "collections")
        .await;
    check(json!({"geometry": point, "relation": "within", "collections": []}), 400, "collections").await;
    check(json!({"geometry": point, "relation": "within", "kind": ["tree"]}), 400, "kind[0]").await;
    check(json!({"geometry": point, "relation": "within", "limit": 0}), 400, "limit").await;
    check(json!({"geometry": point, "relation": "within", "colour": "red"}), 400, "colour").await;
    let shape =
        async |geometry: Value| check(json!({"geometry": geometry, "relation": "intersects"}), 400, "geometry").await;
    shape(json!({"type": "Point", "coordinates": [30.7, 120.7]})).await;
    shape(json!({"type": "Point", "coordinates": [1e308, 0]})).await;
    shape(json!({"type": "Point", "coordinates": []})).await;
    shape(json!({"type": "Point", "coordinates": ["a", "b"]})).await;
    shape(json!({"type": "Circle", "coordinates": [1, 2]})).await;
    shape(json!({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]})).await;
    shape(json!({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]})).await;
    shape(json!({"type": "GeometryCollection", "geometries": []})).await;
    shape(json!(7)).await;
    let line: Vec<[f64; 2]> = (0..5_001).map(|step| [f64::from(step) / 100.0, 0.0]).collect();
    shape(json!({"type": "LineString", "coordinates": line})).await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused() {
    let server = Server::shipped();
    server.post("/api/v1/query", "{").await.is_problem("half a body", 400, "");
    server.post("/api/v1/query", "").await.is_problem("no body", 400, "");
    server.post("/api/v1/query", &b"\xff\xfe"[..]).await.is_problem("no UTF-8", 400, "");
    server.post("/api/v1/query", "[".repeat(100_000)).await.is_problem("deep nesting", 400, "");
    let million: Vec<[u8; 2]> = vec![[1, 1]; 1_000_000];
    let long = json!({"geometry": {"type": "LineString", "coordinates": million}, "relation": "within"}).to_string();
    server.post("/api/v1/query", long).await.is_problem("a million vertices", 413, "");
    let request = axum::http::Request::post("/api/v1/query").header("content-type", "text/plain");
    let request = request.body(axum::body::Body::from("{}")).expect("a request");
    server.send(request).await.is_problem("plain text", 415, "");
}
