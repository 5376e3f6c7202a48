//! OGC API – Features Part 2: `crs`, `bbox-crs`, `Content-Crs`, axis order, and bodies in other systems.

use geo::Coord;
use guatu::spatial::{Crs, CrsCatalogue};
use serde_json::{Value, json};

use crate::support::http::Server;
use crate::support::office::{Office, spot};

const SCHOOL: &str = "/ogc/collections/schools/items/chayuan-primary";

fn uri(number: u32) -> String {
    format!("http://www.opengis.net/def/crs/EPSG/0/{number}")
}

fn position(item: &Value) -> (f64, f64) {
    let at = &item["geometry"]["coordinates"];
    (at[0].as_f64().expect("a number"), at[1].as_f64().expect("a number"))
}

#[tokio::test]
async fn collections_list_their_systems_and_say_in_which_they_are_kept() {
    let server = Server::shipped();
    let collection = server.json("/ogc/collections/roads").await;
    assert_eq!(collection["storageCrs"], "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
    let known: Vec<String> = CrsCatalogue::default().iter().map(|crs| crs.code().uri()).collect();
    assert_eq!(collection["crs"], json!(known));
    assert_eq!(collection["crs"][0], collection["storageCrs"]);
}

#[tokio::test]
async fn coordinates_come_in_the_axis_order_of_the_authority() {
    let server = Server::shipped();
    let plain = server.get(SCHOOL).await;
    assert_eq!(plain.header("content-crs"), "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>");
    let (lon, lat) = position(&plain.json());
    for number in [4326, 4490, 4549, 4528, 3857] {
        let answer = server.get(&format!("{SCHOOL}?crs={}", uri(number))).await;
        assert_eq!(answer.header("content-crs"), format!("<{}>", uri(number)));
        let crs = Crs::epsg(number).expect("known");
        let meant = crs.project(Coord { x: lon, y: lat }).expect("inside");
        let (first, second) = position(&answer.json());
        let (east, north) = if crs.is_northing_first() { (second, first) } else { (first, second) };
        assert!((east - meant.x).abs() < 1e-4 && (north - meant.y).abs() < 1e-4, "{number}: {east} {north}");
    }
    let latitude_first = server.json(&format!("{SCHOOL}?crs={}", uri(4326))).await;
    assert_eq!(position(&latitude_first), (30.79, 120.781));
    // The box of a feature is in the order of its coordinates.
    assert_eq!(latitude_first["bbox"][0], 30.79);
}

#[tokio::test]
async fn a_box_is_read_in_its_own_system() {
    let server = Server::shipped();
    let all = "/ogc/collections/schools/items";
    let plain = server.json(&format!("{all}?bbox=120.78,30.78,120.79,30.80")).await;
    let count = plain["numberMatched"].as_u64().expect("a number");
    assert!(count >= 1);
    let swapped = server.json(&format!("{all}?bbox=30.78,120.78,30.80,120.79&bbox-crs={}", uri(4326))).await;
    assert_eq!(swapped["numberMatched"], count);
    let crs = Crs::epsg(4549).expect("known");
    let low = crs.project(Coord { x: 120.78, y: 30.78 }).expect("inside");
    let high = crs.project(Coord { x: 120.79, y: 30.80 }).expect("inside");
    let bbox = format!("{},{},{},{}", low.y, low.x, high.y, high.x);
    let projected = server.json(&format!("{all}?bbox={bbox}&bbox-crs={}", uri(4549))).await;
    assert_eq!(projected["numberMatched"], count);
    // bbox-crs says nothing of the answer.
    let answer = server.get(&format!("{all}?bbox={bbox}&bbox-crs={}", uri(4549))).await;
    assert_eq!(answer.header("content-crs"), "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>");
}

#[tokio::test]
async fn a_system_that_is_not_offered_is_refused_by_name() {
    let server = Server::shipped();
    for query in ["crs=http://www.opengis.net/def/crs/EPSG/0/2154", "crs=nonsense", "bbox-crs=http://example.org"] {
        let answer = server.get(&format!("/ogc/collections/schools/items?{query}")).await;
        answer.is_problem(query, 400, query.split('=').next().expect("a name"));
    }
    for bbox in ["1,2,3", "3400000,520000,3300000,530000", "a,b,c,d", "0,0,NaN,1"] {
        let answer = server.get(&format!("/ogc/collections/schools/items?bbox={bbox}&bbox-crs={}", uri(4549))).await;
        answer.is_problem(bbox, 400, "bbox");
    }
}

#[tokio::test]
async fn pages_go_on_in_the_system_that_was_asked_for() {
    let server = Server::shipped();
    let page = server.json(&format!("/ogc/collections/schools/items?limit=1&crs={}", uri(4549))).await;
    let links = page["links"].as_array().expect("links");
    let next =
        links.iter().find(|link| link["rel"] == "next").expect("a next page")["href"].as_str().expect("an address");
    let answer = server.get(next.strip_prefix("http://guatu.test").expect("ours")).await;
    assert_eq!(answer.header("content-crs"), format!("<{}>", uri(4549)));
}

#[tokio::test]
async fn a_body_in_another_system_lands_where_it_is_meant() {
    let office = Office::open().await;
    let crs = Crs::epsg(4549).expect("known");
    let meant = Coord { x: 120.7654, y: 30.7321 };
    let at = crs.project(meant).expect("inside");
    let items = "/ogc/collections/schools/items";
    // Northing first, as EPSG has it.
    let body = spot("surveyed-school", "chayuan-primary", at.y, at.x);
    let content_crs = format!("<{}>", uri(4549));
    let made = office.send_with("POST", items, body, &[("content-crs", &content_crs)]).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let path = format!("{items}/surveyed-school");
    let (lon, lat) = position(&office.get(&path).await);
    assert!((lon - meant.x).abs() < 1e-9 && (lat - meant.y).abs() < 1e-9, "{lon} {lat}");
    let moved = json!({"geometry": {"type": "Point", "coordinates": [30.74, 120.77]}});
    let headers = [("content-crs", format!("<{}>", uri(4326)))];
    let headers = [("if-match", "*"), (headers[0].0, headers[0].1.as_str())];
    let patched = office.send_with("PATCH", &path, moved, &headers).await;
    assert_eq!(patched.status, 200, "{}", patched.text());
    assert_eq!(position(&office.get(&path).await), (120.77, 30.74));
    let refused = office.send_with("POST", items, json!({}), &[("content-crs", "<http://example.org/crs>")]).await;
    refused.is_problem("an unknown system", 400, "Content-Crs");
}
