//! SAY IT: records and shapes in the formats of others, both ways. Bytes in, values out; formats that a file must be whole for
//! write where they are told, and no other I/O is done here.

mod archive;
mod bounded;
mod columns;
pub mod csv;
pub mod geojson;
pub mod gpkg;
pub mod layer;
pub mod mvt;
pub mod photo;
pub mod read;
pub mod seeds;
pub mod table;
pub mod workbook;
mod prj;
pub mod seeds;
pub mod shp;
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
