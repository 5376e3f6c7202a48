//! The documents of OGC API – Tiles (OGC 20-057) and of tile matrix sets and tile sets (OGC 17-083r4), as JSON.

use geo::Rect;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::plan::Collection;
use crate::services::tiles::MARGIN;
use crate::services::{Field, FieldType};
use crate::spatial::CRS84_URI;
use crate::spatial::{BBox, GeometryType, TILE_PIXELS, TileGrid};

/// A link, perhaps with blanks to fill in.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TileLink {
    pub href: String,
    pub rel: &'static str,
    #[serde(rename = "type")]
    pub media_type: &'static str,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub templated: Option<bool>,
}

/// The tile matrix sets that tiles are given in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TileMatrixSets {
    pub links: Vec<TileLink>,
    pub tile_matrix_sets: Vec<TileMatrixSetItem>,
}

#[derive(Serialize, JsonSchema)]
pub struct TileMatrixSetItem {
    pub id: &'static str,
    pub title: &'static str,
    /// Absent for a set that is in no register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<&'static str>,
    pub crs: &'static str,
    pub links: Vec<TileLink>,
}

/// A tile matrix set, whole.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TileMatrixSet {
    pub id: &'static str,
    pub title: &'static str,
    description: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<&'static str>,
    crs: &'static str,
    ordered_axes: [&'static str; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    well_known_scale_set: Option<&'static str>,
    bounding_box: BoundingBox,
    pub tile_matrices: Vec<TileMatrix>,
}

/// Two corners in the order of the system's axes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BoundingBox {
    lower_left: [f64; 2],
    upper_right: [f64; 2],
    crs: &'static str,
    ordered_axes: [&'static str; 2],
}

/// One zoom of a set.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TileMatrix {
    pub id: String,
    pub scale_denominator: f64,
    pub cell_size: f64,
    corner_of_origin: &'static str,
    /// In the order of the set's axes.
    point_of_origin: [f64; 2],
    tile_width: u32,
    tile_height: u32,
    pub matrix_width: u32,
    pub matrix_height: u32,
}

/// The tile sets of the plan or of one collection.
#[derive(Serialize, JsonSchema)]
pub struct TileSets {
    pub links: Vec<TileLink>,
    pub tilesets: Vec<TileSetItem>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TileSetItem {
    pub title: String,
    data_type: &'static str,
    crs: &'static str,
    #[serde(rename = "tileMatrixSetURI", skip_serializing_if = "Option::is_none")]
    tile_matrix_set_uri: Option<&'static str>,
    pub links: Vec<TileLink>,
}

/// What a tile set holds and where.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TileSet {
    pub title: String,
    pub description: String,
    data_type: &'static str,
    crs: &'static str,
    #[serde(rename = "tileMatrixSetURI", skip_serializing_if = "Option::is_none")]
    tile_matrix_set_uri: Option<&'static str>,
    tile_matrix_set_id: &'static str,
    /// Only tiles within these are there; absent when there is no feature.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tile_matrix_set_limits: Vec<TileMatrixLimits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bounding_box: Option<BoundingBox>,
    pub layers: Vec<TileSetLayer>,
    pub links: Vec<TileLink>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TileMatrixLimits {
    pub tile_matrix: String,
    pub min_tile_row: u32,
    pub max_tile_row: u32,
    pub min_tile_col: u32,
    pub max_tile_col: u32,
}

/// A layer of the tiles: one collection.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TileSetLayer {
    pub id: String,
    pub title: String,
    data_type: &'static str,
    /// 0 for points, 1 for lines, 2 for areas.
    pub geometry_dimension: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    bounding_box: Option<BoundingBox>,
    #[schemars(with = "Value")]
    properties_schema: Value,
    links: Vec<TileLink>,
}

const VECTOR: &str = "vector";
const LON_LAT: [&str; 2] = ["Lon", "Lat"];

/// What a grid is called by others.
struct Told {
    title: &'static str,
    description: &'static str,
    uri: Option<&'static str>,
    crs: &'static str,
    axes: [&'static str; 2],
    well_known_scale_set: Option<&'static str>,
}

fn told(grid: TileGrid) -> Told {
    match grid {
        TileGrid::WebMercatorQuad => Told {
            title: "Google Maps Compatible for the World",
            description: "The square of web maps; as far as it is served here.",
            uri: Some("http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"),
            crs: "http://www.opengis.net/def/crs/EPSG/0/3857",
            axes: ["E", "N"],
            well_known_scale_set: Some("http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"),
        },
        TileGrid::WorldCrs84Quad => Told {
            title: "CRS84 for the World",
            description: "Longitude and latitude of WGS 84, two tiles side by side at the first level; as far as it is served here.",
            uri: Some("http://www.opengis.net/def/tilematrixset/OGC/1.0/WorldCRS84Quad"),
            crs: CRS84_URI,
            axes: LON_LAT,
            well_known_scale_set: Some("http://www.opengis.net/def/wkss/OGC/1.0/GoogleCRS84Quad"),
        },
        TileGrid::Cgcs2000Quad => Told {
            title: "CGCS2000 经纬度 (天地图 c) CGCS2000 degrees, as Tianditu",
            description: "Latitude and longitude of CGCS2000 as Tianditu's tile matrix set c: levels 1 to 18, two tiles side by side at level 1.",
            uri: None,
            crs: "http://www.opengis.net/def/crs/EPSG/0/4490",
            axes: ["Lat", "Lon"],
            well_known_scale_set: None,
        },
    }
}

impl TileMatrixSetItem {
    pub fn new(grid: TileGrid, links: Vec<TileLink>) -> TileMatrixSetItem {
        let Told { title, uri, crs, .. } = told(grid);
        TileMatrixSetItem { id: grid.id(), title, uri, crs, links }
    }
}

impl TileMatrixSet {
    pub fn new(grid: TileGrid) -> TileMatrixSet {
        let Told { title, description, uri, crs, axes, well_known_scale_set } = told(grid);
        let in_order = |x: f64, y: f64| if axes[0] == "Lat" { [y, x] } else { [x, y] };
        let [west, south, east, north] = grid.bounds();
        let matrix = |zoom: u8| {
            let (matrix_width, matrix_height) = grid.size(zoom);
            TileMatrix {
                id: zoom.to_string(),
                scale_denominator: grid.scale_denominator(zoom),
                cell_size: grid.cell_size(zoom),
                corner_of_origin: "topLeft",
                point_of_origin: in_order(west, north),
                tile_width: TILE_PIXELS,
                tile_height: TILE_PIXELS,
                matrix_width,
                matrix_height,
            }
        };
        TileMatrixSet {
            id: grid.id(),
            title,
            description,
            uri,
            crs,
            ordered_axes: axes,
            well_known_scale_set,
            bounding_box: BoundingBox {
                lower_left: in_order(west, south),
                upper_right: in_order(east, north),
                crs,
                ordered_axes: axes,
            },
            tile_matrices: grid.zooms().map(matrix).collect(),
        }
    }
}

impl TileSetItem {
    pub fn new(title: String, grid: TileGrid, links: Vec<TileLink>) -> TileSetItem {
        let Told { uri, crs, .. } = told(grid);
        TileSetItem { title, data_type: VECTOR, crs, tile_matrix_set_uri: uri, links }
    }
}

impl TileSet {
    /// The tile set of some layers in a grid; `extent` is of all their features.
    pub fn new(
        title: String,
        description: String,
        grid: TileGrid,
        extent: Option<Rect>,
        layers: Vec<TileSetLayer>,
        links: Vec<TileLink>,
    ) -> TileSet {
        let Told { uri, crs, .. } = told(grid);
        let limits = |rect: Rect| {
            let of_zoom = move |zoom: u8| {
                let range = grid.range(zoom, rect, MARGIN);
                TileMatrixLimits {
                    tile_matrix: zoom.to_string(),
                    min_tile_row: range.rows.0,
                    max_tile_row: range.rows.1,
                    min_tile_col: range.columns.0,
                    max_tile_col: range.columns.1,
                }
            };
            grid.zooms().map(of_zoom)
        };
        TileSet {
            title,
            description,
            data_type: VECTOR,
            crs,
            tile_matrix_set_uri: uri,
            tile_matrix_set_id: grid.id(),
            tile_matrix_set_limits: extent.into_iter().flat_map(limits).collect(),
            bounding_box: extent.map(BoundingBox::from),
            layers,
            links,
        }
    }
}

impl TileSetLayer {
    pub fn new(collection: &Collection, extent: Option<Rect>, fields: &[Field], links: Vec<TileLink>) -> TileSetLayer {
        let geometry_dimension = match collection.geometry_type {
            GeometryType::Point | GeometryType::MultiPoint => 0,
            GeometryType::LineString | GeometryType::MultiLineString => 1,
            GeometryType::Polygon | GeometryType::MultiPolygon => 2,
        };
        let id = ("id".to_owned(), json!({ "type": "string", "description": "id of the feature" }));
        let properties: Map<String, Value> =
            std::iter::once(id).chain(fields.iter().map(|field| (field.name.to_owned(), property(field)))).collect();
        TileSetLayer {
            id: collection.id.to_string(),
            title: format!("{} {}", collection.title.zh, collection.title.en),
            data_type: VECTOR,
            geometry_dimension,
            bounding_box: extent.map(BoundingBox::from),
            properties_schema: json!({ "type": "object", "properties": properties }),
            links,
        }
    }
}

fn property(field: &Field) -> Value {
    let mut schema = json!({ "description": field.meaning });
    let (name, more) = match field.field_type {
        FieldType::Text => ("string", None),
        FieldType::Word(words) => ("string", Some(("enum", json!(words())))),
        FieldType::Number => ("number", None),
        FieldType::Date => ("string", Some(("format", json!("date")))),
    };
    schema["type"] = name.into();
    if let Some((member, value)) = more {
        schema[member] = value;
    }
    schema
}

impl From<Rect> for BoundingBox {
    fn from(rect: Rect) -> BoundingBox {
        let [west, south, east, north]: [f64; 4] = BBox::from(rect).into();
        BoundingBox { lower_left: [west, south], upper_right: [east, north], crs: CRS84_URI, ordered_axes: LON_LAT }
    }
}
