//! Writes layers as folders of placemarks. Memory: one feature.

use std::fmt::Write as _;
use std::io::{BufWriter, Write};

use geo::{Coord, Geometry, LineString, Polygon};

use crate::formats::Value;
use crate::formats::coordinate::{offset_note, rounded};
use crate::formats::layer::{FeatureRow, FieldKind, Layer, LayerField, LayerWriter, WriteError, Written};
use crate::spatial::CrsCode;

/// Decimals of a degree that tell a tenth of a millimetre.
const DECIMALS: u8 = 9;

/// Colours of layers, one after another: alpha, blue, green, red.
const COLOURS: [&str; 8] = ["b4771f", "0e7fff", "2ca02c", "2827d6", "bd6794", "4b568c", "c277e3", "22bdbc"];

/// Writes one document; layers are documents within it, as each has a schema and a style of its own, which folders must not have.
pub struct Writer<W: Write> {
    out: BufWriter<W>,
    name: String,
    layers: usize,
    fields: Vec<LayerField>,
    text: String,
    notes: Vec<String>,
}

impl<W: Write> Writer<W> {
    /// `name` is what the document is called.
    pub fn new(out: W, name: impl Into<String>) -> Writer<W> {
        let (fields, text, notes) = (Vec::new(), String::new(), Vec::new());
        Writer { out: BufWriter::new(out), name: name.into(), layers: 0, fields, text, notes }
    }

    fn open(&mut self) -> Result<(), WriteError> {
        let name = escaped(&self.name)?;
        write!(
            self.out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document>\n<name>{name}</name>\n"
        )?;
        Ok(())
    }
}

impl<W: Write> LayerWriter for Writer<W> {
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError> {
        if !matches!(layer.crs.code(), CrsCode::Crs84 | CrsCode::Epsg(4326)) {
            let reason =
                format!("KML is always in OGC:CRS84, and layer {} is in {}; choose that", layer.name, layer.crs.code());
            return Err(WriteError::CannotHold(reason));
        }
        if self.layers == 0 {
            self.open()?;
        }
        self.layers += 1;
        let (number, name) = (self.layers, escaped(&layer.name)?);
        let mut description = format!("{} {}", layer.title.zh, layer.title.en);
        if let Some(offset) = layer.offset {
            let note = offset_note(offset);
            self.notes.push(format!("{}: {note}", layer.name));
            description = format!("{description} {note}");
        }
        let colour = COLOURS[(number - 1) % COLOURS.len()];
        write!(
            self.out,
            "<Document id=\"layer-{number}\">\n<name>{name}</name>\n<description>{}</description>\n\
             <Style id=\"style-{number}\"><IconStyle><color>ff{colour}</color></IconStyle>\
             <LineStyle><color>ff{colour}</color><width>2</width></LineStyle>\
             <PolyStyle><color>66{colour}</color></PolyStyle></Style>\n\
             <Schema name=\"{name}\" id=\"schema-{number}\">\n<SimpleField name=\"id\" type=\"string\"/>\n",
            escaped(&description)?
        )?;
        for field in &layer.fields {
            let kind = if field.kind == FieldKind::Number { "double" } else { "string" };
            let (name, meaning) = (escaped(&field.name)?, escaped(&field.meaning)?);
            writeln!(
                self.out,
                "<SimpleField name=\"{name}\" type=\"{kind}\"><displayName>{meaning}</displayName></SimpleField>"
            )?;
        }
        self.fields.clone_from(&layer.fields);
        Ok(self.out.write_all(b"</Schema>\n")?)
    }

    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError> {
        self.text.clear();
        push_placemark(&mut self.text, row, &self.fields, self.layers).map_err(|fault| match fault {
            WriteError::CannotHold(reason) => WriteError::CannotHold(format!("feature {}: {reason}", row.id)),
            other @ WriteError::Io(_) => other,
        })?;
        Ok(self.out.write_all(self.text.as_bytes())?)
    }

    fn end(&mut self) -> Result<(), WriteError> {
        Ok(self.out.write_all(b"</Document>\n")?)
    }

    fn finish(mut self: Box<Self>) -> Result<Written, WriteError> {
        if self.layers == 0 {
            self.open()?;
        }
        self.out.write_all(b"</Document>\n</kml>\n")?;
        self.out.flush()?;
        Ok(Written { renamed: Vec::new(), notes: self.notes })
    }
}

fn push_placemark(out: &mut String, row: &FeatureRow, fields: &[LayerField], layer: usize) -> Result<(), WriteError> {
    out.push_str("<Placemark>");
    let name = fields.iter().zip(row.values).find(|(field, _)| field.name == "name_zh");
    if let Some((_, Value::Text(name))) = name {
        push(out, format_args!("<name>{}</name>", escaped(name)?));
    }
    push(
        out,
        format_args!("<styleUrl>#style-{layer}</styleUrl><ExtendedData><SchemaData schemaUrl=\"#schema-{layer}\">"),
    );
    push(out, format_args!("<SimpleData name=\"id\">{}</SimpleData>", escaped(row.id)?));
    for (field, value) in fields.iter().zip(row.values) {
        let text = match value {
            Value::Absent => continue,
            Value::Text(text) => escaped(text)?,
            Value::Number(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
        };
        push(out, format_args!("<SimpleData name=\"{}\">{text}</SimpleData>", escaped(&field.name)?));
    }
    out.push_str("</SchemaData></ExtendedData>");
    push_geometry(out, row.geometry)?;
    out.push_str("</Placemark>\n");
    Ok(())
}

fn push(out: &mut String, text: std::fmt::Arguments) {
    out.write_fmt(text).expect("a String takes whatever is written");
}

/// Text as XML 1.0 holds it. A carriage return would come back as a line feed.
fn escaped(text: &str) -> Result<String, WriteError> {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(letter),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {
                let code = u32::from(letter);
                return Err(WriteError::CannotHold(format!("KML cannot hold the control character U+{code:04X}")));
            }
            other => out.push(other),
        }
    }
    Ok(out)
}

fn push_geometry(out: &mut String, geometry: &Geometry) -> Result<(), WriteError> {
    match geometry {
        Geometry::Point(point) => push_point(out, point.0),
        Geometry::LineString(line) => push_line(out, "LineString", line),
        Geometry::Polygon(polygon) => push_polygon(out, polygon),
        Geometry::MultiPoint(points) => push_many(out, &points.0, |out, point| push_point(out, point.0)),
        Geometry::MultiLineString(lines) => push_many(out, &lines.0, |out, line| push_line(out, "LineString", line)),
        Geometry::MultiPolygon(polygons) => push_many(out, &polygons.0, push_polygon),
        _ => Err(WriteError::CannotHold("it is none of the six types of geometry".to_owned())),
    }
}

fn push_many<T>(
    out: &mut String,
    parts: &[T],
    push: impl Fn(&mut String, &T) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    out.push_str("<MultiGeometry>");
    parts.iter().try_for_each(|part| push(out, part))?;
    out.push_str("</MultiGeometry>");
    Ok(())
}

fn push_position(out: &mut String, at: Coord) -> Result<(), WriteError> {
    push(out, format_args!("{},{}", rounded(at.x, DECIMALS)?, rounded(at.y, DECIMALS)?));
    Ok(())
}

fn push_point(out: &mut String, at: Coord) -> Result<(), WriteError> {
    out.push_str("<Point><coordinates>");
    push_position(out, at)?;
    out.push_str("</coordinates></Point>");
    Ok(())
}

fn push_line(out: &mut String, element: &str, line: &LineString) -> Result<(), WriteError> {
    push(out, format_args!("<{element}><coordinates>"));
    for (place, at) in line.0.iter().enumerate() {
        if place > 0 {
            out.push(' ');
        }
        push_position(out, *at)?;
    }
    push(out, format_args!("</coordinates></{element}>"));
    Ok(())
}

fn push_polygon(out: &mut String, polygon: &Polygon) -> Result<(), WriteError> {
    out.push_str("<Polygon><outerBoundaryIs>");
    push_line(out, "LinearRing", polygon.exterior())?;
    out.push_str("</outerBoundaryIs>");
    for ring in polygon.interiors() {
        out.push_str("<innerBoundaryIs>");
        push_line(out, "LinearRing", ring)?;
        out.push_str("</innerBoundaryIs>");
    }
    out.push_str("</Polygon>");
    Ok(())
}
