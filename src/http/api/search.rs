//! Search by name.

use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::params::{AS_OF, Beyond, Param, ParamShape, wrong};
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::SearchAnswer;

const Q: Param = Param::new("q", ParamShape::Text { max: 100 }, "Text that names must hold, from one character on.");
const LIMIT: Param =
    Param::new("limit", ParamShape::Limit { default: 20, max: 100, beyond: Beyond::Refused }, "Hits told.");

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/api/v1/search",
        documented: None,
        method: Method::Get,
        access: Access::READ,
        id: "search",
        summary: "Projects, quotas, targets, themes and places by any part of their Chinese or English name, best first.",
        parameters: &[&Q, &LIMIT, &AS_OF],
        body: None,
        answer: Answer::json::<SearchAnswer>(),
        handler: get(search),
    }]
}

async fn search(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&Q, &LIMIT, &AS_OF])?;
    let q = params.text(&Q)?.ok_or_else(|| wrong(&Q, "is required"))?.to_owned();
    let limit = params.limit(&LIMIT)?;
    asked
        .compute(move |asked, view| answer::json(&asked.headers, JSON, &SearchAnswer::new(&view.search(&q, limit))))
        .await
}
