//! MapLibre styles for other clients: those that the web app draws with, their addresses made absolute.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;

use super::answer::{self, JSON, Problem};
use super::asked::Asked;
use super::params::{Param, ParamShape, wrong};
use super::route::{Access, Answer, Method, Route};
use super::web;

pub(super) const LANG: Param =
    Param::new("lang", ParamShape::OneOf(&["zh", "en"]), "Language of the labels; zh when absent.");

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/styles/{name}",
        documented: Some("/styles/{name}.json"),
        method: Method::Get,
        access: Access::READ,
        id: "find_style",
        summary: "A MapLibre style; its name is plan.",
        parameters: &[&LANG],
        body: None,
        answer: Answer::bytes(&[JSON]),
        handler: get(find_style),
    }]
}

async fn find_style(asked: Asked, Path(file): Path<String>) -> Result<Response, Problem> {
    let params = asked.params(&[&LANG])?;
    let lang = match params.raw(&LANG) {
        None => "zh",
        Some(lang @ ("zh" | "en")) => lang,
        Some(other) => return Err(wrong(&LANG, format_args!("{other:?} cannot be given"))),
    };
    let absent = || Problem::not_found("name", format!("there is no style {file}; there is plan.json"));
    file.strip_suffix(".json").filter(|name| *name == "plan").ok_or_else(absent)?;
    answer::json(&asked.headers, JSON, &map_style(lang, &asked.base_url())?)
}

/// The plan's MapLibre style with labels in a language, for callers who know this server as `base`.
///
/// # Errors
/// 503 where the web app is not built in.
pub(super) fn map_style(lang: &str, base: &str) -> Result<Value, Problem> {
    let built = web::file(&format!("styles/plan.{lang}.json"));
    let built = built
        .ok_or_else(|| Problem::unavailable("the web app is not built into this server, and its styles with it"))?;
    let mut style: Value = serde_json::from_slice(&built).map_err(Problem::internal)?;
    make_absolute(&mut style, base);
    Ok(style)
}

/// Puts `base` before every address that begins at this server's root.
fn make_absolute(style: &mut Value, base: &str) {
    let put = |value: &mut Value| {
        if let Some(path) = value.as_str().filter(|path| path.starts_with('/')) {
            *value = format!("{base}{path}").into();
        }
    };
    for member in ["sprite", "glyphs"] {
        style.get_mut(member).into_iter().for_each(put);
    }
    let sources = style.get_mut("sources").and_then(Value::as_object_mut);
    for source in sources.into_iter().flat_map(|sources| sources.values_mut()) {
        source.get_mut("url").into_iter().for_each(put);
        let tiles = source.get_mut("tiles").and_then(Value::as_array_mut);
        tiles.into_iter().flatten().for_each(put);
    }
}
