//! Signing in by an identity provider: who may, who may not, and where they come back to.

mod proof;

use std::collections::HashMap;

use guatu::http::{OidcOptions, Options};
use guatu::plan::UserRole;
use guatu::services::seeding::Source;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::support::accounts::Shown;
use crate::support::homes::{Home, over_both_homes_async};
use crate::support::http::{Answer, Server};
use crate::support::oidc::Provider;

fn options(provider: &Provider) -> Options {
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
    Options {
        basemaps: Vec::new(),
        public_url,
        time_zone: TimeZone::UTC,
        trust_forwarded: false,
        crs: guatu::spatial::CrsCatalogue::default(),
        oidc: Some(oidc),
    }
}

fn server(provider: &Provider) -> Server {
    Server::with(&Source::Shipped, options(provider))
}

/// A browser on its way to the provider.
struct Away {
    asked: HashMap<String, String>,
    cookie: String,
}

async fn begin(server: &Server) -> Away {
    begin_from(server, "").await
}

async fn begin_from(server: &Server, query: &str) -> Away {
    let answer = server.get(&format!("/api/v1/session/oidc{query}")).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let (_, query) = answer.header("location").split_once('?').expect("a query");
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let asked = pairs.map(|(name, value)| (name.to_owned(), decode(value))).collect();
    let cookie = answer.header("set-cookie").split(';').next().expect("a pair").to_owned();
    Away { asked, cookie }
}

/// Claims that are right for a sign-in.
fn claims(server: &Server, provider: &Provider, away: &Away, who: &Who) -> Value {
    let now = server.now().as_second();
    json!({
        "iss": provider.issuer, "aud": "guatu", "sub": who.0, "exp": now + 60, "iat": now, "nonce": away.asked["nonce"],
        "preferred_username": who.1, "name": "王芳", "groups": who.2,
    })
}

/// Subject, name and groups.
type Who = (&'static str, &'static str, Value);

fn planner() -> Who {
    ("s1", "wang", json!(["planners"]))
}

async fn bring(server: &Server, away: &Away, query: &str) -> Answer {
    let path = format!("/api/v1/session/oidc/callback?{query}");
    server.get_with(&path, &[("cookie", &away.cookie)]).await
}

/// The way back, with something that a provider may add.
async fn come_back(server: &Server, provider: &Provider, away: &Away) -> Answer {
    let (state, issuer) = (&away.asked["state"], &provider.issuer);
    bring(server, away, &format!("code=c1&state={state}&iss={issuer}&session_state=x&hint=a%20b")).await
}

/// There and back with claims that a test may change.
async fn sign_in(server: &Server, provider: &Provider, who: &Who, change: impl Fn(&mut Value)) -> Answer {
    let away = begin(server).await;
    let mut claims = claims(server, provider, &away, who);
    change(&mut claims);
    provider.vouch("c1", claims, &away.asked["code_challenge"]);
    come_back(server, provider, &away).await
}

fn as_is(_: &mut Value) {}

async fn user(server: &Server, session: &Shown) -> Value {
    server.ask("GET", "/api/v1/session", session, Value::Null).await.json()["user"].clone()
}

/// Nobody is signed in, and the browser is sent to a page that says why.
fn says(answer: &Answer, reason: &str, what: &str) {
    let expected = format!("/?sign-in={reason}");
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, expected.as_str()), "{what}");
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().expect("ASCII"));
    assert!(!cookies.into_iter().any(|cookie| cookie.contains("guatu_session")), "{what}");
}

async fn whom_the_provider_vouches_for_becomes_a_user_with_the_roles_of_their_groups(home: &Home) {
    let provider = Provider::start().await;
    let server = home.server_with(options(&provider));
    assert_eq!(server.json("/api/v1/session").await["oidc"], json!({"name": "District"}));
    let asked = begin(&server).await.asked;
    assert_eq!(asked["redirect_uri"], "https://guatu.test/api/v1/session/oidc/callback");
    assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
    assert_eq!(asked["scope"].replace('+', " "), "openid profile");
    let who = ("s1", "Wang.Fang@example.org", json!(["planners", "mapmakers", "cooks"]));
    let answer = sign_in(&server, &provider, &who, as_is).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"), "{}", answer.text());
    let cookies: Vec<&str> = answer.headers.get_all("set-cookie").iter().filter_map(|one| one.to_str().ok()).collect();
    assert!(cookies[0].ends_with("Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookies:?}");
    assert!(cookies[1].starts_with("guatu_oidc=; Max-Age=0; Path=/api/v1/session/oidc;"), "{cookies:?}");
    let known = user(&server, &answer.session()).await;
    assert_eq!(known["name"], "wang.fang@example.org");
    assert_eq!((&known["display_name"], &known["roles"]), (&json!("王芳"), &json!(["planner", "gis"])));
    // Another name there, even one that could not be used here, is the same person; and the administrators here decide about roles.
    for name in ["wang-li", "王芳"] {
        let again = sign_in(&server, &provider, &("s1", name, json!("cooks")), as_is).await;
        assert_eq!(user(&server, &again.session()).await, known);
    }
}

#[tokio::test]
async fn the_way_back_leads_to_the_page_that_was_left_and_to_no_other_site() {
    let provider = Provider::start().await;
    let server = server(&provider);
    let check = async |page: &str, expected: &str| {
        let away = begin_from(&server, &format!("?page={page}")).await;
        provider.vouch("c1", claims(&server, &provider, &away, &planner()), &away.asked["code_challenge"]);
        assert_eq!(come_back(&server, &provider, &away).await.header("location"), expected, "{page}");
        let away = begin_from(&server, &format!("?page={page}")).await;
        let (state, issuer) = (&away.asked["state"], &provider.issuer);
        let refused = bring(&server, &away, &format!("error=access_denied&state={state}&iss={issuer}")).await;
        let mark = if expected.contains('?') { '&' } else { '?' };
        assert_eq!(refused.header("location"), format!("{expected}{mark}sign-in=cancelled"), "{page}");
    };
    check("/accounts", "/accounts").await;
    check("%2F%3Flang%3Den%26q%3D%25E6%25A7%259C", "/?lang=en&q=%E6%A7%9C").await;
    check("%2F%2Fx.test", "/").await;
    check("https://x.test/", "/").await;
    check("%2F%5Cx.test", "/").await;
    check("%2Fapi%2Fv1%2Fsession%2Foidc", "/").await;
    assert_eq!(begin_from(&server, "?prompt=login").await.asked["prompt"], "login");
    server.refused("/api/v1/session/oidc?prompt=none", 400, "prompt").await;
}

#[tokio::test]
async fn what_the_id_token_does_not_say_the_userinfo_may() {
    let provider = Provider::start().await;
    let server = server(&provider);
    let bare = |claims: &mut Value| {
        for claim in ["preferred_username", "name", "groups"] {
            claims.as_object_mut().expect("an object").remove(claim);
        }
    };
    let told =
        |subject: &str| json!({"sub": subject, "preferred_username": "li", "name": "李", "groups": ["planners"]});
    provider.tell(told("s2"));
    says(&sign_in(&server, &provider, &planner(), bare).await, "refused", "somebody else's userinfo");
    provider.tell(told("s1"));
    let unsaid = |claims: &mut Value| {
        bare(claims);
        claims["groups"] = json!(["cooks"]);
    };
    says(&sign_in(&server, &provider, &planner(), unsaid).await, "no_role", "the ID token counts more");
    let answer = sign_in(&server, &provider, &planner(), bare).await;
    let known = user(&server, &answer.session()).await;
    assert_eq!((&known["name"], &known["display_name"]), (&json!("li"), &json!("李")));
    assert_eq!(known["roles"], json!(["planner"]));
    // An address that the provider has not seen proved is no name.
    provider.tell(json!({"sub": "s3", "email": "boss@example.org", "email_verified": false, "groups": ["planners"]}));
    says(&sign_in(&server, &provider, &("s3", "", json!([])), bare).await, "name", "an unproved address");
}

async fn who_has_no_role_or_anothers_name_or_is_disabled_stays_out(home: &Home) {
    let provider = Provider::start().await;
    let server = home.server_with(options(&provider));
    server.add_user("chief", &[UserRole::Admin]);
    let chief = server.sign_in("chief").await;
    let check = async |who: Who, reason: &str| {
        says(&sign_in(&server, &provider, &who, as_is).await, reason, who.1);
    };
    check(("s1", "wang", json!(["cooks"])), "no_role").await;
    check(("s1", "wang", Value::Null), "no_role").await;
    check(("s1", "chief", json!(["planners"])), "name_taken").await;
    check(("s1", "王芳", json!(["planners"])), "name").await;
    let answer = sign_in(&server, &provider, &("s2", "li", json!("planners")), as_is).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"));
    server.ask("PATCH", "/api/v1/users/li", &chief, json!({"disabled": true})).await;
    check(("s2", "li", json!("planners")), "disabled").await;
    assert_eq!(user(&server, &answer.session()).await, Value::Null);
}

#[tokio::test]
async fn without_a_provider_there_is_no_way_by_one() {
    let server = Server::shipped();
    server.refused("/api/v1/session/oidc", 404, "path").await;
    server.refused("/api/v1/session/oidc/callback?code=a&state=b", 404, "path").await;
    let mut gone = Provider::start().await;
    gone.issuer = "http://127.0.0.1:9".to_owned();
    let server = self::server(&gone);
    says(&server.get("/api/v1/session/oidc").await, "unreachable", "nobody is there");
    let answer = server.get("/api/v1/session/oidc?page=/accounts").await;
    assert_eq!(answer.header("location"), "/accounts?sign-in=unreachable");
}

over_both_homes_async! {
    whom_the_provider_vouches_for_becomes_a_user_with_the_roles_of_their_groups,
    who_has_no_role_or_anothers_name_or_is_disabled_stays_out,
}
