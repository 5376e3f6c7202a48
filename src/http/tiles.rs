//! Vector tiles and their TileJSON.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::{self, JSON, MVT, Problem};
use super::asked::Asked;
use super::params::AS_OF;
use super::route::{Access, Answer, Method, Route};
use crate::plan::Role;
use crate::services::tiles::TileLayer;
use crate::services::{FieldType, View, context_fields, plan_fields};
use crate::spatial::{BBox, GeometryType, TileGrid, TileId, what_is_inside};

/// Layers that one tile may hold.
const MAX_LAYERS: usize = 50;

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/tiles/{collections}",
            documented: Some("/tiles/{collections}.json"),
            method: Method::Get,
            access: Access::READ,
            id: "find_tile_set",
            summary: "TileJSON 3.0 of a choice of collections: ids with commas between them, `plan` for all the plan's, `context` for all under them, `places` for the plan's in three layers by geometry: areas, lines, points.",
            parameters: &[&AS_OF],
            body: None,
            answer: Answer::json::<TileJson>(),
            handler: get(find_tile_set),
        },
        Route {
            path: "/tiles/{collections}/{z}/{x}/{y}",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_tile",
            summary: "A vector tile (MVT 2.1, WebMercatorQuad, 4096 units) with one layer for each collection; 204 when nothing lies in it.",
            parameters: &[&AS_OF],
            body: None,
            answer: Answer { also: Some(("204", "Nothing lies in the tile.")), ..Answer::bytes(&[MVT]) },
            handler: get(find_tile),
        },
    ]
}

/// TileJSON 3.0.
#[derive(Serialize, JsonSchema)]
pub(super) struct TileJson {
    tilejson: &'static str,
    name: String,
    scheme: &'static str,
    tiles: Vec<String>,
    minzoom: u8,
    maxzoom: u8,
    bounds: [f64; 4],
    center: [f64; 3],
    vector_layers: Vec<VectorLayer>,
}

#[derive(Serialize, JsonSchema)]
struct VectorLayer {
    id: String,
    description: String,
    fields: serde_json::Map<String, serde_json::Value>,
}

/// The zoom at which a district fills a screen.
const CENTER_ZOOM: f64 = 11.0;

async fn find_tile_set(asked: Asked, Path(file): Path<String>) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    let Some(wanted) = file.strip_suffix(".json") else {
        return Err(Problem::not_found(
            "collections",
            format!("there is nothing at /tiles/{file}; TileJSON ends in .json"),
        ));
    };
    let view = asked.view().await?;
    let layers = layers(&view, wanted)?;
    let tiles = format!("{}/tiles/{wanted}/{{z}}/{{x}}/{{y}}", asked.base_url());
    answer::json(&asked.headers, JSON, &tile_json(&view, &layers, tiles))
}

/// Describes layers whose tiles are at `tiles`, an address with `{z}`, `{x}` and `{y}`.
pub(super) fn tile_json(view: &View, layers: &[TileLayer], tiles: String) -> TileJson {
    let collections = layers.iter().flat_map(|layer| &layer.collections);
    let rects = collections.filter_map(|collection| view.atlas.extent(collection));
    let bounds = rects.reduce(crate::spatial::union).map_or(BBox::WORLD, BBox::from);
    let bounds: [f64; 4] = bounds.into();
    TileJson {
        tilejson: "3.0.0",
        name: format!("{} {}", view.atlas.plan().district.en, view.atlas.plan().year),
        scheme: "xyz",
        tiles: vec![tiles],
        minzoom: 0,
        maxzoom: TileGrid::WebMercatorQuad.deepest_useful_zoom(),
        bounds,
        center: [f64::midpoint(bounds[0], bounds[2]), f64::midpoint(bounds[1], bounds[3]), CENTER_ZOOM],
        vector_layers: layers.iter().map(vector_layer).collect(),
    }
}

fn vector_layer(layer: &TileLayer) -> VectorLayer {
    let is_context = layer.collections.iter().any(|collection| collection.role == Role::Context);
    let fields = if is_context { context_fields() } else { plan_fields() };
    let titles: Vec<&str> = layer.collections.iter().map(|collection| collection.title.en.as_str()).collect();
    let kind = |field_type| if matches!(field_type, FieldType::Number) { "Number" } else { "String" };
    VectorLayer {
        id: layer.name.to_owned(),
        description: titles.join(", "),
        fields: std::iter::once(("id".to_owned(), "String".into()))
            .chain(fields.iter().map(|field| (field.name.to_owned(), kind(field.field_type).into())))
            .collect(),
    }
}

async fn find_tile(
    asked: Asked,
    Path((wanted, z, x, y)): Path<(String, String, String, String)>,
) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    let tile = tile_id(&z, &x, &y)?;
    asked
        .compute(move |asked, view| {
            let layers = layers(view, &wanted)?;
            let tile = asked.state.tiles.tile(view, &layers, tile).map_err(Problem::internal)?;
            Ok(answer::tile(&asked.headers, tile.digest, &tile.bytes))
        })
        .await
}

fn tile_id(z: &str, x: &str, y: &str) -> Result<TileId, Problem> {
    let absent = |detail: String| Problem::not_found("z/x/y", detail);
    let (Ok(zoom), Ok(column), Ok(row)) = (z.parse(), x.parse(), y.parse()) else {
        let inside = what_is_inside(TileGrid::WebMercatorQuad);
        return Err(absent(format!("tile {z}/{x}/{y} is outside the matrix: {inside}")));
    };
    TileId::new(zoom, column, row).map_err(|fault| absent(fault.to_string()))
}

/// The layers of a choice, each once, in the order asked for.
fn layers<'a>(view: &'a View, wanted: &'a str) -> Result<Vec<TileLayer<'a>>, Problem> {
    let mut chosen: Vec<TileLayer> = Vec::new();
    for word in wanted.split(',') {
        let found: Vec<TileLayer> = match word {
            "plan" => view.atlas.plan_collections().map(TileLayer::of).collect(),
            "context" => view.atlas.collections().filter(|c| c.role == Role::Context).map(TileLayer::of).collect(),
            "places" => PLACES.iter().map(|(name, types)| places(view, name, types)).collect(),
            id => view.atlas.collection(id).map(TileLayer::of).into_iter().collect(),
        };
        if found.is_empty() {
            return Err(Problem::not_found("collections", format!("there is no collection {word:?}")));
        }
        for layer in found {
            if !chosen.iter().any(|earlier| earlier.name == layer.name) {
                chosen.push(layer);
            }
        }
    }
    if chosen.len() > MAX_LAYERS {
        return Err(Problem::not_found("collections", format!("a tile holds at most {MAX_LAYERS} layers")));
    }
    Ok(chosen)
}

/// The layers of `places`, from the bottom up, whatever collections a plan has.
const PLACES: [(&str, [GeometryType; 2]); 3] = [
    ("areas", [GeometryType::Polygon, GeometryType::MultiPolygon]),
    ("lines", [GeometryType::LineString, GeometryType::MultiLineString]),
    ("points", [GeometryType::Point, GeometryType::MultiPoint]),
];

fn places<'a>(view: &'a View, name: &'static str, types: &[GeometryType]) -> TileLayer<'a> {
    let collections = view.atlas.plan_collections().filter(|collection| types.contains(&collection.geometry_type));
    TileLayer { name, collections: collections.collect() }
}
