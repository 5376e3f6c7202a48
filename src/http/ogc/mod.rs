//! `/ogc`: OGC API – Features Part 1 – core, GeoJSON, HTML and OpenAPI 3.0 (OGC 17-069r4), and OGC API – Tiles (OGC 20-057).
//!
//! Coordinates are CRS84: longitude, latitude. Each document comes as JSON or, for people, as HTML.

mod collections;
mod desktop;
mod edits;
mod html;
mod items;
mod landing;
mod media;
mod styles;
mod tile_html;
mod tiles;

pub use landing::find_landing_page;

use super::route::Route;
use super::wire::OgcLink;

pub const ROOT: &str = "/ogc";

pub fn routes() -> Vec<Route> {
    [
        landing::routes(),
        collections::routes(),
        items::routes(),
        edits::routes(),
        tiles::routes(),
        styles::routes(),
        desktop::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn link(base: &str, path: &str, rel: &'static str, media_type: &'static str, title: impl Into<String>) -> OgcLink {
    OgcLink { href: format!("{base}{path}"), rel, media_type, title: title.into() }
}
