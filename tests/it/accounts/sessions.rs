//! Setting up, signing in and out, one's password, and attempts to guess it.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use guatu::http::Options;
use guatu::plan::UserRole;
use guatu::services::seeding::Source;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::support::accounts::{PASSWORD, Shown};
use crate::support::homes::{Home, over_both_homes_async};
use crate::support::http::{Answer, Server};

fn options() -> Options {
    Options {
        basemaps: Vec::new(),
        public_url: None,
        time_zone: TimeZone::UTC,
        trust_forwarded: false,
        crs: guatu::spatial::CrsCatalogue::default(),
        oidc: None,
    }
}

async fn a_new_server_is_set_up_once_by_its_link(home: &Home) {
    let server = home.server();
    assert_eq!(
        server.json("/api/v1/session").await,
        json!({"user": null, "anonymous_reading": true, "setup_needed": true, "oidc": null})
    );
    let link = |server: &Server| {
        let path =
            server.with_accounts(|accounts| accounts.begin_setup(server.now())).expect("accounts").expect("a link");
        path.strip_prefix("/setup#token=").expect("a token").to_owned()
    };
    let (earlier, token) = (link(&server), link(&server));
    let set_up = async |token: &str, name: &str, password: &str| {
        let first = json!({"token": token, "name": name, "display_name": "王芳", "password": password});
        server.ask("POST", "/api/v1/setup", &Shown::Nothing, first).await
    };
    set_up("0000", "wang-fang", PASSWORD).await.is_problem("a guess", 404, "token");
    set_up(&earlier, "wang-fang", PASSWORD).await.is_problem("an earlier link", 404, "token");
    set_up(&token, "Wang Fang", PASSWORD).await.is_problem("no user name", 400, "name");
    let short = set_up(&token, "wang-fang", "short").await;
    short.is_problem("a short password", 422, "");
    assert_eq!(short.json()["violations"][0]["field"], "password");
    let done = set_up(&token, "wang-fang", PASSWORD).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let user = json!({
        "name": "wang-fang", "display_name": "王芳", "roles": ["inspector", "planner", "gis", "admin"],
        "rights": ["read", "report", "edit_plan", "edit_geometry", "administer"],
    });
    let expected = json!({"user": user, "anonymous_reading": true, "setup_needed": false, "oidc": null});
    assert_eq!(done.json(), expected);
    assert_eq!(server.ask("GET", "/api/v1/session", &done.session(), Value::Null).await.json(), expected);
    set_up(&token, "li-ming", PASSWORD).await.is_problem("a second time", 409, "");
    assert!(server.with_accounts(|accounts| accounts.begin_setup(server.now())).expect("accounts").is_none());
}

async fn a_link_to_set_up_is_good_for_two_days(home: &Home) {
    let server = home.server();
    let path = server.with_accounts(|accounts| accounts.begin_setup(server.now())).expect("accounts").expect("a link");
    server.pass_hours(48);
    let token = path.split_once('=').expect("a token").1;
    let first = json!({"token": token, "name": "a", "display_name": "a", "password": PASSWORD});
    server.ask("POST", "/api/v1/setup", &Shown::Nothing, first).await.is_problem("late", 404, "token");
}

async fn signing_in_gives_a_cookie_that_only_the_server_reads(home: &Home) {
    let server = home.server();
    server.add_user("wang", &[UserRole::Planner]);
    let answer = server.try_password("wang", PASSWORD).await;
    assert_eq!(answer.json()["user"]["rights"], json!(["read", "report", "edit_plan"]));
    let cookie = answer.header("set-cookie").to_owned();
    let (pair, attributes) = cookie.split_once(';').expect("attributes");
    assert_eq!(pair.strip_prefix("guatu_session=").map(str::len), Some(64), "{cookie}");
    assert_eq!(attributes, " Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax");
    assert!(!answer.text().contains(pair.split_once('=').expect("a value").1));
    let secure = async |options: Options, headers: &[(&str, &str)]| {
        let server = Server::with(&Source::Shipped, options);
        server.add_user("wang", &[UserRole::Planner]);
        let body = json!({"name": "wang", "password": PASSWORD});
        let answer = server.ask_with("POST", "/api/v1/session", &Shown::Nothing, body, headers).await;
        answer.header("set-cookie").ends_with("; Secure")
    };
    let public_url = Some("https://plan.example.org".to_owned());
    assert!(secure(Options { public_url, ..options() }, &[]).await);
    let proxy = [("x-forwarded-proto", "https")];
    assert!(
        secure(Options { trust_forwarded: true, crs: guatu::spatial::CrsCatalogue::default(), ..options() }, &proxy)
            .await
    );
    assert!(!secure(options(), &proxy).await, "anybody can say so");
}

async fn a_wrong_name_and_a_wrong_password_are_told_alike(home: &Home) {
    let server = home.server();
    server.add_user("wang", &[UserRole::Planner]);
    let wrong = server.try_password("wang", "a path along the lake").await;
    wrong.is_problem("a wrong password", 401, "");
    assert_eq!(wrong.header("www-authenticate"), "Bearer");
    assert_eq!(wrong.header("set-cookie"), "");
    for name in ["li", "Not A Name", "", "王芳"] {
        let unknown = server.try_password(name, PASSWORD).await;
        assert_eq!((unknown.status, unknown.text()), (wrong.status, wrong.text()), "{name:?}");
    }
    let check = async |body: Value, parameter: &str| {
        let answer = server.ask("POST", "/api/v1/session", &Shown::Nothing, body).await;
        answer.is_problem("a wrong body", 400, parameter);
    };
    check(json!({"name": "wang"}), "").await;
    check(json!({"name": 3, "password": PASSWORD}), "name").await;
    check(json!({"name": "wang", "password": PASSWORD, "remember": true}), "remember").await;
    let request = Request::post("/api/v1/session").header("content-type", "application/x-www-form-urlencoded");
    let form = server.send(request.body(Body::from("name=wang&password=x")).expect("a request")).await;
    form.is_problem("a form, as another site could send it", 415, "");
}

async fn signing_out_ends_the_session(home: &Home) {
    let server = home.server();
    server.add_user("wang", &[UserRole::Viewer]);
    let (session, other) = (server.sign_in("wang").await, server.sign_in("wang").await);
    let out = server.ask("DELETE", "/api/v1/session", &session, Value::Null).await;
    assert_eq!(out.status, 204);
    assert_eq!(out.header("set-cookie"), "guatu_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
    assert_eq!(server.ask("GET", "/api/v1/tokens", &session, Value::Null).await.status, 401);
    assert_eq!(server.ask("GET", "/api/v1/tokens", &other, Value::Null).await.status, 200);
    let nobody = server.ask("DELETE", "/api/v1/session", &Shown::Nothing, Value::Null).await;
    assert_eq!(nobody.status, 204);
}

async fn a_session_ends_after_twelve_quiet_hours_and_after_fourteen_days(home: &Home) {
    let server = home.server();
    server.add_user("wang", &[UserRole::Viewer]);
    let is_open = async |session: &Shown| {
        let answer = server.ask("GET", "/api/v1/session", session, Value::Null).await;
        assert_eq!(answer.status, 200);
        !answer.json()["user"].is_null()
    };
    let quiet = server.sign_in("wang").await;
    server.pass_hours(12);
    assert!(!is_open(&quiet).await);
    let busy = server.sign_in("wang").await;
    for _ in 0..30 {
        server.pass_hours(11);
        assert!(is_open(&busy).await);
    }
    server.pass_hours(6);
    assert!(!is_open(&busy).await, "336 hours have passed");
    assert!(!is_open(&Shown::Cookie("0".repeat(64))).await);
}

async fn a_new_password_ends_the_other_sessions(home: &Home) {
    let server = home.server();
    server.add_user("wang", &[UserRole::Viewer]);
    let (mine, other) = (server.sign_in("wang").await, server.sign_in("wang").await);
    let change = async |session: &Shown, old: &str, new: &str| {
        server.ask("PUT", "/api/v1/session/password", session, json!({"old": old, "new": new})).await
    };
    let new = "a boat upon the canal";
    change(&Shown::Nothing, PASSWORD, new).await.is_problem("nobody", 401, "");
    change(&mine, "not the old one", new).await.is_problem("a wrong old one", 403, "");
    let weak = change(&mine, PASSWORD, "123456789").await;
    weak.is_problem("nine characters", 422, "");
    assert_eq!(weak.json()["violations"][0]["field"], "new");
    assert_eq!(change(&mine, PASSWORD, new).await.status, 204);
    assert_eq!(server.ask("GET", "/api/v1/tokens", &mine, Value::Null).await.status, 200);
    assert_eq!(server.ask("GET", "/api/v1/tokens", &other, Value::Null).await.status, 401);
    assert_eq!(server.try_password("wang", PASSWORD).await.status, 401);
    assert_eq!(server.try_password("wang", new).await.status, 200);
}

async fn guesses_for_a_name_are_slowed_down_and_forgiven(home: &Home) {
    let server = home.server();
    server.add_user("wang", &[UserRole::Viewer]);
    for _ in 0..5 {
        assert_eq!(server.try_password("wang", "a wrong password").await.status, 401);
    }
    let held = server.try_password("wang", PASSWORD).await;
    held.is_problem("the sixth, even if right", 429, "");
    let seconds: u64 = held.header("retry-after").parse().expect("seconds");
    assert!((1..=900).contains(&seconds), "{seconds}");
    assert_eq!(server.try_password("li", PASSWORD).await.status, 401, "another name is not held up");
    server.pass_hours(1);
    server.sign_in("wang").await;
    for _ in 0..5 {
        assert_eq!(server.try_password("wang", "a wrong password").await.status, 401);
    }
    assert_eq!(server.try_password("wang", PASSWORD).await.status, 429);
}

/// An attempt to sign in from an address, and with what a proxy may have said.
async fn attempt_from(server: &Server, name: &str, password: &str, peer: &str, forwarded: &str) -> Answer {
    let body = json!({"name": name, "password": password}).to_string();
    let request = Request::post("/api/v1/session").header("content-type", "application/json");
    let mut request = request.header("x-forwarded-for", forwarded).body(Body::from(body)).expect("a request");
    let peer: SocketAddr = peer.parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(peer));
    server.send(request).await
}

async fn a_stranger_cannot_lock_anybody_out(home: &Home) {
    let server = home.server();
    server.add_user("chief", &[UserRole::Admin]);
    let attempt = async |password: &str, peer: &str| attempt_from(&server, "chief", password, peer, "").await.status;
    for _ in 0..5 {
        assert_eq!(attempt("a wrong password", "203.0.113.9:1000").await, 401);
    }
    assert_eq!(attempt(PASSWORD, "203.0.113.9:1000").await, 429, "the stranger waits, even if they are right");
    assert_eq!(attempt(PASSWORD, "10.0.0.1:1000").await, 200, "the chief does not");
    // Many strangers together slow each other down, and do not reach where the chief has signed in.
    let mut slowed = 0;
    for stranger in 0..50 {
        let status = attempt("a wrong password", &format!("203.0.113.{}:1000", 10 + stranger)).await;
        slowed += usize::from(status == 429);
    }
    assert!(slowed > 0 && slowed < 50, "{slowed}");
    assert_eq!(attempt(PASSWORD, "10.0.0.1:2000").await, 200);
    let elsewhere = attempt_from(&server, "chief", PASSWORD, "10.0.0.2:1000", "").await;
    elsewhere.is_problem("a new place during the guesses", 429, "");
    assert_eq!(elsewhere.header("retry-after"), "2", "a moment, no quarter of an hour");
}

async fn guesses_from_an_address_are_slowed_down(home: &Home) {
    let attempt = async |server: &Server, number: usize, peer: &str, forwarded: &str| -> Answer {
        attempt_from(server, &format!("user-{number}"), "a wrong password", peer, forwarded).await
    };
    let server = home.server();
    for number in 0..20 {
        let said = format!("10.9.9.{number}");
        assert_eq!(attempt(&server, number, "10.0.0.1:1000", &said).await.status, 401, "{number}");
    }
    assert_eq!(attempt(&server, 20, "10.0.0.1:2000", "10.9.9.99").await.status, 429, "what it says does not count");
    assert_eq!(attempt(&server, 21, "10.0.0.2:1000", "10.9.9.99").await.status, 401);
    let trusting = Server::with(
        &Source::Shipped,
        Options { trust_forwarded: true, crs: guatu::spatial::CrsCatalogue::default(), ..options() },
    );
    for number in 0..20 {
        let said = format!("10.7.7.{number}, 10.9.9.9");
        assert_eq!(attempt(&trusting, number, "10.0.0.1:1000", &said).await.status, 401, "{number}");
    }
    assert_eq!(attempt(&trusting, 20, "10.0.0.1:1000", "10.9.9.9").await.status, 429, "the last is the proxy's word");
    assert_eq!(attempt(&trusting, 21, "10.0.0.1:1000", "10.9.9.8").await.status, 401);
}

over_both_homes_async! {
    a_new_server_is_set_up_once_by_its_link,
    a_link_to_set_up_is_good_for_two_days,
    signing_in_gives_a_cookie_that_only_the_server_reads,
    a_wrong_name_and_a_wrong_password_are_told_alike,
    signing_out_ends_the_session,
    a_session_ends_after_twelve_quiet_hours_and_after_fourteen_days,
    a_new_password_ends_the_other_sessions,
    guesses_for_a_name_are_slowed_down_and_forgiven,
    a_stranger_cannot_lock_anybody_out,
    guesses_from_an_address_are_slowed_down,
}
