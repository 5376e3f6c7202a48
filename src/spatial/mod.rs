//! WHERE: checked shapes, boxes, reference systems, distances on the ellipsoid, tile grids, spatial relations and
//! filters.
//!
//! All coordinates are WGS 84 degrees in longitude, latitude order unless a name says otherwise. Knows nothing of
//! plans or projects; no I/O, no async, no clock.

mod area;
mod bbox;
mod crs;
pub mod filter;
mod measure;
mod relation;
mod shape;
mod tile_grid;
mod tile_id;

pub use area::{Area, AreaError};
pub use bbox::{BBox, BBoxError, union};
pub use crs::{CRS84_URI, Crs, CrsCatalogue, CrsCode, CrsError, Offset, Unit, WktError, swapped};
pub use measure::{
    MAX_RADIUS_M, Nearest, between_middles_m, distance_floor_m, distance_from, distance_m, nearest, nearest_between,
    window_around,
};
pub use relation::{Query, Relation};
pub use shape::{GeometryType, LonLat, MAX_VERTICES, Shape, ShapeError};
pub use tile_grid::{MAX_ZOOM, TILE_PIXELS, TileGrid, TileRange};
pub use tile_id::{TileId, TileIdError, what_is_inside};
