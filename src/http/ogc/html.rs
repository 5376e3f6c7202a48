//! The OGC documents as plain pages for people.

use axum::http::HeaderMap;
use axum::response::Response;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use openapiv3::{OpenAPI, ReferenceOr};

use super::asking::{CURSOR, FILTER, Q, SORTBY};
use super::media::F;
use super::small_map;
use crate::formats::Value;
use crate::http::answer::{self, HTML};
use crate::http::params::{Param, Params};
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
svg.map { width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; background: #8881; }
svg.map path { stroke-width: 1.5; fill-opacity: .35; vector-effect: non-scaling-stroke; } svg.map a:hover path, svg.map a:focus path { stroke-width: 4; }
svg.map path.line { fill: none; stroke-width: 3; } svg.map .unsure { stroke-dasharray: 4 3; fill-opacity: .08; }
svg.map .scale path { stroke: currentColor; stroke-width: 2; } svg.map .scale text { font-size: 12px; fill: currentColor; }
.red { fill: #d92d20; stroke: #b42318; } .yellow { fill: #f5b400; stroke: #b78103; } .green { fill: #2e9e5b; stroke: #1b7a43; } .grey { fill: #8a94a6; stroke: #667085; }
.legend { font-size: .85rem; color: #777; } .legend span { margin-right: .9rem; white-space: nowrap; }
.legend i { display: inline-block; width: .7em; height: .7em; border-radius: 50%; border: 1px solid #8888; }
.legend i.red { background: #d92d20; } .legend i.yellow { background: #f5b400; } .legend i.green { background: #2e9e5b; } .legend i.grey { background: #8a94a6; } .legend i.unsure { border: 1px dashed #667085; }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .6rem 0; } label { display: grid; font-size: .85rem; } input, select, button { font: inherit; padding: .25rem .5rem; } label.wide { flex: 1 1 16rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; } .paging { display: flex; gap: 1rem; }
@media (prefers-color-scheme: dark) { :root { --accent: #5eead4; } }
";

/// Columns of a page of items; the rest is on the item's own page.
const COLUMNS: [&str; 8] = ["name_zh", "name_en", "aim", "due", "stage", "light", "position", "accuracy_m"];

/// The trail holds names of ancestors with their addresses.
pub(super) fn page(headers: &HeaderMap, base: &str, title: &str, trail: &[(&str, String)], body: &Markup) -> Response {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Guatu" }
                link rel="icon" href={ (base) "/favicon.svg" };
                style { (PreEscaped(STYLE)) }
            }
            body {
                nav {
                    a href={ (base) "/" } { "Guatu 挂图" } " / " a href={ (base) "/ogc?f=html" } { "ogc" }
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

pub fn landing(headers: &HeaderMap, base: &str, landing: &LandingPage) -> Response {
    let body = html! {
        p { (landing.description) }
        p { a href={ (base) "/ogc/collections?f=html" } { "Collections" } }
        (link_list(&landing.links))
    };
    page(headers, base, &landing.title, &[], &body)
}

pub fn conformance(headers: &HeaderMap, base: &str, conformance: &Conformance) -> Response {
    let body = html! { ul { @for class in &conformance.conforms_to { li { code { (class) } } } } };
    page(headers, base, "Conformance", &[], &body)
}

pub fn api(headers: &HeaderMap, base: &str, document: &OpenAPI) -> Response {
    let operations = document.paths.iter().filter_map(|(path, item)| match item {
        ReferenceOr::Item(item) => item.get.as_ref().map(|operation| (path, operation)),
        ReferenceOr::Reference { .. } => None,
    });
    let body = html! {
        p { a href={ (base) "/ogc/api?f=json" } { "OpenAPI 3.0 document" } }
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
    page(headers, base, &document.info.title, &[], &body)
}

pub fn collections(headers: &HeaderMap, base: &str, document: &Collections) -> Response {
    let body = html! {
        table {
            tr { th { "Collection" } th { "Description" } }
            @for collection in &document.collections {
                tr {
                    td { a href={ (base) "/ogc/collections/" (collection.id) "?f=html" } { (collection.title) } }
                    td { (collection.description) }
                }
            }
        }
    };
    page(headers, base, "Collections", &[], &body)
}

pub fn collection(headers: &HeaderMap, base: &str, collection: &CollectionWire) -> Response {
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
    page(headers, base, &collection.title, &[collections_crumb(base)], &body)
}

pub fn items(
    headers: &HeaderMap,
    base: &str,
    collection: &Collection,
    items: &ItemPage,
    params: &Params,
    links: &[OgcLink],
) -> Response {
    let path = format!("{base}/ogc/collections/{}/items", collection.id);
    let href = |facts: &Facts| format!("{path}/{}?f=html", facts.feature.id);
    let next = links.iter().find(|link| link.rel == "next");
    let is_first = params.raw(&CURSOR).is_none();
    let body = html! {
        form action=(path) {
            input type="hidden" name="f" value="html";
            // The rest of the question stays as it is; another answer begins at its first page.
            @for (name, value) in params.pairs().filter(|(name, _)| ![F.name, CURSOR.name, Q.name, FILTER.name, SORTBY.name].contains(name)) {
                input type="hidden" name=(name) value=(value);
            }
            (field(params, &Q, "Words", "公园"))
            (field(params, &FILTER, "Filter (CQL2)", "light = 'red' AND accuracy_m < 500"))
            (field(params, &SORTBY, "Order", "-due,name_en"))
            button { "Show" }
            a href={ (path) "?f=html" } { "All" }
        }
        p { (items.items.len()) " of " (items.matched) " features" }
        @if let Some(map) = small_map::draw(&items.items, href) { (map) }
        div.scroll { table {
            tr { th { "id" } @for column in COLUMNS { th { (column) } } }
            @for facts in &items.items {
                tr {
                    td { a href=(href(facts)) { (facts.feature.id) } }
                    @for column in COLUMNS { td { (text(facts.value(column))) } }
                }
            }
        } }
        p.paging {
            @if !is_first { a href={ (path) "?" (params.without(&CURSOR)) } { "First page" } }
            @if let Some(next) = next { a rel="next" href=(next.href) { "Next page" } }
        }
        (link_list(links))
    };
    let title = format!("{} {}", collection.title.zh, collection.title.en);
    page(headers, base, &title, &trail(base, collection), &body)
}

/// A field of the form above a table, with what was asked for.
fn field(params: &Params, param: &Param, label: &str, example: &str) -> Markup {
    html! {
        label.wide { (label) input name=(param.name) value=(params.raw(param).unwrap_or_default()) placeholder=(example); }
    }
}

pub fn item(headers: &HeaderMap, base: &str, collection: &Collection, facts: Facts, links: &[OgcLink]) -> Response {
    let name = &facts.feature.name;
    let body = html! {
        @if let Some(project) = &facts.feature.project {
            p { a href={ (base) "/?project=" (project) } { "Show on the map" } }
        }
        @if let Some(map) = small_map::draw(&[facts], |_| "#".to_owned()) { (map) }
        table { @for (field, value) in facts.values() { tr { th { (field) } td { (text(value)) } } } }
        (link_list(links))
    };
    page(headers, base, &format!("{} {}", name.zh, name.en), &trail(base, collection), &body)
}

/// A JSON document, indented, with its trail.
pub fn json_document(
    headers: &HeaderMap,
    base: &str,
    title: &str,
    trail: &[(&str, String)],
    document: &serde_json::Value,
) -> Response {
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    page(headers, base, title, trail, &html! { pre { (text) } })
}

fn collections_crumb(base: &str) -> (&'static str, String) {
    ("collections", format!("{base}/ogc/collections?f=html"))
}

pub fn trail<'a>(base: &str, collection: &'a Collection) -> [(&'a str, String); 2] {
    [collections_crumb(base), (collection.id.as_str(), format!("{base}/ogc/collections/{}?f=html", collection.id))]
}

fn text(value: Value) -> String {
    match value {
        Value::Text(text) => text.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Absent => "–".to_owned(),
    }
}
