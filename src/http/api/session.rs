//! The session: who is signed in, signing in and out.

use axum::body::Bytes;
use axum::response::Response;
use axum::routing::{delete, get, post};

use crate::http::answer::{self, Problem};
use crate::http::asked::Asked;
use crate::http::door;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{OidcWire, SessionWire, SignIn, SignedInUser};
use crate::http::{State, body};
use crate::plan::Identity;
use crate::services::accounts::Opened;

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/session",
            documented: None,
            method: Method::Get,
            access: Access::Open,
            id: "find_session",
            summary: "Who is signed in, with roles and rights, and what the app must know before anybody is.",
            parameters: &[],
            body: None,
            answer: Answer::json::<SessionWire>(),
            handler: get(find_session),
        },
        Route {
            path: "/api/v1/session",
            documented: None,
            method: Method::Post,
            access: Access::Open,
            id: "create_session",
            summary: "Signs in; the answer sets the session's cookie. 401 for a wrong name or password, 429 after too many.",
            parameters: &[],
            body: Some(schema_of::<SignIn>),
            answer: Answer::json::<SessionWire>(),
            handler: post(create_session),
        },
        Route {
            path: "/api/v1/session",
            documented: None,
            method: Method::Delete,
            access: Access::Open,
            id: "delete_session",
            summary: "Signs out; also when nobody is signed in.",
            parameters: &[],
            body: None,
            answer: Answer::NOTHING,
            handler: delete(delete_session),
        },
    ]
}

async fn find_session(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    let setup_needed = asked.state.ask_accounts(|accounts, _| accounts.setup_needed()).await?;
    Ok(answer::momentary(&session(&asked.state, asked.caller.identity(), setup_needed)))
}

async fn create_session(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let SignIn { name, password } = body::json(&asked.headers, &bytes)?;
    let source = asked.source;
    let opened =
        asked.state.ask_with_password(move |accounts, now| accounts.sign_in(&name, &password, source, now)).await;
    // Who fails is counted; what was typed as a name may have been a password, so it is not told.
    let opened = opened.inspect_err(|_| tracing::info!(from = %source.0, "a sign-in was refused"))?;
    Ok(begun(&asked, &opened))
}

/// The answer that begins a session: who is signed in now, and the cookie.
pub(super) fn begun(asked: &Asked, opened: &Opened) -> Response {
    tracing::info!(user = %opened.identity.name, "signed in");
    let answer = answer::momentary(&session(&asked.state, Some(&opened.identity), false));
    door::with_session(answer, opened.secret.reveal(), &asked.headers, &asked.state.options)
}

fn session(state: &State, user: Option<&Identity>, setup_needed: bool) -> SessionWire {
    let anonymous_reading = state.accounts.settings().anonymous_reading;
    let oidc = state.oidc.as_ref().map(|oidc| OidcWire { name: oidc.name().to_owned() });
    SessionWire { user: user.map(SignedInUser::new), anonymous_reading, setup_needed, oidc }
}

async fn delete_session(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    if let Some(secret) = door::session_secret(&asked.headers).map(str::to_owned) {
        asked.state.ask_accounts(move |accounts, _| accounts.sign_out(&secret)).await?;
    }
    Ok(door::without_session(answer::nothing(), &asked.headers, &asked.state.options))
}
