//! `/ogc`: OGC API – Features: Part 1 core, GeoJSON, HTML and OpenAPI 3.0 (OGC 17-069r4), Part 2 reference systems (18-058r1), Part 3
//! filtering with CQL2 (19-079r2, 21-065r2), Part 4 editing, Part 5 schemas (23-058r2); OGC API – Tiles (20-057).
//!
//! Coordinates are CRS84, longitude and latitude, unless a request names another system. Each document comes as JSON or, for people, as HTML.

mod asking;
mod collections;
mod crs;
mod desktop;
mod edits;
mod html;
mod items;
mod landing;
mod media;
mod schemas;
mod small_map;
mod styles;
mod tile_html;
mod tiles;

pub use landing::find_landing_page;
pub use schemas::queryables;

use super::route::Route;
use super::wire::OgcLink;

pub const ROOT: &str = "/ogc";

pub fn routes() -> Vec<Route> {
    [
        landing::routes(),
        collections::routes(),
        items::routes(),
        schemas::routes(),
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
