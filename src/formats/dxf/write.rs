//! A writer of layers that keeps entities in a temporary file until the head of the drawing, which tells their layers and extent, is known.

use std::collections::HashSet;
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

use geo::{BoundingRect, Rect};
use tempfile::SpooledTempFile;

use super::entities::Entities;
use super::frame;
use super::text;
use crate::formats::Value;
use crate::formats::coordinate::offset_note;
use crate::formats::layer::{FeatureRow, Layer, LayerWriter, WriteError, Written};
use crate::spatial::{Unit, union};

/// Bytes of entities that stay in memory.
const MAX_BYTES_IN_MEMORY: usize = 4 << 20;

/// Letters that AutoCAD does not take in the name of a layer.
const FORBIDDEN: [char; 14] = ['<', '>', '/', '\\', '"', ':', ';', '?', '*', '|', ',', '=', '`', '\''];

/// Writes one drawing: each layer is a layer of it, with outlines, points, and the names of features.
///
/// Memory: 4 MiB; the temporary file is as long as the drawing.
pub struct Writer<W: Write> {
    out: W,
    entities: Entities<BufWriter<SpooledTempFile>>,
    layers: Vec<String>,
    taken: HashSet<String>,
    /// Of the first layer; a drawing has one.
    unit: Option<(Unit, String)>,
    extent: Option<Rect>,
    name_place: Option<usize>,
    notes: Vec<String>,
    /// Labels with letters that GBK lacks.
    marked_labels: u64,
}

impl<W: Write> Writer<W> {
    /// `scratch` is a folder for the temporary file.
    pub fn new(out: W, scratch: &Path) -> Writer<W> {
        let file = tempfile::spooled_tempfile_in(MAX_BYTES_IN_MEMORY, scratch);
        Writer {
            out,
            entities: Entities::new(BufWriter::new(file)),
            layers: Vec::new(),
            taken: HashSet::from(["0".to_owned()]),
            unit: None,
            extent: None,
            name_place: None,
            notes: Vec::new(),
            marked_labels: 0,
        }
    }

    /// A name that a drawing can have and has not yet.
    fn layer_name(&mut self, name: &str) -> String {
        let clean: String = name
            .chars()
            .map(|letter| if letter.is_control() || FORBIDDEN.contains(&letter) { '_' } else { letter })
            .collect();
        let mut unique = clean.clone();
        let mut number = 2;
        while !self.taken.insert(unique.to_lowercase()) {
            unique = format!("{clean}_{number}");
            number += 1;
        }
        if unique != name {
            self.notes.push(format!("layer {name:?} is called {unique:?} in the drawing"));
        }
        unique
    }
}

impl<W: Write> LayerWriter for Writer<W> {
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError> {
        let code = layer.crs.code().to_string();
        match &self.unit {
            Some((_, first)) if *first != code => {
                return Err(WriteError::CannotHold(format!(
                    "a drawing has one reference system; layer {} is in {code}, the one before it in {first}",
                    layer.name
                )));
            }
            Some(_) => {}
            None => {
                if layer.crs.unit() == Unit::Degree {
                    self.notes.push(format!(
                        "the drawing's unit is a degree ({code}); CAD programs measure in metres, which a projected system gives"
                    ));
                }
                self.unit = Some((layer.crs.unit(), code));
            }
        }
        if let Some(offset) = layer.offset {
            self.notes.push(format!("{}: {}", layer.name, offset_note(offset)));
        }
        if layer.fields.iter().any(|field| field.name != "name_zh") {
            self.notes.push(format!("{}: a drawing carries no fields but the name, as its label", layer.name));
        }
        let name = self.layer_name(&layer.name);
        self.entities.begin(&name, layer.crs.unit(), layer.crs.decimals());
        self.layers.push(name);
        self.name_place = layer.fields.iter().position(|field| field.name == "name_zh");
        Ok(())
    }

    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError> {
        let named = |fault| match fault {
            WriteError::CannotHold(reason) => WriteError::CannotHold(format!("feature {}: {reason}", row.id)),
            other @ WriteError::Io(_) => other,
        };
        self.entities.geometry(row.geometry).map_err(named)?;
        if let Some(Value::Text(name)) = self.name_place.and_then(|place| row.values.get(place)) {
            self.entities.label(row.geometry, name).map_err(named)?;
            self.marked_labels += u64::from(text::has_marks(name));
        }
        if let Some(rect) = row.geometry.bounding_rect() {
            self.extent = Some(self.extent.map_or(rect, |extent| union(extent, rect)));
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), WriteError> {
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Written, WriteError> {
        let mut out = BufWriter::new(&mut self.out);
        let unit = self.unit.map_or(Unit::Metre, |(unit, _)| unit);
        let (file, last_handle) = self.entities.finish();
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        frame::write_head(&mut out, &self.layers, unit, self.extent, last_handle)?;
        file.rewind()?;
        io::copy(&mut file, &mut out)?;
        frame::write_tail(&mut out)?;
        out.flush()?;
        drop(out);
        if self.marked_labels > 0 {
            self.notes.push(format!(
                "{} labels have letters that are not in GBK; they stand there as \\U+ and a number, which AutoCAD shows as the letter",
                self.marked_labels
            ));
        }
        Ok(Written { renamed: Vec::new(), notes: self.notes })
    }
}
