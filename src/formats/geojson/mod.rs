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

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::Value;
use crate::spatial::Shape;

/// A feature to be written: flat properties, absent ones as null.
pub struct Feature<'a> {
    pub id: &'a str,
    pub shape: &'a Shape,
    pub properties: Vec<(&'static str, Value<'a>)>,
}

impl Serialize for Feature<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rect = self.shape.rect();
        let mut feature = serializer.serialize_struct("Feature", 5)?;
        feature.serialize_field("type", "Feature")?;
        feature.serialize_field("id", self.id)?;
        feature.serialize_field("bbox", &[rect.min().x, rect.min().y, rect.max().x, rect.max().y])?;
        feature.serialize_field("geometry", self.shape)?;
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
