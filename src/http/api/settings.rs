//! What the web app needs before it draws.

use std::sync::Arc;

use axum::extract::{RawQuery, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, JSON, Problem};
use crate::http::params::Params;
use crate::http::route::{Answer, Method, Route};
use crate::http::state::State;
use crate::http::wire::SettingsWire;

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/api/v1/settings",
        documented: None,
        method: Method::Get,
        id: "find_settings",
        summary: "The served plan, the day of the lights, and the base maps that the operator offers.",
        parameters: &[],
        body: None,
        answer: Answer::json::<SettingsWire>(),
        handler: get(find_settings),
    }]
}

async fn find_settings(
    Extract(state): Extract<Arc<State>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Params::read(query.as_deref(), &[])?;
    let view = state.view();
    let settings = SettingsWire {
        plan: view.atlas.plan().id.clone(),
        version: env!("CARGO_PKG_VERSION"),
        today: view.today,
        basemaps: state.options.basemaps.clone(),
    };
    answer::json(&headers, JSON, &settings)
}
