//! The features of a collection, page by page, and one of them.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;

use super::asking::{CURSOR, ITEM_PARAMETERS, ItemForm, ItemQuery, PARAMETERS};
use super::collections::plan_collection;
use super::media::{F, Media};
use super::{crs, html, link};
use crate::http::answer::{self, GEOJSON, HTML, Problem};
use crate::http::asked::Asked;
use crate::http::params::Params;
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::{ItemWire, ItemsWire, OgcLink};
use crate::services::items::Cursor;
use crate::services::scan::Scan;

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/ogc/collections/{collectionId}/items",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "list_items",
            summary: "Features of a collection with their project's facts, page by page; a property's name as parameter asks for equality.",
            parameters: PARAMETERS.as_slice(),
            body: None,
            answer: Answer::ogc::<ItemsWire<'static>>(&[GEOJSON, HTML]),
            handler: get(list_items),
        },
        Route {
            path: "/ogc/collections/{collectionId}/items/{featureId}",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_item",
            summary: "One feature with its project's facts.",
            parameters: &ITEM_PARAMETERS,
            body: None,
            answer: Answer::ogc::<ItemWire<'static>>(&[GEOJSON, HTML]),
            handler: get(find_item),
        },
    ]
}

async fn list_items(asked: Asked, Path(collection): Path<String>) -> Result<Response, Problem> {
    let params = asked.params(&PARAMETERS)?;
    let media = Media::of(&params, &asked.headers, GEOJSON)?;
    let query = ItemQuery::read(&asked, &params)?;
    let base = asked.base_url();
    asked
        .compute(move |asked, view| {
            let collection = plan_collection(view, &collection)?;
            let scan = Scan::new(asked.stop.clone());
            let page = view.items(collection, &query.filter, &query.order, query.limit, &query.after, &scan);
            let page = page.map_err(|fault| query.problem(fault))?;
            let links = page_links(&base, collection.id.as_str(), &params, page.next.as_ref());
            match media {
                Media::Json => {
                    let items = ItemsWire::new(page, links, &query.form.crs, query.form.properties.as_deref());
                    let response = answer::json(&asked.headers, GEOJSON, &items).map(answer::varies)?;
                    Ok(crs::told(response, &query.form.crs))
                }
                Media::Html => Ok(html::items(&asked.headers, &base, collection, &page, &params, &links)),
            }
        })
        .await
}

/// A next page comes in the representation of this one, whether `f` or the Accept header chose it.
fn page_links(base: &str, collection: &str, params: &Params, next: Option<&Cursor>) -> Vec<OgcLink> {
    let items = format!("/ogc/collections/{collection}/items?");
    let mut links = vec![
        link(base, &format!("{items}{}", params.with(&F, "json")), "self", GEOJSON, "This page"),
        link(base, &format!("{items}{}", params.with(&F, "html")), "alternate", "text/html", "This page for people"),
        link(base, &format!("/ogc/collections/{collection}"), "collection", "application/json", "The collection"),
    ];
    if let Some(after) = next {
        let query = params.with(&CURSOR, &after.to_string());
        links.push(link(base, &format!("{items}{query}"), "next", GEOJSON, "The next page"));
    }
    links
}

async fn find_item(asked: Asked, Path((collection, feature)): Path<(String, String)>) -> Result<Response, Problem> {
    let params = asked.params(&ITEM_PARAMETERS)?;
    let media = Media::of(&params, &asked.headers, GEOJSON)?;
    let form = ItemForm::read(&asked, &params)?;
    let base = asked.base_url();
    asked
        .compute(move |asked, view| {
            let collection = plan_collection(view, &collection)?;
            let absent = || Problem::not_found("featureId", format!("{} has no feature {feature}", collection.id));
            let row = view.atlas.feature(collection, &feature).ok_or_else(absent)?;
            let path = format!("/ogc/collections/{}", collection.id);
            let item = format!("{path}/items/{feature}?");
            let links = vec![
                link(&base, &format!("{item}{}", params.with(&F, "json")), "self", GEOJSON, "This feature"),
                link(
                    &base,
                    &format!("{item}{}", params.with(&F, "html")),
                    "alternate",
                    "text/html",
                    "This feature as a page",
                ),
                link(&base, &path, "collection", "application/json", "Its collection"),
            ];
            let facts = view.facts(collection, &row.value);
            match media {
                Media::Json => {
                    let item = ItemWire::new(facts, links, &form.crs, form.properties.as_deref());
                    let response =
                        answer::versioned(&asked.headers, GEOJSON, row.version, &item).map(answer::varies)?;
                    Ok(crs::told(response, &form.crs))
                }
                Media::Html => Ok(html::item(&asked.headers, &base, collection, facts, &links)),
            }
        })
        .await
}
