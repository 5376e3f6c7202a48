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
