//! The features of a collection, page by page, and one of them.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use jiff::tz::TimeZone;

use super::collections::plan_collection;
use super::html;
use super::link;
use super::media::{F, Media};
use crate::http::answer::{self, GEOJSON, HTML, Problem};
use crate::http::asked::Asked;
use crate::http::params::{AS_OF, Beyond, Param, ParamShape, Params, date, wrong};
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::{ItemWire, ItemsWire, OgcLink};
use crate::plan::{Date, Timestamp};
use crate::services::items::{Interval, ItemFilter, Wanted};
use crate::services::{FieldType, plan_fields};

const BBOX: Param = Param::new("bbox", ParamShape::BBox, "Only features that meet the box, in CRS84.");
const DATETIME: Param = Param::new(
    "datetime",
    ParamShape::Form(
        "a date, an RFC 3339 instant, or an interval such as 2019-01-01/2019-06-30, 2019-07-01/.. or ../2019-06-30",
    ),
    "Only features whose project is due then.",
);
const LIMIT: Param = Param::new(
    "limit",
    ParamShape::Limit { default: 100, max: 10_000, beyond: Beyond::Maximum },
    "Features on a page; more than the maximum means the maximum.",
);
const CURSOR: Param =
    Param::new("cursor", ParamShape::Form("the cursor of a `next` link, as it is"), "Where the page begins.");

/// The declared parameters: the standard's, then one for each property, which must be equal.
static PARAMETERS: LazyLock<Vec<&'static Param>> = LazyLock::new(|| {
    let standard: [&'static Param; 6] = [&BBOX, &DATETIME, &LIMIT, &CURSOR, &F, &AS_OF];
    standard.into_iter().chain(PROPERTIES.iter()).collect()
});

static PROPERTIES: LazyLock<Vec<Param>> = LazyLock::new(|| {
    let shape = |field_type| match field_type {
        FieldType::Text => ParamShape::Text { max: 200 },
        FieldType::Word(words) => ParamShape::Word(words),
        FieldType::Number => ParamShape::Number { min: f64::MIN, max: f64::MAX },
        FieldType::Date => ParamShape::Date,
    };
    plan_fields().iter().map(|field| Param::new(field.name, shape(field.field_type), field.meaning)).collect()
});

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
            parameters: &[&F, &AS_OF],
            body: None,
            answer: Answer::ogc::<ItemWire<'static>>(&[GEOJSON, HTML]),
            handler: get(find_item),
        },
    ]
}

async fn list_items(asked: Asked, Path(collection): Path<String>) -> Result<Response, Problem> {
    let params = asked.params(&PARAMETERS)?;
    let media = Media::of(&params, &asked.headers, GEOJSON)?;
    let filter = filter(&params, &asked.state.options.time_zone)?;
    let limit = params.limit(&LIMIT)?;
    let after = params.parse::<u64>(&CURSOR)?.unwrap_or(0);
    let base = asked.base_url();
    asked
        .compute(move |asked, view| {
            let collection = plan_collection(view, &collection)?;
            let page = view.items(collection, &filter, limit, after);
            let links = page_links(&base, collection.id.as_str(), &params, page.next);
            match media {
                Media::Json => answer::json(&asked.headers, GEOJSON, &ItemsWire::new(page, links)).map(answer::varies),
                Media::Html => Ok(html::items(&asked.headers, collection, &page, &links)),
            }
        })
        .await
}

fn filter(params: &Params, zone: &TimeZone) -> Result<ItemFilter, Problem> {
    let mut equals = Vec::new();
    for param in PROPERTIES.iter() {
        let wanted = match param.shape {
            ParamShape::Number { .. } => params.number(param)?.map(Wanted::Number),
            ParamShape::Date => params.date(param)?.map(Wanted::Date),
            ParamShape::Word(_) => params.word(param)?.map(|word| Wanted::Text(word.to_owned())),
            _ => params.text(param)?.map(|text| Wanted::Text(text.to_owned())),
        };
        equals.extend(wanted.map(|wanted| (param.name, wanted)));
    }
    let datetime = params
        .raw(&DATETIME)
        .map(|text| interval(text, zone).ok_or_else(|| wrong(&DATETIME, format_args!("{text:?} cannot be taken"))));
    Ok(ItemFilter { bbox: params.bbox(&BBOX)?, datetime: datetime.transpose()?, equals })
}

/// Reads the standard's `datetime`; an empty or `..` end is open, but not both. Instants are days of the operator's zone.
fn interval(text: &str, zone: &TimeZone) -> Option<Interval> {
    let end = |text: &str| match text {
        "" | ".." => Some(None),
        text => day(text, zone).map(Some),
    };
    let Some((from, to)) = text.split_once('/') else {
        return day(text, zone).map(|day| Interval { from: Some(day), to: Some(day) });
    };
    let (from, to) = (end(from)?, end(to)?);
    let ordered = match (from, to) {
        (Some(from), Some(to)) => from <= to,
        (None, None) => false,
        _ => true,
    };
    ordered.then_some(Interval { from, to })
}

fn day(text: &str, zone: &TimeZone) -> Option<Date> {
    let instant = || text.parse::<Timestamp>().ok().map(|at| at.to_zoned_datetime(zone.clone()).date());
    date(text).or_else(instant)
}

/// A next page comes in the representation of this one, whether `f` or the Accept header chose it.
fn page_links(base: &str, collection: &str, params: &Params, next: Option<u64>) -> Vec<OgcLink> {
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
    let params = asked.params(&[&F, &AS_OF])?;
    let media = Media::of(&params, &asked.headers, GEOJSON)?;
    let base = asked.base_url();
    asked
        .compute(move |asked, view| {
            let collection = plan_collection(view, &collection)?;
            let absent = || Problem::not_found("featureId", format!("{} has no feature {feature}", collection.id));
            let row = view.atlas.feature(collection, &feature).ok_or_else(absent)?;
            let path = format!("/ogc/collections/{}", collection.id);
            let item = format!("{path}/items/{feature}");
            let links = vec![
                link(&base, &format!("{item}?f=json"), "self", GEOJSON, "This feature"),
                link(&base, &format!("{item}?f=html"), "alternate", "text/html", "This feature as a page"),
                link(&base, &path, "collection", "application/json", "Its collection"),
            ];
            let facts = view.facts(collection, &row.value);
            match media {
                Media::Json => answer::versioned(&asked.headers, GEOJSON, row.version, &ItemWire::new(facts, links))
                    .map(answer::varies),
                Media::Html => Ok(html::item(&asked.headers, collection, facts, &links)),
            }
        })
        .await
}
