//! Reads a GeoJSON file twice: once for what it holds, once for its features.

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use serde::de::DeserializeSeed;

use super::context::{Context, Handler, RawFeature};
use super::document::TextSeed;
use super::source::Source;
use crate::formats::found::{FieldsFound, TypeFound};
use crate::formats::layer::{FoundCrs, Inspected, InspectedLayer, ReadError, ReadOptions, ReadRow, ReadValue, Visitor};
use crate::formats::metered::Meter;
use crate::spatial::{Crs, CrsCode};

/// What a layer is called whose file does not say.
const NAMELESS: &str = "features";

/// Finds out what is in a FeatureCollection, a Feature, a geometry, or a sequence of them, with record separators or line by line.
///
/// Cost: one pass; memory for one feature.
///
/// # Errors
/// [`ReadError`], naming the feature as `features[17]`, from 0.
pub fn inspect(source: &mut (impl Read + Seek)) -> Result<Inspected, ReadError> {
    let (layer, fields) = look_through(source)?;
    Ok(Inspected { layers: vec![InspectedLayer { fields: fields.into_fields(), ..layer }] })
}

/// Reads the features of a layer that [`inspect`] found. Heights are dropped; lists and objects come as their JSON text.
///
/// Cost: two passes; memory for one feature.
///
/// # Errors
/// As [`inspect`].
pub fn read(
    source: &mut (impl Read + Seek),
    layer: &str,
    _options: &ReadOptions,
    visitor: Visitor,
) -> Result<(), ReadError> {
    let (found, fields) = look_through(source)?;
    if found.name != layer {
        return Err(ReadError::refused("the file", format!("it has no layer {layer:?}, only {:?}", found.name)));
    }
    let mut pass_on = |feature: RawFeature| {
        let mut values = vec![ReadValue::Absent; fields.len()];
        for (name, value) in feature.properties {
            if let Some(place) = fields.place(&name) {
                values[place] = fields.value(place, value);
            }
        }
        Ok(visitor(ReadRow { place: feature.place, id: feature.id, geometry: feature.geometry, values }))
    };
    source.rewind()?;
    stream(source, &mut pass_on, |_| ())
}

/// The layer without its fields, and these.
fn look_through(source: &mut (impl Read + Seek)) -> Result<(InspectedLayer, FieldsFound), ReadError> {
    let mut fields = FieldsFound::default();
    let mut types = TypeFound::default();
    let mut observe = |feature: RawFeature| {
        for (name, value) in &feature.properties {
            fields.observe(name, value)?;
        }
        if let Ok(Some(geometry)) = &feature.geometry {
            types.observe(geometry);
        }
        Ok(ControlFlow::Continue(()))
    };
    source.rewind()?;
    let (name, count, crs) =
        stream(source, &mut observe, |context| (context.name.take(), context.features(), context.crs.take()))?;
    let layer = InspectedLayer {
        name: name.filter(|name| !name.is_empty()).unwrap_or_else(|| NAMELESS.to_owned()),
        geometry_type: types.the_one(),
        count,
        crs: crs_of(crs),
        encoding: None,
        fields: Vec::new(),
    };
    Ok((layer, fields))
}

/// Reads all texts of a file and asks the context something in the end.
fn stream<T>(source: impl Read, handler: Handler, end: impl FnOnce(&mut Context) -> T) -> Result<T, ReadError> {
    let meter = Meter::default();
    let mut context = Context::new(handler, meter.clone());
    let mut texts = serde_json::Deserializer::from_reader(Source::new(source, meter.clone())?);
    let mut count = 0_u64;
    loop {
        if let Err(fault) = TextSeed(&mut context).deserialize(&mut texts) {
            if context.is_stopped {
                break;
            }
            if fault.is_io() && !meter.is_over() {
                return Err(ReadError::Io(fault.into()));
            }
            let at = match (context.current, count) {
                (Some(feature), _) => format!("features[{feature}]"),
                (None, 0) => "the file".to_owned(),
                (None, count) => format!("text {}", count + 1),
            };
            return Err(ReadError::refused(at, fault.to_string()));
        }
        count += 1;
        // What follows a text is the next one, or nothing.
        if texts.end().is_ok() {
            break;
        }
    }
    Ok(end(&mut context))
}

/// What the `crs` member of GeoJSON's first edition says; without it, RFC 7946 says the rest.
fn crs_of(member: Option<Option<serde_json::Value>>) -> FoundCrs {
    let crs = match member {
        None => return FoundCrs::Stated(Crs::crs84()),
        Some(None) => return FoundCrs::Missing,
        Some(Some(crs)) => crs,
    };
    let property = |name: &str| crs.get("properties").and_then(|properties| properties.get(name));
    let name = match (crs.get("type").and_then(|kind| kind.as_str()), property("name"), property("code")) {
        (Some("name"), Some(name), _) => name.as_str().map(ToOwned::to_owned),
        (Some("EPSG"), _, Some(code)) => code.as_u64().map(|code| format!("EPSG:{code}")),
        _ => None,
    };
    let Some(name) = name else {
        return FoundCrs::Unknown(crs.to_string().chars().take(200).collect());
    };
    let unknown = || FoundCrs::Unknown(name.chars().take(200).collect());
    match code_of(&name) {
        Some(CrsCode::Crs84) => FoundCrs::Stated(Crs::crs84()),
        Some(CrsCode::Epsg(number)) => Crs::epsg(number).map_or_else(unknown, FoundCrs::Stated),
        None => unknown(),
    }
}

/// Some programs write the version of EPSG's register into the URN.
fn code_of(name: &str) -> Option<CrsCode> {
    CrsCode::parse(name).or_else(|| {
        let (_, number) = name.strip_prefix("urn:ogc:def:crs:EPSG:")?.rsplit_once(':')?;
        CrsCode::parse(&format!("EPSG:{number}"))
    })
}
