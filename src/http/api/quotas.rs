//! Quotas: how many projects were promised, how many are named, and how those stand.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, JSON, Problem};
use crate::http::params::Params;
use crate::http::route::{Answer, Method, Route};
use crate::http::state::State;
use crate::http::wire::{QuotaList, QuotaWire};

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/quotas",
            documented: None,
            method: Method::Get,
            id: "list_quotas",
            summary: "All quotas, rolled up, in the plan's order.",
            parameters: &[],
            body: None,
            answer: Answer::json::<QuotaList>(),
            handler: get(list_quotas),
        },
        Route {
            path: "/api/v1/quotas/{quota}",
            documented: None,
            method: Method::Get,
            id: "find_quota",
            summary: "One quota, rolled up.",
            parameters: &[],
            body: None,
            answer: Answer::json::<QuotaWire>(),
            handler: get(find_quota),
        },
    ]
}

async fn list_quotas(
    Extract(state): Extract<Arc<State>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Params::read(query.as_deref(), &[])?;
    state
        .compute(move |_, view| {
            let quotas = view.atlas.quotas.iter().map(|row| QuotaWire::new(&view.quota_count(&row.value))).collect();
            answer::json(&headers, JSON, &QuotaList { quotas })
        })
        .await
}

async fn find_quota(
    Extract(state): Extract<Arc<State>>,
    Path(quota): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Params::read(query.as_deref(), &[])?;
    state
        .compute(move |_, view| {
            let absent = || Problem::not_found("quota", format!("there is no quota {quota}"));
            let row = view.atlas.quotas.get(&quota).ok_or_else(absent)?;
            answer::json(&headers, JSON, &QuotaWire::new(&view.quota_count(&row.value)))
        })
        .await
}
