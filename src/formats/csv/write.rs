//! Writes layers as CSV, row by row. Text is written as it is, also where a spreadsheet takes it for a formula: a note says so, and an option escapes it.

use std::collections::BTreeMap;
use std::io::{Seek, Write};

use geo::Geometry;
use zip::write::SimpleFileOptions;

use crate::formats::Value;
use crate::formats::columns::{ID, WKT};
use crate::formats::file::Formulas;
use crate::formats::layer::{Encoding, FeatureRow, FieldKind, Layer, LayerWriter, WriteError, Written};
use crate::formats::text::{self, UTF8_MARK};
use crate::formats::wkt;
use crate::spatial::{GeometryType, Unit};

/// How tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub places: Places,
    pub encoding: Encoding,
    /// The mark by which Excel knows UTF-8. GBK has none.
    pub bom: bool,
    pub formulas: Formulas,
}

/// How a table tells where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// A column `WKT`.
    Wkt,
    /// Columns `lon`, `lat`, or `x`, `y` where coordinates are metres. For layers of points only.
    LonLat,
}

/// Texts of a layer that a spreadsheet takes for formulas, by the place of their field.
#[derive(Debug, Default)]
struct Suspects(BTreeMap<usize, u64>);

impl Suspects {
    /// Tells of those of a layer that comes to its end.
    fn note(&mut self, layer: &Layer, formulas: Formulas) -> Option<String> {
        let found = std::mem::take(&mut self.0);
        let count: u64 = found.values().sum();
        let fields = || found.keys().filter_map(|at| layer.fields.get(*at)).map(|field| field.name.as_str());
        let done = match formulas {
            Formulas::Keep => "they are written as they are",
            Formulas::Escape => {
                "each has an apostrophe before it here, which does not go by itself when the file is read back"
            }
        };
        (count > 0).then(|| {
            let fields = fields().collect::<Vec<_>>().join(", ");
            let name = &layer.name;
            format!("Spreadsheets take {count} texts of {name} for formulas, as they begin with = + - @, a tab or a line break (in {fields}); {done}.")
        })
    }
}

/// Whether a spreadsheet takes a text for a formula (OWASP, CSV injection).
fn is_suspect(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// One layer in one file.
pub struct Writer<W> {
    out: W,
    options: Options,
    layer: Option<Layer>,
    buffer: Vec<u8>,
    suspects: Suspects,
    notes: Vec<String>,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W, options: Options) -> Writer<W> {
        Writer { out, options, layer: None, buffer: Vec::new(), suspects: Suspects::default(), notes: Vec::new() }
    }
}

impl<W: Write> LayerWriter for Writer<W> {
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError> {
        if let Some(first) = &self.layer {
            let reason =
                format!("a CSV file holds one layer, {}; {} needs another, or both a zip file", first.name, layer.name);
            return Err(WriteError::CannotHold(reason));
        }
        self.notes.push(match layer.offset {
            Some(offset) => {
                format!("Coordinates of {} are moved off to {}; a CSV file cannot say so.", layer.name, offset.name())
            }
            None => format!("Coordinates of {} are in {}; a CSV file cannot say so.", layer.name, layer.crs.code()),
        });
        self.layer = Some(layer.clone());
        header(layer, self.options, &mut self.buffer)?;
        flush(&mut self.buffer, &mut self.out)
    }

    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError> {
        feature(self.layer.as_ref(), row, self.options, &mut self.suspects, &mut self.buffer)?;
        flush(&mut self.buffer, &mut self.out)
    }

    fn end(&mut self) -> Result<(), WriteError> {
        self.notes.extend(self.layer.as_ref().and_then(|layer| self.suspects.note(layer, self.options.formulas)));
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Written, WriteError> {
        self.out.flush()?;
        Ok(Written { renamed: Vec::new(), notes: self.notes })
    }
}

/// Several layers in a zip file: to each a `.csv`, and beside it a `.csvt` with its columns' types and a `.prj` with its reference system,
/// as GDAL and QGIS look for them.
pub struct ZipWriter<W: Write + Seek> {
    zip: zip::ZipWriter<W>,
    options: Options,
    layer: Option<Layer>,
    buffer: Vec<u8>,
    suspects: Suspects,
    notes: Vec<String>,
}

impl<W: Write + Seek> ZipWriter<W> {
    pub fn new(out: W, options: Options) -> ZipWriter<W> {
        let zip = zip::ZipWriter::new(out);
        ZipWriter { zip, options, layer: None, buffer: Vec::new(), suspects: Suspects::default(), notes: Vec::new() }
    }
}

impl<W: Write + Seek> LayerWriter for ZipWriter<W> {
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError> {
        self.layer = Some(layer.clone());
        let options = SimpleFileOptions::default();
        self.zip.start_file(format!("{}.csvt", layer.name), options).map_err(zip_error)?;
        self.zip.write_all(types(layer, self.options).as_bytes())?;
        match layer.offset {
            None => {
                self.zip.start_file(format!("{}.prj", layer.name), options).map_err(zip_error)?;
                self.zip.write_all(layer.crs.esri_wkt().as_bytes())?;
            }
            Some(offset) => {
                let note =
                    format!("Coordinates of {} are moved off to {}, so it has no .prj.", layer.name, offset.name());
                self.notes.push(note);
            }
        }
        self.zip.start_file(format!("{}.csv", layer.name), options.large_file(true)).map_err(zip_error)?;
        header(layer, self.options, &mut self.buffer)?;
        flush(&mut self.buffer, &mut self.zip)
    }

    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError> {
        feature(self.layer.as_ref(), row, self.options, &mut self.suspects, &mut self.buffer)?;
        flush(&mut self.buffer, &mut self.zip)
    }

    fn end(&mut self) -> Result<(), WriteError> {
        let layer = self.layer.take();
        self.notes.extend(layer.and_then(|layer| self.suspects.note(&layer, self.options.formulas)));
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Written, WriteError> {
        self.zip.finish().map_err(zip_error)?.flush()?;
        Ok(Written { renamed: Vec::new(), notes: self.notes })
    }
}

fn zip_error(error: zip::result::ZipError) -> WriteError {
    WriteError::Io(error.into())
}

fn flush(buffer: &mut Vec<u8>, out: &mut impl Write) -> Result<(), WriteError> {
    out.write_all(buffer)?;
    buffer.clear();
    Ok(())
}

fn place_columns(layer: &Layer, places: Places) -> &'static [&'static str] {
    match (places, layer.crs.unit()) {
        (Places::Wkt, _) => &[WKT],
        (Places::LonLat, Unit::Degree) => &["lon", "lat"],
        (Places::LonLat, Unit::Metre) => &["x", "y"],
    }
}

fn header(layer: &Layer, options: Options, out: &mut Vec<u8>) -> Result<(), WriteError> {
    if options.places == Places::LonLat && layer.geometry_type != GeometryType::Point {
        return Err(not_points(&layer.name, layer.geometry_type));
    }
    if options.bom && options.encoding == Encoding::Utf8 {
        out.extend(UTF8_MARK);
    }
    field(ID, out);
    for name in
        layer.fields.iter().map(|field| field.name.as_str()).chain(place_columns(layer, options.places).iter().copied())
    {
        let bytes = text::encode(name, options.encoding)
            .map_err(|foreign| unmappable(&layer.name, "the header", name, foreign))?;
        out.push(b',');
        quoted(&bytes, out);
    }
    out.extend(b"\r\n");
    Ok(())
}

/// The line of a `.csvt`.
fn types(layer: &Layer, options: Options) -> String {
    let kinds = layer.fields.iter().map(|field| match field.kind {
        FieldKind::Text => "String",
        FieldKind::Number => "Real",
        FieldKind::Date => "Date",
    });
    let places: &[&str] = if options.places == Places::Wkt { &["WKT"] } else { &["CoordX", "CoordY"] };
    let all: Vec<String> = std::iter::once("String")
        .chain(kinds)
        .chain(places.iter().copied())
        .map(|kind| format!("\"{kind}\""))
        .collect();
    all.join(",") + "\r\n"
}

fn feature(
    layer: Option<&Layer>,
    row: &FeatureRow,
    options: Options,
    suspects: &mut Suspects,
    out: &mut Vec<u8>,
) -> Result<(), WriteError> {
    let Some(layer) = layer else { return Err(WriteError::CannotHold("a feature comes before its layer".to_owned())) };
    field(row.id, out);
    for (at, (value, column)) in row.values.iter().zip(&layer.fields).enumerate() {
        out.push(b',');
        match value {
            Value::Text(words) => {
                let place = || format!("feature {}", row.id);
                let mut bytes = text::encode(words, options.encoding)
                    .map_err(|foreign| unmappable(&layer.name, &place(), &column.name, foreign))?;
                if is_suspect(words) {
                    *suspects.0.entry(at).or_default() += 1;
                    if options.formulas == Formulas::Escape {
                        bytes.to_mut().insert(0, b'\'');
                    }
                }
                // An empty text in quotes is told apart from none.
                if bytes.is_empty() { out.extend(b"\"\"") } else { quoted(&bytes, out) }
            }
            Value::Number(number) if !number.is_finite() => {
                let reason = format!("{} of feature {} in {} is not a finite number", column.name, row.id, layer.name);
                return Err(WriteError::CannotHold(reason));
            }
            Value::Number(number) => out.extend(number.to_string().as_bytes()),
            Value::Date(date) => out.extend(date.to_string().as_bytes()),
            Value::Absent => {}
        }
    }
    place(layer, row, options.places, out)?;
    out.extend(b"\r\n");
    Ok(())
}

fn place(layer: &Layer, row: &FeatureRow, places: Places, out: &mut Vec<u8>) -> Result<(), WriteError> {
    let decimals = layer.crs.decimals();
    out.push(b',');
    match (places, row.geometry) {
        (Places::Wkt, geometry) => {
            let text = wkt::write(geometry, decimals);
            let text =
                text.ok_or_else(|| WriteError::CannotHold(format!("feature {} is of none of the six types", row.id)))?;
            quoted(text.as_bytes(), out);
        }
        (Places::LonLat, Geometry::Point(point)) => {
            let mut text = String::new();
            wkt::number(&mut text, point.x(), decimals);
            text.push(',');
            wkt::number(&mut text, point.y(), decimals);
            out.extend(text.as_bytes());
        }
        (Places::LonLat, _) => return Err(not_points(&layer.name, layer.geometry_type)),
    }
    Ok(())
}

fn field(text: &str, out: &mut Vec<u8>) {
    quoted(text.as_bytes(), out);
}

/// The bytes of these signs stand for nothing else in UTF-8 and GBK.
fn quoted(bytes: &[u8], out: &mut Vec<u8>) {
    if !bytes.iter().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n')) {
        out.extend(bytes);
        return;
    }
    out.push(b'"');
    for &byte in bytes {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

fn not_points(layer: &str, found: GeometryType) -> WriteError {
    WriteError::CannotHold(format!(
        "columns of longitude and latitude hold points, and {layer} has a {found}; choose WKT"
    ))
}

fn unmappable(layer: &str, place: &str, field: &str, foreign: char) -> WriteError {
    WriteError::CannotHold(format!(
        "GBK has no {foreign:?} (U+{:04X}), which stands in {place} of {layer}, field {field}; choose UTF-8",
        u32::from(foreign)
    ))
}
