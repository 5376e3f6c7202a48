//! The log of changes as a feed: by every condition, in both orders, page by page.

use guatu::plan::UserRole;
use serde_json::{Value, json};

use super::ROAD;
use crate::support::office::{Office, line, road};

/// An office whose log goes over three days and tells of two people.
async fn busy() -> Office {
    let office = Office::open().await;
    let place = "/ogc/collections/roads/items/new";
    office.done("POST", "/api/v1/projects", road("new")).await;
    office.server.pass_hours(24);
    let other = Office { shown: office.server.sign_in("all").await, server: office.server.clone() };
    let planner = other.beside("li-wei", &[UserRole::Planner]).await;
    planner.done("PATCH", ROAD, json!({"progress": 5})).await;
    other.done("POST", "/ogc/collections/roads/items", line("new", "new", json!([[120.7, 30.7], [120.8, 30.7]]))).await;
    other.done("PATCH", place, json!({"properties": {"accuracy_m": 7}})).await;
    office.server.pass_hours(24);
    let office = Office { shown: office.server.sign_in("all").await, ..office };
    office.done("DELETE", place, Value::Null).await;
    office.done("DELETE", "/api/v1/projects/new", Value::Null).await;
    office.done("PATCH", ROAD, json!({"progress": 6})).await;
    office
}

fn seqs(page: &Value) -> Vec<u64> {
    page["changes"].as_array().expect("a list").iter().map(|change| change["seq"].as_u64().expect("a number")).collect()
}

/// All pages from an address on, by their links.
async fn pages(office: &Office, path: &str, limit: usize) -> Vec<u64> {
    let (mut all, mut next) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let page = office.get(&path).await;
        let found = seqs(&page);
        assert!(found.len() <= limit, "{path}");
        all.extend(found);
        next = page["next"].as_str().map(str::to_owned);
        assert!(all.len() < 10_000, "{path}: the pages have no end");
    }
    all
}

#[tokio::test]
async fn each_condition_is_held_to() {
    let office = busy().await;
    let all = office.get("/api/v1/changes?order=asc&limit=1000").await["changes"].as_array().expect("a list").clone();
    let last = office.seq();
    assert_eq!(all.len() as u64, last, "the whole log is one page: {last}");
    let day = |change: &Value| change["at"].as_str().expect("a time")[..10].to_owned();
    type Fits = fn(&Value, &str) -> bool;
    let conditions: [(&str, &[&str], Fits); 9] = [
        ("since", &["0", "1", "50", "999999"], |change, value| change["seq"].as_u64() > value.parse().ok()),
        ("before", &["0", "1", "50", "999999"], |change, value| change["seq"].as_u64() < value.parse().ok()),
        ("type", &["project", "feature", "plan", "light_rule", "quota"], |change, value| change["type"] == value),
        ("id", &["new", "chuangxin-road", "nothing", "%25"], |change, value| change["id"] == value),
        ("collection", &["roads", "parks", "nothing"], |change, value| change["collection"] == value),
        ("actor", &["all", "li-wei", "seed", "nobody"], |change, value| change["actor"] == value),
        ("kind", &["created", "updated", "deleted"], |change, value| change["kind"] == value),
        ("from", &["2020-01-10", "2020-01-11", "2020-01-12", "2020-01-13"], |change, value| {
            change["at"].as_str() >= Some(value)
        }),
        ("to", &["2020-01-09", "2020-01-10", "2020-01-11", "2020-01-12"], |change, value| {
            &change["at"].as_str().expect("a time")[..10] <= value
        }),
    ];
    // The changes are made at 16:00 in Shanghai, so that a day is the same day in both zones.
    assert_eq!((day(&all[0]), day(all.last().expect("one"))), ("2020-01-10".into(), "2020-01-12".into()));
    let expected = |wanted: &[(Fits, &str)]| -> Vec<u64> {
        let fits = all.iter().filter(|change| wanted.iter().all(|(fits, value)| fits(change, value)));
        fits.map(|change| change["seq"].as_u64().expect("a number")).collect()
    };
    let check = async |query: &str, wanted: &[(Fits, &str)]| {
        let mut up = expected(wanted);
        assert_eq!(pages(&office, &format!("/api/v1/changes?order=asc&limit=1000{query}"), 1_000).await, up, "{query}");
        up.reverse();
        assert_eq!(
            pages(&office, &format!("/api/v1/changes?order=desc&limit=1000{query}"), 1_000).await,
            up,
            "{query}"
        );
    };
    for (at, (name, values, fits)) in conditions.iter().enumerate() {
        for value in *values {
            check(&format!("&{name}={value}"), &[(*fits, *value)]).await;
        }
        // Two conditions hold together.
        let (other, others, also) = conditions[(at + 3) % conditions.len()];
        for (value, second) in values.iter().zip(others) {
            check(&format!("&{name}={value}&{other}={second}"), &[(*fits, *value), (also, *second)]).await;
        }
    }
}

#[tokio::test]
async fn pages_miss_and_repeat_nothing() {
    let office = busy().await;
    let anybody = Office { server: office.server.clone(), shown: crate::support::accounts::Shown::Nothing };
    let last = office.seq();
    for reader in [&office, &anybody] {
        for (order, limit) in [("asc", 100), ("desc", 100), ("asc", 1_000), ("desc", 41)] {
            let path = format!("/api/v1/changes?order={order}&limit={limit}");
            let mut found = pages(reader, &path, limit).await;
            if order == "desc" {
                found.reverse();
            }
            assert_eq!(found, (1..=last).collect::<Vec<_>>(), "{path}");
        }
        for (path, expected) in [
            ("/api/v1/changes?id=new&limit=1", 5),
            ("/api/v1/changes?id=new&limit=2&order=asc", 5),
            ("/api/v1/changes?from=2020-01-11&limit=3", 6),
            ("/api/v1/changes?id=chuangxin-road&type=project&limit=1&order=asc", 3),
        ] {
            let limit = path.split("limit=").nth(1).map_or(0, |rest| usize::from(rest.as_bytes()[0] - b'0'));
            let found = pages(reader, path, limit).await;
            let mut unique = found.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!((found.len(), unique.len()), (expected, expected), "{path}");
        }
    }
}

#[tokio::test]
async fn the_newest_comes_first_but_after_a_number_the_oldest() {
    let office = busy().await;
    let last = office.seq();
    assert_eq!(seqs(&office.get("/api/v1/changes?limit=2").await), [last, last - 1]);
    assert_eq!(office.get("/api/v1/changes").await["changes"].as_array().map(Vec::len), Some(50));
    let since = format!("/api/v1/changes?since={}&limit=2", last - 4);
    assert_eq!(pages(&office, &since, 2).await, [last - 3, last - 2, last - 1, last]);
    let back = format!("/api/v1/changes?since={}&order=desc&limit=3", last - 4);
    assert_eq!(pages(&office, &back, 3).await, [last, last - 1, last - 2, last - 3]);
    let end = office.get(&format!("/api/v1/changes?since={last}")).await;
    assert_eq!(end, json!({"changes": [], "next": null}));
}

#[tokio::test]
async fn a_feed_that_cannot_be_asked_for_is_refused() {
    let office = Office::open().await;
    let server = &office.server;
    for (query, parameter) in [
        ("since=-1", "since"),
        ("since=x", "since"),
        ("before=1.5", "before"),
        ("type=road", "type"),
        ("kind=moved", "kind"),
        ("from=soon", "from"),
        ("to=2020-02-30", "to"),
        ("order=up", "order"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("id=", "id"),
        ("since=1&since=2", "since"),
        ("until=2020-01-01", "until"),
        ("as_of=2020-01-10", "as_of"),
    ] {
        server.refused(&format!("/api/v1/changes?{query}"), 400, parameter).await;
    }
    server.get("/api/v1/changes?actor=all").await.is_problem("whose work it was", 401, "");
    for change in server.json("/api/v1/changes?limit=1000").await["changes"].as_array().expect("a list") {
        assert_eq!(change["actor"], Value::Null);
    }
    let viewer = office.beside("li-wei", &[UserRole::Viewer]).await;
    assert_eq!(viewer.get("/api/v1/changes?actor=seed&limit=1").await["changes"][0]["actor"], "seed");
}
