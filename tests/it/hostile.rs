//! No request may make the server panic or tell a fault of its own, whatever it holds. Fixed seeds.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::http::Server;

const PATHS: [&str; 25] = [
    "/api/v1/plans",
    "/api/v1/plans/jxedz-2019",
    "/api/v1/targets/t-idle-land",
    "/api/v1/quotas",
    "/api/v1/projects",
    "/api/v1/projects/mars",
    "/api/v1/search",
    "/api/v1/nearby",
    "/api/v1/settings",
    "/ogc",
    "/ogc/api",
    "/ogc/collections",
    "/ogc/collections/roads",
    "/ogc/collections/roads/items",
    "/ogc/collections/roads/items/zuili-road",
    "/tiles/plan.json",
    "/tiles/plan/12/3421/1680",
    "/styles/plan.json",
    "/health/ready",
    "/",
    "/field",
    "/api/v1/inspections",
    "/api/v1/inspections/rule",
    "/api/v1/inspections/x",
    "/api/v1/photos/x",
];

const NAMES: [&str; 26] = [
    "kind",
    "stage",
    "light",
    "section",
    "quota",
    "position",
    "due_before",
    "bbox",
    "q",
    "sort",
    "limit",
    "cursor",
    "lon",
    "lat",
    "near",
    "radius_m",
    "datetime",
    "f",
    "lang",
    "accuracy_m",
    "name_zh",
    "due",
    "state",
    "inspector",
    "project",
    "size",
];

const VALUES: [&str; 26] = [
    "road",
    "1",
    "0",
    "-1",
    "NaN",
    "inf",
    "1e308",
    "4294967296",
    "120.7",
    "30.7",
    "120,30,121,31",
    "179,-90,-179,90",
    "..",
    "../..",
    "2019-01-01",
    "2019-01-01/..",
    "9999-99-99",
    "-9999-01-01",
    "roads/zuili-road",
    "zh",
    "json",
    "html",
    "%FF",
    "%00",
    "%E6%A7%9C",
    "1.a.b",
];

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

fn percent(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

fn run<S: Strategy>(cases: u32, strategy: &S, check: &impl AsyncFn(&Server, S::Value)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _inside = runtime.enter();
    let server = Server::shipped();
    let tested = runner(cases).run(strategy, |value| {
        runtime.block_on(check(&server, value));
        Ok(())
    });
    tested.expect("no case fails");
}

#[test]
fn no_query_makes_the_server_fail() {
    let value = prop_oneof![
        4 => prop::sample::select(&VALUES[..]).prop_map(str::to_owned),
        1 => "[ -~]{0,20}".prop_map(|text| percent(text.as_bytes())),
        1 => prop::collection::vec(any::<u8>(), 0..8).prop_map(|bytes| percent(&bytes)),
    ];
    let pair =
        (prop::sample::select(&NAMES[..]), value).prop_map(|(name, value): (&str, String)| format!("{name}={value}"));
    let query = prop::collection::vec(pair, 0..4).prop_map(|pairs| pairs.join("&"));
    let request = (prop::sample::select(&PATHS[..]), query);
    run(3_000, &request, &async |server, (path, query)| {
        let answer = server.get(&format!("{path}?{query}")).await;
        let expected = path == "/styles/plan.json" || path == "/";
        assert!(
            answer.status.as_u16() < 500 || (expected && answer.status == 503),
            "{path}?{query}: {}",
            answer.text()
        );
    });
}

#[test]
fn no_path_makes_the_server_fail() {
    let part = prop_oneof![
        "[a-z0-9_.,-]{0,12}",
        "(%[0-9A-F]{2}){1,4}",
        Just("{}".to_owned().replace(['{', '}'], "..")),
        "[0-9]{1,12}"
    ];
    let start = prop::sample::select(
        &["api/v1", "api/v1/projects", "ogc/collections", "tiles/plan", "tiles", "styles", "assets", ""][..],
    );
    let path = (start, prop::collection::vec(part, 0..5));
    run(2_000, &path, &async |server, (start, parts)| {
        let path = format!("/{start}/{}", parts.join("/"));
        let answer = server.get_with(&path, &[("accept", "application/json")]).await;
        assert!(answer.status.as_u16() < 500, "{path}: {}", answer.text());
    });
}

#[test]
fn no_body_makes_the_server_fail() {
    let number = prop_oneof![any::<f64>(), -200.0..200.0_f64, Just(0.0), Just(120.7), Just(30.7)];
    let position = prop::collection::vec(number, 0..4);
    let ring = prop::collection::vec(position.clone(), 0..8);
    let kind = prop::sample::select(
        &["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Feature"][..],
    );
    let coordinates = prop_oneof![
        position.prop_map(|value| serde_json::json!(value)),
        ring.clone().prop_map(|value| serde_json::json!(value)),
        prop::collection::vec(ring.clone(), 0..3).prop_map(|value| serde_json::json!(value)),
        prop::collection::vec(prop::collection::vec(ring, 0..3), 0..2).prop_map(|value| serde_json::json!(value)),
    ];
    let relation = prop::sample::select(&["intersects", "within", "contains", "dwithin"][..]);
    let question = (kind, coordinates, relation, prop::option::of(-10.0..200_000.0_f64));
    run(3_000, &question, &async |server, (kind, coordinates, relation, distance_m)| {
        let geometry = serde_json::json!({"type": kind, "coordinates": coordinates});
        let question = serde_json::json!({"geometry": geometry, "relation": relation, "distance_m": distance_m});
        let answer = server.post("/api/v1/query", question.to_string()).await;
        assert!(answer.status.as_u16() < 500, "{question}: {}", answer.text());
    });
}
