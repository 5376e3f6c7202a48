//! Tile matrix sets and tile sets as plain pages for people.

use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::html::page;
use crate::http::wire::{TileLink, TileMatrixSet, TileMatrixSets, TileSet, TileSets};

pub fn tile_matrix_sets(headers: &HeaderMap, base: &str, document: &TileMatrixSets) -> Response {
    let body = html! {
        table {
            tr { th { "Tile matrix set" } th { "Title" } th { "Reference system" } }
            @for set in &document.tile_matrix_sets {
                tr { td { a href={ (set.links[0].href.replace("f=json", "f=html")) } { (set.id) } } td { (set.title) } td { code { (set.crs) } } }
            }
        }
    };
    page(headers, base, "Tile matrix sets", &[], &body)
}

pub fn tile_matrix_set(headers: &HeaderMap, base: &str, set: &TileMatrixSet) -> Response {
    let body = html! {
        p { (set.title) }
        table {
            tr { th { "Matrix" } th { "Scale 1:" } th { "Cell size" } th { "Columns" } th { "Rows" } }
            @for matrix in &set.tile_matrices {
                tr {
                    td { (matrix.id) } td { (format!("{:.0}", matrix.scale_denominator)) } td { (matrix.cell_size) }
                    td { (matrix.matrix_width) } td { (matrix.matrix_height) }
                }
            }
        }
    };
    page(headers, base, set.id, &[("tileMatrixSets", format!("{base}/ogc/tileMatrixSets?f=html"))], &body)
}

pub fn tile_sets(headers: &HeaderMap, base: &str, collection: Option<&str>, document: &TileSets) -> Response {
    let body = html! { @for set in &document.tilesets { h2 { (set.title) } (link_list(&set.links)) } };
    page(headers, base, "Vector tiles", &trail(base, collection), &body)
}

pub fn tile_set(headers: &HeaderMap, base: &str, collection: Option<&str>, set: &TileSet) -> Response {
    let body = html! {
        p { (set.description) }
        table {
            tr { th { "Layer" } th { "Title" } th { "Dimension" } }
            @for layer in &set.layers { tr { td { code { (layer.id) } } td { (layer.title) } td { (layer.geometry_dimension) } } }
        }
        h2 { "Limits" }
        div.scroll { table {
            tr { th { "Matrix" } th { "Columns" } th { "Rows" } }
            @for limits in &set.tile_matrix_set_limits {
                tr {
                    td { (limits.tile_matrix) }
                    td { (limits.min_tile_col) " – " (limits.max_tile_col) }
                    td { (limits.min_tile_row) " – " (limits.max_tile_row) }
                }
            }
        } }
        (link_list(&set.links))
    };
    page(headers, base, &set.title, &trail(base, collection), &body)
}

fn link_list(links: &[TileLink]) -> Markup {
    html! {
        ul { @for link in links {
            li {
                @if link.templated == Some(true) { (link.title) ": " code { (link.href) } }
                @else { a href=(link.href) { (link.title) } }
                " " code { (link.rel) " · " (link.media_type) }
            }
        } }
    }
}

fn trail<'a>(base: &str, collection: Option<&'a str>) -> Vec<(&'a str, String)> {
    let tiles = |path: String| ("tiles", format!("{path}/tiles?f=html"));
    match collection {
        None => vec![tiles(format!("{base}/ogc"))],
        Some(id) => {
            let path = format!("{base}/ogc/collections/{id}");
            vec![("collections", format!("{base}/ogc/collections?f=html")), (id, format!("{path}?f=html")), tiles(path)]
        }
    }
}
