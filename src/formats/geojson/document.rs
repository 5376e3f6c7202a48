//! The grammar of GeoJSON as it streams by: a collection, a feature or a bare geometry, its members in any order.

use std::fmt;

use geo::Geometry;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::compact::PropertySeed;
use super::context::{Context, RawFeature};
use super::nest::{Nest, NestSeed};
use crate::formats::found::{MAX_NAME_BYTES, RawValue};
use crate::formats::layer::MAX_FIELDS;

/// Members of a feature or a bare geometry, as far as they came.
#[derive(Default)]
struct Members {
    kind: Option<String>,
    id: Option<Option<String>>,
    geometry: Option<Result<Option<Geometry>, String>>,
    properties: Option<Vec<(String, RawValue)>>,
    coordinates: Option<Nest>,
}

impl Members {
    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        object: &mut A,
        context: &mut Context,
    ) -> Result<(), A::Error> {
        match key {
            "type" => put(&mut self.kind, key, object.next_value()?),
            "id" => put(&mut self.id, key, id_of(object.next_value_seed(PropertySeed)?)),
            "geometry" => put(&mut self.geometry, key, object.next_value_seed(GeometrySeed(context))?),
            "properties" => put(&mut self.properties, key, object.next_value_seed(PropertiesSeed(context))?),
            "coordinates" => {
                context.begin_geometry();
                put(&mut self.coordinates, key, object.next_value_seed(NestSeed(context))?)
            }
            _ => object.next_value::<IgnoredAny>().map(|_| ()),
        }
    }

    fn into_feature<E: Error>(self, place: u64) -> Result<RawFeature, E> {
        match self.kind.as_deref() {
            Some("Feature") => {}
            Some(other) => return Err(E::custom(format!("the type is {other:?}; it must be \"Feature\""))),
            None => return Err(E::custom("the feature has no type; it must be \"Feature\"")),
        }
        let (id, properties) = (self.id.flatten(), self.properties.unwrap_or_default());
        Ok(RawFeature { place, id, geometry: self.geometry.unwrap_or(Ok(None)), properties })
    }
}

fn put<T, E: Error>(slot: &mut Option<T>, key: &str, value: T) -> Result<(), E> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::custom(format!("the member {key:?} stands there twice"))),
    }
}

fn id_of(value: RawValue) -> Option<String> {
    match value {
        RawValue::Absent => None,
        RawValue::Text(text) | RawValue::Untyped(text) => Some(text),
        RawValue::Number(number) => Some(number.to_string()),
    }
}

/// Reads one text: a whole file, or one of a sequence.
pub(super) struct TextSeed<'c, 'v>(pub(super) &'c mut Context<'v>);

impl<'de> DeserializeSeed<'de> for TextSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TextSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut members = Members::default();
        let mut features = None;
        while let Some(key) = object.next_key::<String>()? {
            match key.as_str() {
                "features" => put(&mut features, &key, object.next_value_seed(FeaturesSeed(self.0))?)?,
                "name" => put(&mut self.0.name, &key, name_of(object.next_value_seed(PropertySeed)?)?)?,
                "crs" => put(&mut self.0.crs, &key, object.next_value()?)?,
                key => members.read(key, &mut object, self.0)?,
            }
        }
        match (members.kind.as_deref(), features) {
            (Some("FeatureCollection"), Some(())) => Ok(()),
            (Some("FeatureCollection"), None) => Err(Error::custom("the FeatureCollection has no member \"features\"")),
            (Some("Feature"), None) => {
                let place = self.0.begin_feature().map_err(Error::custom)?;
                let feature = members.into_feature(place)?;
                self.0.take(feature)
            }
            (Some(kind), None) if members.coordinates.is_some() || kind == "GeometryCollection" => {
                let place = self.0.begin_feature().map_err(Error::custom)?;
                let geometry = members.coordinates.unwrap_or(Nest::Empty).build(kind);
                self.0.take(RawFeature { place, id: None, geometry, properties: Vec::new() })
            }
            (Some(kind), _) => {
                let kind: String = kind.chars().take(40).collect();
                Err(Error::custom(format!(
                    "the type {kind:?} does not fit its members; a FeatureCollection is expected"
                )))
            }
            (None, _) => Err(Error::custom("the object has no type, so it is no GeoJSON")),
        }
    }
}

fn name_of<E: Error>(value: RawValue) -> Result<String, E> {
    match value {
        RawValue::Text(name) if name.len() > MAX_NAME_BYTES => {
            Err(E::custom(format!("the name of the layer has {} bytes; it may have {MAX_NAME_BYTES}", name.len())))
        }
        RawValue::Text(name) => Ok(name),
        _ => Ok(String::new()),
    }
}

struct FeaturesSeed<'c, 'v>(&'c mut Context<'v>);

impl<'de> DeserializeSeed<'de> for FeaturesSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for FeaturesSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(FeatureSeed(self.0))?.is_some() {}
        Ok(())
    }
}

struct FeatureSeed<'c, 'v>(&'c mut Context<'v>);

impl<'de> DeserializeSeed<'de> for FeatureSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.begin_feature().map_err(D::Error::custom)?;
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FeatureSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a feature")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut members = Members::default();
        while let Some(key) = object.next_key::<String>()? {
            members.read(&key, &mut object, self.0)?;
        }
        let feature = members.into_feature(self.0.features())?;
        self.0.take(feature)
    }
}

struct GeometrySeed<'c, 'v>(&'c mut Context<'v>);

impl<'de> DeserializeSeed<'de> for GeometrySeed<'_, '_> {
    type Value = Result<Option<Geometry>, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for GeometrySeed<'_, '_> {
    type Value = Result<Option<Geometry>, String>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a geometry or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Ok(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        self.0.begin_geometry();
        let (mut kind, mut coordinates) = (None::<String>, None);
        while let Some(key) = object.next_key::<String>()? {
            match key.as_str() {
                "type" => put(&mut kind, &key, object.next_value()?)?,
                "coordinates" => put(&mut coordinates, &key, object.next_value_seed(NestSeed(self.0))?)?,
                _ => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        let kind = kind.ok_or_else(|| Error::custom("the geometry has no type"))?;
        Ok(match coordinates {
            Some(coordinates) => coordinates.build(&kind),
            None if kind == "GeometryCollection" => Nest::Empty.build(&kind),
            None => Err("it has no coordinates".to_owned()),
        })
    }
}

struct PropertiesSeed<'c, 'v>(&'c mut Context<'v>);

impl<'de> DeserializeSeed<'de> for PropertiesSeed<'_, '_> {
    type Value = Vec<(String, RawValue)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for PropertiesSeed<'_, '_> {
    type Value = Vec<(String, RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object of properties or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut properties: Vec<(String, RawValue)> = Vec::new();
        while let Some(name) = object.next_key::<String>()? {
            if properties.len() == MAX_FIELDS {
                return Err(Error::custom(format!("the feature has more than {MAX_FIELDS} properties")));
            }
            if properties.iter().any(|(seen, _)| *seen == name) {
                return Err(Error::custom(format!("the property {name:?} stands there twice")));
            }
            let value = object.next_value_seed(PropertySeed);
            let value = value.map_err(|fault| Error::custom(format!("property {name:?}: {fault}")))?;
            properties.push((name, value));
            self.0.meter.reset();
        }
        Ok(properties)
    }
}
