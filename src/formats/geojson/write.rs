//! Writes layers as one FeatureCollection (RFC 7946), or as a sequence of features (RFC 8142), feature by feature.

use std::io::{BufWriter, Write};
use std::sync::Arc;

use geo::{Coord, Geometry, LineString, Polygon};
use serde::Serialize;

use crate::formats::Value;
use crate::formats::coordinate::{offset_note, rounded};
use crate::formats::layer::{FeatureRow, Layer, LayerWriter, WriteError, Written};
use crate::spatial::{Crs, CrsCode};

/// Begins each text of a sequence.
const RECORD_SEPARATOR: u8 = 0x1e;

/// Writes a FeatureCollection; layers follow each other in it and must have one reference system.
///
/// Longitude and latitude on WGS 84 are RFC 7946's own. For other systems there is the `crs` member of its predecessor, which GDAL and
/// QGIS write and read. Memory: one feature.
pub struct Writer<W: Write> {
    out: BufWriter<W>,
    name: String,
    features: Features,
    has_begun: bool,
    has_features: bool,
}

/// Writes one feature a line, each behind a record separator. Memory: one feature.
pub struct SequenceWriter<W: Write> {
    out: BufWriter<W>,
    features: Features,
    notes: Vec<String>,
}

/// Makes the text of a feature; the buffer is used again for each.
#[derive(Default)]
struct Features {
    layer: Option<Begun>,
    buffer: Vec<u8>,
}

struct Begun {
    crs: Arc<Crs>,
    /// Names of the fields as JSON has them, each with its colon.
    keys: Vec<Vec<u8>>,
}

impl<W: Write> Writer<W> {
    /// `name` is what a reader calls the layer.
    pub fn new(out: W, name: impl Into<String>) -> Writer<W> {
        let out = BufWriter::new(out);
        Writer { out, name: name.into(), features: Features::default(), has_begun: false, has_features: false }
    }

    fn open(&mut self, layer: Option<&Layer>) -> Result<(), WriteError> {
        self.out.write_all(b"{\"type\":\"FeatureCollection\",\"name\":")?;
        self.out.write_all(&json(&self.name)?)?;
        if let Some(layer) = layer.filter(|layer| !is_wgs84(&layer.crs)) {
            let name = json(&layer.crs.code().urn())?;
            self.out.write_all(b",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":")?;
            self.out.write_all(&name)?;
            self.out.write_all(b"}}")?;
        }
        if let Some(offset) = layer.and_then(|layer| layer.offset) {
            self.out.write_all(b",\"description\":")?;
            self.out.write_all(&json(&offset_note(offset))?)?;
        }
        self.out.write_all(b",\"features\":[")?;
        self.has_begun = true;
        Ok(())
    }
}

/// Whether coordinates are what RFC 7946 means without saying so.
fn is_wgs84(crs: &Crs) -> bool {
    matches!(crs.code(), CrsCode::Crs84 | CrsCode::Epsg(4326))
}

impl<W: Write> LayerWriter for Writer<W> {
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError> {
        match &self.features.layer {
            Some(before) if before.crs != layer.crs => {
                return Err(WriteError::CannotHold(format!(
                    "a GeoJSON file has one reference system; layer {} is in {}, the one before it in {}",
                    layer.name,
                    layer.crs.code(),
                    before.crs.code()
                )));
            }
            _ => {}
        }
        if !self.has_begun {
            self.open(Some(layer))?;
        }
        self.features.begin(layer)
    }

    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError> {
        self.out.write_all(if self.has_features { b",\n" } else { b"\n" })?;
        self.has_features = true;
        Ok(self.out.write_all(self.features.text(row)?)?)
    }

    fn end(&mut self) -> Result<(), WriteError> {
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Written, WriteError> {
        if !self.has_begun {
            self.open(None)?;
        }
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()?;
        Ok(Written::default())
    }
}

impl<W: Write> SequenceWriter<W> {
    pub fn new(out: W) -> SequenceWriter<W> {
        SequenceWriter { out: BufWriter::new(out), features: Features::default(), notes: Vec::new() }
    }
}

impl<W: Write> LayerWriter for SequenceWriter<W> {
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError> {
        if !is_wgs84(&layer.crs) {
            return Err(WriteError::CannotHold(format!(
                "a GeoJSON text sequence is always in OGC:CRS84 and cannot say that it is in {}; choose that, or GeoJSON",
                layer.crs.code()
            )));
        }
        if let Some(offset) = layer.offset {
            self.notes.push(format!("{}: {}", layer.name, offset_note(offset)));
        }
        self.features.begin(layer)
    }

    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError> {
        self.out.write_all(&[RECORD_SEPARATOR])?;
        self.out.write_all(self.features.text(row)?)?;
        Ok(self.out.write_all(b"\n")?)
    }

    fn end(&mut self) -> Result<(), WriteError> {
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Written, WriteError> {
        self.out.flush()?;
        Ok(Written { renamed: Vec::new(), notes: self.notes })
    }
}

impl Features {
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError> {
        let mut keys = Vec::with_capacity(layer.fields.len());
        for field in &layer.fields {
            let mut key = json(&field.name)?;
            key.push(b':');
            keys.push(key);
        }
        self.layer = Some(Begun { crs: Arc::clone(&layer.crs), keys });
        Ok(())
    }

    /// Cost: its own length.
    fn text(&mut self, row: &FeatureRow) -> Result<&[u8], WriteError> {
        let layer = self.layer.as_ref().expect("features come after the beginning of their layer");
        let out = &mut self.buffer;
        out.clear();
        out.extend(b"{\"type\":\"Feature\",\"id\":");
        push(out, row.id)?;
        out.extend(b",\"geometry\":");
        push_geometry(out, row.geometry, layer.crs.decimals())
            .map_err(|fault| named(fault, format_args!("feature {}", row.id)))?;
        out.extend(b",\"properties\":{");
        for (place, (key, value)) in layer.keys.iter().zip(row.values).enumerate() {
            if place > 0 {
                out.push(b',');
            }
            out.extend(key);
            if matches!(value, Value::Number(number) if !number.is_finite()) {
                let name = String::from_utf8_lossy(key);
                return Err(WriteError::CannotHold(format!("feature {}, {name} JSON has finite numbers only", row.id)));
            }
            push(out, value)?;
        }
        out.extend(b"}}");
        Ok(out)
    }
}

fn named(fault: WriteError, at: std::fmt::Arguments) -> WriteError {
    match fault {
        WriteError::CannotHold(reason) => WriteError::CannotHold(format!("{at}: {reason}")),
        other @ WriteError::Io(_) => other,
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, WriteError> {
    let mut text = Vec::new();
    push(&mut text, value)?;
    Ok(text)
}

fn push(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) -> Result<(), WriteError> {
    serde_json::to_writer(out, value).map_err(|fault| WriteError::Io(fault.into()))
}

fn push_geometry(out: &mut Vec<u8>, geometry: &Geometry, decimals: u8) -> Result<(), WriteError> {
    let mut parts = Parts { out, decimals };
    match geometry {
        Geometry::Point(point) => parts.typed("Point", |parts| parts.position(point.0)),
        Geometry::LineString(line) => parts.typed("LineString", |parts| parts.line(line)),
        Geometry::Polygon(polygon) => parts.typed("Polygon", |parts| parts.polygon(polygon)),
        Geometry::MultiPoint(points) => {
            parts.typed("MultiPoint", |parts| parts.list(&points.0, |parts, point| parts.position(point.0)))
        }
        Geometry::MultiLineString(lines) => {
            parts.typed("MultiLineString", |parts| parts.list(&lines.0, |parts, line| parts.line(line)))
        }
        Geometry::MultiPolygon(polygons) => {
            parts.typed("MultiPolygon", |parts| parts.list(&polygons.0, |parts, polygon| parts.polygon(polygon)))
        }
        _ => Err(WriteError::CannotHold("it is none of the six types of geometry".to_owned())),
    }
}

struct Parts<'a> {
    out: &'a mut Vec<u8>,
    decimals: u8,
}

impl Parts<'_> {
    fn typed(&mut self, name: &str, write: impl FnOnce(&mut Self) -> Result<(), WriteError>) -> Result<(), WriteError> {
        self.out.extend(b"{\"type\":\"");
        self.out.extend(name.as_bytes());
        self.out.extend(b"\",\"coordinates\":");
        write(self)?;
        self.out.push(b'}');
        Ok(())
    }

    fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        self.out.push(b'[');
        for (place, item) in items.into_iter().enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            write(self, item)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn position(&mut self, at: Coord) -> Result<(), WriteError> {
        self.list([at.x, at.y], |parts, number| push(parts.out, &rounded(number, parts.decimals)?))
    }

    fn line(&mut self, line: &LineString) -> Result<(), WriteError> {
        self.list(&line.0, |parts, at| parts.position(*at))
    }

    fn polygon(&mut self, polygon: &Polygon) -> Result<(), WriteError> {
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        self.list(rings, |parts, ring| parts.line(ring))
    }
}
