//! Columns of a table that nobody described: which of them tell where, and what the others hold. For CSV files and sheets of workbooks.

use std::ops::ControlFlow;

use geo::{CoordsIter, Geometry, Point};

use super::layer::{
    FieldKind, FoundField, MAX_FEATURES, MAX_FILE_VERTICES, MAX_SAMPLES, MAX_VALUE_BYTES, ReadError, ReadValue,
};
use super::wkt;
use crate::plan::Date;
use crate::spatial::GeometryType;

/// The column of ids, first in every table that is written here.
pub(super) const ID: &str = "id";

/// The column of geometries, by the name that GDAL knows it by.
pub(super) const WKT: &str = "WKT";

/// Names of columns that hold geometries, in small letters.
const WKT_NAMES: [&str; 6] = ["wkt", "geom", "geometry", "the_geom", "wkt_geom", "几何"];

/// Names of columns that hold coordinates, east and north, in small letters.
const XY_NAMES: [[&str; 2]; 8] = [
    ["lon", "lat"],
    ["lng", "lat"],
    ["long", "lat"],
    ["longitude", "latitude"],
    ["经度", "纬度"],
    ["x", "y"],
    ["coordx", "coordy"],
    ["x坐标", "y坐标"],
];

/// Digits that a number may have and surely come back; more are a code, not a quantity.
const MAX_DIGITS: usize = 15;

/// Characters of a sample.
const MAX_SAMPLE_CHARS: usize = 60;

/// Where a table tells where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    Wkt(usize),
    Xy(usize, usize),
    Nowhere,
}

impl Where {
    pub(super) fn among(header: &[String]) -> Where {
        let find = |name: &str| header.iter().position(|column| column.trim().to_lowercase() == name);
        if let Some(column) = WKT_NAMES.iter().find_map(|name| find(name)) {
            return Where::Wkt(column);
        }
        let pair = XY_NAMES.iter().find_map(|[east, north]| find(east).zip(find(north)));
        pair.map_or(Where::Nowhere, |(x, y)| Where::Xy(x, y))
    }

    pub(super) fn holds(self, column: usize) -> bool {
        match self {
            Where::Wkt(wkt) => wkt == column,
            Where::Xy(x, y) => x == column || y == column,
            Where::Nowhere => false,
        }
    }

    /// The geometry of a row whose cells are these texts.
    pub(super) fn geometry<'c>(self, cell: impl Fn(usize) -> &'c str) -> Result<Option<Geometry>, String> {
        match self {
            Where::Nowhere => Ok(None),
            Where::Wkt(column) => match cell(column).trim() {
                "" => Ok(None),
                text => wkt::read(text),
            },
            Where::Xy(x, y) => match (cell(x).trim(), cell(y).trim()) {
                ("", "") => Ok(None),
                (x, y) => {
                    let number = |text: &str| {
                        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
                        number.ok_or_else(|| format!("{:?} is no coordinate", shortened(text)))
                    };
                    Ok(Some(Geometry::Point(Point::new(number(x)?, number(y)?))))
                }
            },
        }
    }
}

/// What is seen of a column while its values pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    has_text: bool,
    has_numbers: bool,
    has_dates: bool,
    samples: Vec<String>,
}

impl Seen {
    pub(super) fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if is_quantity(text) {
            self.has_numbers = true;
        } else if date_of(text).is_some() {
            self.has_dates = true;
        } else {
            self.has_text = true;
        }
        self.sample(text);
    }

    pub(super) fn value(&mut self, value: &ReadValue) {
        match value {
            ReadValue::Absent => return,
            ReadValue::Text(_) => self.has_text = true,
            ReadValue::Number(_) => self.has_numbers = true,
            ReadValue::Date(_) => self.has_dates = true,
        }
        if self.samples.len() < MAX_SAMPLES {
            self.sample(&text_of(value));
        }
    }

    fn sample(&mut self, text: &str) {
        let text = shortened(text);
        if self.samples.len() < MAX_SAMPLES && !self.samples.iter().any(|sample| sample == text) {
            self.samples.push(text.to_owned());
        }
    }

    /// One kind of all values; text where there are several, or none.
    pub(super) fn kind(&self) -> FieldKind {
        match (self.has_text, self.has_numbers, self.has_dates) {
            (false, true, false) => FieldKind::Number,
            (false, false, true) => FieldKind::Date,
            _ => FieldKind::Text,
        }
    }

    pub(super) fn field(self, name: &str) -> FoundField {
        FoundField { name: name.to_owned(), kind: self.kind(), samples: self.samples }
    }
}

/// The type of all geometries that pass, if it is one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SeenTypes {
    first: Option<GeometryType>,
    is_mixed: bool,
}

impl SeenTypes {
    pub(super) fn see(&mut self, geometry: &Geometry) {
        let found = match geometry {
            Geometry::Point(_) => GeometryType::Point,
            Geometry::LineString(_) => GeometryType::LineString,
            Geometry::Polygon(_) => GeometryType::Polygon,
            Geometry::MultiPoint(_) => GeometryType::MultiPoint,
            Geometry::MultiLineString(_) => GeometryType::MultiLineString,
            Geometry::MultiPolygon(_) => GeometryType::MultiPolygon,
            _ => return,
        };
        self.is_mixed |= self.first.is_some_and(|first| first != found);
        self.first = Some(found);
    }

    pub(super) fn only(self) -> Option<GeometryType> {
        self.first.filter(|_| !self.is_mixed)
    }
}

/// Counts what passes against the limits of a file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub features: u64,
    vertices: usize,
}

impl Tally {
    /// # Errors
    /// [`ReadError::Refused`] beyond [`MAX_FEATURES`] or [`MAX_FILE_VERTICES`].
    pub(super) fn count(&mut self, file: &str, geometry: Option<&Geometry>) -> Result<(), ReadError> {
        self.features += 1;
        self.vertices += geometry.map_or(0, CoordsIter::coords_count);
        if self.features > MAX_FEATURES {
            return Err(ReadError::refused(file, format!("has more than {MAX_FEATURES} features; divide it")));
        }
        if self.vertices > MAX_FILE_VERTICES {
            return Err(ReadError::refused(
                file,
                format!("has more than {MAX_FILE_VERTICES} vertices; divide or simplify it"),
            ));
        }
        Ok(())
    }
}

/// Whether reading goes on, for loops over rows.
pub(super) fn is_break(flow: ControlFlow<()>) -> bool {
    flow == ControlFlow::Break(())
}

/// A value of a column of this kind, from its text.
pub(super) fn value_of(text: &str, kind: FieldKind) -> ReadValue {
    if text.is_empty() {
        return ReadValue::Absent;
    }
    let value = match kind {
        FieldKind::Text => None,
        FieldKind::Number => text.parse().ok().map(ReadValue::Number),
        FieldKind::Date => date_of(text).map(ReadValue::Date),
    };
    value.unwrap_or_else(|| ReadValue::Text(text.to_owned()))
}

pub(super) fn text_of(value: &ReadValue) -> String {
    match value {
        ReadValue::Absent => String::new(),
        ReadValue::Text(text) => text.clone(),
        ReadValue::Number(number) => number.to_string(),
        ReadValue::Date(date) => date.to_string(),
    }
}

/// # Errors
/// A value that is longer than is read: what and where.
pub(super) fn check_length(at: impl FnOnce() -> String, text: &str) -> Result<(), ReadError> {
    if text.len() <= MAX_VALUE_BYTES {
        return Ok(());
    }
    Err(ReadError::refused(at(), format!("has a value of {} bytes; {MAX_VALUE_BYTES} are read", text.len())))
}

/// A number as people write quantities. Codes with zeros in front and long numbers of cards are text.
fn is_quantity(text: &str) -> bool {
    let bare = text.strip_prefix('-').unwrap_or(text);
    let has_leading_zero = bare.len() > 1 && bare.starts_with('0') && !bare.starts_with("0.");
    let mantissa = bare.split(['e', 'E']).next().unwrap_or(bare);
    let digits = mantissa.trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
    let is_fraction = mantissa.contains('.') || mantissa.len() < bare.len();
    bare.starts_with(|c: char| c.is_ascii_digit())
        && !has_leading_zero
        && (is_fraction || digits <= MAX_DIGITS)
        && bare.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'))
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// `2019-03-05`, and `2019/3/5` as spreadsheets write it.
fn date_of(text: &str) -> Option<Date> {
    let sign = if text.contains('/') { '/' } else { '-' };
    let mut parts = text.split(sign);
    let [year, month, day] = [parts.next()?, parts.next()?, parts.next()?];
    let is_number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
        digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let short = if sign == '/' { 1..=2 } else { 2..=2 };
    let is_sound =
        parts.next().is_none() && is_number(year, 4..=4) && is_number(month, short.clone()) && is_number(day, short);
    if !is_sound {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(MAX_SAMPLE_CHARS).map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_what_all_their_values_are() {
        let check = |values: &[&str], expected: FieldKind| {
            let mut seen = Seen::default();
            values.iter().for_each(|value| seen.text(value));
            assert_eq!(seen.kind(), expected, "{values:?}");
        };
        check(&["1", "-2.5", "", "1e3", "0.5", "0"], FieldKind::Number);
        check(&["007", "12"], FieldKind::Text);
        check(&["330401199001011234"], FieldKind::Text);
        check(&["0.12345678901234567"], FieldKind::Number);
        check(&["2019-03-05", ""], FieldKind::Date);
        check(&["2019/3/5", "2019-12-31"], FieldKind::Date);
        check(&["2019-02-30"], FieldKind::Text);
        check(&["2019-03-05", "1"], FieldKind::Text);
        check(&["", ""], FieldKind::Text);
        check(&["inf", "nan"], FieldKind::Text);
        check(&["+86", "1"], FieldKind::Text);
    }
}
