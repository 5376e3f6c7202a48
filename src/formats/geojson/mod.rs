//! GeoJSON (RFC 7946), both ways: features as they are serialised for the web, layers as files, files as layers. None builds a document in memory.

mod compact;
mod context;
mod document;
mod nest;
mod read;
mod source;
mod write;

pub use read::{inspect, read};
pub use write::{SequenceWriter, Writer};

use geo::{BoundingRect, Coord, MapCoords, Rect};
use serde::ser::{Error, Serialize, SerializeMap, SerializeStruct, Serializer};

use super::Value;
use crate::spatial::{Crs, Shape};

/// A feature to be written: flat properties, absent ones as null.
pub struct Feature<'a> {
    pub id: &'a str,
    pub shape: &'a Shape,
    /// Coordinates of another system than longitude, latitude, in the order of its authority.
    pub crs: Option<&'a Crs>,
    pub properties: Vec<(&'static str, Value<'a>)>,
}

impl Serialize for Feature<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(crs) = self.crs else { return self.write(serializer, self.shape.rect(), self.shape) };
        let projected = crs.project_geometry(self.shape.geometry()).map_err(S::Error::custom)?;
        let unit = 10_f64.powi(i32::from(crs.decimals()));
        let round = |number: f64| (number * unit).round() / unit;
        let written = projected.map_coords(|Coord { x, y }| {
            if crs.is_northing_first() {
                Coord { x: round(y), y: round(x) }
            } else {
                Coord { x: round(x), y: round(y) }
            }
        });
        let rect = written.bounding_rect().ok_or_else(|| S::Error::custom("an empty shape"))?;
        self.write(serializer, rect, &geojson::Geometry::from(&written))
    }
}

impl Feature<'_> {
    fn write<S: Serializer>(&self, serializer: S, rect: Rect, geometry: &impl Serialize) -> Result<S::Ok, S::Error> {
        let mut feature = serializer.serialize_struct("Feature", 5)?;
        feature.serialize_field("type", "Feature")?;
        feature.serialize_field("id", self.id)?;
        feature.serialize_field("bbox", &[rect.min().x, rect.min().y, rect.max().x, rect.max().y])?;
        feature.serialize_field("geometry", geometry)?;
        feature.serialize_field("properties", &Properties(&self.properties))?;
        feature.end()
    }
}

struct Properties<'a>(&'a [(&'static str, Value<'a>)]);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Number(number) => serializer.serialize_f64(*number),
            Value::Date(date) => date.serialize(serializer),
            Value::Absent => serializer.serialize_none(),
        }
    }
}
