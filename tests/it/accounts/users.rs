//! What administrators do with users, and the links that users get.

use guatu::plan::UserRole;
use serde_json::{Value, json};

use crate::support::accounts::{PASSWORD, Shown, secret_of};
use crate::support::homes::{Home, over_both_homes_async};
use crate::support::http::Server;

async fn with_admin(home: &Home) -> (Server, Shown) {
    let server = home.server();
    server.add_user("chief", &[UserRole::Admin]);
    let admin = server.sign_in("chief").await;
    (server, admin)
}

async fn accept(server: &Server, token: &str, password: &str) -> crate::support::http::Answer {
    let body = json!({"token": token, "password": password});
    server.ask("POST", "/api/v1/invitations", &Shown::Nothing, body).await
}

async fn a_user_is_added_and_chooses_a_password_once(home: &Home) {
    let (server, admin) = with_admin(home).await;
    let new = json!({"name": "wang-fang", "display_name": "王芳", "roles": ["planner", "inspector"]});
    let made = server.ask("POST", "/api/v1/users", &admin, new.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    let user = json!({
        "name": "wang-fang", "display_name": "王芳", "roles": ["inspector", "planner"], "disabled": false,
        "created": "2020-01-10T08:00:00.000Z", "last_seen": null, "tokens": 0,
    });
    assert_eq!(made["user"], user);
    assert_eq!(made["invitation"]["expires"], "2020-01-12T08:00:00.000Z");
    let token = secret_of(&made["invitation"]["link_path"]);
    assert!(made["invitation"]["link_path"].as_str().expect("a path").starts_with("/invite#token="));
    server.ask("POST", "/api/v1/users", &admin, new).await.is_problem("the same name", 409, "");
    assert_eq!(server.try_password("wang-fang", PASSWORD).await.status, 401, "no password yet");

    accept(&server, "guess", PASSWORD).await.is_problem("a guess", 404, "token");
    accept(&server, &token, "wang-fang").await.is_problem("the name", 422, "");
    let accepted = accept(&server, &token, PASSWORD).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text());
    assert_eq!(accepted.json()["user"]["name"], "wang-fang");
    assert_eq!(server.ask("GET", "/api/v1/tokens", &accepted.session(), Value::Null).await.status, 200);
    accept(&server, &token, PASSWORD).await.is_problem("a second time", 404, "token");
    server.sign_in("wang-fang").await;
    let list = server.ask("GET", "/api/v1/users", &admin, Value::Null).await.json();
    assert_eq!(list["users"].as_array().map(Vec::len), Some(2));
    assert_eq!(list["users"][1]["last_seen"], "2020-01-10T08:00:00.000Z");
    assert!(!list.to_string().contains("argon2"), "{list}");
}

async fn what_is_wrong_with_a_new_user_is_said(home: &Home) {
    let (server, admin) = with_admin(home).await;
    let check = async |new: Value, status: u16, name: &str| {
        let answer = server.ask("POST", "/api/v1/users", &admin, new.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{new}: {}", answer.text());
        let problem = answer.json();
        let told = if status == 422 { &problem["violations"][0]["field"] } else { &problem["parameter"] };
        assert!(name.is_empty() || *told == name, "{new}: {problem}");
    };
    check(json!({"name": "a b", "display_name": "a", "roles": ["viewer"]}), 400, "name").await;
    check(json!({"name": "seed", "display_name": "a", "roles": ["viewer"]}), 400, "name").await;
    check(json!({"name": "a", "display_name": "a", "roles": ["king"]}), 400, "roles[0]").await;
    check(json!({"name": "a", "display_name": "a"}), 400, "").await;
    check(json!({"name": "a", "display_name": "a", "roles": []}), 422, "roles").await;
    check(json!({"name": "a", "display_name": " ", "roles": ["viewer"]}), 422, "display_name").await;
    check(json!({"name": "a", "display_name": "x".repeat(101), "roles": ["viewer"]}), 422, "display_name").await;
    check(json!({"name": "a", "display_name": "a\u{7}", "roles": ["viewer"]}), 422, "display_name").await;
}

async fn a_user_is_changed_and_the_change_counts_at_once(home: &Home) {
    let (server, admin) = with_admin(home).await;
    server.add_user("wang", &[UserRole::Viewer]);
    let wang = server.sign_in("wang").await;
    let change =
        async |name: &str, patch: Value| server.ask("PATCH", &format!("/api/v1/users/{name}"), &admin, patch).await;
    let changed = change("wang", json!({"display_name": "王", "roles": ["admin"]})).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(changed.json()["roles"], json!(["admin"]));
    assert_eq!(server.ask("GET", "/api/v1/users", &wang, Value::Null).await.status, 200, "the session has new rights");
    let unchanged = change("wang", json!({})).await;
    assert_eq!(unchanged.json()["display_name"], "王");
    change("nobody", json!({})).await.is_problem("nobody", 404, "user");
    change("No%20Name", json!({})).await.is_problem("no name", 404, "name");
    change("wang", json!({"roles": []})).await.is_problem("no role", 422, "");
    change("wang", json!({"name": "li"})).await.is_problem("another name", 400, "name");
}

async fn who_is_disabled_is_out_at_once_and_stays_out(home: &Home) {
    let (server, admin) = with_admin(home).await;
    server.add_user("wang", &[UserRole::Planner]);
    let wang = server.sign_in("wang").await;
    let (token, _) = server.token(&wang, &["read"], Value::Null).await;
    let reset = server.ask("POST", "/api/v1/users/wang/reset", &admin, Value::Null).await;
    assert_eq!(reset.status, 200, "{}", reset.text());
    let link = secret_of(&reset.json()["link_path"]);
    let accepted = accept(&server, &link, PASSWORD).await;
    let reset = server.ask("POST", "/api/v1/users/wang/reset", &admin, Value::Null).await;
    let link = secret_of(&reset.json()["link_path"]);
    let change =
        async |disabled: bool| server.ask("PATCH", "/api/v1/users/wang", &admin, json!({"disabled": disabled})).await;
    let disabled = change(true).await;
    assert_eq!(disabled.json()["disabled"], true);
    for shown in [&wang, &accepted.session(), &Shown::Token(token.clone())] {
        assert_eq!(server.ask("GET", "/api/v1/tokens", shown, Value::Null).await.status, 401, "{shown:?}");
    }
    accept(&server, &link, PASSWORD).await.is_problem("a link", 404, "token");
    assert_eq!(server.try_password("wang", PASSWORD).await.status, 401);
    let refused = server.ask("POST", "/api/v1/users/wang/reset", &admin, Value::Null).await;
    refused.is_problem("a link for who is kept out", 409, "");
    assert_eq!(change(false).await.json()["disabled"], false);
    assert_eq!(server.ask("GET", "/api/v1/tokens", &wang, Value::Null).await.status, 401, "sessions stay ended");
    accept(&server, &link, PASSWORD).await.is_problem("an old link", 404, "token");
    let projects = server.ask("GET", "/api/v1/projects", &Shown::Token(token), Value::Null).await;
    projects.is_problem("tokens stay revoked", 401, "");
}

async fn a_reset_takes_password_sessions_and_tokens_away(home: &Home) {
    let (server, admin) = with_admin(home).await;
    server.add_user("wang", &[UserRole::Planner]);
    let wang = server.sign_in("wang").await;
    let (token, _) = server.token(&wang, &["read"], Value::Null).await;
    let reset = async || {
        let answer = server.ask("POST", "/api/v1/users/wang/reset", &admin, Value::Null).await;
        secret_of(&answer.json()["link_path"])
    };
    let (earlier, link) = (reset().await, reset().await);
    let by_token = server.ask("GET", "/api/v1/projects", &Shown::Token(token), Value::Null).await;
    by_token.is_problem("whoever had the password may have made it", 401, "");
    assert_eq!(server.ask("GET", "/api/v1/tokens", &wang, Value::Null).await.status, 401);
    assert_eq!(server.try_password("wang", PASSWORD).await.status, 401);
    let new = "a boat upon the canal";
    accept(&server, &earlier, new).await.is_problem("an earlier link", 404, "token");
    server.pass_hours(47);
    assert_eq!(accept(&server, &link, new).await.status, 200);
    assert_eq!(server.try_password("wang", new).await.status, 200);
    server
        .ask("POST", "/api/v1/users/nobody/reset", &server.sign_in("chief").await, Value::Null)
        .await
        .is_problem("nobody", 404, "user");
    let admin = server.sign_in("chief").await;
    let late = server.ask("POST", "/api/v1/users/wang/reset", &admin, Value::Null).await;
    server.pass_hours(48);
    accept(&server, &secret_of(&late.json()["link_path"]), new).await.is_problem("late", 404, "token");
}

async fn an_administrator_sees_how_many_tokens_there_are_and_revokes_them(home: &Home) {
    let (server, admin) = with_admin(home).await;
    server.add_user("wang", &[UserRole::Viewer]);
    let wang = server.sign_in("wang").await;
    let (token, _) = server.token(&wang, &["read"], Value::Null).await;
    server.token(&wang, &["read"], Value::Null).await;
    let (own, _) = server.token(&admin, &["administer"], Value::Null).await;
    let counts = async || {
        let users = server.ask("GET", "/api/v1/users", &admin, Value::Null).await.json();
        users["users"].as_array().expect("a list").iter().map(|user| user["tokens"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(counts().await, [json!(1), json!(2)]);
    let renamed = server.ask("PATCH", "/api/v1/users/wang", &admin, json!({"display_name": "王"})).await;
    assert_eq!(renamed.json()["tokens"], 2);
    let revoke = async |who: &Shown, name: &str| {
        server.ask("DELETE", &format!("/api/v1/users/{name}/tokens"), who, Value::Null).await
    };
    revoke(&wang, "wang").await.is_problem("no administrator", 403, "");
    revoke(&Shown::Token(own), "wang").await.is_problem("a token", 403, "");
    revoke(&admin, "nobody").await.is_problem("nobody", 404, "user");
    assert_eq!(revoke(&admin, "wang").await.status, 204);
    assert_eq!(counts().await, [json!(1), json!(0)]);
    assert_eq!(server.ask("GET", "/api/v1/projects", &Shown::Token(token), Value::Null).await.status, 401);
    assert_eq!(server.ask("GET", "/api/v1/tokens", &wang, Value::Null).await.status, 200, "the session is left alone");
    server.token(&wang, &["read"], Value::Null).await;
    let disabled = server.ask("PATCH", "/api/v1/users/wang", &admin, json!({"disabled": true})).await;
    assert_eq!(disabled.json()["tokens"], 0);
}

async fn a_token_that_leaks_gives_nobody_a_way_in(home: &Home) {
    let (server, admin) = with_admin(home).await;
    server.add_user("wang", &[UserRole::Viewer]);
    let (token, _) = server.token(&admin, &["read", "administer"], Value::Null).await;
    let check = async |method: &str, path: &str, body: Value| {
        let answer = server.ask(method, path, &Shown::Token(token.clone()), body).await;
        answer.is_problem(path, 403, "");
        assert!(!answer.text().contains("/invite"), "{}", answer.text());
    };
    check("POST", "/api/v1/users", json!({"name": "mole", "display_name": "M", "roles": ["admin"]})).await;
    check("PATCH", "/api/v1/users/wang", json!({"roles": ["admin"]})).await;
    check("POST", "/api/v1/users/wang/reset", Value::Null).await;
    check("DELETE", "/api/v1/users/wang/tokens", Value::Null).await;
    check("POST", "/api/v1/tokens", json!({"label": "a", "scopes": ["read"], "expires": null})).await;
    let users = server.ask("GET", "/api/v1/users", &Shown::Token(token), Value::Null).await.json();
    assert_eq!(users["users"].as_array().map(Vec::len), Some(2), "and may still look");
    assert_eq!(users["users"][1]["roles"], json!(["viewer"]));
}

async fn the_last_administrator_stays_one(home: &Home) {
    let (server, admin) = with_admin(home).await;
    let change = async |patch: Value| server.ask("PATCH", "/api/v1/users/chief", &admin, patch).await;
    change(json!({"disabled": true})).await.is_problem("disabled", 409, "");
    change(json!({"roles": ["planner"]})).await.is_problem("stripped", 409, "");
    server.add_user("second", &[UserRole::Admin]);
    assert_eq!(change(json!({"roles": ["planner"]})).await.status, 200);
    let second = server.sign_in("second").await;
    let out = server.ask("PATCH", "/api/v1/users/second", &second, json!({"disabled": true})).await;
    out.is_problem("the last again", 409, "");
    assert_eq!(server.ask("GET", "/api/v1/users", &admin, Value::Null).await.status, 403, "rights end with the role");
}

over_both_homes_async! {
    a_user_is_added_and_chooses_a_password_once,
    what_is_wrong_with_a_new_user_is_said,
    a_user_is_changed_and_the_change_counts_at_once,
    who_is_disabled_is_out_at_once_and_stays_out,
    a_reset_takes_password_sessions_and_tokens_away,
    an_administrator_sees_how_many_tokens_there_are_and_revokes_them,
    a_token_that_leaks_gives_nobody_a_way_in,
    the_last_administrator_stays_one,
}
