//! Which representation a caller of `/ogc` wants: `f=` decides, then the Accept header.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

use crate::http::answer::Problem;
use crate::http::params::{Param, ParamShape, Params, wrong};

pub const F: Param =
    Param::new("f", ParamShape::OneOf(&["json", "html"]), "Representation, in place of the Accept header.");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    Json,
    Html,
}

impl Media {
    /// # Errors
    /// 400 for an unknown `f`, 406 when nothing of what is accepted can be given.
    pub fn of(params: &Params, headers: &HeaderMap, json: &'static str) -> Result<Media, Problem> {
        match params.raw(&F) {
            Some("json") => return Ok(Media::Json),
            Some("html") => return Ok(Media::Html),
            Some(other) => return Err(wrong(&F, format_args!("{other:?} cannot be given"))),
            None => {}
        }
        let accepted: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        let accepted = accepted.join(",");
        // In the order of the header; weights are rare here and only refine what the order already says.
        let ranges = accepted.split(',').filter_map(|range| range.split(';').next()).map(str::trim);
        for range in ranges.filter(|range| !range.is_empty()) {
            match range {
                "*/*" | "application/*" | "application/json" => return Ok(Media::Json),
                range if Some(range) == json.split(';').next() => return Ok(Media::Json),
                "text/html" | "text/*" | "application/xhtml+xml" => return Ok(Media::Html),
                _ => {}
            }
        }
        if accepted.trim().is_empty() {
            Ok(Media::Json)
        } else {
            Err(Problem::not_acceptable(format!("{json} or text/html")))
        }
    }
}
