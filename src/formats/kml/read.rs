//! Reads a KML or KMZ file twice: once for what it holds, once for the placemarks of a layer.

use std::collections::HashSet;
use std::io::{Read, Seek};
use std::ops::ControlFlow;

use super::document::{Handler, Placemark, stream};
use super::source::with_kml;
use crate::formats::found::{FieldsFound, TypeFound};
use crate::formats::layer::{FoundCrs, Inspected, InspectedLayer, ReadError, ReadOptions, ReadRow, ReadValue, Visitor};
use crate::formats::metered::{Meter, Metered};
use crate::spatial::Crs;

/// What a layer is called whose folder has no name.
const NAMELESS: &str = "placemarks";

/// A folder or document with the placemarks directly in it.
#[derive(Default)]
struct Found {
    name: String,
    count: u64,
    types: TypeFound,
    fields: FieldsFound,
}

/// Lists the folders and documents that have placemarks, each as a layer. Fields are the data of placemarks, and `name` and
/// `description` where there are any.
///
/// Cost: one pass; memory for one placemark.
///
/// # Errors
/// [`ReadError`], naming the placemark, from 1 in the whole file, and the byte.
pub fn inspect(source: &mut (impl Read + Seek)) -> Result<Inspected, ReadError> {
    let layers = look_through(source)?.into_iter().filter(|found| found.count > 0).map(|found| InspectedLayer {
        name: found.name,
        geometry_type: found.types.the_one(),
        count: found.count,
        crs: FoundCrs::Stated(Crs::crs84()),
        encoding: None,
        fields: found.fields.into_fields(),
    });
    let layers: Vec<_> = layers.collect();
    if layers.is_empty() {
        return Err(ReadError::refused("the file", "it has no placemark"));
    }
    Ok(Inspected { layers })
}

/// Reads the placemarks of a layer that [`inspect`] found. Heights are dropped.
///
/// Cost: two passes; memory for one placemark.
///
/// # Errors
/// As [`inspect`].
pub fn read(
    source: &mut (impl Read + Seek),
    layer: &str,
    _options: &ReadOptions,
    visitor: Visitor,
) -> Result<(), ReadError> {
    let found = look_through(source)?;
    let number = found.iter().position(|found| found.count > 0 && found.name == layer);
    let number = number.ok_or_else(|| ReadError::refused("the file", format!("it has no layer {layer:?}")))?;
    let fields = &found[number].fields;
    let mut place = 0;
    let mut pass_on = |placemark: Placemark| {
        if placemark.container != number {
            return Ok(ControlFlow::Continue(()));
        }
        place += 1;
        let mut values = vec![ReadValue::Absent; fields.len()];
        for (name, value) in placemark.fields {
            if let Some(at) = fields.place(&name) {
                values[at] = fields.value(at, value);
            }
        }
        Ok(visitor(ReadRow { place, id: placemark.id, geometry: placemark.geometry, values }))
    };
    pass(source, &mut pass_on).map(|_| ())
}

/// All containers, with placemarks and without, in their order.
fn look_through(source: &mut (impl Read + Seek)) -> Result<Vec<Found>, ReadError> {
    let mut found: Vec<Found> = Vec::new();
    let mut observe = |placemark: Placemark| {
        if found.len() <= placemark.container {
            found.resize_with(placemark.container + 1, Found::default);
        }
        let layer = &mut found[placemark.container];
        layer.count += 1;
        for (name, value) in &placemark.fields {
            layer.fields.observe(name, value)?;
        }
        if let Ok(Some(geometry)) = &placemark.geometry {
            layer.types.observe(geometry);
        }
        Ok(ControlFlow::Continue(()))
    };
    let names = pass(source, &mut observe)?;
    let mut taken = HashSet::new();
    for (layer, name) in found.iter_mut().zip(names).filter(|(layer, _)| layer.count > 0) {
        let name = name.unwrap_or_else(|| NAMELESS.to_owned());
        layer.name.clone_from(&name);
        let mut number = 2;
        while !taken.insert(layer.name.clone()) {
            layer.name = format!("{name} ({number})");
            number += 1;
        }
    }
    Ok(found)
}

fn pass(source: &mut (impl Read + Seek), handler: Handler) -> Result<Vec<Option<String>>, ReadError> {
    with_kml(source, |kml| {
        let meter = Meter::default();
        stream(Metered::new(kml, meter.clone())?, &meter, handler)
    })
}
