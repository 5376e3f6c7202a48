//! Every operation against everybody who may come; anonymous reading; requests from other sites; what caches may keep.

use std::collections::BTreeMap;

use guatu::plan::{Right, UserRole, Word};
use serde_json::{Value, json};

use crate::support::accounts::Shown;
use crate::support::http::Server;

/// Whom an operation is for, as the document says.
#[derive(Clone, Copy, Debug, PartialEq)]
enum For {
    Anybody,
    Right(Right),
    SignedIn,
    /// With this right, and by a session.
    Person(Right),
    /// With one of the rights to edit.
    Editor,
    /// Readers who are signed in.
    Staff,
}

struct Operation {
    id: String,
    method: String,
    /// With a made-up word for each blank.
    path: String,
    whom: For,
}

/// Either makes an editor.
const EDITS: [Right; 2] = [Right::EditPlan, Right::EditGeometry];

/// Every operation of the router: both are made from the same list.
fn operations() -> Vec<Operation> {
    let document = guatu::http::document();
    let operations = document.operations().map(|(path, method, operation)| {
        let schemes = operation.security.as_ref().expect("each says what to show");
        let whom = match operation.extensions.get("x-guatu-right").and_then(Value::as_str) {
            Some("edit") => For::Editor,
            Some(right) => {
                let by_token = schemes.iter().any(|scheme| scheme.contains_key("token"));
                let right: Right = right.parse().expect("a right");
                let by_nobody = schemes.iter().any(|scheme| scheme.is_empty());
                match (by_token, by_nobody) {
                    (true, false) if right == Right::Read => For::Staff,
                    (true, _) => For::Right(right),
                    (false, _) => For::Person(right),
                }
            }
            None if schemes.is_empty() => For::Anybody,
            None => For::SignedIn,
        };
        // A tile set's name ends in .json in the router's eyes too.
        let parts = path.split('/').map(|part| if part.contains('{') { "x".to_owned() } else { part.to_owned() });
        let path = parts.collect::<Vec<_>>().join("/");
        let id = operation.operation_id.clone().expect("an id");
        Operation { id, method: method.to_uppercase(), path, whom }
    });
    operations.collect()
}

/// Operations that ask, though not by GET: an export is a copy for whoever asked for it.
const ASKS: [&str; 4] = ["query_features", "preview_light_rule", "create_export", "delete_export"];

#[test]
fn what_is_not_for_every_reader_is_known_one_by_one() {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in operations() {
        let whom = match operation.whom {
            For::Anybody => "anybody",
            For::SignedIn => "signed in",
            For::Editor => "editor",
            For::Staff => "staff",
            For::Right(right) => right.as_str(),
            For::Person(Right::Administer) => "administer, in person",
            For::Person(right) => panic!("{} takes {right} in person", operation.id),
        };
        found.entry(whom.to_owned()).or_default().push(operation.id);
    }
    let check = |whom: &str, expected: &[&str]| {
        let mut ids = found.get(whom).cloned().unwrap_or_default();
        ids.sort();
        assert_eq!(ids, expected, "{whom}");
    };
    check(
        "anybody",
        &[
            "accept_invitation",
            "begin_oidc_session",
            "create_first_user",
            "create_session",
            "delete_session",
            "find_session",
            "finish_oidc_session",
        ],
    );
    check(
        "editor",
        &[
            "commit_import",
            "create_batch",
            "create_import",
            "create_patch",
            "delete_import",
            "delete_patch",
            "find_import",
            "list_import_features",
            "list_import_rows",
            "list_imports",
            "replace_import_mapping",
            "replace_patch",
            "undo_batch",
            "undo_change",
            "update_patch",
        ],
    );
    check("staff", &["find_patch_record", "list_patches"]);
    check(
        "report",
        &["append_upload", "create_inspection", "create_upload", "delete_upload", "find_field_kit", "find_upload"],
    );
    check("signed in", &["create_token", "delete_token", "list_tokens", "replace_password"]);
    check("administer", &["find_access", "list_users", "replace_access"]);
    check("administer, in person", &["change_user", "create_user", "delete_user_tokens", "reset_user"]);
    assert!(found["read"].len() >= 20, "{found:?}");
    for operation in operations().iter().filter(|operation| operation.whom == For::Right(Right::Read)) {
        let asks = operation.method == "GET" || ASKS.contains(&operation.id.as_str());
        assert!(asks, "{} changes something and is for readers", operation.id);
    }
}

/// What an operation answers to who may do it, when each blank of its address is filled with `x` and its body is `{}`. Nothing else
/// counts as having come through the door; a new operation stands here by what it answers.
fn answered(operation: &Operation) -> u16 {
    let is_blank = operation.path.split('/').any(|part| part == "x");
    match (operation.id.as_str(), operation.method.as_str()) {
        ("delete_session", _) => 204,
        (
            "search" | "list_nearby" | "create_reading" | "replace_password" | "replace_access" | "reject_inspection",
            _,
        ) => 400,
        // This server has no identity provider, nor what the address names.
        (
            "begin_oidc_session"
            | "finish_oidc_session"
            | "change_user"
            | "delete_user_tokens"
            | "delete_token"
            | "delete_reading"
            | "create_item"
            | "replace_item"
            | "update_item"
            | "delete_item"
            | "delete_upload"
            | "delete_import"
            | "replace_import_mapping"
            | "delete_export",
            _,
        ) => 404,
        (_, "GET" | "POST") if is_blank => 404,
        (_, "GET") => 200,
        // A body of no media type of its own.
        ("append_upload", _) => 415,
        (_, "POST") => 400,
        // A record is changed by its version.
        _ => 428,
    }
}

/// Sends an operation with a body that nobody can take, and checks that it comes to that exactly when it may.
async fn check(server: &Server, operation: &Operation, shown: &Shown, may: bool, refusal: u16) {
    let body = if operation.method == "GET" { Value::Null } else { json!({}) };
    let answer = server.ask(&operation.method, &operation.path, shown, body).await;
    let status = answer.status.as_u16();
    let what = format!("{} with {shown:?}", operation.id);
    if may {
        assert_eq!(status, answered(operation), "{what}: {}", answer.text());
    } else {
        answer.is_problem(&what, refusal, "");
        assert_eq!(answer.header("www-authenticate"), if status == 401 { "Bearer" } else { "" }, "{what}");
    }
}

#[tokio::test]
async fn every_operation_is_for_those_whom_it_says_and_nobody_else() {
    let server = Server::shipped();
    for operation in operations() {
        let may = matches!(operation.whom, For::Anybody | For::Right(Right::Read));
        check(&server, &operation, &Shown::Nothing, may, 401).await;
    }
    for role in UserRole::ALL {
        server.add_user(role.as_str(), &[*role]);
        let mut session = server.sign_in(role.as_str()).await;
        for operation in operations() {
            let may = match operation.whom {
                For::Right(right) | For::Person(right) => role.rights().contains(&right),
                For::Editor => EDITS.iter().any(|right| role.rights().contains(right)),
                For::Staff => role.rights().contains(&Right::Read),
                For::Anybody | For::SignedIn => true,
            };
            check(&server, &operation, &session, may, 403).await;
            if operation.id == "delete_session" {
                session = server.sign_in(role.as_str()).await;
            }
        }
    }
    server.add_user("all", UserRole::ALL);
    let owner = server.sign_in("all").await;
    for scope in Right::ALL {
        let (token, _) = server.token(&owner, &[scope.as_str()], Value::Null).await;
        for operation in operations() {
            let may = match operation.whom {
                For::Anybody => true,
                For::SignedIn | For::Person(_) => false,
                For::Right(Right::Read) | For::Staff => *scope == Right::Read || EDITS.contains(scope),
                For::Right(right) => right == *scope,
                For::Editor => EDITS.contains(scope),
            };
            check(&server, &operation, &Shown::Token(token.clone()), may, 403).await;
        }
    }
}

#[tokio::test]
async fn without_anonymous_reading_only_the_way_in_is_open() {
    let server = Server::shipped();
    server.add_user("admin", &[UserRole::Admin]);
    let admin = server.sign_in("admin").await;
    let get = server.ask("GET", "/api/v1/access", &admin, Value::Null).await;
    assert_eq!(get.json(), json!({"anonymous_reading": true}));
    let put = server.ask("PUT", "/api/v1/access", &admin, json!({"anonymous_reading": false})).await;
    assert_eq!((put.status.as_u16(), put.json()), (200, json!({"anonymous_reading": false})));
    assert_eq!(server.ask("GET", "/api/v1/access", &admin, Value::Null).await.json(), put.json());
    let wrong = server.ask("PUT", "/api/v1/access", &admin, json!({"anonymous_reading": "no"})).await;
    wrong.is_problem("a word", 400, "anonymous_reading");
    for operation in operations() {
        check(&server, &operation, &Shown::Nothing, operation.whom == For::Anybody, 401).await;
    }
    for path in ["/ogc/", "/tiles/plan/12/3421/1680", "/tiles/plan.json", "/ogc/collections/roads/items"] {
        assert_eq!(server.get(path).await.status, 401, "{path}");
        assert_eq!(server.ask("GET", path, &admin, Value::Null).await.status, 200, "{path}");
        let head = server.ask("HEAD", path, &Shown::Nothing, Value::Null).await;
        assert_eq!(head.status, 401, "HEAD {path}");
    }
    for path in ["/health/live", "/health/ready", "/metrics", "/api/v1/openapi.json"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    assert_eq!(server.json("/api/v1/session").await["anonymous_reading"], false);
    // The app's pages and files come; without a built app they say so.
    assert_ne!(server.get("/setup").await.status, 401);
}

#[tokio::test]
async fn a_session_changes_things_from_this_site_only() {
    let server = Server::shipped();
    server.add_user("wang", &[UserRole::Viewer]);
    let session = server.sign_in("wang").await;
    let check = async |headers: &[(&str, &str)], good: bool| {
        let new = json!({"label": "a", "scopes": ["read"], "expires": null});
        let answer = server.ask_with("POST", "/api/v1/tokens", &session, new, headers).await;
        assert_eq!(answer.status, if good { 201 } else { 403 }, "{headers:?}");
    };
    check(&[("sec-fetch-site", "same-origin")], true).await;
    check(&[("sec-fetch-site", "none")], true).await;
    check(&[("sec-fetch-site", "same-site")], false).await;
    check(&[("sec-fetch-site", "cross-site")], false).await;
    check(&[("sec-fetch-site", "cross-site"), ("origin", "http://guatu.test")], false).await;
    check(&[("origin", "http://guatu.test")], true).await;
    check(&[("origin", "https://guatu.test")], true).await;
    check(&[("origin", "http://guatu.test.evil.example")], false).await;
    check(&[("origin", "http://evil.example")], false).await;
    check(&[("origin", "null")], false).await;
    check(&[("x-requested-with", "nothing that counts")], false).await;
    // Reading does not change anything, and a token is not sent along by a browser.
    let read =
        server.ask_with("GET", "/api/v1/tokens", &session, Value::Null, &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(read.status, 200);
    let out = server.ask_with("DELETE", "/api/v1/session", &session, Value::Null, &[("origin", "http://x.test")]).await;
    assert_eq!(out.status, 403, "nobody is signed out by another site");
    let (token, _) = server.token(&session, &["read"], Value::Null).await;
    let question = json!({"feature": "roads/zuili-road", "relation": "intersects"});
    let cross = [("sec-fetch-site", "cross-site")];
    let asked = server.ask_with("POST", "/api/v1/query", &Shown::Token(token), question, &cross).await;
    assert_eq!(asked.status, 200, "{}", asked.text());
}

#[tokio::test]
async fn answers_to_somebody_stay_out_of_shared_caches() {
    let server = Server::shipped();
    server.add_user("wang", &[UserRole::Viewer]);
    let session = server.sign_in("wang").await;
    let varies = |answer: &crate::support::http::Answer| {
        let lines = answer.headers.get_all("vary").iter().map(|value| value.to_str().expect("ASCII"));
        lines.collect::<Vec<_>>().join(", ")
    };
    for path in ["/api/v1/projects", "/ogc/collections", "/tiles/plan/12/3421/1680"] {
        let anonymous = server.get(path).await;
        assert_eq!(anonymous.header("cache-control"), "no-cache", "{path}");
        let own = server.ask("GET", path, &session, Value::Null).await;
        assert_eq!(own.header("cache-control"), "private, no-cache", "{path}");
        assert!(varies(&own).contains("cookie, authorization"), "{path}: {}", varies(&own));
        assert_eq!(own.header("etag"), anonymous.header("etag"), "{path}");
        let again = [("if-none-match", own.header("etag"))];
        let again = server.ask_with("GET", path, &session, Value::Null, &again).await;
        assert_eq!((again.status.as_u16(), again.header("cache-control")), (304, "private, no-cache"), "{path}");
    }
    for path in ["/api/v1/session", "/api/v1/tokens"] {
        assert_eq!(server.ask("GET", path, &session, Value::Null).await.header("cache-control"), "no-store", "{path}");
    }
}
