//! One's own tokens for programs.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{delete, get, post};

use crate::http::answer::{self, Problem};
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{CreatedToken, NewTokenWire, TokenList, TokenWire};
use crate::plan::{Date, Timestamp};
use crate::services::accounts::NewToken;

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/tokens",
            documented: None,
            method: Method::Get,
            access: Access::SignedIn,
            id: "list_tokens",
            summary: "One's own tokens, oldest first; never the texts that are shown to the server.",
            parameters: &[],
            body: None,
            answer: Answer::json::<TokenList>(),
            handler: get(list_tokens),
        },
        Route {
            path: "/api/v1/tokens",
            documented: None,
            method: Method::Post,
            access: Access::SignedIn,
            id: "create_token",
            summary: "Makes a token for a program, with some of one's rights; one that edits reads too. Its text is told once.",
            parameters: &[],
            body: Some(schema_of::<NewTokenWire>),
            answer: Answer::created::<CreatedToken>(),
            handler: post(create_token),
        },
        Route {
            path: "/api/v1/tokens/{token}",
            documented: None,
            method: Method::Delete,
            access: Access::SignedIn,
            id: "delete_token",
            summary: "Revokes a token of one's own, at once.",
            parameters: &[],
            body: None,
            answer: Answer::NOTHING,
            handler: delete(delete_token),
        },
    ]
}

async fn list_tokens(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    let owner = asked.identity()?.name.clone();
    let tokens = asked.state.ask_accounts(move |accounts, _| accounts.tokens(&owner)).await?;
    let zone = &asked.state.options.time_zone;
    Ok(answer::momentary(&TokenList { tokens: tokens.iter().map(|token| TokenWire::new(token, zone)).collect() }))
}

async fn create_token(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let NewTokenWire { label, scopes, expires } = body::json(&asked.headers, &bytes)?;
    let expires = expires.map(|day| end_of(day, &asked)).transpose()?;
    let owner = asked.identity()?.clone();
    let new = NewToken { label, scopes, expires };
    let (secret, token) =
        asked.state.ask_accounts(move |accounts, now| accounts.create_token(&owner, new, now)).await?;
    tracing::info!(user = %asked.identity()?.name, token = token.id, "token made");
    Ok(answer::created(&CreatedToken::new(&secret, &token, &asked.state.options.time_zone)))
}

/// The first moment after a day of this server.
fn end_of(day: Date, asked: &Asked) -> Result<Timestamp, Problem> {
    let beyond =
        |_| Problem::parameter("expires", format!("expires: {day} is too far away"), "an earlier day, or null");
    let next = day.tomorrow().map_err(beyond)?;
    Ok(next.to_zoned_datetime(asked.state.options.time_zone.clone()).map_err(beyond)?.timestamp())
}

async fn delete_token(asked: Asked, Path(token): Path<String>) -> Result<Response, Problem> {
    asked.params(&[])?;
    let id = token.parse().map_err(|_| Problem::not_found("token", format!("there is no token {token} of yours")))?;
    let owner = asked.identity()?.name.clone();
    asked.state.ask_accounts(move |accounts, _| accounts.revoke_token(&owner, id)).await?;
    tracing::info!(user = %asked.identity()?.name, token = id, "token revoked");
    Ok(answer::nothing())
}
