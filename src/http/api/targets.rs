//! Targets: promised numbers with their readings.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::params::AS_OF;
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::{TargetList, TargetWire};

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/targets",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "list_targets",
            summary: "All targets in the plan's order.",
            parameters: &[&AS_OF],
            body: None,
            answer: Answer::json::<TargetList>(),
            handler: get(list_targets),
        },
        Route {
            path: "/api/v1/targets/{target}",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_target",
            summary: "One target.",
            parameters: &[&AS_OF],
            body: None,
            answer: Answer::json::<TargetWire>(),
            handler: get(find_target),
        },
    ]
}

async fn list_targets(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(move |asked, view| {
            let targets = view.atlas.targets.iter().map(|row| TargetWire::new(&row.value)).collect();
            answer::json(&asked.headers, JSON, &TargetList { targets })
        })
        .await
}

async fn find_target(asked: Asked, Path(target): Path<String>) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(move |asked, view| {
            let absent = || Problem::not_found("target", format!("there is no target {target}"));
            let row = view.atlas.targets.get(&target).ok_or_else(absent)?;
            answer::versioned(&asked.headers, JSON, row.version, &TargetWire::new(&row.value))
        })
        .await
}
