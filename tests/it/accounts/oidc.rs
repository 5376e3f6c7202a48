//! Signing in by an identity provider: who may, who may not, and what must not be believed.

use std::collections::HashMap;

use guatu::http::{OidcOptions, Options};
use guatu::plan::UserRole;
use guatu::services::seeding::Source;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::support::accounts::Shown;
use crate::support::http::{Answer, Server};
use crate::support::oidc::Provider;

fn server(provider: &Provider) -> Server {
    let roles = [("planners", UserRole::Planner), ("mapmakers", UserRole::Gis)];
    let oidc = OidcOptions {
        name: "District".to_owned(),
        issuer: provider.issuer.clone(),
        client_id: "guatu".to_owned(),
        client_secret: None,
        scopes: vec!["profile".to_owned()],
        role_claim: "groups".to_owned(),
        roles: roles.into_iter().map(|(group, role)| (group.to_owned(), role)).collect(),
    };
    let public_url = Some("https://guatu.test".to_owned());
    let options = Options {
        basemaps: Vec::new(),
        public_url,
        time_zone: TimeZone::UTC,
        trust_forwarded: false,
        oidc: Some(oidc),
    };
    Server::with(&Source::Shipped, options)
}

/// A browser on its way to the provider.
struct Away {
    asked: HashMap<String, String>,
    cookie: String,
}

async fn begin(server: &Server) -> Away {
    let answer = server.get("/api/v1/session/oidc").await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let (_, query) = answer.header("location").split_once('?').expect("a query");
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let asked = pairs.map(|(name, value)| (name.to_owned(), decode(value))).collect();
    let cookie = answer.header("set-cookie").split(';').next().expect("a pair").to_owned();
    Away { asked, cookie }
}

/// Claims that are right for a sign-in.
fn claims(provider: &Provider, away: &Away, subject: &str, name: &str, groups: &Value) -> Value {
    let now = jiff::Timestamp::now().as_second();
    json!({
        "iss": provider.issuer, "aud": "guatu", "sub": subject, "exp": now + 60, "iat": now, "nonce": away.asked["nonce"],
        "preferred_username": name, "name": "王芳", "groups": groups,
    })
}

async fn come_back(server: &Server, away: &Away, state: &str, code: &str) -> Answer {
    let path = format!("/api/v1/session/oidc/callback?code={code}&state={state}&session_state=x");
    server.get_with(&path, &[("cookie", &away.cookie)]).await
}

/// There and back with claims that a test may change.
async fn sign_in(
    server: &Server,
    provider: &Provider,
    who: (&str, &str, Value),
    change: impl Fn(&mut Value),
) -> Answer {
    let away = begin(server).await;
    let mut claims = claims(provider, &away, who.0, who.1, &who.2);
    change(&mut claims);
    provider.vouch("c1", claims, &away.asked["code_challenge"]);
    come_back(server, &away, &away.asked["state"], "c1").await
}

fn as_is(_: &mut Value) {}

async fn user(server: &Server, session: &Shown) -> Value {
    server.ask("GET", "/api/v1/session", session, Value::Null).await.json()["user"].clone()
}

#[tokio::test]
async fn whom_the_provider_vouches_for_becomes_a_user_with_the_roles_of_their_groups() {
    let provider = Provider::start().await;
    let server = server(&provider);
    assert_eq!(server.json("/api/v1/session").await["oidc"], json!({"name": "District"}));
    let asked = begin(&server).await.asked;
    assert_eq!(asked["redirect_uri"], "https://guatu.test/api/v1/session/oidc/callback");
    assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
    assert_eq!(asked["scope"].replace('+', " "), "openid profile");
    let groups = json!(["planners", "mapmakers", "cooks"]);
    let answer = sign_in(&server, &provider, ("s1", "Wang.Fang@example.org", groups), as_is).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"), "{}", answer.text());
    assert!(answer.header("set-cookie").ends_with("Path=/; HttpOnly; SameSite=Lax; Secure"));
    let known = user(&server, &answer.session()).await;
    assert_eq!(known["name"], "wang.fang@example.org");
    assert_eq!((&known["display_name"], &known["roles"]), (&json!("王芳"), &json!(["planner", "gis"])));
    // Another name there is the same person, and the administrators here decide about roles from now on.
    let again = sign_in(&server, &provider, ("s1", "wang-li", json!("cooks")), as_is).await;
    assert_eq!(user(&server, &again.session()).await, known);
}

#[tokio::test]
async fn who_has_no_role_or_anothers_name_or_is_disabled_stays_out() {
    let provider = Provider::start().await;
    let server = server(&provider);
    server.add_user("chief", &[UserRole::Admin]);
    let chief = server.sign_in("chief").await;
    let check = async |who: (&str, &str, Value), status: u16| {
        let answer = sign_in(&server, &provider, who, as_is).await;
        answer.is_problem("a stranger", status, "");
        assert_eq!(answer.header("set-cookie"), "");
    };
    check(("s1", "wang", json!(["cooks"])), 403).await;
    check(("s1", "wang", Value::Null), 403).await;
    check(("s1", "chief", json!(["planners"])), 409).await;
    check(("s1", "王芳", json!(["planners"])), 403).await;
    let answer = sign_in(&server, &provider, ("s2", "li", json!("planners")), as_is).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    server.ask("PATCH", "/api/v1/users/li", &chief, json!({"disabled": true})).await;
    check(("s2", "li", json!("planners")), 403).await;
    assert_eq!(user(&server, &answer.session()).await, Value::Null);
}

#[tokio::test]
async fn what_is_not_signed_for_this_sign_in_is_not_believed() {
    let provider = Provider::start().await;
    let server = server(&provider);
    let check = async |what: &str, member: &str, value: Value| {
        let who = ("s1", "wang", json!(["planners"]));
        let answer = sign_in(&server, &provider, who, |claims| claims[member] = value.clone()).await;
        answer.is_problem(what, 403, "");
    };
    check("another nonce", "nonce", json!("another")).await;
    check("another program's", "aud", json!("another")).await;
    check("another provider's", "iss", json!("https://another.test")).await;
    check("too late", "exp", json!(1_500_000_000)).await;
    check("another key", "seed", json!(8)).await;

    let away = begin(&server).await;
    let good = || claims(&provider, &away, "s1", "wang", &json!(["planners"]));
    let state = away.asked["state"].clone();
    provider.vouch("c1", good(), "another challenge");
    come_back(&server, &away, &state, "c1").await.is_problem("a code that another program asked for", 403, "");
    provider.vouch("c1", good(), &away.asked["code_challenge"]);
    come_back(&server, &away, &state, "c1").await.is_problem("a state is good once", 403, "");

    let (away, other) = (begin(&server).await, begin(&server).await);
    let answer = come_back(&server, &other, &away.asked["state"], "c1").await;
    answer.is_problem("another browser", 403, "");
    server.pass_hours(1);
    come_back(&server, &away, &away.asked["state"], "c1").await.is_problem("an hour later", 403, "");
    let away = begin(&server).await;
    let path = format!("/api/v1/session/oidc/callback?error=access_denied&state={}", away.asked["state"]);
    let refused = server.get_with(&path, &[("cookie", &away.cookie)]).await;
    refused.is_problem("the provider refuses", 403, "");
    let path = format!("/api/v1/session/oidc/callback?state={}", away.asked["state"]);
    server.get_with(&path, &[("cookie", &away.cookie)]).await.is_problem("no code", 400, "code");
}

#[tokio::test]
async fn without_a_provider_there_is_no_way_by_one() {
    let server = Server::shipped();
    server.refused("/api/v1/session/oidc", 404, "path").await;
    server.refused("/api/v1/session/oidc/callback?code=a&state=b", 404, "path").await;
    let mut gone = Provider::start().await;
    gone.issuer = "http://127.0.0.1:9".to_owned();
    let server = self::server(&gone);
    assert_eq!(server.get("/api/v1/session/oidc").await.status, 503);
}
