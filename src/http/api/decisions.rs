//! Deciding about reports from the field: one by one, or several that are accepted one after the other.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::post;

use super::inspections::told;
use super::records::key;
use crate::atlas::Atlas;
use crate::http::answer::{self, Problem};
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::edit;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{Acceptances, DecisionResult, DecisionResults, DecisionState, InspectionFeature, Rejection};
use crate::plan::{RecordType, Right, Slug};
use crate::services::edits::{Author, Moves};
use crate::services::inspections;

/// Reports that are accepted in one request.
const MAX_ACCEPTANCES: usize = 200;

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/inspections/decisions",
            documented: None,
            method: Method::Post,
            access: Access::Right(Right::EditPlan),
            id: "accept_inspections",
            summary: "Accepts reports one after the other, the oldest first, and tells of each what became of it.",
            parameters: &[],
            body: Some(schema_of::<Acceptances>),
            answer: Answer::json::<DecisionResults>(),
            handler: post(accept_several),
        },
        Route {
            path: "/api/v1/inspections/{inspection}/accept",
            documented: None,
            method: Method::Post,
            access: Access::Right(Right::EditPlan),
            id: "accept_inspection",
            summary: "Accepts a report: its project takes the stage and the progress that it tells, unless a later report or word of a later day is there already.",
            parameters: &[],
            body: None,
            answer: Answer::geojson::<InspectionFeature>(),
            handler: post(accept_inspection),
        },
        Route {
            path: "/api/v1/inspections/{inspection}/reject",
            documented: None,
            method: Method::Post,
            access: Access::Right(Right::EditPlan),
            id: "reject_inspection",
            summary: "Rejects a report, and says why.",
            parameters: &[],
            body: Some(schema_of::<Rejection>),
            answer: Answer::geojson::<InspectionFeature>(),
            handler: post(reject_inspection),
        },
    ]
}

async fn accept_inspection(asked: Asked, Path(inspection): Path<String>, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let author = edit::author(&asked, &bytes)?;
    let id = key(RecordType::Inspection, &inspection)?.id;
    let by = author.clone();
    let landed = edit::land(&asked, author, Moves::Step, move |atlas| inspections::accept(atlas, &id, &by)).await?;
    Ok(told(&asked, &landed, answer::changed)?.1)
}

async fn reject_inspection(asked: Asked, Path(inspection): Path<String>, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let author = edit::author(&asked, &bytes)?;
    let Rejection { reason } = body::json(&asked.headers, &bytes)?;
    let id = key(RecordType::Inspection, &inspection)?.id;
    let by = author.clone();
    let reject = move |atlas: &Atlas| inspections::reject(atlas, &id, &reason, &by);
    let landed = edit::land(&asked, author, Moves::Step, reject).await?;
    Ok(told(&asked, &landed, answer::changed)?.1)
}

async fn accept_several(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let author = Author { request: None, ..edit::author(&asked, &bytes)? };
    let Acceptances { mut accept } = body::json(&asked.headers, &bytes)?;
    if accept.is_empty() || accept.len() > MAX_ACCEPTANCES {
        let detail = format!("accept: {} ids cannot be taken", accept.len());
        return Err(Problem::parameter("accept", detail, format!("1 to {MAX_ACCEPTANCES} ids")));
    }
    let atlas = asked.state.published.current();
    // In the order in which things were seen: a later stage follows on an earlier one.
    accept.sort_by_key(|id| atlas.inspections.get(id).map(|row| row.value.seen_at()));
    let mut results = Vec::with_capacity(accept.len());
    for id in accept {
        let (by, named) = (author.clone(), id.clone());
        let accept = move |atlas: &Atlas| inspections::accept(atlas, &named, &by);
        results.push(match edit::land(&asked, author.clone(), Moves::Step, accept).await {
            Ok(_) => DecisionResult { id, state: DecisionState::Accepted, detail: None, detail_zh: None },
            // Whoever asks again after a lost answer hears what became of it.
            Err(_) if is_accepted_by(&asked, &id, &author.name) => {
                DecisionResult { id, state: DecisionState::Accepted, detail: None, detail_zh: None }
            }
            Err(problem) => {
                let (detail, detail_zh) = problem.told();
                DecisionResult { id, state: DecisionState::Refused, detail: Some(detail), detail_zh }
            }
        });
    }
    Ok(answer::changed(&DecisionResults { results }))
}

fn is_accepted_by(asked: &Asked, id: &Slug, name: &str) -> bool {
    let atlas = asked.state.published.current();
    let decision = atlas.inspections.get(id).and_then(|row| row.value.decision.clone());
    decision.is_some_and(|decision| decision.accepted && decision.by.as_deref() == Some(name))
}
