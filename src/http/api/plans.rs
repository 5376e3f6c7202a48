//! Plans: the list, and one as a tree with roll-ups.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::params::AS_OF;
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::{PlanList, PlanSummary, PlanTree};

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/plans",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "list_plans",
            summary: "The plans that this server keeps.",
            parameters: &[&AS_OF],
            body: None,
            answer: Answer::json::<PlanList>(),
            handler: get(list_plans),
        },
        Route {
            path: "/api/v1/plans/{plan}",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_plan",
            summary: "A plan as a tree: sections, items, and under them targets, quotas with roll-ups, projects and themes.",
            parameters: &[&AS_OF],
            body: None,
            answer: Answer::json::<PlanTree>(),
            handler: get(find_plan),
        },
    ]
}

async fn list_plans(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(move |asked, view| {
            answer::json(&asked.headers, JSON, &PlanList { plans: vec![PlanSummary::new(view)] })
        })
        .await
}

async fn find_plan(asked: Asked, Path(plan): Path<String>) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(move |asked, view| {
            let here = &view.atlas.plan().id;
            if here.as_str() != plan {
                return Err(Problem::not_found("plan", format!("there is no plan {plan}; this server keeps {here}")));
            }
            answer::versioned(&asked.headers, JSON, view.atlas.plan_version(), &PlanTree::new(view))
        })
        .await
}
