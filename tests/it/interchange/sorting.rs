//! `sortby` with its pages, and `q`.

use serde_json::Value;

use crate::support::http::{Server, texts};
use crate::support::office::{Office, merged};

/// All ids by following `next`, a few at a time.
async fn walked(server: &Server, first: &str) -> Vec<String> {
    let (mut path, mut ids) = (first.to_owned(), Vec::new());
    loop {
        let page = server.json(&path).await;
        ids.extend(texts(&page["features"], "/id").into_iter().map(str::to_owned));
        let links = page["links"].as_array().expect("links");
        let Some(next) = links.iter().find(|link| link["rel"] == "next") else { return ids };
        let href = next["href"].as_str().expect("an address");
        href.strip_prefix("http://guatu.test").expect("ours").clone_into(&mut path);
    }
}

fn column(page: &Value, name: &str) -> Vec<Option<String>> {
    let features = page["features"].as_array().expect("features").iter();
    features.map(|feature| feature["properties"][name].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn features_come_in_the_order_asked_for_page_by_page() {
    let server = Server::shipped();
    let page = server.json("/ogc/collections/roads/items?sortby=-due,name_en&limit=1000").await;
    let rows: Vec<_> = column(&page, "due").into_iter().zip(column(&page, "name_en")).collect();
    let mut expected = rows.clone();
    expected.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    assert_eq!(rows, expected);
    let whole = texts(&page["features"], "/id");
    assert_eq!(walked(&server, "/ogc/collections/roads/items?sortby=-due,name_en&limit=3").await, whole);
    let plus = server.json("/ogc/collections/roads/items?sortby=%2Bname_en").await;
    let bare = server.json("/ogc/collections/roads/items?sortby=name_en").await;
    assert_eq!(plus["features"], bare["features"]);
}

#[tokio::test]
async fn what_is_absent_comes_last_either_way() {
    let office = Office::open().await;
    office.done("PATCH", "/api/v1/projects/zuili-road", serde_json::json!({"progress": 40, "stage": "building"})).await;
    for sortby in ["progress", "-progress"] {
        let page = office.get(&format!("/ogc/collections/roads/items?sortby={sortby}&limit=1000")).await;
        let features = page["features"].as_array().expect("features");
        assert_eq!(features[0]["properties"]["progress"], 40.0, "{sortby}");
        assert!(features.last().expect("some")["properties"]["progress"].is_null());
    }
}

#[tokio::test]
async fn a_page_begins_where_the_last_one_ended_whatever_lands_between() {
    let office = Office::open().await;
    let first = office.get("/ogc/collections/roads/items?sortby=name_en&limit=2").await;
    let next = first["links"].as_array().expect("links").iter().find(|link| link["rel"] == "next").expect("more");
    let next = next["href"].as_str().expect("an address").strip_prefix("http://guatu.test").expect("ours").to_owned();
    let before = office.get(&next).await;
    let last = first["features"][1]["id"].as_str().expect("an id").to_owned();
    let path = format!("/ogc/collections/roads/items/{last}");
    let mut body = office.get(&path).await;
    body = merged(body, serde_json::json!({}));
    body["properties"]["name_en"] = "Zzz at the end".into();
    office.done("PUT", &path, body).await;
    assert_eq!(office.get(&next).await["features"][0]["id"], before["features"][0]["id"]);
}

#[tokio::test]
async fn words_are_found_in_names_and_bases_in_either_language() {
    let server = Server::shipped();
    let check = |q: &'static str, some: bool| {
        let server = server.clone();
        async move {
            let page = server.json(&format!("/ogc/collections/parks/items?q={q}")).await;
            assert_eq!(page["numberMatched"].as_u64() > Some(0), some, "{q}");
        }
    };
    check("%E5%85%AC%E5%9B%AD", true).await;
    check("PARK", true).await;
    check("nothing%20like%20that", false).await;
    check("nothing,park", true).await;
}

#[tokio::test]
async fn an_order_that_cannot_be_taken_is_told() {
    let server = Server::shipped();
    for (query, name) in [
        ("sortby=colour", "sortby"),
        ("sortby=geometry", "sortby"),
        ("sortby=due,due,due,due,due,due", "sortby"),
        ("sortby=due&cursor=17", "cursor"),
        ("cursor=soon", "cursor"),
        ("cursor=%5B%5D", "cursor"),
        ("cursor=%5B1,%7B%7D%5D", "cursor"),
        ("q=%20", "q"),
    ] {
        server.get(&format!("/ogc/collections/roads/items?{query}")).await.is_problem(query, 400, name);
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_the_order_that_it_was_made_in() {
    let server = Server::shipped();
    let page = server.json("/ogc/collections/roads/items?sortby=due&limit=2").await;
    let next = texts(&page["links"], "/href").into_iter().find(|link| link.contains("cursor=")).expect("a next page");
    let cursor = next.split(['&', '?']).find(|pair| pair.starts_with("cursor=")).expect("a cursor");
    let taken = server.get(&format!("/ogc/collections/roads/items?sortby=due&limit=2&{cursor}")).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    for order in ["sortby=-due", "sortby=name_en", "sortby=due,name_en", "limit=2"] {
        let answer = server.get(&format!("/ogc/collections/roads/items?{order}&{cursor}")).await;
        answer.is_problem(order, 400, "cursor");
        assert!(answer.text().contains("sortby"), "{}", answer.text());
    }
}

#[tokio::test]
async fn what_a_form_leaves_empty_is_not_asked_for() {
    let server = Server::shipped();
    let answer = server.get("/ogc/collections/parks/items?f=html&q=park&filter=&sortby=").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let all = server.json("/ogc/collections/parks/items?q=&filter=&sortby=").await;
    assert_eq!(all["numberMatched"], 4);
}

#[tokio::test]
async fn the_form_of_a_page_keeps_the_rest_of_the_question() {
    let server = Server::shipped();
    let page = server.get("/ogc/collections/parks/items?f=html&as_of=2020-01-10&limit=2&q=park").await.text();
    for hidden in [r#"name="as_of" value="2020-01-10""#, r#"name="limit" value="2""#] {
        assert!(page.contains(hidden), "{hidden}");
    }
    assert_eq!(page.matches(r#"name="q""#).count(), 1, "it has a field of its own");
    let answer = server.get("/ogc/collections/parks/items?sortby=colour").await;
    assert!(
        answer.json()["expected"].as_str().is_some_and(|said| said.starts_with("any of id, ")),
        "{}",
        answer.text()
    );
}
