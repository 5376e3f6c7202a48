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
        let mut ranges: Vec<(&str, f32)> =
            accepted.split(',').map(weighed).filter(|(_, weight)| *weight > 0.0).collect();
        // The heaviest first; of equal ones the first in the header.
        ranges.sort_by(|a, b| b.1.total_cmp(&a.1));
        for (range, _) in ranges {
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

/// A media range with its weight, which is 1 unless it says otherwise.
fn weighed(range: &str) -> (&str, f32) {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
    (name, weight)
}
