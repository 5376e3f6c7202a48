//! What a phone takes along, and the patches that people look after.

use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, GEOJSON, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::{FieldKit, PatchCollection};
use crate::plan::Right;

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/field",
            documented: None,
            method: Method::Get,
            access: Access::Right(Right::Report),
            id: "find_field_kit",
            summary: "All that a phone needs to work without a network: projects with their places, what is due a visit, patches, the rule that judges reports.",
            parameters: &[],
            body: None,
            answer: Answer::json::<FieldKit>(),
            handler: get(find_field_kit),
        },
        Route {
            path: "/api/v1/patches",
            documented: None,
            method: Method::Get,
            access: Access::Staff,
            id: "list_patches",
            summary: "What is looked after, by whom, and the projects at it.",
            parameters: &[],
            body: None,
            answer: Answer::geojson::<PatchCollection>(),
            handler: get(list_patches),
        },
    ]
}

async fn find_field_kit(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    asked
        .compute(|asked, view| {
            let kit = FieldKit::new(view, asked.identity()?).map_err(Problem::internal)?;
            answer::json(&asked.headers, JSON, &kit)
        })
        .await
}

async fn list_patches(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    asked
        .compute(|asked, view| {
            let patches = PatchCollection::new(&view.patches(), asked.identity()?).map_err(Problem::internal)?;
            answer::json(&asked.headers, GEOJSON, &patches)
        })
        .await
}
