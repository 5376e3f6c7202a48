//! Plans: the list, and one as a tree with roll-ups.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, JSON, Problem};
use crate::http::params::Params;
use crate::http::route::{Answer, Method, Route};
use crate::http::state::State;
use crate::http::wire::{PlanList, PlanSummary, PlanTree};

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/plans",
            documented: None,
            method: Method::Get,
            id: "list_plans",
            summary: "The plans that this server keeps.",
            parameters: &[],
            body: None,
            answer: Answer::json::<PlanList>(),
            handler: get(list_plans),
        },
        Route {
            path: "/api/v1/plans/{plan}",
            documented: None,
            method: Method::Get,
            id: "find_plan",
            summary: "A plan as a tree: sections, items, and under them targets, quotas with roll-ups, projects and themes.",
            parameters: &[],
            body: None,
            answer: Answer::json::<PlanTree>(),
            handler: get(find_plan),
        },
    ]
}

async fn list_plans(
    Extract(state): Extract<Arc<State>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Params::read(query.as_deref(), &[])?;
    state.compute(move |_, view| answer::json(&headers, JSON, &PlanList { plans: vec![PlanSummary::new(view)] })).await
}

async fn find_plan(
    Extract(state): Extract<Arc<State>>,
    Path(plan): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Params::read(query.as_deref(), &[])?;
    state
        .compute(move |_, view| {
            let here = &view.atlas.plan().id;
            if here.as_str() != plan {
                return Err(Problem::not_found("plan", format!("there is no plan {plan}; this server keeps {here}")));
            }
            answer::json(&headers, JSON, &PlanTree::new(view))
        })
        .await
}
