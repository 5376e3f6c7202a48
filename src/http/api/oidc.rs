//! A session by way of an identity provider: there and back.

use axum::http::header::SET_COOKIE;
use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, Problem};
use crate::http::asked::Asked;
use crate::http::door;
use crate::http::oidc::{CALLBACK, Oidc, PATIENCE};
use crate::http::params::{Param, ParamShape};
use crate::http::route::{Access, Answer, Method, Route};

const LONG: ParamShape = ParamShape::Text { max: 4_096 };
const CODE: Param = Param::new("code", LONG, "What the provider gave the browser.");
const STATE: Param = Param::new("state", LONG, "As this server gave it to the browser.");
const ERROR: Param = Param::new("error", LONG, "Why the provider refuses.");

/// What providers add, to no use here.
const ADDED: [Param; 8] = [
    Param::new("error_description", LONG, "Not used."),
    Param::new("error_uri", LONG, "Not used."),
    Param::new("iss", LONG, "Not used; the ID token says it, signed."),
    Param::new("session_state", LONG, "Not used."),
    Param::new("scope", LONG, "Not used."),
    Param::new("authuser", LONG, "Not used."),
    Param::new("prompt", LONG, "Not used."),
    Param::new("hd", LONG, "Not used."),
];

const PARAMETERS: &[&Param] =
    &[&CODE, &STATE, &ERROR, &ADDED[0], &ADDED[1], &ADDED[2], &ADDED[3], &ADDED[4], &ADDED[5], &ADDED[6], &ADDED[7]];

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/session/oidc",
            documented: None,
            method: Method::Get,
            access: Access::Open,
            id: "begin_oidc_session",
            summary: "Sends the browser to the operator's identity provider. 404 when there is none.",
            parameters: &[],
            body: None,
            answer: Answer::SEE_OTHER,
            handler: get(begin_oidc_session),
        },
        Route {
            path: CALLBACK,
            documented: None,
            method: Method::Get,
            access: Access::Open,
            id: "finish_oidc_session",
            summary: "Where the identity provider sends the browser back; signs in and sends it to the app.",
            parameters: PARAMETERS,
            body: None,
            answer: Answer::SEE_OTHER,
            handler: get(finish_oidc_session),
        },
    ]
}

fn provider(asked: &Asked) -> Result<&Oidc, Problem> {
    let absent = || Problem::not_found("path", "this server has no identity provider");
    asked.state.oidc.as_ref().ok_or_else(absent)
}

async fn begin_oidc_session(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    let begun = provider(&asked)?.begin(asked.source, asked.state.now()).await?;
    let cookie = door::state_cookie(&begun.state, PATIENCE.as_secs(), &asked.headers, &asked.state.options);
    Ok(answer::with(answer::see_other(&begun.address), SET_COOKIE, &cookie))
}

async fn finish_oidc_session(asked: Asked) -> Result<Response, Problem> {
    let oidc = provider(&asked)?;
    let params = asked.params(PARAMETERS)?;
    let state = params.text(&STATE)?.unwrap_or_default();
    // Only the browser that went may come back, so that nobody is signed in as somebody else by a link.
    if state.is_empty() || door::state(&asked.headers) != Some(state) {
        return Err(Problem::forbidden("this browser did not begin this sign-in; begin it again"));
    }
    if let Some(error) = params.text(&ERROR)? {
        return Err(Problem::forbidden(format!("the identity provider refuses: {error}")));
    }
    let absent = || Problem::parameter("code", "code: is required", "what the provider gave");
    let code = params.text(&CODE)?.ok_or_else(absent)?;
    let provided = oidc.finish(state, code, asked.state.now()).await?;
    let opened = asked.state.ask_accounts(move |accounts, now| accounts.sign_in_provided(provided, now)).await?;
    tracing::info!(user = %opened.identity.name, "signed in by the identity provider");
    Ok(door::with_session(answer::see_other("/"), opened.secret.reveal(), &asked.headers, &asked.state.options))
}
