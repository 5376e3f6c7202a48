//! Vector tiles, TileJSON, styles.

use std::collections::HashMap;

use fast_mvt::{MvtGeometry, MvtReaderRef};
use geo::{Area, CoordsIter};
use serde_json::json;

use crate::support::http::Server;

/// Features by layer, by their string id: number and geometry.
type Layers = HashMap<String, HashMap<String, (u64, MvtGeometry)>>;

fn decode(bytes: &[u8]) -> Layers {
    let mut layers = Layers::new();
    for layer in MvtReaderRef::new(bytes).expect("a tile").layers() {
        let features = layers.entry(layer.name().to_owned()).or_default();
        for feature in layer.features() {
            let properties: HashMap<String, String> = feature
                .properties()
                .map(|pair| pair.expect("a property"))
                .map(|(key, value)| (key.to_owned(), format!("{value:?}")))
                .collect();
            let id = properties["id"].clone();
            let geometry = feature.geometry().expect("a geometry");
            features.insert(id, (feature.id().expect("a number"), geometry));
        }
    }
    layers
}

#[tokio::test]
async fn no_project_is_missing_from_the_map_at_any_zoom() {
    let server = Server::shipped();
    for (z, x, y) in [(0, 0, 0), (3, 6, 3), (6, 53, 26), (7, 106, 52)] {
        let answer = server.get(&format!("/tiles/plan/{z}/{x}/{y}")).await;
        assert_eq!(answer.header("content-type"), "application/vnd.mapbox-vector-tile");
        let layers = decode(&answer.body);
        let total: usize = layers.values().map(HashMap::len).sum();
        assert_eq!((layers.len(), total), (10, 45), "zoom {z}");
        let mut numbers: Vec<u64> = layers.values().flatten().map(|(_, (number, _))| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 45, "ids are unique in the whole tile");
    }
}

#[tokio::test]
async fn the_tiles_of_a_zoom_together_hold_everything() {
    let server = Server::shipped();
    let mut seen: HashMap<String, u64> = HashMap::new();
    // Zoom 13 over 120.62..120.94, 30.60..30.87.
    for x in 6840..=6848 {
        for y in 3354..=3364 {
            let answer = server.get(&format!("/tiles/plan/13/{x}/{y}")).await;
            if answer.status == 204 {
                assert!(answer.body.is_empty());
                continue;
            }
            for (layer, features) in decode(&answer.body) {
                for (id, (number, geometry)) in features {
                    let known = *seen.entry(format!("{layer}/{id}")).or_insert(number);
                    assert_eq!(known, number, "an id is the same in every tile");
                    check_geometry(&geometry, &format!("13/{x}/{y} {id}"));
                }
            }
        }
    }
    assert_eq!(seen.len(), 45);
}

/// Inside the tile and its buffer, polygons with positive area and holes turned against their shell.
fn check_geometry(geometry: &MvtGeometry, what: &str) {
    for at in geometry.coords_iter() {
        assert!((-128..=4224).contains(&at.x) && (-128..=4224).contains(&at.y), "{what}: {at:?}");
    }
    let check = |polygon: &geo::Polygon<i32>| {
        let polygon = geo::MapCoords::map_coords(polygon, |at| geo::Coord { x: f64::from(at.x), y: f64::from(at.y) });
        // The tile's y axis points down, so the specification's clockwise shell has a positive area there.
        assert!(polygon.exterior().0.len() >= 4, "{what}");
        assert!(geo::Validation::is_valid(&polygon), "{what}: {polygon:?}");
        assert!(polygon.signed_area() > 0.0, "{what}");
    };
    match geometry {
        MvtGeometry::Polygon(polygon) => check(polygon),
        MvtGeometry::MultiPolygon(polygons) => polygons.iter().for_each(check),
        _ => {}
    }
}

#[tokio::test]
async fn a_feature_carries_flat_facts() {
    let server = Server::shipped();
    let answer = server.get("/tiles/schools/12/3422/1680").await;
    let reader = MvtReaderRef::new(&answer.body).expect("a tile");
    let layer = reader.layers().next().expect("a layer");
    let feature = layer.features().next().expect("a feature");
    let keys: Vec<String> = feature.properties().map(|pair| pair.expect("a property").0.to_owned()).collect();
    for key in ["id", "project", "kind", "name_zh", "name_en", "stage", "light", "aim", "due", "accuracy_m", "position"]
    {
        assert!(keys.iter().any(|known| known == key), "{key} in {keys:?}");
    }
    assert!(!keys.iter().any(|key| key == "progress"), "what is absent is left out");
}

#[tokio::test]
async fn context_and_choices_have_their_own_layers() {
    let server = Server::shipped();
    let names = |layers: Layers| {
        let mut names: Vec<String> = layers.into_keys().collect();
        names.sort_unstable();
        names
    };
    let context = server.get("/tiles/context/10/855/420").await;
    let expected = ["context_boundary", "context_places", "context_railways", "context_rivers", "context_roads"];
    assert_eq!(names(decode(&context.body)), expected);
    let choice = server.get("/tiles/roads,parks,roads/10/855/420").await;
    assert_eq!(names(decode(&choice.body)), ["parks", "roads"]);
}

#[tokio::test]
async fn what_is_not_in_the_matrix_is_not_there() {
    let server = Server::shipped();
    for tile in ["1/2/0", "1/0/2", "23/0/0", "0/-1/0", "0/0/x", "99999999999/0/0", "2/4294967296/0"] {
        server.refused(&format!("/tiles/plan/{tile}"), 404, "z/x/y").await;
    }
    server.refused("/tiles/trees/0/0/0", 404, "collections").await;
    server.refused("/tiles/roads,/0/0/0", 404, "collections").await;
    server.refused("/tiles/trees.json", 404, "collections").await;
    server.refused("/tiles/plan", 404, "collections").await;
    server.refused("/tiles/plan/0/0/0?x=1", 400, "x").await;
    server.refused("/tiles/plan.json?x=1", 400, "x").await;
    assert_eq!(server.get("/tiles/plan/3/0/0").await.status, 204);
}

#[tokio::test]
async fn tiles_are_sent_compressed_to_who_can_read_them() {
    let server = Server::shipped();
    for encoding in ["gzip", "br"] {
        let answer = server.get_with("/tiles/plan/7/106/52", &[("accept-encoding", encoding)]).await;
        assert_eq!(answer.header("content-encoding"), encoding);
    }
}

#[tokio::test]
async fn tile_json_describes_the_layers() {
    let server = Server::shipped();
    let document = server.json("/tiles/roads,context.json").await;
    assert_eq!(document["tilejson"], "3.0.0");
    assert_eq!(document["tiles"], json!(["http://guatu.test/tiles/roads,context/{z}/{x}/{y}"]));
    let layers = document["vector_layers"].as_array().expect("layers");
    assert_eq!(layers.len(), 6);
    assert_eq!(layers[0]["id"], "roads");
    assert_eq!(layers[0]["fields"]["stage"], "String");
    assert_eq!(layers[0]["fields"]["accuracy_m"], "Number");
    assert!(layers[1]["fields"].get("stage").is_none());
}

#[tokio::test]
async fn places_hold_any_plans_features_by_geometry() {
    let count = |layers: &Layers, name: &str| layers.get(name).map_or(0, HashMap::len);
    let shipped = decode(&Server::shipped().get("/tiles/places/7/106/52").await.body);
    assert_eq!(["areas", "lines", "points"].map(|name| count(&shipped, name)), [13, 10, 22]);
    let other = Server::of(&guatu::services::seeding::Source::Folder("tests/plans/haitang-2024".into()));
    let layers = decode(&other.get("/tiles/places/0/0/0").await.body);
    assert!(["areas", "lines", "points"].iter().all(|name| count(&layers, name) > 0), "{layers:?}");
    let document = other.json("/tiles/places.json").await;
    assert_eq!(document["vector_layers"].as_array().map(Vec::len), Some(3));
}
