//! SAY IT: records and shapes in the formats of others, both ways. Pure: bytes in, values out.

pub mod geojson;
pub mod gpkg;
pub mod mvt;
pub mod photo;
pub mod seeds;

/// The value of one flat property, as GeoJSON, vector tiles and tables all can carry it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Text(&'a str),
    Number(f64),
    Date(crate::plan::Date),
    Absent,
}
