//! What readers of files have in common: how much one may hold, and what its fields turn out to be. Reads nothing itself.

use std::collections::HashMap;

use geo::{Coord, Geometry, LineString, Polygon};

use super::layer::{
    FieldKind, FoundField, MAX_FEATURES, MAX_FIELDS, MAX_FILE_VERTICES, MAX_SAMPLES, MAX_VALUE_BYTES, ReadError,
    ReadValue,
};
use crate::plan::Date;
use crate::spatial::{GeometryType, MAX_VERTICES, ShapeError};

/// Bytes that the name of a field or a layer may have; databases take 63 to 255.
pub(super) const MAX_NAME_BYTES: usize = 255;

/// Parts of one geometry: rings, lines, polygons, and lists of them. Each takes two vertices or more to be of use.
pub(super) const MAX_PARTS: usize = MAX_VERTICES / 2;

/// Bytes of a field's sample, cut between letters.
const MAX_SAMPLE_BYTES: usize = 80;

/// Counts what a file brings against the limits of `layer`.
#[derive(Debug, Default)]
pub(super) struct Budget {
    features: u64,
    vertices: usize,
}

impl Budget {
    /// One more feature; its place, from 1.
    pub(super) fn feature(&mut self, at: impl FnOnce() -> String) -> Result<u64, ReadError> {
        self.features += 1;
        if self.features > MAX_FEATURES {
            let reason = format!("the file has more than {MAX_FEATURES} features; take a part of it");
            return Err(ReadError::refused(at(), reason));
        }
        Ok(self.features)
    }

    pub(super) fn features(&self) -> u64 {
        self.features
    }

    pub(super) fn vertices(&mut self, count: usize, at: impl FnOnce() -> String) -> Result<(), ReadError> {
        self.vertices = self.vertices.saturating_add(count);
        if self.vertices > MAX_FILE_VERTICES {
            let reason = format!("the file has more than {MAX_FILE_VERTICES} vertices; take a part of it");
            return Err(ReadError::refused(at(), reason));
        }
        Ok(())
    }
}

/// Why a geometry of so many vertices is none for Guatu.
pub(super) fn too_many_vertices(count: usize) -> String {
    format!("it has {count} vertices; a feature may have {MAX_VERTICES}")
}

/// Which of the six types all geometries of a layer have.
#[derive(Debug, Default)]
pub(super) struct TypeFound {
    first: Option<GeometryType>,
    is_mixed: bool,
}

impl TypeFound {
    pub(super) fn observe(&mut self, geometry: &Geometry) {
        let found = match geometry {
            Geometry::Point(_) => GeometryType::Point,
            Geometry::LineString(_) => GeometryType::LineString,
            Geometry::Polygon(_) => GeometryType::Polygon,
            Geometry::MultiPoint(_) => GeometryType::MultiPoint,
            Geometry::MultiLineString(_) => GeometryType::MultiLineString,
            Geometry::MultiPolygon(_) => GeometryType::MultiPolygon,
            _ => return self.is_mixed = true,
        };
        self.is_mixed |= self.first.is_some_and(|first| first != found);
        self.first = Some(found);
    }

    pub(super) fn the_one(&self) -> Option<GeometryType> {
        self.first.filter(|_| !self.is_mixed)
    }
}

/// A value before it is known what its field holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RawValue {
    Absent,
    Text(String),
    Number(f64),
    /// Of a format that has no numbers of its own; a number if all of the field's values are.
    Untyped(String),
}

/// The fields of a layer as its features bring them, in the order in which they first came.
#[derive(Debug, Default)]
pub(super) struct FieldsFound {
    fields: Vec<Field>,
    places: HashMap<String, usize>,
}

#[derive(Debug)]
struct Field {
    name: String,
    has_numbers: bool,
    has_dates: bool,
    has_text: bool,
    samples: Vec<String>,
}

impl FieldsFound {
    /// Takes note of a field and one of its values; `Err` says what is too much.
    pub(super) fn observe(&mut self, name: &str, value: &RawValue) -> Result<(), String> {
        let place = self.declare(name)?;
        self.observe_at(place, value);
        Ok(())
    }

    /// Takes note of one more value of a field that is declared.
    pub(super) fn observe_at(&mut self, place: usize, value: &RawValue) {
        let field = &mut self.fields[place];
        let sample = match value {
            RawValue::Absent => return,
            RawValue::Number(number) => {
                field.has_numbers = true;
                number.to_string()
            }
            RawValue::Untyped(text) if number_of(text).is_some() => {
                field.has_numbers = true;
                text.clone()
            }
            RawValue::Text(text) | RawValue::Untyped(text) => {
                // Text beside text is text: no need to look at it again.
                let is_date = !field.has_text && date_of(text).is_some();
                field.has_dates |= is_date;
                field.has_text |= !is_date;
                if field.samples.len() == MAX_SAMPLES {
                    return;
                }
                text.clone()
            }
        };
        add_sample(&mut field.samples, &sample);
    }

    /// Makes room for a field that may have no value; its place.
    pub(super) fn declare(&mut self, name: &str) -> Result<usize, String> {
        if let Some(place) = self.places.get(name) {
            return Ok(*place);
        }
        if name.len() > MAX_NAME_BYTES {
            return Err(format!("a field's name has {} bytes; it may have {MAX_NAME_BYTES}", name.len()));
        }
        if self.fields.len() == MAX_FIELDS {
            return Err(format!("the layer has more than {MAX_FIELDS} fields: {name:?} is one too many"));
        }
        let place = self.fields.len();
        self.places.insert(name.to_owned(), place);
        self.fields.push(Field {
            name: name.to_owned(),
            has_numbers: false,
            has_dates: false,
            has_text: false,
            samples: Vec::new(),
        });
        Ok(place)
    }

    /// As [`FieldsFound::declare`], for a field that is text whatever its values look like.
    pub(super) fn declare_text(&mut self, name: &str) -> Result<usize, String> {
        let place = self.declare(name)?;
        self.fields[place].has_text = true;
        Ok(place)
    }

    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The value as its field's kind has it.
    pub(super) fn value(&self, place: usize, value: RawValue) -> ReadValue {
        let kind = self.fields.get(place).map_or(FieldKind::Text, Field::kind);
        match (kind, value) {
            (_, RawValue::Absent) => ReadValue::Absent,
            (FieldKind::Number, RawValue::Number(number)) => ReadValue::Number(number),
            (_, RawValue::Number(number)) => ReadValue::Text(number.to_string()),
            (FieldKind::Number, RawValue::Untyped(text)) => {
                number_of(&text).map_or(ReadValue::Text(text), ReadValue::Number)
            }
            (FieldKind::Date, RawValue::Text(text) | RawValue::Untyped(text)) => {
                date_of(&text).map_or(ReadValue::Text(text), ReadValue::Date)
            }
            (_, RawValue::Text(text) | RawValue::Untyped(text)) => ReadValue::Text(text),
        }
    }

    pub(super) fn into_fields(self) -> Vec<FoundField> {
        self.fields
            .into_iter()
            .map(|field| FoundField { kind: field.kind(), name: field.name, samples: field.samples })
            .collect()
    }
}

impl Field {
    fn kind(&self) -> FieldKind {
        match (self.has_numbers, self.has_dates, self.has_text) {
            (true, false, false) => FieldKind::Number,
            (false, true, false) => FieldKind::Date,
            _ => FieldKind::Text,
        }
    }
}

/// A date written as `2019-03-01`, and no other way.
pub(super) fn date_of(text: &str) -> Option<Date> {
    if text.len() != "2019-03-01".len() || !text.is_ascii() { None } else { text.parse().ok() }
}

/// A number as a program writes it: no signs or zeros before it as codes have them, no words.
fn number_of(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_code = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if is_code || !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A line of the positions of a file.
pub(super) fn line_of(line: Vec<Coord>) -> Result<LineString, String> {
    if line.len() < 2 { Err(ShapeError::ShortLine.to_string()) } else { Ok(LineString(line)) }
}

/// A ring, by its number from 1; the library would close an open one without a word.
pub(super) fn ring_of(ring: Vec<Coord>, number: usize) -> Result<LineString, String> {
    if ring.len() < 4 {
        return Err(ShapeError::ShortRing { ring: number, count: ring.len() }.to_string());
    }
    if ring.first() != ring.last() {
        return Err(ShapeError::OpenRing { ring: number }.to_string());
    }
    Ok(LineString(ring))
}

/// A polygon of its rings, the outer one first.
pub(super) fn polygon_of(rings: impl IntoIterator<Item = Vec<Coord>>) -> Result<Polygon, String> {
    let rings = rings.into_iter().enumerate().map(|(place, ring)| ring_of(ring, place + 1));
    let mut rings = rings.collect::<Result<Vec<_>, String>>()?.into_iter();
    let exterior = rings.next().ok_or_else(|| ShapeError::Empty.to_string())?;
    Ok(Polygon::new(exterior, rings.collect()))
}

pub(super) fn add_sample(samples: &mut Vec<String>, sample: &str) {
    let end = (0..=sample.len().min(MAX_SAMPLE_BYTES)).rev().find(|end| sample.is_char_boundary(*end)).unwrap_or(0);
    let sample = &sample[..end];
    if samples.len() < MAX_SAMPLES && !samples.iter().any(|seen| seen == sample) {
        samples.push(sample.to_owned());
    }
}

/// Refuses a value of text that is longer than one may be.
pub(super) fn check_value(text: &str) -> Result<(), String> {
    if text.len() > MAX_VALUE_BYTES {
        return Err(format!("the value has {} bytes; a value may have {MAX_VALUE_BYTES}", text.len()));
    }
    Ok(())
}
