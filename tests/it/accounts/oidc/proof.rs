//! What an answer of the provider must prove, and what must not be believed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use super::{Away, begin, bring, claims, come_back, planner, says, server, sign_in};
use crate::support::oidc::{ACCESS_TOKEN, Provider};

#[tokio::test]
async fn what_is_not_signed_for_this_sign_in_is_not_believed() {
    let provider = Provider::start().await;
    let server = server(&provider);
    let now = server.now().as_second();
    let answer_to = async |member: &str, value: Value| {
        sign_in(&server, &provider, &planner(), |claims| claims[member] = value.clone()).await
    };
    let wrong = async |what: &str, member: &str, value: Value| {
        says(&answer_to(member, value).await, "refused", what);
    };
    wrong("another nonce", "nonce", json!("another")).await;
    wrong("another program's", "aud", json!("another")).await;
    wrong("another program's as well", "aud", json!(["guatu", "another"])).await;
    wrong("issued to another program", "azp", json!("another")).await;
    wrong("another provider's", "iss", json!("https://another.test")).await;
    wrong("too late", "exp", json!(now - 61)).await;
    wrong("issued long before", "iat", json!(now - 3_600)).await;
    wrong("issued tomorrow", "iat", json!(now + 86_400)).await;
    wrong("another key", "seed", json!(8)).await;
    wrong("another access token", "at_hash", json!("bm90IGl0cyBoYXNo")).await;
    let right = async |what: &str, member: &str, value: Value| {
        assert_eq!(answer_to(member, value).await.header("location"), "/", "{what}");
    };
    right("one of a list", "aud", json!(["guatu"])).await;
    right("issued to this program", "azp", json!("guatu")).await;
    right("a clock that is a little fast here", "exp", json!(now - 30)).await;
    right("a clock that is a little slow here", "iat", json!(now + 30)).await;
    let hash = Sha512::digest(ACCESS_TOKEN.as_bytes());
    right("this access token", "at_hash", json!(URL_SAFE_NO_PAD.encode(&hash[..32]))).await;
}

#[tokio::test]
async fn an_answer_is_good_once_for_who_asked_it_in_time_and_of_this_provider() {
    let provider = Provider::start().await;
    let server = server(&provider);
    let away = begin(&server).await;
    let good = |away: &Away| claims(&server, &provider, away, &planner());
    provider.vouch("c1", good(&away), "another challenge");
    says(&come_back(&server, &provider, &away).await, "refused", "a code that another program asked for");
    provider.vouch("c1", good(&away), &away.asked["code_challenge"]);
    says(&come_back(&server, &provider, &away).await, "ended", "a state is good once");

    let (away, other) = (begin(&server).await, begin(&server).await);
    let thief = Away { cookie: other.cookie, asked: away.asked.clone() };
    says(&come_back(&server, &provider, &thief).await, "ended", "another browser");
    server.pass_hours(1);
    says(&come_back(&server, &provider, &away).await, "ended", "an hour later");

    let check = async |query: &str, reason: &str| {
        let away = begin(&server).await;
        provider.vouch("c1", claims(&server, &provider, &away, &planner()), &away.asked["code_challenge"]);
        let query = query.replace("STATE", &away.asked["state"]).replace("ISSUER", &provider.issuer);
        says(&bring(&server, &away, &query).await, reason, &query);
    };
    check("error=access_denied&state=STATE&iss=ISSUER", "cancelled").await;
    check("error=temporarily_unavailable&state=STATE&iss=ISSUER", "unreachable").await;
    check("error=invalid_scope&error_description=a&state=STATE&iss=ISSUER", "refused").await;
    check("error=access_denied&state=STATE&iss=https://another.test", "refused").await;
    check("code=c1&state=STATE&iss=https://another.test", "refused").await;
    check("code=c1&state=STATE", "refused").await;
    check("state=STATE&iss=ISSUER", "refused").await;
    check("code=c1&iss=ISSUER", "ended").await;
    check("code=c1&state=STATE&state=STATE&iss=ISSUER", "refused").await;
    check("", "ended").await;
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_fetched_but_not_at_every_turn() {
    let provider = Provider::start().await;
    let server = server(&provider);
    let wanted = async || {
        let away = begin(&server).await;
        provider.vouch("c1", claims(&server, &provider, &away, &planner()), &away.asked["code_challenge"]);
        away
    };
    let away = wanted().await;
    provider.change_key(9);
    says(&come_back(&server, &provider, &away).await, "refused", "keys that were fetched this very moment");
    assert_eq!(provider.keys_asked(), 1);
    let away = wanted().await;
    server.pass_seconds(6);
    assert_eq!(come_back(&server, &provider, &away).await.header("location"), "/");
    assert_eq!(provider.keys_asked(), 2);
    assert_eq!(come_back(&server, &provider, &wanted().await).await.header("location"), "/");
    assert_eq!(provider.keys_asked(), 2);
}
