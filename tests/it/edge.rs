//! What strangers are not told of changes that they may hear of.

use guatu::plan::{UserRole, Word};
use serde_json::{Value, json};

use crate::support::accounts::Shown;
use crate::support::http::Server;

#[tokio::test]
async fn what_was_said_of_a_change_is_for_those_who_work_with_it() {
    let server = Server::shipped();
    server.add_user("wang", UserRole::ALL);
    let wang = server.sign_in("wang").await;
    let headers = [("sec-fetch-site", "same-origin"), ("if-match", "*"), ("x-change-note", "Li%20Ming%20is%20ill")];
    let project = "/api/v1/projects/chuangxin-road";
    let answer = server.ask_with("PATCH", project, &wang, json!({"progress": 3}), &headers).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let (reader, _) = server.token(&wang, &["read"], Value::Null).await;
    for path in ["/api/v1/changes?id=chuangxin-road", "/api/v1/projects/chuangxin-road/history"] {
        for (shown, note) in [
            (&Shown::Nothing, Value::Null),
            (&wang, json!("Li Ming is ill")),
            (&Shown::Token(reader.clone()), json!("Li Ming is ill")),
        ] {
            let told = server.ask("GET", path, shown, Value::Null).await;
            let change = &told.json()["changes"][0];
            assert_eq!((&change["note"], change["actor"].is_null()), (&note, note.is_null()), "{path} {shown:?}");
            assert_eq!(told.text().contains("Li Ming"), !note.is_null(), "{path} {shown:?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_number_is_told_in_words_of_ours() {
    let server = Server::shipped();
    for (path, name) in [
        ("/api/v1/changes?since=soon", "since"),
        ("/api/v1/changes?before=-1", "before"),
        ("/api/v1/projects/zuili-road/history?before=99999999999999999999", "before"),
        ("/api/v1/events?since=1.5", "since"),
        ("/api/v1/nearby?lon=120&lat=north", "lat"),
        ("/api/v1/nearby?lon=120&lat=30&limit=few", "limit"),
    ] {
        let answer = server.get(path).await;
        answer.is_problem(path, 400, name);
        for leak in ["invalid digit", "invalid float", "too large to fit", "parse"] {
            assert!(!answer.text().contains(leak), "{path}: {}", answer.text());
        }
    }
}
