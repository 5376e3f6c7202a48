//! OGC API – Tiles Part 1 (OGC 20-057): tile matrix sets, tile sets of the whole plan and of each collection, and their tiles.
//!
//! The tiles are those of `/tiles`; here a tile outside its set's limits is 404, as the standard asks, and rows come before columns.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::collections::plan_collection;
use super::media::{F, Media};
use super::tile_html;
use crate::http::answer::{self, HTML, JSON, MVT, Problem};
use crate::http::asked::Asked;
use crate::http::params::{AS_OF, Param, ParamShape, Params, wrong};
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::tiles::{TileJson, tile_json};
use crate::http::wire::{
    OgcLink, TileLink, TileMatrixSet, TileMatrixSetItem, TileMatrixSets, TileSet, TileSetItem, TileSetLayer, TileSets,
};
use crate::plan::Collection;
use crate::services::tiles::{MARGIN, TileLayer};
use crate::services::{View, plan_fields};
use crate::spatial::{TileGrid, TileId, union, what_is_inside};

/// What of the standards is here.
pub const CONFORMS_TO: [&str; 14] = [
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/collections-selection",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixsetlimits",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixsetlimits",
    "http://www.opengis.net/spec/tms/2.0/conf/tilesetmetadata",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata",
];

const REL_TILESETS: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";
const REL_SCHEMES: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes";
const REL_SCHEME: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme";
const REL_GEODATA: &str = "http://www.opengis.net/def/rel/ogc/1.0/geodata";

const COLLECTIONS: Param =
    Param::new("collections", ParamShape::Ids, "Only these collections, in this order; all of the plan's when absent.");
const TILE_SET_F: Param = Param::new(
    "f",
    ParamShape::OneOf(&["json", "html", "tilejson"]),
    "Representation, in place of the Accept header; tilejson is for WebMercatorQuad.",
);
const TILE_F: Param = Param::new("f", ParamShape::OneOf(&["mvt"]), "Representation of a tile; there is this one.");

pub fn routes() -> Vec<Route> {
    let dataset: &[&'static Param] = &[&COLLECTIONS, &F, &AS_OF];
    vec![
        route(
            "/ogc/tileMatrixSets",
            "guatu.getTileMatrixSetsList",
            "The tile matrix sets that tiles are given in.",
            &[&F],
            Answer::ogc::<TileMatrixSets>(&[JSON, HTML]),
            get(list_tile_matrix_sets),
        ),
        route(
            "/ogc/tileMatrixSets/{tileMatrixSetId}",
            "guatu.getTileMatrixSet",
            "A tile matrix set: its reference system, origin, scales and sizes (OGC 17-083r4).",
            &[&F],
            Answer::ogc::<TileMatrixSet>(&[JSON, HTML]),
            get(find_tile_matrix_set),
        ),
        route(
            "/ogc/tiles",
            "guatu.dataset.vector.getTileSetsList",
            "The tile sets of the whole plan, one for each tile matrix set.",
            dataset,
            Answer::ogc::<TileSets>(&[JSON, HTML]),
            get(async |asked: Asked| list_tile_sets(asked, None).await),
        ),
        route(
            "/ogc/tiles/{tileMatrixSetId}",
            "guatu.dataset.vector.getTileSet",
            "A tile set of the whole plan: its limits, layers and properties.",
            &[&COLLECTIONS, &TILE_SET_F, &AS_OF],
            Answer::ogc::<TileSet>(&[JSON, HTML]),
            get(async |asked: Asked, Path(grid): Path<String>| find_tile_set(asked, None, grid).await),
        ),
        route(
            "/ogc/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}",
            "guatu.dataset.vector.getTile",
            "A vector tile (MVT 2.1, 4096 units) of the whole plan, one layer for each collection; 204 when nothing lies in it.",
            &[&COLLECTIONS, &TILE_F, &AS_OF],
            tile_answer(),
            get(async |asked: Asked, Path(place): Path<[String; 4]>| find_tile(asked, None, place).await),
        ),
        route(
            "/ogc/collections/{collectionId}/tiles",
            "guatu.collection.vector.getTileSetsList",
            "The tile sets of a collection, one for each tile matrix set.",
            &[&F, &AS_OF],
            Answer::ogc::<TileSets>(&[JSON, HTML]),
            get(async |asked: Asked, Path(collection): Path<String>| list_tile_sets(asked, Some(collection)).await),
        ),
        route(
            "/ogc/collections/{collectionId}/tiles/{tileMatrixSetId}",
            "guatu.collection.vector.getTileSet",
            "A tile set of a collection: its limits and properties.",
            &[&TILE_SET_F, &AS_OF],
            Answer::ogc::<TileSet>(&[JSON, HTML]),
            get(async |asked: Asked, Path((collection, grid)): Path<(String, String)>| {
                find_tile_set(asked, Some(collection), grid).await
            }),
        ),
        route(
            "/ogc/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}",
            "guatu.collection.vector.getTile",
            "A vector tile (MVT 2.1, 4096 units) of a collection; 204 when nothing lies in it.",
            &[&TILE_F, &AS_OF],
            tile_answer(),
            get(async |asked: Asked, Path([collection, grid, matrix, row, column]): Path<[String; 5]>| {
                find_tile(asked, Some(collection), [grid, matrix, row, column]).await
            }),
        ),
    ]
}

fn route(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    parameters: &'static [&'static Param],
    answer: Answer,
    handler: MethodRouter<std::sync::Arc<crate::http::State>>,
) -> Route {
    let (documented, method, access, body) = (None, Method::Get, Access::READ, None);
    Route { path, documented, method, access, id, summary, parameters, body, answer, handler }
}

fn tile_answer() -> Answer {
    Answer { also: Some(("204", "Nothing lies in the tile.")), ..Answer::bytes(&[MVT]) }
}

/// The links of the landing page, or of a collection, that lead to tiles.
pub fn tile_links(base: &str, collection: Option<&str>) -> Vec<OgcLink> {
    let of = |path: &str, rel, title| super::link(base, path, rel, JSON, title);
    match collection {
        Some(id) => vec![of(&format!("{}?f=json", tiles_of(Some(id))), REL_TILESETS, "Its vector tiles")],
        None => vec![
            of("/ogc/tiles?f=json", REL_TILESETS, "Vector tiles of the whole plan"),
            of("/ogc/tileMatrixSets?f=json", REL_SCHEMES, "Tile matrix sets"),
        ],
    }
}

async fn list_tile_matrix_sets(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&F])?;
    let media = Media::of(&params, &asked.headers, JSON)?;
    let base = asked.base_url();
    let item = |grid: TileGrid| {
        TileMatrixSetItem::new(grid, vec![link(&base, &scheme(grid), "self", JSON, grid.id().to_owned())])
    };
    let document = TileMatrixSets {
        links: both(&base, "/ogc/tileMatrixSets", &params),
        tile_matrix_sets: TileGrid::ALL.into_iter().map(item).collect(),
    };
    match media {
        Media::Json => answer::json(&asked.headers, JSON, &document).map(answer::varies),
        Media::Html => Ok(tile_html::tile_matrix_sets(&asked.headers, &base, &document)),
    }
}

async fn find_tile_matrix_set(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    let params = asked.params(&[&F])?;
    let media = Media::of(&params, &asked.headers, JSON)?;
    let document = TileMatrixSet::new(grid_of(&id)?);
    match media {
        Media::Json => answer::json(&asked.headers, JSON, &document).map(answer::varies),
        Media::Html => Ok(tile_html::tile_matrix_set(&asked.headers, &asked.base_url(), &document)),
    }
}

async fn list_tile_sets(asked: Asked, collection: Option<String>) -> Result<Response, Problem> {
    let declared: &[&Param] = if collection.is_none() { &[&COLLECTIONS, &F, &AS_OF] } else { &[&F, &AS_OF] };
    let params = asked.params(declared)?;
    let media = Media::of(&params, &asked.headers, JSON)?;
    let base = asked.base_url();
    let view = asked.view().await?;
    let chosen = chosen(&view, &params, collection.as_deref())?;
    let path = tiles_of(collection.as_deref());
    let item = |grid: TileGrid| {
        let set = format!("{path}/{}?{}", grid.id(), params.with(&F, "json"));
        let tile = template(&base, &path, grid, &params);
        let links = vec![
            link(&base, &set, "self", JSON, "This tile set"),
            link(&base, &scheme(grid), REL_SCHEME, JSON, "Its tile matrix set"),
            tile,
        ];
        TileSetItem::new(title(&view, &chosen, collection.is_some(), grid), grid, links)
    };
    let document =
        TileSets { links: both(&base, &path, &params), tilesets: TileGrid::ALL.into_iter().map(item).collect() };
    match media {
        Media::Json => answer::json(&asked.headers, JSON, &document).map(answer::varies),
        Media::Html => Ok(tile_html::tile_sets(&asked.headers, &base, collection.as_deref(), &document)),
    }
}

async fn find_tile_set(asked: Asked, collection: Option<String>, grid: String) -> Result<Response, Problem> {
    let declared: &[&Param] =
        if collection.is_none() { &[&COLLECTIONS, &TILE_SET_F, &AS_OF] } else { &[&TILE_SET_F, &AS_OF] };
    let params = asked.params(declared)?;
    let is_tile_json = params.raw(&TILE_SET_F) == Some("tilejson");
    let media = if is_tile_json { Media::Json } else { Media::of(&params, &asked.headers, JSON)? };
    let grid = grid_of(&grid)?;
    let base = asked.base_url();
    let view = asked.view().await?;
    let chosen = chosen(&view, &params, collection.as_deref())?;
    let path = tiles_of(collection.as_deref());
    if is_tile_json {
        let document = tile_json_of(&view, &chosen, &template(&base, &path, grid, &params).href, grid)?;
        return answer::json(&asked.headers, JSON, &document).map(answer::varies);
    }
    let set = format!("{path}/{}", grid.id());
    let mut links = both(&base, &set, &params);
    if grid == TileGrid::WebMercatorQuad {
        let path = format!("{set}?{}", params.with(&F, "tilejson"));
        links.push(link(&base, &path, "alternate", JSON, "This tile set as TileJSON"));
    }
    links.push(link(&base, &scheme(grid), REL_SCHEME, JSON, "Its tile matrix set"));
    links.push(template(&base, &path, grid, &params));
    let layer = |collection: &&Collection| {
        let geodata = format!("/ogc/collections/{}", collection.id);
        let links = vec![link(&base, &geodata, REL_GEODATA, JSON, "The collection")];
        TileSetLayer::new(collection, view.atlas.extent(collection), plan_fields(), links)
    };
    if collection.is_some() {
        links.extend(chosen.iter().map(|collection| {
            link(&base, &format!("/ogc/collections/{}", collection.id), REL_GEODATA, JSON, "The collection")
        }));
    }
    let document = TileSet::new(
        title(&view, &chosen, collection.is_some(), grid),
        "Positions are schematic where their property position says so; a tile holds a layer for each collection."
            .to_owned(),
        grid,
        extent(&view, &chosen),
        chosen.iter().map(layer).collect(),
        links,
    );
    match media {
        Media::Json => answer::json(&asked.headers, JSON, &document).map(answer::varies),
        Media::Html => Ok(tile_html::tile_set(&asked.headers, &base, collection.as_deref(), &document)),
    }
}

fn tile_json_of(view: &View, chosen: &[&Collection], template: &str, grid: TileGrid) -> Result<TileJson, Problem> {
    if grid != TileGrid::WebMercatorQuad {
        return Err(wrong(&TILE_SET_F, "TileJSON is for WebMercatorQuad only"));
    }
    let layers: Vec<TileLayer> = chosen.iter().map(|collection| TileLayer::of(collection)).collect();
    let blanks = [("{tileMatrix}", "{z}"), ("{tileRow}", "{y}"), ("{tileCol}", "{x}")];
    let tiles = blanks.iter().fold(template.to_owned(), |url, (ours, theirs)| url.replace(ours, theirs));
    Ok(tile_json(view, &layers, tiles))
}

async fn find_tile(asked: Asked, collection: Option<String>, place: [String; 4]) -> Result<Response, Problem> {
    let declared: &[&Param] = if collection.is_none() { &[&COLLECTIONS, &TILE_F, &AS_OF] } else { &[&TILE_F, &AS_OF] };
    let params = asked.params(declared)?;
    params.one_of(&TILE_F)?;
    let [grid, matrix, row, column] = place;
    let tile = tile_id(grid_of(&grid)?, &matrix, &row, &column)?;
    asked
        .compute(move |asked, view| {
            let chosen = chosen(view, &params, collection.as_deref())?;
            let is_within = extent(view, &chosen)
                .is_some_and(|rect| tile.grid().range(tile.zoom(), rect, MARGIN).holds(tile.column(), tile.row()));
            if !is_within {
                let detail = format!("tile {matrix}/{row}/{column} is outside the limits that the tile set tells");
                return Err(Problem::not_found("tileMatrix/tileRow/tileCol", detail));
            }
            let layers: Vec<TileLayer> = chosen.into_iter().map(TileLayer::of).collect();
            let tile = asked.state.tiles.tile(view, &layers, tile).map_err(Problem::internal)?;
            Ok(answer::tile(&asked.headers, tile.digest, &tile.bytes))
        })
        .await
}

fn tile_id(grid: TileGrid, matrix: &str, row: &str, column: &str) -> Result<TileId, Problem> {
    let tile = || TileId::in_grid(grid, matrix.parse().ok()?, column.parse().ok()?, row.parse().ok()?).ok();
    tile().ok_or_else(|| {
        let inside = what_is_inside(grid);
        let detail = format!(
            "tile {matrix}/{row}/{column} is outside {}: {inside} (z is the matrix, y the row, x the column)",
            grid.id()
        );
        Problem::not_found("tileMatrix/tileRow/tileCol", detail)
    })
}

fn grid_of(id: &str) -> Result<TileGrid, Problem> {
    TileGrid::by_id(id).ok_or_else(|| {
        let known = TileGrid::ALL.map(TileGrid::id).join(", ");
        Problem::not_found("tileMatrixSetId", format!("there is no tile matrix set {id}; there are {known}"))
    })
}

/// The collections that tiles are wanted of: one, or those that the query names, or all; each once.
fn chosen<'a>(view: &'a View, params: &Params, collection: Option<&str>) -> Result<Vec<&'a Collection>, Problem> {
    if let Some(id) = collection {
        return Ok(vec![plan_collection(view, id)?]);
    }
    let named: Vec<String> = params.list(&COLLECTIONS)?;
    if named.is_empty() {
        return Ok(view.atlas.plan_collections().collect());
    }
    let mut chosen: Vec<&Collection> = Vec::new();
    for id in named {
        let found = view.atlas.plan_collections().find(|collection| collection.id.as_str() == id);
        let found = found.ok_or_else(|| wrong(&COLLECTIONS, format_args!("there is no collection {id:?}")))?;
        if !chosen.iter().any(|earlier| earlier.id == found.id) {
            chosen.push(found);
        }
    }
    Ok(chosen)
}

fn extent(view: &View, chosen: &[&Collection]) -> Option<geo::Rect> {
    chosen.iter().filter_map(|collection| view.atlas.extent(collection)).reduce(union)
}

fn title(view: &View, chosen: &[&Collection], is_of_one: bool, grid: TileGrid) -> String {
    let plan = view.atlas.plan();
    match chosen {
        [one] if is_of_one => format!("{} {} ({})", one.title.zh, one.title.en, grid.id()),
        _ => format!("{}{} {} {} ({})", plan.district.zh, plan.year, plan.district.en, plan.year, grid.id()),
    }
}

fn tiles_of(collection: Option<&str>) -> String {
    collection.map_or_else(|| "/ogc/tiles".to_owned(), |id| format!("/ogc/collections/{id}/tiles"))
}

fn scheme(grid: TileGrid) -> String {
    format!("/ogc/tileMatrixSets/{}?f=json", grid.id())
}

fn link(base: &str, path: &str, rel: &'static str, media_type: &'static str, title: impl Into<String>) -> TileLink {
    TileLink { href: format!("{base}{path}"), rel, media_type, title: title.into(), templated: None }
}

/// The address of each tile, with blanks; what the request chose stays chosen.
fn template(base: &str, path: &str, grid: TileGrid, params: &Params) -> TileLink {
    let query = params.with(&TILE_F, "mvt");
    let path = format!("{path}/{}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?{query}", grid.id());
    TileLink { templated: Some(true), ..link(base, &path, "item", MVT, "Its tiles as Mapbox Vector Tiles") }
}

/// A document as it is and as a page.
fn both(base: &str, path: &str, params: &Params) -> Vec<TileLink> {
    vec![
        link(base, &format!("{path}?{}", params.with(&F, "json")), "self", JSON, "This document"),
        link(base, &format!("{path}?{}", params.with(&F, "html")), "alternate", "text/html", "This document as a page"),
    ]
}
