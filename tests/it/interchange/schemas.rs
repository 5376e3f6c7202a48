//! OGC API – Features Part 5 and queryables: JSON Schemas that say what features carry, what can be set, asked for and sorted by.

use serde_json::{Value, json};

use crate::support::http::{Server, texts};
use crate::support::office::{Office, spot};

fn names(schema: &Value) -> Vec<&str> {
    schema["properties"].as_object().expect("properties").keys().map(String::as_str).collect()
}

fn href<'a>(document: &'a Value, rel: &str) -> &'a str {
    let links = document["links"].as_array().expect("links");
    let link = links.iter().find(|link| link["rel"] == rel).unwrap_or_else(|| panic!("no link {rel}"));
    link["href"].as_str().and_then(|href| href.strip_prefix("http://guatu.test")).expect("an address of ours")
}

#[tokio::test]
async fn every_collection_leads_to_its_schemas() {
    let server = Server::shipped();
    let collections = server.json("/ogc/collections").await;
    for collection in collections["collections"].as_array().expect("collections") {
        for name in ["schema", "queryables", "sortables"] {
            let answer = server.get(href(collection, &format!("http://www.opengis.net/def/rel/ogc/1.0/{name}"))).await;
            assert_eq!(answer.header("content-type"), "application/schema+json", "{name}");
            let schema = answer.json();
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
            let id = collection["id"].as_str().expect("an id");
            assert_eq!(schema["$id"], format!("http://guatu.test/ogc/collections/{id}/{name}"));
            assert_eq!(schema["type"], "object");
        }
    }
    let page = server.get("/ogc/collections/roads/schema?f=html").await;
    assert!(page.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn the_schema_tells_what_features_carry_and_what_can_be_set() {
    let server = Server::shipped();
    let schema = server.json("/ogc/collections/schools/schema").await;
    assert_eq!(
        schema["properties"]["geometry"],
        json!({
        "format": "geometry-point", "x-ogc-role": "primary-geometry", "title": "place"})
    );
    assert_eq!(schema["properties"]["id"]["x-ogc-role"], "id");
    assert_eq!(schema["properties"]["due"]["x-ogc-role"], "primary-instant");
    let item = server.json("/ogc/collections/schools/items/chayuan-primary").await;
    let carried: Vec<&str> = item["properties"].as_object().expect("properties").keys().map(String::as_str).collect();
    assert_eq!(names(&schema)[2..], carried, "every property, and no other");
    assert_eq!(schema["properties"]["light"]["readOnly"], true);
    // What is no read-only can be set, and what is required must be.
    let office = Office::open().await;
    let items = "/ogc/collections/schools/items";
    for name in schema["required"].as_array().expect("required").iter().map(|name| name.as_str().expect("a name")) {
        assert_eq!(schema["properties"][name].get("readOnly"), None, "{name}");
        let mut body = spot("half-a-school", "chayuan-primary", 120.7, 30.7);
        body["properties"].as_object_mut().expect("properties").remove(name);
        assert_eq!(office.send("POST", items, "", body).await.status, 422, "{name}");
    }
}

#[tokio::test]
async fn every_queryable_can_be_asked_for_and_nothing_else() {
    let server = Server::shipped();
    let queryables = server.json("/ogc/collections/roads/queryables").await;
    assert_eq!(queryables["additionalProperties"], false);
    for name in names(&queryables).into_iter().filter(|name| *name != "geometry") {
        let answer = server.get(&format!("/ogc/collections/roads/items?filter={name}%20IS%20NOT%20NULL")).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    }
    let sortables = server.json("/ogc/collections/roads/sortables").await;
    for name in names(&sortables) {
        assert_eq!(server.get(&format!("/ogc/collections/roads/items?sortby={name}")).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn functions_are_told_and_can_be_used() {
    let server = Server::shipped();
    let functions = server.json("/ogc/functions").await;
    let names = texts(&functions["functions"], "/name");
    assert!(names.contains(&"length_m"), "{names:?}");
    let page = server.json("/ogc/collections/roads/items?filter=length_m(geometry)%20%3E%203000").await;
    let all = server.json("/ogc/collections/roads/items").await;
    let (long, all) = (page["numberMatched"].as_u64(), all["numberMatched"].as_u64());
    assert!(long > Some(0) && long < all, "{long:?} of {all:?}");
}

#[tokio::test]
async fn only_the_properties_asked_for_are_told() {
    let server = Server::shipped();
    let page = server.json("/ogc/collections/roads/items?properties=name_zh,light&limit=3").await;
    for feature in page["features"].as_array().expect("features") {
        let told: Vec<&str> =
            feature["properties"].as_object().expect("properties").keys().map(String::as_str).collect();
        assert_eq!(told, ["name_zh", "light"]);
    }
    let answer = server.get("/ogc/collections/roads/items?properties=name_zh,colour").await;
    answer.is_problem("an unknown property", 400, "properties");
}
