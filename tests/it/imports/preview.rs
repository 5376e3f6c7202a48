//! What is said of each row before anything happens.

use guatu::plan::UserRole;
use guatu::spatial::Offset;
use serde_json::{Value, json};

use super::kit::{bytes, counts, road, roads, suggested};
use crate::support::office::Office;

#[tokio::test]
async fn what_is_here_already_is_unchanged() {
    let office = Office::open().await;
    let (path, import) = office.previewed("roads.geojson", bytes(&roads()), |_| {}).await;
    assert_eq!(counts(&import), [0, 0, 7, 0, 0], "{import}");
    assert_eq!(import["preview"]["warnings"], json!([]));
    let suggested = &import["layers"][0]["suggested"];
    assert_eq!((&suggested["collection"], &suggested["match"]), (&json!("roads"), &json!("id")), "{suggested}");
    let rows = office.rows(&path, "").await;
    assert_eq!((rows.len(), &rows[2]["id"], &rows[2]["place"]), (7, &json!("zuili-road"), &json!("3")));
    let answer = office.commit(&path, json!({})).await;
    answer.is_problem("nothing would change", 409, "");
}

#[tokio::test]
async fn every_row_has_its_outcome_and_its_reason() {
    let office = Office::open().await;
    let mut file = roads();
    road(&mut file, "zuili-road")["properties"]["name_en"] = json!("Zuili avenue");
    road(&mut file, "jiahang-road")["geometry"]["coordinates"][0] = json!([120.70, 30.70]);
    let shuangxi = road(&mut file, "shuangxi-road");
    shuangxi["geometry"] = json!({"type": "LineString", "coordinates": [[10.0, 10.0], [11.0, 11.0]]});
    let mut new = road(&mut file, "chuangxin-road").clone();
    new["id"] = json!("chuangxin-road-2");
    let mut lost = new.clone();
    lost["id"] = json!("lost-road");
    lost["properties"]["project"] = json!("nowhere");
    let mut twice = new.clone();
    twice["id"] = json!("jiahang-road");
    let broken = json!({"type": "Feature", "id": "broken", "geometry": {"type": "Polygon", "coordinates":
        [[[120.7, 30.7], [120.8, 30.8], [120.8, 30.7], [120.7, 30.8], [120.7, 30.7]]]}, "properties": new["properties"]});
    let mut bad_word = new.clone();
    bad_word["id"] = json!("bad-word");
    bad_word["properties"]["position"] = json!("somewhere");
    file["features"].as_array_mut().expect("a list").extend([new, lost, twice, broken, bad_word]);
    let (path, import) = office.previewed("roads.geojson", bytes(&file), |_| {}).await;
    assert_eq!(counts(&import), [1, 2, 4, 0, 5], "{import}");

    let rejected = office.rows(&path, "&outcome=rejected").await;
    let reasons: Vec<(&str, &str)> = rejected
        .iter()
        .map(|row| (row["place"].as_str().expect("a place"), row["reasons"][0]["field"].as_str().expect("a field")))
        .collect();
    assert_eq!(
        reasons,
        [("1", "geometry"), ("9", "project"), ("10", "id"), ("11", "geometry"), ("12", "position")],
        "{rejected:#?}"
    );
    for row in &rejected {
        assert!(row["reasons"][0]["detail"]["zh"].as_str().is_some_and(|said| !said.is_empty()), "{row}");
        assert!(row["reasons"][0]["detail"]["en"].as_str().is_some_and(|said| !said.is_empty()), "{row}");
    }
    let changed = office.rows(&path, "&outcome=changed").await;
    assert_eq!(
        changed[0]["changes"],
        json!([{"field": "name_en", "before": "Zuili road", "after": "Zuili avenue"}]),
        "{changed:#?}"
    );
    let told = changed[1]["changes"][0]["after"].as_str().expect("words");
    assert!(told.contains("m moved") && changed[1]["changes"][0]["field"] == "geometry", "{told}");

    let map = office.get(&format!("{path}/features")).await;
    let outcomes: Vec<&str> = map["features"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|feature| feature["properties"]["outcome"].as_str().expect("a word"))
        .collect();
    assert_eq!(outcomes.len(), 7, "the broken ring has no shape to show: {outcomes:?}");
    assert_eq!(map["truncated"], false);
    let page = office.get(&format!("{path}/rows?limit=5")).await;
    assert_eq!((&page["matched"], &page["next"]), (&json!(12), &json!("5")));
    let next = office.get(&format!("{path}/rows?limit=5&cursor=10")).await;
    assert_eq!((next["rows"].as_array().map(Vec::len), &next["next"]), (Some(2), &Value::Null));
}

#[tokio::test]
async fn names_are_known_again_within_the_kind() {
    let office = Office::open().await;
    let line = json!({"type": "LineString", "coordinates": [[120.73, 30.72], [120.74, 30.72]]});
    let feature = |name: &str| json!({"type": "Feature", "geometry": line, "properties": {"NAME": name}});
    let file = json!({"type": "FeatureCollection", "features": [
        feature(" 槜李路 "), feature("没有的路"), feature("创新路"),
    ]});
    let (path, import) = office.import("roads.geojson", bytes(&file)).await;
    let mapping = suggested(&import, |mapping| mapping["layers"][0]["collection"] = json!("roads"));
    assert_eq!(mapping["layers"][0]["match"], "name");
    assert_eq!(mapping["layers"][0]["fields"]["name_zh"], "NAME");
    let import = office.map(&path, mapping.clone()).await;
    assert_eq!(counts(&import), [0, 2, 0, 0, 1], "{import}");
    let rows = office.rows(&path, "").await;
    assert_eq!(rows[0]["id"], "zuili-road");
    let fields: Vec<&str> =
        rows[1]["reasons"].as_array().expect("a list").iter().map(|one| one["field"].as_str().expect("one")).collect();
    assert_eq!(fields, ["name.en", "accuracy_m", "position"], "a new place says all that is asked of it");

    // What the file lacks may come from defaults; the name in the other language is the project's.
    let mut mapping = mapping;
    mapping["layers"][0]["defaults"] = json!({"project": "zuili-road", "accuracy_m": 10, "position": "approximate"});
    let import = office.map(&path, mapping).await;
    assert_eq!(counts(&import), [1, 2, 0, 0, 0], "{import}");
    let added = office.rows(&path, "&outcome=added").await;
    assert_eq!(added[0]["name"], json!({"zh": "没有的路", "en": "Zuili road"}), "{added:?}");
    assert_eq!(added[0]["id"], "zuili-road-2");
}

#[tokio::test]
async fn a_name_that_two_features_have_is_left_to_people() {
    let office = Office::open().await;
    let copy = json!({"type": "Feature", "id": "zuili-west", "geometry":
        {"type": "LineString", "coordinates": [[120.75, 30.72], [120.755, 30.72]]}, "properties":
        {"project": "zuili-road", "name_zh": "槜李路", "name_en": "Zuili road west", "accuracy_m": 10, "position": "rough"}});
    let made = office.send("POST", "/ogc/collections/roads/items", "", copy).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let (path, import) = office
        .previewed("roads.geojson", bytes(&roads()), |mapping| mapping["layers"][0]["match"] = json!("name"))
        .await;
    assert_eq!(counts(&import), [0, 0, 6, 0, 1], "{import}");
    let said = office.rows(&path, "&outcome=rejected").await[0]["reasons"][0]["detail"]["en"].clone();
    assert_eq!(said, "2 features have this name: zuili-road, zuili-west");
}

#[tokio::test]
async fn offset_coordinates_are_pointed_out_and_moved_back_on_request() {
    let office = Office::open().await;
    for (offset, id) in [(Offset::Gcj02, "gcj-02"), (Offset::Bd09, "bd-09")] {
        let mut file = roads();
        for feature in file["features"].as_array_mut().expect("a list") {
            for at in feature["geometry"]["coordinates"].as_array_mut().expect("positions") {
                let number = |value: &Value| value.as_f64().expect("a number");
                let moved = offset.apply(geo::Coord { x: number(&at[0]), y: number(&at[1]) });
                *at = json!([moved.x, moved.y]);
            }
        }
        let (path, import) = office.previewed("roads.geojson", bytes(&file), |_| {}).await;
        assert_eq!(counts(&import), [0, 7, 0, 0, 0], "{import}");
        let warning = &import["preview"]["warnings"][0];
        assert_eq!((&warning["code"], &warning["offset"]), (&json!("offset_suspected"), &json!(id)), "{import}");
        assert!(warning["distance_m"].as_f64().is_some_and(|distance| distance > 300.0), "{warning}");
        let back = suggested(&import, |mapping| mapping["layers"][0]["offset"] = json!(id));
        let import = office.map(&path, back).await;
        assert_eq!(counts(&import), [0, 0, 7, 0, 0], "{import}");
        assert_eq!(import["preview"]["warnings"], json!([]));
    }
}

#[tokio::test]
async fn what_a_file_lacks_goes_only_on_request_and_by_the_rules() {
    let office = Office::open().await;
    let mut file = roads();
    file["features"].as_array_mut().expect("a list").retain(|road| road["id"] != "zuili-road");
    let (_, import) = office.previewed("roads.geojson", bytes(&file), |_| {}).await;
    assert_eq!(counts(&import), [0, 0, 6, 0, 0]);
    let (path, import) = office
        .previewed("roads.geojson", bytes(&file), |mapping| mapping["layers"][0]["absent"] = json!("remove"))
        .await;
    assert_eq!(counts(&import), [0, 0, 6, 1, 0], "{import}");
    let removed = office.rows(&path, "&outcome=removed").await;
    assert_eq!((&removed[0]["id"], &removed[0]["place"]), (&json!("zuili-road"), &json!("")));
}

#[tokio::test]
async fn a_mapping_that_cannot_be_done_says_where() {
    let office = Office::open().await;
    let (path, import) = office.import("roads.geojson", bytes(&roads())).await;
    let check = async |change: &dyn Fn(&mut Value), fields: &[&str]| {
        let answer = office.send("PUT", &format!("{path}/mapping"), "", suggested(&import, change)).await;
        answer.breaks("a mapping", fields);
    };
    check(&|mapping| mapping["layers"][0]["collection"] = json!("nowhere"), &["layers[0].collection"]).await;
    check(&|mapping| mapping["layers"][0]["layer"] = json!("nothing"), &["layers[0].layer"]).await;
    check(&|mapping| mapping["layers"][0]["crs"] = json!("EPSG:1"), &["layers[0].crs"]).await;
    check(&|mapping| mapping["layers"][0]["fields"]["class"] = json!("X"), &["layers[0].fields.class"]).await;
    check(&|mapping| mapping["workbook"] = json!({"absent": "keep"}), &["workbook"]).await;
    let unknown = office.send("PUT", &format!("{path}/mapping"), "", json!({"sheets": []})).await;
    assert_eq!(unknown.status, 400, "{}", unknown.text());
    assert_eq!(office.get(&path).await["preview"], Value::Null);
}

#[tokio::test]
async fn rows_that_the_caller_may_not_change_are_rejected_with_the_right_that_it_takes() {
    let office = Office::open().await;
    let planner = office.beside("planner", &[UserRole::Planner]).await;
    let mut file = roads();
    road(&mut file, "zuili-road")["properties"]["accuracy_m"] = json!(7);
    let (path, import) = planner.previewed("roads.geojson", bytes(&file), |_| {}).await;
    assert_eq!(counts(&import), [0, 0, 6, 0, 1], "{import}");
    let said = planner.rows(&path, "&outcome=rejected").await[0]["reasons"][0]["detail"]["en"].clone();
    assert_eq!(said, "this takes the right edit_geometry");
}
