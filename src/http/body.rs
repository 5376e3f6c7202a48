//! JSON bodies: of a bounded length, of the right media type, and with the wrong member named.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use super::answer::{GEOJSON, JSON, Problem};

/// The media type of a merge patch (RFC 7396).
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Reads a body as a merge patch, which callers also send as plain JSON or as GeoJSON.
///
/// # Errors
/// As [`json`].
pub fn merge_patch(headers: &HeaderMap, bytes: &[u8]) -> Result<serde_json::Value, Problem> {
    read(headers, &[JSON, MERGE_PATCH, GEOJSON], bytes)
}

/// Reads a body as GeoJSON.
///
/// # Errors
/// As [`json`].
pub fn geojson(headers: &HeaderMap, bytes: &[u8]) -> Result<serde_json::Value, Problem> {
    read(headers, &[GEOJSON, JSON], bytes)
}

/// Reads a body as JSON.
///
/// # Errors
/// 415 for another media type, 400 with the member that is wrong.
pub fn json<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, Problem> {
    read(headers, &[JSON], bytes)
}

fn read<T: DeserializeOwned>(headers: &HeaderMap, media_types: &[&'static str], bytes: &[u8]) -> Result<T, Problem> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !media_types.iter().any(|taken| essence.eq_ignore_ascii_case(taken)) {
        return Err(Problem::unsupported_media_type(&media_types.join(", ")));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|fault| {
        let path = fault.path().to_string();
        let detail = fault.inner().to_string();
        if !fault.inner().is_data() || path == "." {
            Problem::unreadable(format!("the body is not as it must be: {detail}"))
        } else {
            Problem::parameter(&path, format!("{path}: {detail}"), "a member as the OpenAPI document describes it")
        }
    })?;
    reader.end().map_err(|fault| Problem::unreadable(format!("after the JSON value there is more: {fault}")))?;
    Ok(value)
}
