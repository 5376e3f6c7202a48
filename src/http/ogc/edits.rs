//! Making, replacing, updating and removing features, as OGC API – Features Part 4 says.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{delete, patch, post, put};
use serde_json::Value;
use uuid::Uuid;

use super::collections::plan_collection;
use super::crs::{of_body, to_crs84};
use crate::atlas::Atlas;
use crate::http::answer::Problem;
use crate::http::api::change;
use crate::http::asked::Asked;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{Edited, FeatureBody};
use crate::http::{body, edit};
use crate::plan::{RecordKey, RecordType, Right, Slug};
use crate::services::edits::Moves;

pub fn routes() -> Vec<Route> {
    let item = "/ogc/collections/{collectionId}/items/{featureId}";
    let route = |path, method, id, summary, body, answer, handler| Route {
        path,
        documented: None,
        method,
        access: Access::Right(Right::EditGeometry),
        id,
        summary,
        parameters: &[],
        body,
        answer,
        handler,
    };
    vec![
        route(
            "/ogc/collections/{collectionId}/items",
            Method::Post,
            "create_item",
            "Makes a feature; without an id of its own it gets one. Content-Crs names the system of its coordinates; CRS84 when absent.",
            Some(schema_of::<FeatureBody>),
            Answer::created::<Edited>(),
            post(create_item),
        ),
        route(
            item,
            Method::Put,
            "replace_item",
            "Puts a whole feature in the place of another. Takes If-Match.",
            Some(schema_of::<FeatureBody>),
            Answer::json::<Edited>(),
            put(replace_item),
        ),
        route(
            item,
            Method::Patch,
            "update_item",
            "Merges some members into a feature (RFC 7396). Takes If-Match.",
            Some(schema_of::<FeatureBody>),
            Answer::json::<Edited>(),
            patch(update_item),
        ),
        route(
            item,
            Method::Delete,
            "delete_item",
            "Removes a feature. Takes If-Match.",
            None,
            Answer::NOTHING,
            delete(delete_item),
        ),
    ]
}

async fn create_item(asked: Asked, Path(collection): Path<String>, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let author = edit::author(&asked, &bytes)?;
    let mut value: Value = body::geojson(&asked.headers, &bytes)?;
    to_crs84(&mut value, &*of_body(&asked.headers, &asked.state.options.crs)?)?;
    let collection = collection_id(&asked, &collection)?;
    let id: Slug = match value.get("id") {
        None | Some(Value::Null) => made_up_id(),
        Some(Value::String(id)) => id.parse().map_err(|fault| {
            Problem::parameter("id", format!("id: {fault}"), "1 to 64 of a-z, 0-9 and -, such as zuili-road")
        })?,
        Some(other) => {
            return Err(Problem::parameter("id", format!("id: {other} is not a text"), "a text, or none"));
        }
    };
    let key = RecordKey { record_type: RecordType::Feature, collection: Some(collection.clone()), id };
    let make = move |atlas: &Atlas| Ok(vec![edit::create(atlas, &key, value.clone(), 0)?]);
    let landed = edit::land(&asked, author, Moves::Step, make).await?;
    // A request that is sent again tells of the feature that it made the first time.
    let id = &landed.changes[0].key.id;
    let location = format!("{}/ogc/collections/{collection}/items/{id}", asked.base_url());
    Ok(edit::answer(&landed, &landed.changes[0], Some(location)))
}

/// An id that no feature has.
fn made_up_id() -> Slug {
    format!("f-{}", Uuid::now_v7().simple()).parse().expect("letters, digits and a dash")
}

async fn replace_item(asked: Asked, Path(item): Path<(String, String)>, bytes: Bytes) -> Result<Response, Problem> {
    let mut value: Value = body::geojson(&asked.headers, &bytes)?;
    to_crs84(&mut value, &*of_body(&asked.headers, &asked.state.options.crs)?)?;
    let key = key(&asked, &item)?;
    change(asked, key, bytes, move |atlas, key, if_match| edit::replace(atlas, key, value.clone(), if_match)).await
}

async fn update_item(asked: Asked, Path(item): Path<(String, String)>, bytes: Bytes) -> Result<Response, Problem> {
    let mut value: Value = body::merge_patch(&asked.headers, &bytes)?;
    to_crs84(&mut value, &*of_body(&asked.headers, &asked.state.options.crs)?)?;
    let key = key(&asked, &item)?;
    change(asked, key, bytes, move |atlas, key, if_match| edit::patch(atlas, key, &value, if_match)).await
}

async fn delete_item(asked: Asked, Path(item): Path<(String, String)>, bytes: Bytes) -> Result<Response, Problem> {
    let key = key(&asked, &item)?;
    change(asked, key, bytes, edit::delete).await
}

fn collection_id(asked: &Asked, collection: &str) -> Result<Slug, Problem> {
    Ok(plan_collection(&asked.state.present(), collection)?.id.clone())
}

fn key(asked: &Asked, (collection, feature): &(String, String)) -> Result<RecordKey, Problem> {
    let collection = collection_id(asked, collection)?;
    let absent = || Problem::not_found("featureId", format!("{collection} has no feature {feature}"));
    let id = feature.parse().map_err(|_| absent())?;
    Ok(RecordKey { record_type: RecordType::Feature, collection: Some(collection.clone()), id })
}
