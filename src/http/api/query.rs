//! A spatial question with a shape of the caller's own, or a feature's.

use axum::body::Bytes;

use axum::response::Response;
use axum::routing::post;

use super::nearby::named_feature;
use crate::http::answer::{self, GEOJSON, Problem};
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::params::AS_OF;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{QueryAnswer, QueryRequest, RelationWord};
use crate::plan::{Collection, Feature, Slug};
use crate::services::View;
use crate::services::nearby::FeatureFilter;
use crate::spatial::{MAX_RADIUS_M, Query, Relation, Shape};

const MAX_LIMIT: usize = 1_000;

/// Vertices of a shape to ask with; each candidate is tested against all of them.
const MAX_QUERY_VERTICES: usize = 5_000;

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/api/v1/query",
        documented: None,
        method: Method::Post,
        access: Access::READ,
        id: "query_features",
        summary: "The plan's features that stand in a relation to a geometry or a feature, nearest first, with counts over all of them.",
        parameters: &[&AS_OF],
        body: Some(schema_of::<QueryRequest>),
        answer: Answer::geojson::<QueryAnswer<'static>>(),
        handler: post(query_features),
    }]
}

async fn query_features(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(move |asked, view| {
            let request: QueryRequest = body::json(&asked.headers, &bytes)?;
            let limit = request.limit.unwrap_or(MAX_LIMIT);
            if !(1..=MAX_LIMIT).contains(&limit) {
                let expected = format!("a whole number from 1 to {MAX_LIMIT}");
                return Err(Problem::parameter("limit", format!("limit: {limit} cannot be taken"), expected));
            }
            let (shape, asked_with) = shape(view, &request)?;
            let question = Query { shape, relation: relation(&request)? };
            let collections = collections(view, request.collections.as_deref())?;
            let filter = FeatureFilter { kind: request.kind, stage: request.stage, light: request.light };
            let found = view.query(&question, &collections, &filter, asked_with.map(|feature| feature.number), limit);
            answer::json(&asked.headers, GEOJSON, &QueryAnswer::new(view, &found, asked_with))
        })
        .await
}

/// The shape to ask with, and the feature that it is of.
fn shape<'a>(view: &'a View, request: &QueryRequest) -> Result<(Shape, Option<&'a Feature>), Problem> {
    match (&request.geometry, &request.feature) {
        (Some(geometry), None) => {
            let expected =
                format!("a valid GeoJSON geometry of at most {MAX_QUERY_VERTICES} vertices, longitude before latitude");
            let shape = Shape::from_json(geometry.clone(), MAX_QUERY_VERTICES)
                .map_err(|fault| Problem::parameter("geometry", format!("geometry: {fault}"), expected))?;
            Ok((shape, None))
        }
        (None, Some(name)) => {
            let feature = named_feature(view, "feature", name)?;
            Ok((feature.shape.clone(), Some(feature)))
        }
        (None, None) => {
            Err(Problem::parameter("geometry", "geometry: is required, or feature in its place", "a GeoJSON geometry"))
        }
        (Some(_), Some(_)) => Err(Problem::parameter("feature", "feature: goes without geometry", "one of the two")),
    }
}

fn relation(request: &QueryRequest) -> Result<Relation, Problem> {
    let wrong = |detail: String| {
        let expected = format!("a number of metres from 0 to {MAX_RADIUS_M}, with relation dwithin only");
        Err(Problem::parameter("distance_m", format!("distance_m: {detail}"), expected))
    };
    Ok(match (request.relation, request.distance_m) {
        (RelationWord::Dwithin, Some(distance_m)) if (0.0..=MAX_RADIUS_M).contains(&distance_m) => {
            Relation::Dwithin { distance_m }
        }
        (RelationWord::Dwithin, Some(distance_m)) => return wrong(format!("{distance_m} cannot be taken")),
        (RelationWord::Dwithin, None) => return wrong("is required".to_owned()),
        (_, Some(_)) => return wrong("goes with relation dwithin only".to_owned()),
        (RelationWord::Intersects, None) => Relation::Intersects,
        (RelationWord::Within, None) => Relation::Within,
        (RelationWord::Contains, None) => Relation::Contains,
    })
}

fn collections<'a>(view: &'a View, wanted: Option<&[Slug]>) -> Result<Vec<&'a Collection>, Problem> {
    let Some(wanted) = wanted else { return Ok(view.atlas.plan_collections().collect()) };
    let known =
        || view.atlas.plan_collections().map(|collection| collection.id.as_str()).collect::<Vec<_>>().join(", ");
    if wanted.len() > view.atlas.plan_collections().count() {
        return Err(Problem::parameter("collections", "collections: more than there are", known()));
    }
    let repeated = wanted.iter().enumerate().find(|(at, id)| wanted[..*at].contains(id));
    if wanted.is_empty() || repeated.is_some() {
        let what = repeated.map_or_else(|| "is empty".to_owned(), |(_, id)| format!("{id} is there twice"));
        let expected = format!("each at most once, or no list for all of {}", known());
        return Err(Problem::parameter("collections", format!("collections: {what}"), expected));
    }
    let find = |id: &Slug| {
        let found = view.atlas.plan_collections().find(|collection| collection.id == *id);
        found.ok_or_else(|| Problem::parameter("collections", format!("collections: there is no {id}"), known()))
    };
    wanted.iter().map(find).collect()
}
