//! Tokens of programs: made, used, limited, revoked, expired.

use guatu::plan::{Right, Timestamp, UserRole};
use guatu::services::accounts::{Accounts, NewToken, NewUser};
use guatu::store::StoreError;
use guatu::store::accounts::Added;
use serde_json::{Value, json};

use crate::support::accounts::Shown;
use crate::support::homes::{Home, over_both_homes, over_both_homes_async};
use crate::support::http::NOW;

async fn a_token_is_made_used_and_revoked(home: &Home) {
    let server = home.server();
    server.add_user("wang", &[UserRole::Planner]);
    let wang = server.sign_in("wang").await;
    let new = json!({"label": "QGIS at my desk", "scopes": ["read"], "expires": "2020-01-31"});
    let made = server.ask("POST", "/api/v1/tokens", &wang, new).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let mut made = made.json();
    let token = made.as_object_mut().expect("an object").remove("token").expect("a token");
    let token = token.as_str().expect("text").to_owned();
    assert!(token.starts_with("guatu_") && token.len() == 70, "{token}");
    assert_eq!(
        made,
        json!({
            "id": 1, "label": "QGIS at my desk", "scopes": ["read"], "created": "2020-01-10T08:00:00.000Z",
            "expires": "2020-01-31", "last_used": null,
        })
    );
    let list = server.ask("GET", "/api/v1/tokens", &wang, Value::Null).await;
    assert_eq!(list.json(), json!({"tokens": [made]}));
    assert!(!list.text().contains(&token));
    let session = server.ask("GET", "/api/v1/session", &Shown::Token(token.clone()), Value::Null).await.json();
    assert_eq!(session["user"]["rights"], json!(["read"]));
    let list = server.ask("GET", "/api/v1/tokens", &wang, Value::Null).await.json();
    assert_eq!(list["tokens"][0]["last_used"], "2020-01-10T08:00:00.000Z");

    server.add_user("li", &[UserRole::Admin]);
    let li = server.sign_in("li").await;
    assert_eq!(server.ask("GET", "/api/v1/tokens", &li, Value::Null).await.json(), json!({"tokens": []}));
    let delete =
        async |who: &Shown, id: &str| server.ask("DELETE", &format!("/api/v1/tokens/{id}"), who, Value::Null).await;
    delete(&li, "1").await.is_problem("somebody else's", 404, "token");
    delete(&wang, "one").await.is_problem("no number", 404, "token");
    assert_eq!(delete(&wang, "1").await.status, 204);
    delete(&wang, "1").await.is_problem("again", 404, "token");
    let revoked = server.ask("GET", "/api/v1/projects", &Shown::Token(token), Value::Null).await;
    revoked.is_problem("revoked", 401, "");
    assert_eq!(revoked.header("www-authenticate"), "Bearer");
}

async fn a_token_is_good_until_its_last_day_is_over_in_the_servers_zone(home: &Home) {
    let server = home.server();
    server.add_user("wang", &[UserRole::Viewer]);
    let wang = server.sign_in("wang").await;
    let (token, _) = server.token(&wang, &["read"], json!("2020-01-10")).await;
    let status = async || server.ask("GET", "/api/v1/projects", &Shown::Token(token.clone()), Value::Null).await.status;
    // It is four in the afternoon in Shanghai.
    server.pass_hours(7);
    assert_eq!(status().await, 200);
    server.pass_hours(1);
    assert_eq!(status().await, 401);
}

async fn what_is_wrong_with_a_new_token_is_said(home: &Home) {
    let server = home.server();
    server.add_user("wang", &[UserRole::Inspector]);
    let wang = server.sign_in("wang").await;
    let check = async |new: Value, status: u16, name: &str| {
        let answer = server.ask("POST", "/api/v1/tokens", &wang, new.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{new}: {}", answer.text());
        let problem = answer.json();
        let told = if status == 422 { &problem["violations"][0]["field"] } else { &problem["parameter"] };
        assert!(name.is_empty() || *told == name, "{new}: {problem}");
    };
    check(json!({"label": "", "scopes": ["read"], "expires": null}), 422, "label").await;
    check(json!({"label": "a", "scopes": [], "expires": null}), 422, "scopes").await;
    check(json!({"label": "a", "scopes": ["read", "edit_plan"], "expires": null}), 422, "scopes").await;
    check(json!({"label": "a", "scopes": ["read"], "expires": "2020-01-09"}), 422, "expires").await;
    check(json!({"label": "a", "scopes": ["read"], "expires": "9999-12-31"}), 400, "expires").await;
    check(json!({"label": "a", "scopes": ["fly"], "expires": null}), 400, "scopes[0]").await;
    check(json!({"label": "a", "scopes": ["read"], "expires": "soon"}), 400, "expires").await;
    for _ in 0..50 {
        server.token(&wang, &["read"], Value::Null).await;
    }
    check(json!({"label": "a", "scopes": ["read"], "expires": null}), 409, "").await;
}

async fn a_token_may_no_more_than_its_owner_may_now(home: &Home) {
    let server = home.server();
    server.add_user("chief", &[UserRole::Admin]);
    server.add_user("second", &[UserRole::Admin]);
    let (chief, second) = (server.sign_in("chief").await, server.sign_in("second").await);
    let (token, _) = server.token(&second, &["read", "administer"], Value::Null).await;
    let users = async || server.ask("GET", "/api/v1/users", &Shown::Token(token.clone()), Value::Null).await.status;
    assert_eq!(users().await, 200);
    server.ask("PATCH", "/api/v1/users/second", &chief, json!({"roles": ["viewer"]})).await;
    assert_eq!(users().await, 403);
    let session = server.ask("GET", "/api/v1/session", &Shown::Token(token.clone()), Value::Null).await.json();
    assert_eq!(session["user"]["rights"], json!(["read"]));
}

async fn a_token_that_edits_reads_too_and_one_that_does_not_edits_nothing(home: &Home) {
    let server = home.server();
    server.add_user("wang", &[UserRole::Planner, UserRole::Gis]);
    let wang = server.sign_in("wang").await;
    let project = "/api/v1/projects/chuangxin-road";
    for scope in ["edit_plan", "edit_geometry"] {
        let (token, id) = server.token(&wang, &[scope], Value::Null).await;
        let token = Shown::Token(token);
        let list = server.ask("GET", "/api/v1/tokens", &wang, Value::Null).await.json();
        let listed = list["tokens"].as_array().expect("a list").iter().find(|token| token["id"] == id).expect("it");
        assert_eq!(listed["scopes"], json!(["read", scope]));
        assert_eq!(server.ask("GET", project, &token, Value::Null).await.status, 200, "{scope}");
        let stale = server.ask_with("PATCH", project, &token, json!({}), &[("if-match", "\"9\"")]).await;
        assert_eq!(stale.status, if scope == "edit_plan" { 412 } else { 403 }, "{scope}: {}", stale.text());
    }
    let (token, _) = server.token(&wang, &["report"], Value::Null).await;
    for (method, version) in [("GET", "*"), ("PATCH", "\"9\"")] {
        let headers = [("if-match", version)];
        let body = if method == "GET" { Value::Null } else { json!({}) };
        let answer = server.ask_with(method, project, &Shown::Token(token.clone()), body, &headers).await;
        answer.is_problem(method, 403, "");
        assert!(answer.json().get("current").is_none(), "{}", answer.text());
    }
}

fn a_token_from_before_edits_brought_reading_with_them_reads_too(home: &Home) {
    let store = home.store();
    let now: Timestamp = NOW.parse().expect("a time");
    let roles = [UserRole::Planner].into_iter().collect();
    let new = NewUser { name: "wang".parse().expect("a name"), display_name: "Wang".to_owned(), roles };
    let scopes = [Right::EditPlan].into_iter().collect();
    let token = NewToken { label: "old".to_owned(), scopes, expires: None };
    // The SHA-256 of "abc", from FIPS 180-2, appendix B.1.
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let digit = |at: usize| u8::from_str_radix(&digest[at * 2..at * 2 + 2], 16).expect("digits");
    let digest: [u8; 32] = std::array::from_fn(digit);
    let kept = store.write::<_, StoreError>(|ledger| {
        let Added::User(id) = ledger.add_user(&new, now)? else { panic!("a new user") };
        ledger.add_token(&digest, id, &token, now)
    });
    kept.expect("kept");
    let accounts = Accounts::new(store).expect("accounts");
    let identity = accounts.caller_of_token("abc", now).expect("accounts").expect("its owner");
    assert_eq!(identity.rights, [Right::Read, Right::EditPlan].into_iter().collect());
}

async fn what_is_no_token_of_ours_is_refused_and_other_schemes_are_not_ours(home: &Home) {
    let server = home.server();
    for token in ["guatu_0", "", "0", "guatu_;"] {
        let answer = server.get_with("/api/v1/projects", &[("authorization", &format!("Bearer {token}"))]).await;
        assert_eq!(answer.status, 401, "{token:?}");
    }
    let basic = server.get_with("/api/v1/projects", &[("authorization", "Basic dTpw")]).await;
    assert_eq!(basic.status, 200, "a proxy's password is not for us");
}

over_both_homes_async! {
    a_token_is_made_used_and_revoked,
    a_token_is_good_until_its_last_day_is_over_in_the_servers_zone,
    what_is_wrong_with_a_new_token_is_said,
    a_token_may_no_more_than_its_owner_may_now,
    a_token_that_edits_reads_too_and_one_that_does_not_edits_nothing,
    what_is_no_token_of_ours_is_refused_and_other_schemes_are_not_ours,
}

over_both_homes! {
    a_token_from_before_edits_brought_reading_with_them_reads_too,
}
