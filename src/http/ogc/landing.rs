//! Landing page, conformance, and the API's own description.

use std::sync::Arc;

use axum::Extension;
use axum::response::Response;
use axum::routing::get;

use super::html;
use super::link;
use super::media::{F, Media};
use super::schemas::FUNCTIONS_REL;
use super::{desktop, styles, tiles};
use crate::http::answer::{self, HTML, JSON, OPENAPI_30, Problem};
use crate::http::asked::Asked;
use crate::http::openapi::Documents;
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::{Conformance, LandingPage};

/// Each with a test in `tests/it` that holds us to it.
const CONFORMS_TO: [&str; 32] = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/core-roles-features",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/returnables-and-receivables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/sortables",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
];

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/ogc",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_landing_page",
            summary: "The landing page: where to go from here.",
            parameters: &[&F],
            body: None,
            answer: Answer::ogc::<LandingPage>(&[JSON, HTML]),
            handler: get(find_landing_page),
        },
        Route {
            path: "/ogc/conformance",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_conformance",
            summary: "The conformance classes that this API implements.",
            parameters: &[&F],
            body: None,
            answer: Answer::ogc::<Conformance>(&[JSON, HTML]),
            handler: get(find_conformance),
        },
        Route {
            path: "/ogc/api",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_api",
            summary: "This description, as OpenAPI 3.0 or as a page.",
            parameters: &[&F],
            body: None,
            answer: Answer::bytes(&[OPENAPI_30, HTML]),
            handler: get(find_api),
        },
    ]
}

pub async fn find_landing_page(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&F])?;
    let media = Media::of(&params, &asked.headers, JSON)?;
    let base = asked.base_url();
    let view = asked.view().await?;
    let plan = view.atlas.plan();
    let page = LandingPage {
        title: format!("{}{}年工作计划 {} plan {}", plan.district.zh, plan.year, plan.district.en, plan.year),
        description: "The places of the plan's projects, with stage and light, as OGC API features. Positions are schematic where \
                      they say so."
            .to_owned(),
        links: vec![
            link(&base, "/ogc?f=json", "self", JSON, "This document"),
            link(&base, "/ogc?f=html", "alternate", "text/html", "This document as a page"),
            link(&base, "/ogc/api?f=json", "service-desc", OPENAPI_30, "The API as OpenAPI 3.0"),
            link(&base, "/ogc/api?f=html", "service-doc", "text/html", "The API as a page"),
            link(&base, "/ogc/conformance", "conformance", JSON, "Conformance classes"),
            link(&base, "/ogc/collections", "data", JSON, "Collections"),
            link(&base, "/ogc/functions", FUNCTIONS_REL, JSON, "Functions that filters may use"),
        ]
        .into_iter()
        .chain(tiles::tile_links(&base, None))
        .chain(styles::style_links(&base, None))
        .chain(desktop::desktop_links(&base))
        .collect(),
    };
    match media {
        Media::Json => answer::json(&asked.headers, JSON, &page).map(answer::varies),
        Media::Html => Ok(html::landing(&asked.headers, &base, &page)),
    }
}

async fn find_conformance(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&F])?;
    let media = Media::of(&params, &asked.headers, JSON)?;
    let base = asked.base_url();
    let links = vec![
        link(&base, "/ogc/conformance?f=json", "self", JSON, "This document"),
        link(&base, "/ogc/conformance?f=html", "alternate", "text/html", "This document as a page"),
    ];
    let conformance = Conformance {
        conforms_to: CONFORMS_TO.into_iter().chain(tiles::CONFORMS_TO).chain(styles::CONFORMS_TO).collect(),
        links,
    };
    match media {
        Media::Json => answer::json(&asked.headers, JSON, &conformance).map(answer::varies),
        Media::Html => Ok(html::conformance(&asked.headers, &base, &conformance)),
    }
}

async fn find_api(asked: Asked, Extension(documents): Extension<Arc<Documents>>) -> Result<Response, Problem> {
    let params = asked.params(&[&F])?;
    let media = Media::of(&params, &asked.headers, OPENAPI_30)?;
    let base = asked.base_url();
    let document = documents.ogc_at(&base);
    match media {
        Media::Json => answer::json(&asked.headers, OPENAPI_30, &document).map(answer::varies),
        Media::Html => Ok(html::api(&asked.headers, &base, &document)),
    }
}
