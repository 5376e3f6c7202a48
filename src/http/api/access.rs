//! Whether anybody may read, for administrators.

use axum::body::Bytes;
use axum::response::Response;
use axum::routing::{get, put};

use crate::http::answer::{self, Problem};
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::AccessWire;
use crate::plan::Right;
use crate::services::accounts::AccessSettings;

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/access",
            documented: None,
            method: Method::Get,
            access: Access::Right(Right::Administer),
            id: "find_access",
            summary: "What administrators have decided for everybody.",
            parameters: &[],
            body: None,
            answer: Answer::json::<AccessWire>(),
            handler: get(find_access),
        },
        Route {
            path: "/api/v1/access",
            documented: None,
            method: Method::Put,
            access: Access::Right(Right::Administer),
            id: "replace_access",
            summary: "Decides whether those who are not signed in may read what is public.",
            parameters: &[],
            body: Some(schema_of::<AccessWire>),
            answer: Answer::json::<AccessWire>(),
            handler: put(replace_access),
        },
    ]
}

async fn find_access(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    let AccessSettings { anonymous_reading } = asked.state.accounts.settings();
    Ok(answer::momentary(&AccessWire { anonymous_reading }))
}

async fn replace_access(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let AccessWire { anonymous_reading } = body::json(&asked.headers, &bytes)?;
    let settings = AccessSettings { anonymous_reading };
    asked.state.ask_accounts(move |accounts, _| accounts.replace_settings(settings)).await?;
    tracing::info!(anonymous_reading, by = %asked.identity()?.name, "access changed");
    Ok(answer::momentary(&AccessWire { anonymous_reading }))
}
