//! Places are made, moved, replaced and removed by OGC API – Features Part 4.

use serde_json::{Value, json};

use super::{ITEM, ROAD};
use crate::support::office::{Office, line, merged, spot};

const ROADS: &str = "/ogc/collections/roads/items";

#[tokio::test]
async fn a_feature_is_made_moved_told_and_taken_back() {
    let office = Office::open().await;
    let server = &office.server;
    let place = line("second-part", "chuangxin-road", json!([[120.70, 30.70], [120.71, 30.70]]));
    let made = office.send("POST", ROADS, "", place).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let path = "/ogc/collections/roads/items/second-part";
    assert_eq!(made.header("location"), format!("http://guatu.test{path}"));
    let moved = json!({"geometry": {"type": "LineString", "coordinates": [[120.70, 30.71], [120.71, 30.71]]}});
    let patched = office.send("PATCH", path, made.header("etag"), moved).await;
    assert_eq!(patched.status, 200, "{}", patched.text());
    let history = server.json(&format!("{ROAD}/history")).await;
    let told = &history["changes"][0]["diff"][0];
    assert_eq!(told["field"], "geometry");
    assert!(told["moved_m"].as_f64().is_some_and(|metres| (metres - 1_109.0).abs() < 5.0), "{told}");
    assert_eq!(history["changes"][0]["actor"], Value::Null, "names are for those who are signed in");
    let undo = format!("/api/v1/changes/{}/undo", history["changes"][0]["seq"]);
    let back = office.send("POST", &undo, "", Value::Null).await;
    assert_eq!(back.status, 200, "{}", back.text());
    assert_eq!(server.json(path).await["geometry"]["coordinates"][0], json!([120.70, 30.70]));
    office.send("POST", &undo, "", Value::Null).await.is_problem("already back", 409, "");
    assert_eq!(office.send("DELETE", path, "*", Value::Null).await.status, 204);
    assert_eq!(server.get(path).await.status, 404);
}

#[tokio::test]
async fn a_feature_without_an_id_gets_one() {
    let office = Office::open().await;
    let nameless = merged(line("x", "chuangxin-road", json!([[120.7, 30.7], [120.8, 30.7]])), json!({"id": null}));
    let mut without = nameless.clone();
    without.as_object_mut().expect("an object").remove("id");
    let mut ids = Vec::new();
    for body in [nameless, without.clone(), without] {
        let made = office.send("POST", ROADS, "", body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        assert_eq!(made.header("location"), format!("http://guatu.test{ROADS}/{id}"));
        assert_eq!(office.server.get(&format!("{ROADS}/{id}")).await.status, 200);
        ids.push(id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn a_changed_place_is_at_once_where_places_are_looked_for() {
    let office = Office::open().await;
    let server = &office.server;
    let near = "/api/v1/nearby?lon=120.64&lat=30.65&radius_m=300";
    let inside = "/ogc/collections/schools/items?bbox=120.639,30.649,120.641,30.651";
    let tile = server.get("/tiles/schools/14/13682/6730").await.body;
    let found = async |expected: usize| {
        assert_eq!(server.json(near).await["features"].as_array().map(Vec::len), Some(expected), "nearby");
        assert_eq!(server.json(inside).await["numberMatched"], expected, "in a box");
    };
    found(0).await;
    let before = server.json("/ogc/collections/schools").await["extent"]["spatial"].clone();
    let schools = "/ogc/collections/schools/items";
    office.done("POST", schools, spot("annex", "chayuan-primary", 120.64, 30.65)).await;
    found(1).await;
    assert_ne!(server.json("/ogc/collections/schools").await["extent"]["spatial"], before);
    assert_ne!(server.get(&tile_at(120.64, 30.65)).await.body, tile);
    let detail = server.json("/api/v1/projects/chayuan-primary").await;
    assert_eq!(detail["features"]["features"].as_array().map(Vec::len), Some(2), "{detail}");
    let annex = format!("{schools}/annex");
    office.done("PATCH", &annex, json!({"geometry": {"type": "Point", "coordinates": [120.9, 30.8]}})).await;
    found(0).await;
    office.done("PATCH", &annex, json!({"geometry": {"type": "Point", "coordinates": [120.64, 30.65]}})).await;
    found(1).await;
    office.done("DELETE", &annex, Value::Null).await;
    found(0).await;
    assert_eq!(server.json("/ogc/collections/schools").await["extent"]["spatial"], before);
}

/// The tile of schools at zoom 14 round a position.
fn tile_at(lon: f64, lat: f64) -> String {
    let across = f64::from(1 << 14);
    let x = (lon + 180.0) / 360.0 * across;
    let y = (1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * across;
    format!("/tiles/schools/14/{}/{}", x.floor(), y.floor())
}

#[tokio::test]
async fn a_place_may_go_to_another_project_of_its_kind() {
    let office = Office::open().await;
    let done = office.done("PATCH", ITEM, json!({"properties": {"project": "zuili-road"}})).await;
    assert_eq!(done["record"]["properties"]["project"], "zuili-road");
    assert_eq!(office.get(ROAD).await["features"]["features"], json!([]));
    let other = office.get("/api/v1/projects/zuili-road").await;
    assert_eq!(other["features"]["features"].as_array().map(Vec::len), Some(2));
    assert_eq!(office.get(ITEM).await["properties"]["project_en"], other["name"]["en"]);
    office.done("DELETE", ROAD, Value::Null).await;
    assert_eq!(office.server.get(ITEM).await.status, 200, "its place was another's by then");
}

#[tokio::test]
async fn what_is_computed_is_taken_and_left_alone() {
    let office = Office::open().await;
    // A GIS sends back what it read, with links and all.
    let read = office.get(ITEM).await;
    assert!(read["properties"].get("light").is_some() && read.get("links").is_some());
    let mut sent = read.clone();
    sent["properties"]["stage"] = json!("in_use");
    sent["properties"]["name_en"] = json!("Renamed");
    let put = office.send_as("PUT", ITEM, "application/geo+json", &sent.to_string()).await;
    assert_eq!(put.status, 200, "{}", put.text());
    let now = office.get(ITEM).await;
    assert_eq!(
        (&now["properties"]["stage"], &now["properties"]["name_en"]),
        (&read["properties"]["stage"], &json!("Renamed"))
    );
    assert_eq!(now["geometry"], read["geometry"]);
}

#[tokio::test]
async fn an_address_that_is_none_is_not_found() {
    let office = Office::open().await;
    let place = line("new", "chuangxin-road", json!([[120.7, 30.7], [120.8, 30.7]]));
    for (method, path, parameter) in [
        ("POST", "/ogc/collections/nothing/items", "collectionId"),
        ("PUT", "/ogc/collections/nothing/items/chuangxin-road", "collectionId"),
        ("PUT", "/ogc/collections/roads/items/nothing", "id"),
        ("PUT", "/ogc/collections/roads/items/No-Slug", "featureId"),
        ("PATCH", "/ogc/collections/parks/items/chuangxin-road", "id"),
        ("DELETE", "/ogc/collections/roads/items/canal-park", "id"),
        // The context is no part of the OGC API.
        ("POST", "/ogc/collections/context_roads/items", "collectionId"),
    ] {
        let body = if method == "DELETE" { Value::Null } else { place.clone() };
        let version = if method == "POST" { "" } else { "*" };
        office.send(method, path, version, body).await.is_problem(path, 404, parameter);
    }
    for (method, path) in [("POST", ITEM), ("PUT", ROADS), ("DELETE", ROADS), ("POST", "/ogc/collections")] {
        assert_eq!(office.send(method, path, "*", place.clone()).await.status, 405, "{method} {path}");
    }
}

#[tokio::test]
async fn a_height_is_refused_with_its_place_and_not_dropped() {
    let office = Office::open().await;
    let before = office.seq();
    let tall = line("tall", "chuangxin-road", json!([[120.70, 30.70], [120.71, 30.70, 12.5]]));
    let moved = json!({"geometry": tall["geometry"]});
    let mut here = tall.clone();
    here.as_object_mut().expect("an object").remove("id");
    for (method, path, body) in [("POST", ROADS, tall.clone()), ("PUT", ITEM, here), ("PATCH", ITEM, moved)] {
        let answer = office.send(method, path, "*", body).await;
        assert_eq!(answer.status, 422, "{method}: {}", answer.text());
        let said = answer.text();
        assert!(said.contains("position 2, [120.71, 30.7, 12.5]") && said.contains("latitude only"), "{said}");
    }
    let headers = [("content-crs", "<http://www.opengis.net/def/crs/EPSG/0/4326>")];
    let answer = office.send_with("POST", ROADS, tall.clone(), &headers).await;
    assert!(answer.status == 422 && answer.text().contains("has a height"), "{}", answer.text());
    let edit = json!({"op": "create", "type": "feature", "collection": "roads", "id": "tall",
        "value": {"type": "Feature", "geometry": tall["geometry"], "properties": tall["properties"]}});
    let answer = office.send("POST", "/api/v1/batches", "", json!({"edits": [edit]})).await;
    assert!(answer.status == 422 && answer.text().contains("has a height"), "{}", answer.text());
    assert_eq!(office.seq(), before);
}
