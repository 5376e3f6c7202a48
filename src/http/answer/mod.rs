//! Every status code of Guatu, in one place: problem details (RFC 9457) for what went wrong, and conditional answers.
//!
//! What the caller did wrong is told with the parameter and what would be right. What we did wrong is logged, not told.

mod faults;
mod problem;

use axum::Json;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub use problem::{Problem, Violation, as_problem, log_failure};

use crate::services::tiles::digest;

pub const JSON: &str = "application/json";
pub const GEOJSON: &str = "application/geo+json";
pub const PROBLEM_JSON: &str = "application/problem+json";
pub const HTML: &str = "text/html; charset=utf-8";
pub const OPENAPI_30: &str = "application/vnd.oai.openapi+json;version=3.0";
pub const SCHEMA_JSON: &str = "application/schema+json";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub const MVT: &str = "application/vnd.mapbox-vector-tile";
pub const MAPLIBRE_STYLE: &str = "application/vnd.mapbox.style+json";
pub const SLD_10: &str = "application/vnd.ogc.sld+xml;version=1.0";
pub const SLD_11: &str = "application/vnd.ogc.sld+xml;version=1.1";
pub const QML: &str = "application/x-qgis-layer-settings";
pub const QGIS_LAYERS: &str = "application/x-qgis-layer-definition";
pub const QGIS_PROJECT: &str = "application/x-qgis-project";

/// The reference system of a body's coordinates (OGC API – Features Part 2).
pub const CONTENT_CRS: HeaderName = HeaderName::from_static("content-crs");

/// Bodies longer than this are refused before they are read to the end.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// What a request gets that took too long.
pub const TIMED_OUT: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// A good answer with its media type and entity tag; 304 when the caller has it already.
pub fn tagged(request: &HeaderMap, media_type: &'static str, body: Vec<u8>) -> Response {
    let digest = digest(&body);
    conditional(request, media_type, digest, "no-cache", body)
}

/// As [`tagged`], for a value as JSON.
pub fn json(request: &HeaderMap, media_type: &'static str, value: &impl Serialize) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(Problem::internal)?;
    Ok(tagged(request, media_type, body))
}

/// As [`json`], for a record that can be edited: its tag begins with the version that `If-Match` asks for.
pub fn versioned(
    request: &HeaderMap,
    media_type: &'static str,
    version: u64,
    value: &impl Serialize,
) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(Problem::internal)?;
    let tag = format!("\"{version}-{:016x}\"", digest(&body));
    Ok(by_tag(request, media_type, &tag, "no-cache", body))
}

/// A record that was changed.
pub fn changed(value: &impl Serialize) -> Response {
    (NO_STORE, Json(value)).into_response()
}

/// A good answer by the digest of its content.
///
/// The tag is weak: it stands for the content, however the bytes are compressed on their way.
pub fn conditional(
    request: &HeaderMap,
    media_type: &'static str,
    digest: u64,
    cache_control: &'static str,
    body: impl Into<Body>,
) -> Response {
    by_tag(request, media_type, &format!("W/\"{digest:016x}\""), cache_control, body)
}

fn by_tag(
    request: &HeaderMap,
    media_type: &'static str,
    etag: &str,
    cache_control: &'static str,
    body: impl Into<Body>,
) -> Response {
    let bare = etag.trim_start_matches("W/");
    let has_it = request
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|list| list.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == bare));
    let headers = [(ETAG, etag.to_owned()), (CACHE_CONTROL, cache_control.to_owned())];
    if has_it {
        (StatusCode::NOT_MODIFIED, headers, [(VARY, "accept-encoding")]).into_response()
    } else {
        (headers, [(CONTENT_TYPE, media_type)], body.into()).into_response()
    }
}

/// A value that is for this caller at this moment only.
pub fn momentary(value: &impl Serialize) -> Response {
    (NO_STORE, Json(value)).into_response()
}

/// Something new, told once.
pub fn created(value: &impl Serialize) -> Response {
    (StatusCode::CREATED, NO_STORE, Json(value)).into_response()
}

/// Something that is being made.
pub fn accepted(value: &impl Serialize) -> Response {
    (StatusCode::ACCEPTED, NO_STORE, Json(value)).into_response()
}

/// Something new, with nothing to tell but where it is.
pub fn made() -> Response {
    (StatusCode::CREATED, NO_STORE).into_response()
}

/// Bytes that never change under their name; who may see them may.
pub fn unchanging(request: &HeaderMap, media_type: &'static str, name: &str, body: impl Into<Body>) -> Response {
    by_tag(request, media_type, &format!("\"{name}\""), "no-cache", body)
}

/// Says under which name a browser should save an answer.
pub fn saved_as(response: Response, file: &str) -> Response {
    with(response, CONTENT_DISPOSITION, &format!("attachment; filename=\"{file}\""))
}

/// Sends a browser on to another page.
pub fn see_other(address: &str) -> Response {
    with((StatusCode::SEE_OTHER, NO_STORE).into_response(), LOCATION, address)
}

/// Done, and nothing to tell.
pub fn nothing() -> Response {
    (StatusCode::NO_CONTENT, NO_STORE).into_response()
}

const NO_STORE: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

/// Keeps an answer to somebody who is signed in out of caches that others share.
pub fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if headers.get(CACHE_CONTROL).is_none_or(|value| value != "no-store") {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    headers.append(VARY, HeaderValue::from_static("cookie, authorization"));
    response
}

/// A tile that is not empty, or 204 for one that is.
pub fn tile(request: &HeaderMap, digest: u64, bytes: &[u8]) -> Response {
    if bytes.is_empty() {
        (StatusCode::NO_CONTENT, [(CACHE_CONTROL, "no-cache")]).into_response()
    } else {
        conditional(request, MVT, digest, "no-cache", bytes.to_vec())
    }
}

/// Adds a header to an answer.
pub fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// As [`with`], beside a header of that name that is there already.
pub fn also_with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().append(name, value);
    }
    response
}

/// Says that the answer depends on what the caller accepts.
pub fn varies(response: Response) -> Response {
    with(response, VARY, "accept, accept-encoding")
}
