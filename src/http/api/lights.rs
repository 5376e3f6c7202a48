//! The rule by which lights are read: what it is, what another would change, and putting another in its place.

use axum::body::Bytes;
use axum::response::Response;
use axum::routing::{get, post, put};
use serde_json::Value;

use crate::atlas::Atlas;
use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::edit::{self, IfMatch};
use crate::http::params::AS_OF;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{Edited, LightPreviewWire, LightRuleBody, LightRuleWire};
use crate::plan::{Record, RecordType, Right, rules};
use crate::services::edits::{EditError, Moves};

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/lights",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_light_rule",
            summary: "The rule by which lights are read. Version 0 is the rule of a plan that brings none.",
            parameters: &[&AS_OF],
            body: None,
            answer: Answer::json::<LightRuleWire>(),
            handler: get(find_light_rule),
        },
        Route {
            path: "/api/v1/lights",
            documented: None,
            method: Method::Put,
            access: Access::Right(Right::EditPlan),
            id: "replace_light_rule",
            summary: "Puts another rule in the place of this one. Takes If-Match.",
            parameters: &[],
            body: Some(schema_of::<LightRuleBody>),
            answer: Answer::json::<Edited>(),
            handler: put(replace_light_rule),
        },
        Route {
            path: "/api/v1/lights/preview",
            documented: None,
            method: Method::Post,
            access: Access::READ,
            id: "preview_light_rule",
            summary: "Which lights another rule would change; nothing is changed.",
            parameters: &[&AS_OF],
            body: Some(schema_of::<LightRuleBody>),
            answer: Answer::json::<LightPreviewWire>(),
            handler: post(preview_light_rule),
        },
    ]
}

async fn find_light_rule(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(|asked, view| {
            let row = view.atlas.light_rule();
            answer::versioned(&asked.headers, JSON, row.version, &LightRuleWire::new(row))
        })
        .await
}

async fn replace_light_rule(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let author = edit::author(&asked, &bytes)?;
    let value: Value = body::json(&asked.headers, &bytes)?;
    let if_match = IfMatch::read(&asked.headers)?;
    let put = move |atlas: &Atlas| {
        let version = atlas.light_rule().version;
        Ok(vec![edit::replace_rule(atlas, RecordType::LightRule, version, value.clone(), &if_match)?])
    };
    let landed = edit::land(&asked, author, Moves::Step, put).await?;
    Ok(edit::answer(&landed, &landed.changes[0], None))
}

async fn preview_light_rule(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    let rule: LightRuleBody = body::json(&asked.headers, &bytes)?;
    asked
        .compute(move |asked, view| {
            let rule = rule.rule(view.atlas.plan().id.clone());
            let (plan, today) = (view.atlas.plan(), view.today);
            let broken = rules::check(None, &Record::LightRule(rule.clone()), plan, None, today);
            if !broken.is_empty() {
                return Err(EditError::Rules(broken).into());
            }
            answer::json(&asked.headers, JSON, &LightPreviewWire::new(&view.preview_lights(&rule)))
        })
        .await
}
