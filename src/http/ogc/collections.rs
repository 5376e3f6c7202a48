//! The plan's collections with their extents.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;

use super::html;
use super::link;
use super::media::{F, Media};
use super::schemas::{QUERYABLES_REL, SCHEMA_REL, SORTABLES_REL};
use super::{styles, tiles};
use crate::http::answer::{self, GEOJSON, HTML, JSON, Problem, SCHEMA_JSON};
use crate::http::asked::Asked;
use crate::http::params::AS_OF;
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::{CollectionWire, Collections, OgcLink};
use crate::plan::Collection;
use crate::services::View;

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/ogc/collections",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "list_collections",
            summary: "The collections of the plan's places.",
            parameters: &[&F, &AS_OF],
            body: None,
            answer: Answer::ogc::<Collections>(&[JSON, HTML]),
            handler: get(list_collections),
        },
        Route {
            path: "/ogc/collections/{collectionId}",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_collection",
            summary: "One collection with its extents.",
            parameters: &[&F, &AS_OF],
            body: None,
            answer: Answer::ogc::<CollectionWire>(&[JSON, HTML]),
            handler: get(find_collection),
        },
    ]
}

async fn list_collections(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&F, &AS_OF])?;
    let media = Media::of(&params, &asked.headers, JSON)?;
    let base = asked.base_url();
    asked
        .compute(move |asked, view| {
            let collections = view.atlas.plan_collections();
            let document = Collections {
                links: vec![
                    link(&base, "/ogc/collections?f=json", "self", JSON, "This document"),
                    link(&base, "/ogc/collections?f=html", "alternate", "text/html", "This document as a page"),
                ],
                collections: collections.map(|c| described(asked, view, c, &base)).collect(),
            };
            match media {
                Media::Json => answer::json(&asked.headers, JSON, &document).map(answer::varies),
                Media::Html => Ok(html::collections(&asked.headers, &base, &document)),
            }
        })
        .await
}

async fn find_collection(asked: Asked, Path(collection): Path<String>) -> Result<Response, Problem> {
    let params = asked.params(&[&F, &AS_OF])?;
    let media = Media::of(&params, &asked.headers, JSON)?;
    let base = asked.base_url();
    asked
        .compute(move |asked, view| {
            let collection = plan_collection(view, &collection)?;
            let document = described(asked, view, collection, &base);
            match media {
                Media::Json => answer::json(&asked.headers, JSON, &document).map(answer::varies),
                Media::Html => Ok(html::collection(&asked.headers, &base, &document)),
            }
        })
        .await
}

/// A collection of the plan's places by id.
pub(super) fn plan_collection<'a>(view: &'a View, id: &str) -> Result<&'a Collection, Problem> {
    let absent = || Problem::not_found("collectionId", format!("there is no collection {id}"));
    view.atlas.plan_collections().find(|collection| collection.id.as_str() == id).ok_or_else(absent)
}

fn described(asked: &Asked, view: &View, collection: &Collection, base: &str) -> CollectionWire {
    let options = &asked.state.options;
    CollectionWire::new(view, collection, &options.time_zone, &options.crs, collection_links(base, collection))
}

fn collection_links(base: &str, collection: &Collection) -> Vec<OgcLink> {
    let path = format!("/ogc/collections/{}", collection.id);
    vec![
        link(base, &format!("{path}?f=json"), "self", JSON, "This collection"),
        link(base, &format!("{path}?f=html"), "alternate", "text/html", "This collection as a page"),
        link(base, &format!("{path}/items?f=json"), "items", GEOJSON, "Its features as GeoJSON"),
        link(base, &format!("{path}/items?f=html"), "items", "text/html", "Its features as a page"),
        link(base, &format!("{path}/schema"), "describedby", SCHEMA_JSON, "What its features look like (JSON Schema)"),
        link(base, &format!("{path}/schema"), SCHEMA_REL, SCHEMA_JSON, "What its features look like (JSON Schema)"),
        link(
            base,
            &format!("{path}/queryables"),
            QUERYABLES_REL,
            SCHEMA_JSON,
            "What filters may ask of them (JSON Schema)",
        ),
        link(
            base,
            &format!("{path}/sortables"),
            SORTABLES_REL,
            SCHEMA_JSON,
            "What they may be sorted by (JSON Schema)",
        ),
    ]
    .into_iter()
    .chain(tiles::tile_links(base, Some(collection.id.as_str())))
    .chain(styles::style_links(base, Some(collection.id.as_str())))
    .collect()
}
