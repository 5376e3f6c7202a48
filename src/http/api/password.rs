//! One's own password.

use axum::body::Bytes;
use axum::response::Response;
use axum::routing::put;

use crate::http::answer::{self, Problem};
use crate::http::asked::Asked;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::NewPassword;
use crate::http::{body, door};
use crate::services::accounts::{AccountsError, PasswordChange};

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/api/v1/session/password",
        documented: None,
        method: Method::Put,
        access: Access::SignedIn,
        id: "replace_password",
        summary: "Changes one's own password and ends one's other sessions. 403 for a wrong old one.",
        parameters: &[],
        body: Some(schema_of::<NewPassword>),
        answer: Answer::NOTHING,
        handler: put(replace_password),
    }]
}

async fn replace_password(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let NewPassword { old, new } = body::json(&asked.headers, &bytes)?;
    let Some(session) = door::session_secret(&asked.headers).map(str::to_owned) else {
        return Err(Problem::not_signed_in("sign in first"));
    };
    let source = asked.source;
    let changed = asked.state.ask_with_password(move |accounts, now| {
        match accounts.change_password(&session, &PasswordChange { old: &old, new: &new }, source, now) {
            Err(AccountsError::WrongPassword) => Ok(Err(Problem::forbidden("old: is not your password"))),
            changed => changed.map(Ok),
        }
    });
    changed.await??;
    tracing::info!(user = %asked.identity()?.name, "changed their password");
    Ok(answer::nothing())
}
