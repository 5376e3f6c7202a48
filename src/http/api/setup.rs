//! Setting a new server up: its first user, by the link that the server prints.

use axum::body::Bytes;
use axum::response::Response;
use axum::routing::post;

use super::session::begun;
use crate::http::answer::Problem;
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{SessionWire, Setup};
use crate::services::accounts::FirstUser;

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/api/v1/setup",
        documented: None,
        method: Method::Post,
        access: Access::Open,
        id: "create_first_user",
        summary: "Makes the first user, with all rights, and signs in. 404 when the link is good no longer, 409 when there is a user.",
        parameters: &[],
        body: Some(schema_of::<Setup>),
        answer: Answer::json::<SessionWire>(),
        handler: post(create_first_user),
    }]
}

async fn create_first_user(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let Setup { token, name, display_name, password } = body::json(&asked.headers, &bytes)?;
    let first = FirstUser { name, display_name };
    let opened = asked
        .state
        .ask_with_password(move |accounts, now| accounts.finish_setup(&token, first, &password, now))
        .await?;
    Ok(begun(&asked, &opened))
}
