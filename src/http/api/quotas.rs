//! Quotas: how many projects were promised, how many are named, and how those stand.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::params::AS_OF;
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::{QuotaList, QuotaWire};

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/quotas",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "list_quotas",
            summary: "All quotas, rolled up, in the plan's order.",
            parameters: &[&AS_OF],
            body: None,
            answer: Answer::json::<QuotaList>(),
            handler: get(list_quotas),
        },
        Route {
            path: "/api/v1/quotas/{quota}",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_quota",
            summary: "One quota, rolled up.",
            parameters: &[&AS_OF],
            body: None,
            answer: Answer::json::<QuotaWire>(),
            handler: get(find_quota),
        },
    ]
}

async fn list_quotas(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(move |asked, view| {
            let quotas = view.atlas.quotas.iter().map(|row| QuotaWire::new(&view.quota_count(&row.value))).collect();
            answer::json(&asked.headers, JSON, &QuotaList { quotas })
        })
        .await
}

async fn find_quota(asked: Asked, Path(quota): Path<String>) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(move |asked, view| {
            let absent = || Problem::not_found("quota", format!("there is no quota {quota}"));
            let row = view.atlas.quotas.get(&quota).ok_or_else(absent)?;
            answer::versioned(&asked.headers, JSON, row.version, &QuotaWire::new(&view.quota_count(&row.value)))
        })
        .await
}
