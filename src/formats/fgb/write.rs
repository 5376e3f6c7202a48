//! Writes layers by the format's own library, which keeps features in a temporary file of the system until it knows their order.

use std::io::Write;

use flatgeobuf::geozero::error::Result as GeozeroResult;
use flatgeobuf::geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor};
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions};
use geo::{Geometry, LineString, Polygon};
use zip::ZipWriter as Archive;
use zip::write::SimpleFileOptions;

use crate::formats::Value;
use crate::formats::coordinate::offset_note;
use crate::formats::layer::{FeatureRow, FieldKind, Layer, LayerField, LayerWriter, WriteError, Written};
use crate::spatial::GeometryType;

/// Writes one layer.
///
/// Memory: 150 bytes a feature of the layer, for the index and the order of the features.
pub struct Writer<W: Write> {
    out: W,
    layer: Option<Open>,
    is_written: bool,
}

/// Writes each layer as a file of its own into a zip archive. Memory: as [`Writer`], for the layer at hand.
pub struct ZipWriter<W: Write + std::io::Seek> {
    archive: Archive<W>,
    layer: Option<Open>,
}

/// A layer until its end.
struct Open {
    name: String,
    fields: Vec<LayerField>,
    writer: FgbWriter<'static>,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W) -> Writer<W> {
        Writer { out, layer: None, is_written: false }
    }
}

impl<W: Write> LayerWriter for Writer<W> {
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError> {
        if self.is_written || self.layer.is_some() {
            let reason =
                format!("a FlatGeobuf file holds one layer, and {} is another; choose a zip of several", layer.name);
            return Err(WriteError::CannotHold(reason));
        }
        self.layer = Some(Open::new(layer)?);
        Ok(())
    }

    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError> {
        self.layer.as_mut().expect("features come after the beginning of their layer").feature(row)
    }

    fn end(&mut self) -> Result<(), WriteError> {
        self.is_written = true;
        self.layer.take().map_or(Ok(()), |layer| layer.write(&mut self.out))
    }

    fn finish(mut self: Box<Self>) -> Result<Written, WriteError> {
        if !self.is_written {
            return Err(WriteError::CannotHold("a FlatGeobuf file holds one layer, and there is none".to_owned()));
        }
        self.out.flush()?;
        Ok(Written::default())
    }
}

impl<W: Write + std::io::Seek> ZipWriter<W> {
    pub fn new(out: W) -> ZipWriter<W> {
        ZipWriter { archive: Archive::new(out), layer: None }
    }
}

impl<W: Write + std::io::Seek> LayerWriter for ZipWriter<W> {
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError> {
        if layer.name.contains(['/', '\\']) || layer.name.starts_with('.') {
            let reason = format!("a file cannot be called as the layer {:?} is; give it another name", layer.name);
            return Err(WriteError::CannotHold(reason));
        }
        self.layer = Some(Open::new(layer)?);
        Ok(())
    }

    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError> {
        self.layer.as_mut().expect("features come after the beginning of their layer").feature(row)
    }

    fn end(&mut self) -> Result<(), WriteError> {
        let Some(layer) = self.layer.take() else { return Ok(()) };
        // Files of more than 4 GiB need the longer form of the archive's entries from the beginning.
        let options = SimpleFileOptions::default().large_file(true);
        self.archive.start_file(format!("{}.fgb", layer.name), options).map_err(std::io::Error::from)?;
        layer.write(&mut self.archive)
    }

    fn finish(self: Box<Self>) -> Result<Written, WriteError> {
        self.archive.finish().map_err(std::io::Error::from)?.flush()?;
        Ok(Written::default())
    }
}

impl Open {
    fn new(layer: &Layer) -> Result<Open, WriteError> {
        let title = format!("{} {}", layer.title.zh, layer.title.en);
        let note = layer.offset.map(offset_note);
        let number =
            i32::try_from(layer.crs.code().number()).expect("EPSG's numbers are far below what an integer holds");
        let wkt = layer.crs.wkt();
        let options = FgbWriterOptions {
            write_index: true,
            detect_type: false,
            promote_to_multi: false,
            crs: FgbCrs {
                org: Some("EPSG"),
                code: number,
                name: Some(layer.crs.name()),
                wkt: Some(&wkt),
                ..FgbCrs::default()
            },
            title: Some(&title),
            description: note.as_deref(),
            ..FgbWriterOptions::default()
        };
        let geometry_type = match layer.geometry_type {
            GeometryType::Point => flatgeobuf::GeometryType::Point,
            GeometryType::LineString => flatgeobuf::GeometryType::LineString,
            GeometryType::Polygon => flatgeobuf::GeometryType::Polygon,
            GeometryType::MultiPoint => flatgeobuf::GeometryType::MultiPoint,
            GeometryType::MultiLineString => flatgeobuf::GeometryType::MultiLineString,
            GeometryType::MultiPolygon => flatgeobuf::GeometryType::MultiPolygon,
        };
        let mut writer = FgbWriter::create_with_options(&layer.name, geometry_type, options).map_err(failed)?;
        writer.add_column("id", ColumnType::String, |_, column| column.nullable = false);
        for field in &layer.fields {
            let kind = match field.kind {
                FieldKind::Text => ColumnType::String,
                FieldKind::Number => ColumnType::Double,
                FieldKind::Date => ColumnType::DateTime,
            };
            writer.add_column(&field.name, kind, |strings, column| {
                column.description = Some(strings.create_string(&field.meaning));
            });
        }
        Ok(Open { name: layer.name.clone(), fields: layer.fields.clone(), writer })
    }

    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError> {
        let fields = &self.fields;
        let mut outcome = Ok(());
        let added = self.writer.add_feature_geom(Source(row.geometry), |feature| {
            outcome = put_values(feature, row, fields);
        });
        added.and(outcome).map_err(|fault| WriteError::CannotHold(format!("feature {}: {fault}", row.id)))
    }

    fn write(self, out: impl Write) -> Result<(), WriteError> {
        self.writer.write(out).map_err(failed)
    }
}

fn failed(fault: flatgeobuf::Error) -> WriteError {
    match fault {
        flatgeobuf::Error::IO(fault) => WriteError::Io(fault),
        other => WriteError::CannotHold(other.to_string()),
    }
}

/// Absent values are left out. Dates are the beginning of their day, as the format knows no others.
fn put_values(feature: &mut impl PropertyProcessor, row: &FeatureRow, fields: &[LayerField]) -> GeozeroResult<()> {
    feature.property(0, "id", &ColumnValue::String(row.id))?;
    for (place, (field, value)) in fields.iter().zip(row.values).enumerate() {
        let (place, name) = (place + 1, field.name.as_str());
        match value {
            Value::Absent => false,
            Value::Text(text) => feature.property(place, name, &ColumnValue::String(text))?,
            Value::Number(number) => feature.property(place, name, &ColumnValue::Double(*number))?,
            Value::Date(date) => {
                let text = format!("{date}T00:00:00");
                feature.property(place, name, &ColumnValue::DateTime(&text))?
            }
        };
    }
    Ok(())
}

/// A geometry as the library wants to be told of it.
struct Source<'a>(&'a Geometry);

impl GeozeroGeometry for Source<'_> {
    fn process_geom<P: GeomProcessor>(&self, to: &mut P) -> GeozeroResult<()> {
        match self.0 {
            Geometry::Point(point) => {
                to.point_begin(0)?;
                to.xy(point.x(), point.y(), 0)?;
                to.point_end(0)
            }
            Geometry::LineString(line) => tell_line(to, line, true, 0),
            Geometry::Polygon(polygon) => tell_polygon(to, polygon, true, 0),
            Geometry::MultiPoint(points) => {
                to.multipoint_begin(points.0.len(), 0)?;
                for (place, point) in points.0.iter().enumerate() {
                    to.xy(point.x(), point.y(), place)?;
                }
                to.multipoint_end(0)
            }
            Geometry::MultiLineString(lines) => {
                to.multilinestring_begin(lines.0.len(), 0)?;
                lines.0.iter().enumerate().try_for_each(|(place, line)| tell_line(to, line, false, place))?;
                to.multilinestring_end(0)
            }
            Geometry::MultiPolygon(polygons) => {
                to.multipolygon_begin(polygons.0.len(), 0)?;
                polygons
                    .0
                    .iter()
                    .enumerate()
                    .try_for_each(|(place, polygon)| tell_polygon(to, polygon, false, place))?;
                to.multipolygon_end(0)
            }
            _ => Err(flatgeobuf::geozero::error::GeozeroError::Geometry("none of the six types".to_owned())),
        }
    }
}

fn tell_line(to: &mut impl GeomProcessor, line: &LineString, is_whole: bool, place: usize) -> GeozeroResult<()> {
    to.linestring_begin(is_whole, line.0.len(), place)?;
    for (place, at) in line.0.iter().enumerate() {
        to.xy(at.x, at.y, place)?;
    }
    to.linestring_end(is_whole, place)
}

fn tell_polygon(to: &mut impl GeomProcessor, polygon: &Polygon, is_whole: bool, place: usize) -> GeozeroResult<()> {
    to.polygon_begin(is_whole, 1 + polygon.interiors().len(), place)?;
    tell_line(to, polygon.exterior(), false, 0)?;
    for (place, ring) in polygon.interiors().iter().enumerate() {
        tell_line(to, ring, false, place + 1)?;
    }
    to.polygon_end(is_whole, place)
}
