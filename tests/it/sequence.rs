//! Which change an answer has in it, and how a client reads its own write.

use std::time::{Duration, Instant};

use guatu::plan::{UserRole, Word};
use serde_json::json;

use crate::support::accounts::Shown;
use crate::support::http::Server;

const PROJECT: &str = "/api/v1/projects/chuangxin-road";

async fn planner(server: &Server) -> Shown {
    server.add_user("wang", UserRole::ALL);
    server.sign_in("wang").await
}

async fn set_progress(server: &Server, who: &Shown, progress: u32) -> u64 {
    let headers = [("sec-fetch-site", "same-origin"), ("if-match", "*")];
    let answer = server.ask_with("PATCH", PROJECT, who, json!({"progress": progress}), &headers).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.header("x-guatu-sequence").parse().expect("a number")
}

#[tokio::test]
async fn every_answer_tells_the_change_that_it_follows_on() {
    let server = Server::shipped();
    let who = planner(&server).await;
    let seeded = server.published.current().seq();
    for path in [
        "/api/v1/plans",
        "/ogc",
        "/ogc/collections/roads/items",
        "/tiles/roads/10/858/420",
        "/styles/plan.json",
        "/nowhere",
    ] {
        assert_eq!(server.get(path).await.header("x-guatu-sequence"), seeded.to_string(), "{path}");
    }
    assert_eq!(set_progress(&server, &who, 3).await, seeded + 1);
    assert_eq!(server.get(PROJECT).await.header("x-guatu-sequence"), (seeded + 1).to_string());
}

#[tokio::test]
async fn a_read_waits_for_the_change_that_its_caller_knows_of() {
    let server = Server::shipped();
    let who = planner(&server).await;
    let next = server.published.current().seq() + 1;
    let waiting = {
        let server = server.clone();
        tokio::spawn(async move { server.get(&format!("{PROJECT}?min_sequence={next}")).await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished(), "the change is not there yet");
    assert_eq!(set_progress(&server, &who, 7).await, next);
    let answer = waiting.await.expect("an answer");
    assert_eq!((answer.status.as_u16(), answer.json()["progress"].as_f64()), (200, Some(7.0)));
}

#[tokio::test]
async fn a_change_that_does_not_come_is_refused_in_time() {
    let server = Server::shipped();
    let begun = Instant::now();
    let answer = server.get("/ogc/collections?f=json&min_sequence=999999").await;
    answer.is_problem("a change to come", 503, "min_sequence");
    assert_eq!(answer.header("retry-after"), "2");
    assert!(begun.elapsed() > Duration::from_secs(4), "it waited");
}

#[tokio::test]
async fn a_number_that_is_none_is_refused_by_name() {
    let server = Server::shipped();
    for path in [
        "/ogc/collections?min_sequence=",
        "/ogc/collections?min_sequence=-1",
        "/api/v1/plans?min_sequence=ten",
        "/tiles/roads/10/858/420?min_sequence=1&min_sequence=1",
    ] {
        server.refused(path, 400, "min_sequence").await;
    }
    // What else is in the query is read as ever.
    server.refused("/ogc/collections?min_sequence=1&colour=red", 400, "colour").await;
    assert_eq!(server.get("/ogc/collections/roads/items?limit=1&min_sequence=1").await.json()["numberReturned"], 1);
}
