//! The rule by which reports from the field are judged: what it is, and putting another in its place.

use axum::body::Bytes;
use axum::response::Response;
use axum::routing::{get, put};
use serde_json::Value;

use crate::atlas::Atlas;
use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::edit::{self, IfMatch};
use crate::http::params::AS_OF;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{Edited, InspectionRuleBody, InspectionRuleWire};
use crate::plan::{RecordType, Right};
use crate::services::edits::Moves;

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/inspections/rule",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_inspection_rule",
            summary: "The rule by which reports are judged. Version 0 is the rule of a plan that brings none.",
            parameters: &[&AS_OF],
            body: None,
            answer: Answer::json::<InspectionRuleWire>(),
            handler: get(find_rule),
        },
        Route {
            path: "/api/v1/inspections/rule",
            documented: None,
            method: Method::Put,
            access: Access::Right(Right::EditPlan),
            id: "replace_inspection_rule",
            summary: "Puts another rule in the place of this one. Takes If-Match.",
            parameters: &[],
            body: Some(schema_of::<InspectionRuleBody>),
            answer: Answer::json::<Edited>(),
            handler: put(replace_rule),
        },
    ]
}

async fn find_rule(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(|asked, view| {
            let row = view.atlas.inspection_rule();
            let rule = InspectionRuleWire::new(row.version, &row.value);
            answer::versioned(&asked.headers, JSON, row.version, &rule)
        })
        .await
}

async fn replace_rule(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let author = edit::author(&asked, &bytes)?;
    let value: Value = body::json(&asked.headers, &bytes)?;
    let if_match = IfMatch::read(&asked.headers)?;
    let put = move |atlas: &Atlas| {
        let version = atlas.inspection_rule().version;
        Ok(vec![edit::replace_rule(atlas, RecordType::InspectionRule, version, value.clone(), &if_match)?])
    };
    let landed = edit::land(&asked, author, Moves::Step, put).await?;
    Ok(edit::answer(&landed, &landed.changes[0], None))
}
