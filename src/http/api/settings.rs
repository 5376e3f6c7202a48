//! What the web app needs before it draws.

use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::SettingsWire;

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/api/v1/settings",
        documented: None,
        method: Method::Get,
        access: Access::READ,
        id: "find_settings",
        summary: "The served plan, the day of the lights, and the base maps that the operator offers.",
        parameters: &[],
        body: None,
        answer: Answer::json::<SettingsWire>(),
        handler: get(find_settings),
    }]
}

async fn find_settings(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    let view = asked.view().await?;
    let settings = SettingsWire {
        plan: view.atlas.plan().id.clone(),
        version: env!("CARGO_PKG_VERSION"),
        today: view.today,
        basemaps: asked.state.options.basemaps.clone(),
    };
    answer::json(&asked.headers, JSON, &settings)
}
