//! Streams of events end with what let their listeners in: nothing is told to who is shut out, and nothing less to who comes in.

use std::time::{Duration, Instant};

use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures_util::StreamExt;
use guatu::plan::{UserRole, Word};
use serde_json::{Value, json};

use crate::support::accounts::{PASSWORD, Shown};
use crate::support::homes::{Home, over_both_homes_async};
use crate::support::http::Server;

/// An office with a chief who may do everything, and somebody who reads.
async fn office(home: &Home) -> (Server, Shown, Shown) {
    let server = home.server();
    server.add_user("chief", UserRole::ALL);
    server.add_user("wang", &[UserRole::Viewer]);
    let (chief, wang) = (server.sign_in("chief").await, server.sign_in("wang").await);
    (server, chief, wang)
}

/// A stream after its first message.
async fn listen(server: &Server, shown: &Shown) -> BodyDataStream {
    let request = Request::get("/api/v1/events").header("host", "guatu.test");
    let request = match shown {
        Shown::Nothing => request,
        Shown::Cookie(secret) => request.header("cookie", format!("guatu_session={secret}")),
        Shown::Token(token) => request.header("authorization", format!("Bearer {token}")),
    };
    let response = server.open(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(response.status(), 200);
    let mut stream = response.into_body().into_data_stream();
    assert!(next(&mut stream).await.is_some_and(|hello| hello.starts_with("event: hello")));
    stream
}

/// What is told next; none at the end.
async fn next(stream: &mut BodyDataStream) -> Option<String> {
    let frame = tokio::time::timeout(Duration::from_secs(8), stream.next()).await.expect("in time")?;
    Some(String::from_utf8(frame.expect("sound").to_vec()).expect("UTF-8"))
}

/// Changes something that staff alone may know of.
async fn change(server: &Server, chief: &Shown) {
    let headers = [("sec-fetch-site", "same-origin"), ("if-match", "*")];
    let body = json!({"visibility": "internal"});
    let answer = server.ask_with("PATCH", "/api/v1/projects/chuangxin-road", chief, body, &headers).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

async fn done(server: &Server, who: &Shown, method: &str, path: &str, body: Value) {
    let answer = server.ask(method, path, who, body).await;
    assert!(answer.status.is_success(), "{method} {path}: {}", answer.text());
}

async fn who_is_shut_out_hears_nothing_more(home: &Home) {
    for (method, path, body) in
        [("PATCH", "/api/v1/users/wang", json!({"disabled": true})), ("POST", "/api/v1/users/wang/reset", Value::Null)]
    {
        let home = home.another();
        let (server, chief, wang) = office(&home).await;
        let (token, _) = server.token(&wang, &["read"], Value::Null).await;
        let mut by_session = listen(&server, &wang).await;
        let mut by_token = listen(&server, &Shown::Token(token)).await;
        let mut of_chief = listen(&server, &chief).await;
        done(&server, &chief, method, path, body).await;
        change(&server, &chief).await;
        assert_eq!(next(&mut by_session).await, None, "{path}: the session's stream ends before anything is told");
        assert_eq!(next(&mut by_token).await, None, "{path}: so does the token's");
        assert!(next(&mut of_chief).await.is_some_and(|told| told.contains("chuangxin-road")), "others hear it");
    }
}

async fn a_stream_ends_by_itself_when_nothing_happens_either(home: &Home) {
    let (server, chief, wang) = office(home).await;
    let mut stream = listen(&server, &wang).await;
    let mut other = listen(&server, &server.sign_in("wang").await).await;
    done(&server, &wang, "DELETE", "/api/v1/session", Value::Null).await;
    assert_eq!(next(&mut stream).await, None, "signed out");
    change(&server, &chief).await;
    assert!(next(&mut other).await.is_some(), "another session of the same user goes on");
    let (token, id) = server.token(&chief, &["read"], Value::Null).await;
    let mut stream = listen(&server, &Shown::Token(token)).await;
    done(&server, &chief, "DELETE", &format!("/api/v1/tokens/{id}"), Value::Null).await;
    assert_eq!(next(&mut stream).await, None, "the token is revoked");
    let passwords = json!({"old": PASSWORD, "new": "a boat upon the canal"});
    let wang = server.sign_in("wang").await;
    done(&server, &wang, "PUT", "/api/v1/session/password", passwords).await;
    assert_eq!(next(&mut other).await, None, "a new password ends the other sessions");
}

async fn a_stream_ends_when_its_session_or_token_is_over(home: &Home) {
    let (server, chief, wang) = office(home).await;
    let (token, _) = server.token(&wang, &["read"], json!("2020-01-10")).await;
    let mut by_session = listen(&server, &wang).await;
    let mut by_token = listen(&server, &Shown::Token(token)).await;
    server.pass_hours(8);
    // The chief works on, and so their session does not end.
    change(&server, &chief).await;
    assert_eq!(next(&mut by_token).await, None, "its last day is over");
    assert!(next(&mut by_session).await.is_some());
    server.pass_hours(5);
    change(&server, &chief).await;
    assert_eq!(next(&mut by_session).await, None, "listening does not keep a session open");
}

async fn strangers_hear_as_long_as_anybody_may_read(home: &Home) {
    let (server, chief, wang) = office(home).await;
    let mut stranger = listen(&server, &Shown::Nothing).await;
    let mut staff = listen(&server, &wang).await;
    // What says nothing about who may do what ends no stream.
    server.add_user("li", &[UserRole::Viewer]);
    done(&server, &chief, "PATCH", "/api/v1/users/wang", json!({"display_name": "王"})).await;
    change(&server, &chief).await;
    assert!(next(&mut stranger).await.is_some_and(|told| !told.contains("chuangxin-road")));
    assert!(next(&mut staff).await.is_some_and(|told| told.contains("chuangxin-road")));
    done(&server, &chief, "PUT", "/api/v1/access", json!({"anonymous_reading": false})).await;
    change(&server, &chief).await;
    assert_eq!(next(&mut stranger).await, None);
    assert!(next(&mut staff).await.is_some(), "who is signed in goes on");
    assert_eq!(server.get("/api/v1/events").await.status, 401);
}

async fn what_one_server_decides_counts_at_the_others(home: &Home) {
    let (server, chief, wang) = office(home).await;
    let other = home.server();
    let mut stream = listen(&other, &wang).await;
    let mut stranger = listen(&other, &Shown::Nothing).await;
    done(&server, &chief, "PATCH", "/api/v1/users/wang", json!({"disabled": true})).await;
    assert_eq!(other.ask("GET", "/api/v1/tokens", &wang, Value::Null).await.status, 401, "at once");
    assert_eq!(next(&mut stream).await, None, "soon");
    done(&server, &chief, "PUT", "/api/v1/access", json!({"anonymous_reading": false})).await;
    assert_eq!(next(&mut stranger).await, None, "soon");
    drop(stranger);
    done(&server, &chief, "PUT", "/api/v1/access", json!({"anonymous_reading": true})).await;
    // Nobody listens there now.
    let begun = Instant::now();
    while other.get("/api/v1/projects").await.status != 200 {
        assert!(begun.elapsed() < Duration::from_secs(5), "it never counts there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

over_both_homes_async! {
    what_one_server_decides_counts_at_the_others,
    who_is_shut_out_hears_nothing_more,
    a_stream_ends_by_itself_when_nothing_happens_either,
    a_stream_ends_when_its_session_or_token_is_over,
    strangers_hear_as_long_as_anybody_may_read,
}
