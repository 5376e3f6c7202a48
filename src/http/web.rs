//! The web app's files. Any address that is no file and no resource is one of the app's own, and gets its page.

use std::borrow::Cow;

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::answer::{self, HTML, Problem};
use crate::services::tiles::digest;

#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Dist;

const INDEX: &str = "index.html";

/// The page of the field app, which has addresses of its own.
const FIELD: &str = "field";
const FIELD_INDEX: &str = "field.html";

/// First parts of paths that are resources of the server and never pages of the app.
const RESERVED: [&str; 6] = ["api", "ogc", "tiles", "styles", "health", "metrics"];

/// A file of the built app.
pub fn file(path: &str) -> Option<Cow<'static, [u8]>> {
    Dist::get(path).map(|file| file.data)
}

pub async fn find_file(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let absent = || Problem::not_found("path", format!("there is nothing at {}", uri.path())).into_response();
    if method != Method::GET && method != Method::HEAD {
        return absent();
    }
    if let Some(file) = Dist::get(path).filter(|_| !path.is_empty()) {
        let digest = digest(&file.data);
        // The build names assets by their content, so they never change.
        let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        return answer::conditional(&headers, media_type(path), digest, cache, file.data.into_owned());
    }
    let is_file_or_resource =
        path.contains('.') || path.split('/').next().is_some_and(|first| RESERVED.contains(&first));
    let wants_page = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*"));
    if is_file_or_resource || !wants_page {
        return absent();
    }
    let unbuilt = "the web app is not built into this server; run `make web` and build again";
    let page = if path.split('/').next() == Some(FIELD) { FIELD_INDEX } else { INDEX };
    Dist::get(page).map_or_else(
        || Problem::unavailable(unbuilt).into_response(),
        |file| answer::tagged(&headers, HTML, file.data.into_owned()),
    )
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => HTML,
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "pbf" => "application/x-protobuf",
        "txt" | "map" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
