//! Looking through many features: bounded in work, and ended when nobody waits any more.

use std::time::Duration;

use guatu::services::items::{Cursor, ItemFilter, ItemOrder};
use guatu::services::scan::{Scan, ScanError, Stop};
use guatu::services::{Audience, View};
use guatu::spatial::Crs;
use guatu::spatial::filter::{Filter, PropertyType, Queryables};
use serde_json::{Value, json};

use super::exports::EXPORTS;
use crate::support::http::Server;
use crate::support::office::{Office, merged, spot};

/// Features with long texts.
const MANY: usize = 450;

async fn crowded() -> Office {
    let office = Office::open().await;
    let text = "字".repeat(500);
    let edit = |at: usize| {
        let mut place = spot("x", "chayuan-primary", 120.77, 30.75);
        place.as_object_mut().expect("an object").remove("id");
        place["properties"] = merged(place["properties"].clone(), json!({"basis_zh": text, "basis_en": "x"}));
        json!({"op": "create", "type": "feature", "collection": "schools", "id": format!("many-{at}"), "value": place})
    };
    let edits: Vec<Value> = (0..MANY).map(edit).collect();
    office.done("POST", "/api/v1/batches", json!({"edits": edits})).await;
    office
}

/// A pattern that costs much by what is told of it, and little in fact: a test need not wait for it.
fn hostile() -> String {
    let one = format!("basis_zh LIKE '%x{}%'", "_".repeat(250));
    format!("{one} OR {one}")
}

#[tokio::test]
async fn a_filter_that_takes_too_much_work_is_refused_by_name() {
    let office = crowded().await;
    let (server, encoded) = (&office.server, hostile().replace('%', "%25").replace(' ', "%20"));
    let items = "/ogc/collections/schools/items";
    server.refused(&format!("{items}?filter={encoded}"), 400, "filter").await;
    server.refused(&format!("{items}?filter={encoded}&limit=1&sortby=due"), 400, "filter").await;
    let answer = server.post(EXPORTS, json!({"format": "geojson", "filter": hostile()}).to_string()).await;
    answer.is_problem("an export", 400, "filter");
    assert!(answer.text().contains("more work"), "{}", answer.text());
    // The same of fewer features is answered, and so is what people ask of them all.
    let few = server.json(&format!("{items}?filter={encoded}&bbox=120.0,30.0,120.76,31.0")).await;
    assert_eq!(few["numberMatched"], 0);
    let all = server.json(&format!("{items}?filter=CASEI(basis_zh)%20LIKE%20%27%25%E5%AD%97_%25%27&limit=1")).await;
    assert_eq!(all["numberMatched"], MANY);
}

#[test]
fn a_scan_ends_with_its_work_or_when_it_is_stopped() {
    let atlas = std::sync::Arc::new(Server::shipped_atlas());
    let view = View { atlas, today: "2020-01-10".parse().expect("a date"), audience: Audience::Staff };
    let collection = view.atlas.collection("roads").expect("a collection");
    let known = Queryables::new([("name_zh".to_owned(), PropertyType::Text)]);
    let condition = Filter::parse_text("name_zh LIKE '%路%'", &known, &Crs::crs84()).expect("a filter");
    let filter = ItemFilter { condition: Some(condition), ..ItemFilter::default() };
    let ask = |scan: &Scan| {
        let page = view.items(collection, &filter, &ItemOrder::default(), 10, &Cursor::default(), scan);
        page.map(|page| page.matched)
    };
    let whole = Scan::within(1_000_000, Stop::default());
    assert!(ask(&whole).is_ok_and(|matched| matched > 0));
    let spent = 1_000_000 - whole.work.left();
    assert!(ask(&Scan::within(spent + 1, Stop::default())).is_ok());
    for steps in [0, 1, spent / 2, spent] {
        let scan = Scan::within(steps, Stop::default());
        assert_eq!(ask(&scan), Err(ScanError::TooMuch), "{steps}");
        assert_eq!(scan.work.left(), 0);
    }
    let stop = Stop::default();
    let scan = Scan::within(1_000_000, stop.clone());
    stop.stop();
    assert_eq!(ask(&scan), Err(ScanError::Stopped));
    assert_eq!(scan.work.left(), 1_000_000, "not one feature was looked at");
}

#[tokio::test]
async fn work_hears_that_its_request_has_gone() {
    let server = Server::shipped();
    let (stop, (begun, begins), (told, hears)) =
        (Stop::default(), tokio::sync::oneshot::channel(), tokio::sync::oneshot::channel());
    let heard = stop.clone();
    let asked = server.state.compute_until(&stop, move || {
        begun.send(()).expect("a test that waits");
        while !heard.is_stopped() {
            std::thread::sleep(Duration::from_millis(1));
        }
        told.send(()).expect("a test that waits");
        Ok(())
    });
    tokio::select! {
        _ = asked => panic!("it ends when nobody waits"),
        begun = begins => begun.expect("it has begun"),
    }
    tokio::time::timeout(Duration::from_secs(20), hears).await.expect("it has stopped").expect("a word");
}
