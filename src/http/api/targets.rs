//! Targets: promised numbers with their readings.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, JSON, Problem};
use crate::http::params::Params;
use crate::http::route::{Answer, Method, Route};
use crate::http::state::State;
use crate::http::wire::{TargetList, TargetWire};

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/targets",
            documented: None,
            method: Method::Get,
            id: "list_targets",
            summary: "All targets in the plan's order.",
            parameters: &[],
            body: None,
            answer: Answer::json::<TargetList>(),
            handler: get(list_targets),
        },
        Route {
            path: "/api/v1/targets/{target}",
            documented: None,
            method: Method::Get,
            id: "find_target",
            summary: "One target.",
            parameters: &[],
            body: None,
            answer: Answer::json::<TargetWire>(),
            handler: get(find_target),
        },
    ]
}

async fn list_targets(
    Extract(state): Extract<Arc<State>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Params::read(query.as_deref(), &[])?;
    state
        .compute(move |_, view| {
            let targets = view.atlas.targets.iter().map(|row| TargetWire::new(&row.value)).collect();
            answer::json(&headers, JSON, &TargetList { targets })
        })
        .await
}

async fn find_target(
    Extract(state): Extract<Arc<State>>,
    Path(target): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Params::read(query.as_deref(), &[])?;
    state
        .compute(move |_, view| {
            let absent = || Problem::not_found("target", format!("there is no target {target}"));
            let row = view.atlas.targets.get(&target).ok_or_else(absent)?;
            answer::json(&headers, JSON, &TargetWire::new(&row.value))
        })
        .await
}
