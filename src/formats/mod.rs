//! SAY IT: records and shapes in the formats of others, both ways. Bytes in, values out; formats that a file must be whole for
//! write where they are told, and no other I/O is done here.

mod archive;
mod bounded;
mod columns;
mod coordinate;
pub mod csv;
pub mod dxf;
pub mod fgb;
pub mod file;
mod found;
pub mod geojson;
pub mod gpkg;
pub mod kml;
pub mod layer;
mod metered;
pub mod mvt;
pub mod photo;
pub mod pmtiles;
mod prj;
pub mod read;
pub mod seeds;
pub mod shp;
pub mod style;
pub mod table;
mod text;
mod wkt;
pub mod xlsx;

/// The value of one flat property, as GeoJSON, vector tiles and tables all can carry it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Text(&'a str),
    Number(f64),
    Date(crate::plan::Date),
    Absent,
}
