//! The OGC documents as plain pages for people.

use axum::http::HeaderMap;
use axum::response::Response;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use openapiv3::{OpenAPI, ReferenceOr};

use crate::formats::Value;
use crate::http::answer::{self, HTML};
use crate::http::wire::{CollectionWire, Collections, Conformance, LandingPage, OgcLink};
use crate::plan::Collection;
use crate::services::Facts;
use crate::services::items::ItemPage;

const STYLE: &str = "
:root { color-scheme: light dark; --accent: #0f766e; --line: #8884; }
body { font: 15px/1.5 system-ui, 'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif; max-width: 72rem; margin: 0 auto; padding: 1rem; }
a { color: var(--accent); } nav { color: #777; margin-bottom: 1rem; } h1 { font-size: 1.4rem; margin: .2rem 0 .6rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; } .scroll { overflow-x: auto; } ul { padding-left: 1.2rem; } code { font-size: .9em; }
@media (prefers-color-scheme: dark) { :root { --accent: #5eead4; } }
";

/// Columns of a page of items; the rest is on the item's own page.
const COLUMNS: [&str; 8] = ["name_zh", "name_en", "aim", "due", "stage", "light", "position", "accuracy_m"];

/// The trail holds names of ancestors with their addresses.
pub(super) fn page(headers: &HeaderMap, title: &str, trail: &[(&str, String)], body: &Markup) -> Response {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Guatu" }
                link rel="icon" href="/favicon.svg";
                style { (PreEscaped(STYLE)) }
            }
            body {
                nav {
                    a href="/" { "Guatu 挂图" } " / " a href="/ogc?f=html" { "ogc" }
                    @for (name, href) in trail { " / " a href=(href) { (name) } }
                }
                main { h1 { (title) } (body) }
            }
        }
    };
    answer::varies(answer::tagged(headers, HTML, markup.into_string().into_bytes()))
}

fn link_list(links: &[OgcLink]) -> Markup {
    html! { ul { @for link in links { li { a href=(link.href) { (link.title) } " " code { (link.rel) " · " (link.media_type) } } } } }
}

pub fn landing(headers: &HeaderMap, landing: &LandingPage) -> Response {
    let body = html! {
        p { (landing.description) }
        p { a href="/ogc/collections?f=html" { "Collections" } }
        (link_list(&landing.links))
    };
    page(headers, &landing.title, &[], &body)
}

pub fn conformance(headers: &HeaderMap, conformance: &Conformance) -> Response {
    let body = html! { ul { @for class in &conformance.conforms_to { li { code { (class) } } } } };
    page(headers, "Conformance", &[], &body)
}

pub fn api(headers: &HeaderMap, document: &OpenAPI) -> Response {
    let operations = document.paths.iter().filter_map(|(path, item)| match item {
        ReferenceOr::Item(item) => item.get.as_ref().map(|operation| (path, operation)),
        ReferenceOr::Reference { .. } => None,
    });
    let body = html! {
        p { a href="/ogc/api?f=json" { "OpenAPI 3.0 document" } }
        @for (path, operation) in operations {
            h2 { code { "GET " (path) } }
            p { (operation.summary.as_deref().unwrap_or_default()) }
            @if !operation.parameters.is_empty() {
                table {
                    @for parameter in operation.parameters.iter().filter_map(ReferenceOr::as_item) {
                        @let data = parameter.parameter_data_ref();
                        tr { td { code { (data.name) } } td { (data.description.as_deref().unwrap_or_default()) } }
                    }
                }
            }
        }
    };
    page(headers, &document.info.title, &[], &body)
}

pub fn collections(headers: &HeaderMap, document: &Collections) -> Response {
    let body = html! {
        table {
            tr { th { "Collection" } th { "Description" } }
            @for collection in &document.collections {
                tr {
                    td { a href={ "/ogc/collections/" (collection.id) "?f=html" } { (collection.title) } }
                    td { (collection.description) }
                }
            }
        }
    };
    page(headers, "Collections", &[], &body)
}

pub fn collection(headers: &HeaderMap, collection: &CollectionWire) -> Response {
    let body = html! {
        p { (collection.description) }
        @if let Some(spatial) = &collection.extent.spatial {
            p { "Extent (CRS84): " code { (format!("{:?}", spatial.bbox)) } }
        }
        @if let Some(temporal) = &collection.extent.temporal {
            p { "Due: " code { (format!("{:?}", temporal.interval)) } }
        }
        (link_list(&collection.links))
    };
    page(headers, &collection.title, &[collections_crumb()], &body)
}

pub fn items(headers: &HeaderMap, collection: &Collection, items: &ItemPage, links: &[OgcLink]) -> Response {
    let next = links.iter().find(|link| link.rel == "next");
    let body = html! {
        p { (items.items.len()) " of " (items.matched) }
        div.scroll { table {
            tr { th { "id" } @for column in COLUMNS { th { (column) } } }
            @for facts in &items.items {
                tr {
                    td { a href={ "/ogc/collections/" (collection.id) "/items/" (facts.feature.id) "?f=html" } { (facts.feature.id) } }
                    @for column in COLUMNS { td { (text(facts.value(column))) } }
                }
            }
        } }
        @if let Some(next) = next { p { a href=(next.href) { "Next page" } } }
        (link_list(links))
    };
    page(headers, &format!("{} {}", collection.title.zh, collection.title.en), &trail(collection), &body)
}

pub fn item(headers: &HeaderMap, collection: &Collection, facts: Facts, links: &[OgcLink]) -> Response {
    let name = &facts.feature.name;
    let body = html! {
        @if let Some(project) = &facts.feature.project {
            p { a href={ "/?project=" (project) } { "Show on the map" } }
        }
        table { @for (field, value) in facts.values() { tr { th { (field) } td { (text(value)) } } } }
        (link_list(links))
    };
    page(headers, &format!("{} {}", name.zh, name.en), &trail(collection), &body)
}

fn collections_crumb() -> (&'static str, String) {
    ("collections", "/ogc/collections?f=html".to_owned())
}

fn trail(collection: &Collection) -> [(&str, String); 2] {
    [collections_crumb(), (collection.id.as_str(), format!("/ogc/collections/{}?f=html", collection.id))]
}

fn text(value: Value) -> String {
    match value {
        Value::Text(text) => text.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Absent => "–".to_owned(),
    }
}
