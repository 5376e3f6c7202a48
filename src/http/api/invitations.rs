//! One-time links by which users choose a password, when they are new or have lost theirs.

use axum::body::Bytes;
use axum::response::Response;
use axum::routing::post;

use super::session::begun;
use crate::http::answer::Problem;
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{Acceptance, SessionWire};

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/api/v1/invitations",
        documented: None,
        method: Method::Post,
        access: Access::Open,
        id: "accept_invitation",
        summary: "Takes the password that an invited user chose, and signs in. 404 when the link is good no longer.",
        parameters: &[],
        body: Some(schema_of::<Acceptance>),
        answer: Answer::json::<SessionWire>(),
        handler: post(accept_invitation),
    }]
}

async fn accept_invitation(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let Acceptance { token, password } = body::json(&asked.headers, &bytes)?;
    let accept = asked.state.ask_with_password(move |accounts, now| accounts.accept_invitation(&token, &password, now));
    let opened = accept.await?;
    Ok(begun(&asked, &opened))
}
