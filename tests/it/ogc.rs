//! OGC API – Features Part 1 under `/ogc`.

use guatu::services::seeding::Source;
use serde_json::{Value, json};

use crate::support::http::{Server, texts};

/// The address of a link, without this test server's origin.
fn link<'a>(document: &'a Value, rel: &str) -> Option<&'a str> {
    let links = document["links"].as_array().expect("links");
    let link = links.iter().find(|link| link["rel"] == rel)?;
    Some(
        link["href"]
            .as_str()
            .expect("an address")
            .strip_prefix("http://guatu.test")
            .expect("an address of this server"),
    )
}

#[tokio::test]
async fn the_landing_page_leads_everywhere() {
    let server = Server::shipped();
    let landing = server.json("/ogc").await;
    for rel in ["self", "alternate", "service-desc", "service-doc", "conformance", "data"] {
        let path = link(&landing, rel).unwrap_or_else(|| panic!("no link {rel}"));
        assert_eq!(server.get(path).await.status, 200, "{rel} {path}");
    }
    let conformance = server.json("/ogc/conformance").await;
    let classes = conformance["conformsTo"].as_array().expect("classes");
    for class in ["core", "geojson", "html", "oas30"] {
        let uri = format!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{class}");
        assert!(classes.iter().any(|known| *known == uri), "{class}");
    }
}

#[tokio::test]
async fn the_description_is_openapi_3_0_and_names_every_path() {
    let server = Server::shipped();
    let answer = server.get("/ogc/api").await;
    assert_eq!(answer.header("content-type"), "application/vnd.oai.openapi+json;version=3.0");
    let document: openapiv3::OpenAPI = serde_json::from_slice(&answer.body).expect("OpenAPI 3.0");
    assert!(document.openapi.starts_with("3.0."));
    let paths: Vec<&str> = document.paths.iter().map(|(path, _)| path.as_str()).collect();
    let items = "/collections/{collectionId}/items";
    let item = "/collections/{collectionId}/items/{featureId}";
    let features = ["/", "/conformance", "/api", "/collections", "/collections/{collectionId}", items, item];
    assert_eq!(paths[..features.len()], features);
    assert!(paths.contains(&"/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"), "{paths:?}");
}

#[tokio::test]
async fn ten_collections_hold_forty_five_features() {
    let server = Server::shipped();
    let collections = server.json("/ogc/collections").await;
    let ids = texts(&collections["collections"], "/id");
    let expected =
        ["roads", "bridges", "parks", "schools", "hospitals", "estates", "services", "hotels", "industry", "zones"];
    assert_eq!(ids, expected);
    let mut total = 0;
    for id in ids {
        let collection = server.json(&format!("/ogc/collections/{id}")).await;
        let bbox = &collection["extent"]["spatial"]["bbox"][0];
        assert!(bbox[0].as_f64() > Some(120.6) && bbox[3].as_f64() < Some(30.9), "{id}: {bbox}");
        let items = server.json(link(&collection, "items").expect("items")).await;
        assert_eq!(items["numberMatched"], items["numberReturned"]);
        total += items["numberMatched"].as_u64().expect("a number");
    }
    assert_eq!(total, 45);
    let schools = server.json("/ogc/collections/schools").await;
    assert_eq!(schools["extent"]["temporal"]["interval"], json!([["2019-08-31T16:00:00Z", "2019-12-30T16:00:00Z"]]));
}

#[tokio::test]
async fn items_carry_their_projects_facts() {
    let server = Server::shipped();
    let answer = server.get("/ogc/collections/schools/items/chayuan-primary").await;
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let item = answer.json();
    assert_eq!(item["type"], "Feature");
    assert_eq!(item["id"], "chayuan-primary");
    assert_eq!(item["geometry"], json!({"type": "Point", "coordinates": [120.781, 30.79]}));
    let properties = &item["properties"];
    let flat = ["name_zh", "stage", "light", "aim", "due", "kind"].map(|name| properties[name].as_str().unwrap_or(""));
    assert_eq!(flat, ["茶园小学", "building", "red", "open", "2019-09-01", "school"]);
    assert!(link(&item, "collection").is_some());
}

#[tokio::test]
async fn next_links_walk_a_collection_once() {
    let server = Server::shipped();
    let mut seen = Vec::new();
    let mut next = Some("/ogc/collections/industry/items?limit=3".to_owned());
    while let Some(path) = next {
        let page = server.json(&path).await;
        assert_eq!(page["numberMatched"], 10);
        assert!(page["numberReturned"].as_u64() <= Some(3));
        seen.extend(texts(&page["features"], "/id").into_iter().map(str::to_owned));
        next = link(&page, "next").map(str::to_owned);
    }
    assert_eq!(seen.len(), 10);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 10, "nothing comes twice");
    let huge = server.json("/ogc/collections/industry/items?limit=99999999999").await;
    assert_eq!(huge["numberReturned"], 10, "a limit above the maximum means the maximum");
}

#[tokio::test]
async fn items_are_found_by_box_time_and_property() {
    let server = Server::shipped();
    let check = async |collection: &str, query: &str, expected: u64| {
        let items = server.json(&format!("/ogc/collections/{collection}/items?{query}")).await;
        assert_eq!(items["numberMatched"], expected, "{collection} {query}");
    };
    check("industry", "bbox=120.70,30.69,120.72,30.71", 5).await;
    check("industry", "bbox=120.70,30.69,0,120.72,30.71,100", 5).await;
    check("industry", "bbox=170,-90,-170,90", 0).await;
    check("industry", "bbox=100,-90,-170,90", 10).await;
    // The box lies within a zone's rectangle, but outside its polygon.
    check("zones", "bbox=120.7754,30.6853,120.7755,30.6854", 0).await;
    check("schools", "datetime=2019-09-01", 1).await;
    check("schools", "datetime=2019-09-01T08:00:00Z", 1).await;
    // The day begins where the district is.
    check("schools", "datetime=2019-09-01T00:00:00%2B08:00", 1).await;
    check("schools", "datetime=2019-08-31T15:59:59Z", 0).await;
    check("schools", "datetime=../2019-10-01", 1).await;
    check("schools", "datetime=2019-10-01/..", 3).await;
    check("schools", "datetime=2019-01-01/2019-12-31", 4).await;
    check("schools", "datetime=/2019-01-01", 0).await;
    check("schools", "aim=start", 2).await;
    check("schools", "aim=start&stage=building", 0).await;
    check("schools", "name_zh=%E8%8C%B6%E5%9B%AD%E5%B0%8F%E5%AD%A6", 1).await;
    check("schools", "accuracy_m=1200", 2).await;
    check("industry", "light=red&limit=2", 5).await;
}

#[tokio::test]
async fn a_box_across_the_dateline_finds_both_sides() {
    let server = Server::of(&Source::Folder("tests/plans/haitang-2024".into()));
    let collections = server.json("/ogc/collections").await;
    let mut all = 0;
    let mut across = 0;
    for id in texts(&collections["collections"], "/id") {
        let count = async |query: &str| {
            let items = server.json(&format!("/ogc/collections/{id}/items?{query}")).await;
            items["numberMatched"].as_u64().expect("a number")
        };
        all += count("").await;
        across += count("bbox=178,-18,-179,-15").await;
    }
    assert!(all > 10);
    assert_eq!(all, across);
}

#[tokio::test]
async fn bad_requests_are_refused_by_name() {
    let server = Server::shipped();
    let items = |query: &str| format!("/ogc/collections/roads/items?{query}");
    let check = async |path: String, status: u16, parameter: &str| server.refused(&path, status, parameter).await;
    check(items("foo=1"), 400, "foo").await;
    check(items("bbox=1,2"), 400, "bbox").await;
    check(items("bbox=1,5,2,4"), 400, "bbox").await;
    check(items("bbox=30,120,31,121"), 400, "bbox").await;
    check(items("bbox_crs=http://www.opengis.net/def/crs/EPSG/0/4326"), 400, "bbox_crs").await;
    check(items("datetime=yesterday"), 400, "datetime").await;
    check(items("datetime=2019-12-31/2019-01-01"), 400, "datetime").await;
    check(items("datetime=../.."), 400, "datetime").await;
    check(items("limit=0"), 400, "limit").await;
    check(items("limit=x"), 400, "limit").await;
    check(items("cursor=x"), 400, "cursor").await;
    check(items("f=kml"), 400, "f").await;
    check(items("stage=bogus"), 400, "stage").await;
    check(items("due=20191231"), 400, "due").await;
    check(items("progress=abc"), 400, "progress").await;
    check("/ogc?x=1".into(), 400, "x").await;
    check("/ogc/conformance?x=1".into(), 400, "x").await;
    check("/ogc/api?x=1".into(), 400, "x").await;
    check("/ogc/collections?x=1".into(), 400, "x").await;
    check("/ogc/collections/roads?x=1".into(), 400, "x").await;
    check("/ogc/collections/none".into(), 404, "collectionId").await;
    check("/ogc/collections/context_roads".into(), 404, "collectionId").await;
    check("/ogc/collections/none/items".into(), 404, "collectionId").await;
    check("/ogc/collections/roads/items/none".into(), 404, "featureId").await;
    check("/ogc/collections/roads/items/zuili-road?x=1".into(), 400, "x").await;
    check("/ogc/nothing".into(), 404, "path").await;
}

#[tokio::test]
async fn people_get_pages_and_programs_get_json() {
    let server = Server::shipped();
    for path in [
        "/ogc",
        "/ogc/conformance",
        "/ogc/api",
        "/ogc/collections",
        "/ogc/collections/roads",
        "/ogc/collections/roads/items",
        "/ogc/collections/roads/items/zuili-road",
    ] {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let page = server.get_with(path, &[("accept", browser)]).await;
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert!(page.text().contains("<h1>"), "{path}");
        assert_eq!(server.get(&format!("{path}?f=html")).await.text(), page.text(), "{path}");
        let json = server.get_with(path, &[("accept", "application/json")]).await;
        assert!(json.header("content-type").contains("json"), "{path}");
        let neither = server.get_with(path, &[("accept", "image/png")]).await;
        neither.is_problem(path, 406, "");
    }
    let road = server.get("/ogc/collections/roads/items/zuili-road?f=html").await.text();
    assert!(road.contains("槜李路") && road.contains("/?project=zuili-road"));
}

#[tokio::test]
async fn the_weights_of_the_accept_header_count() {
    let server = Server::shipped();
    let check = async |accept: &str, expected: &str| {
        let answer = server.get_with("/ogc/collections", &[("accept", accept)]).await;
        assert!(answer.header("content-type").starts_with(expected), "{accept}: {}", answer.header("content-type"));
    };
    check("text/html;q=0.1, application/json", "application/json").await;
    check("application/json;q=0.2, text/html;q=0.8", "text/html").await;
    check("text/html;q=0, */*;q=0.1", "application/json").await;
    let slash = server.get("/ogc/?f=json").await;
    assert_eq!(slash.text(), server.get("/ogc?f=json").await.text());
}
