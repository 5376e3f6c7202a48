//! A layer as files carry it: its fields, then its features one by one, so that no format needs the whole of it at once.
//!
//! Geometries are in the layer's own reference system, x east and y north, whatever its authority writes first.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use geo::Geometry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Value;
use crate::plan::{Date, Text};
use crate::spatial::{Crs, GeometryType, Offset};

/// What a writer is told of a layer before its first feature.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The collection's id: name of a table, a sheet, a file.
    pub name: String,
    pub title: Text,
    pub geometry_type: GeometryType,
    pub fields: Vec<LayerField>,
    pub crs: Arc<Crs>,
    /// Coordinates are moved off on purpose.
    pub offset: Option<Offset>,
    /// How many features will come.
    pub count: u64,
}

/// A column: the feature's id comes beside them, in [`FeatureRow::id`].
#[derive(Clone, Debug, PartialEq)]
pub struct LayerField {
    pub name: String,
    pub kind: FieldKind,
    pub meaning: String,
    /// Bytes of its longest value in UTF-8, over the features that will come; formats with columns of fixed width need it.
    pub max_bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Number,
    Date,
}

/// One feature, its values in the order of the layer's fields.
#[derive(Clone, Copy, Debug)]
pub struct FeatureRow<'a> {
    pub number: u64,
    pub id: &'a str,
    pub geometry: &'a Geometry,
    pub values: &'a [Value<'a>],
}

/// Takes layers one after another: [`begin`](LayerWriter::begin), its features, [`end`](LayerWriter::end), and so on.
pub trait LayerWriter {
    /// # Errors
    /// [`WriteError`]; the file is of no use then.
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError>;

    /// # Errors
    /// As [`LayerWriter::begin`].
    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError>;

    /// # Errors
    /// As [`LayerWriter::begin`].
    fn end(&mut self) -> Result<(), WriteError>;

    /// Brings the file to its end.
    ///
    /// # Errors
    /// As [`LayerWriter::begin`].
    fn finish(self: Box<Self>) -> Result<Written, WriteError>;
}

/// What a reader of the file should know and the file itself may not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    pub renamed: Vec<Renamed>,
    /// What the format could not carry, in a sentence each.
    pub notes: Vec<String>,
}

/// A field that the format calls by another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    pub layer: String,
    pub field: String,
    pub written: String,
}

/// Why a layer cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Choose another format or encoding, or fewer features.
    #[error("{0}")]
    CannotHold(String),
    /// Make room, or look at the disk.
    #[error("the file cannot be written: {0}")]
    Io(#[from] io::Error),
}

/// What is found out about a file before anything is taken from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspected {
    pub layers: Vec<InspectedLayer>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct InspectedLayer {
    pub name: String,
    /// Where all features have one type.
    pub geometry_type: Option<GeometryType>,
    pub count: u64,
    pub crs: FoundCrs,
    /// Of text in it, for formats that leave it open.
    pub encoding: Option<FoundEncoding>,
    pub fields: Vec<FoundField>,
}

/// What a file says of its coordinates.
#[derive(Clone, Debug, PartialEq)]
pub enum FoundCrs {
    /// The file or its format says so.
    Stated(Crs),
    /// It says something that is not known here: its name.
    Unknown(String),
    /// It says nothing, and somebody must.
    Missing,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FoundEncoding {
    pub encoding: Encoding,
    pub how: EncodingEvidence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodingEvidence {
    /// The file says so (`.cpg`, a byte order mark).
    Stated,
    /// Its bytes fit this one and not the other.
    Recognised,
    /// Plain ASCII fits both.
    Either,
}

/// Encodings of text that Chinese offices use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Encoding {
    #[serde(rename = "utf-8")]
    Utf8,
    /// GBK, read as its superset GB 18030.
    #[serde(rename = "gbk")]
    Gbk,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FoundField {
    pub name: String,
    pub kind: FieldKind,
    /// Some of its values as text, at most [`MAX_SAMPLES`].
    pub samples: Vec<String>,
}

/// Values of a field that are shown so that a person can tell what it is.
pub const MAX_SAMPLES: usize = 3;

/// A feature of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadRow {
    /// Its place in the layer, from 1: row, record, feature.
    pub place: u64,
    /// The format's own feature id, where it has one.
    pub id: Option<String>,
    /// As the file has it, unchecked but structurally sound; `Err` says what is wrong with this one. None where it has no geometry.
    pub geometry: Result<Option<Geometry>, String>,
    /// In the order of the layer's fields.
    pub values: Vec<ReadValue>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ReadValue {
    Absent,
    Text(String),
    Number(f64),
    Date(Date),
}

/// How a file is read: what its reader could not find out by itself.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// For formats that leave it open; what was found out when absent.
    pub encoding: Option<Encoding>,
}

/// Reads features one by one, until there are no more or the visitor breaks.
pub type Visitor<'a> = &'a mut dyn FnMut(ReadRow) -> ControlFlow<()>;

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Choose another file: this one is not what it says it is, is damaged or too large. `at` is where, in the format's own terms.
    #[error("{at}: {reason}")]
    Refused { at: String, reason: String },
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
}

impl ReadError {
    pub fn refused(at: impl Into<String>, reason: impl Into<String>) -> ReadError {
        ReadError::Refused { at: at.into(), reason: reason.into() }
    }
}

/// Bytes that a file may unpack to, all its members together.
pub const MAX_UNPACKED_BYTES: u64 = 1 << 30;

/// Features that a file may hold.
pub const MAX_FEATURES: u64 = 1_000_000;

/// Vertices that all features of a file may have together.
pub const MAX_FILE_VERTICES: usize = 10_000_000;

/// Fields that a layer may have.
pub const MAX_FIELDS: usize = 256;

/// Bytes of one value of text.
pub const MAX_VALUE_BYTES: usize = 64 << 10;
