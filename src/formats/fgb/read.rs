//! Reads a FlatGeobuf from its header to its end, past the index, twice: once for what it holds, once for its features.
//!
//! The library's own reader believes counts and sizes; here each buffer is bounded before it is read and verified before it is looked at.

use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use flatgeobuf::{ColumnType, GeometryType as Type, size_prefixed_root_as_feature, size_prefixed_root_as_header};

use super::geometry;
use super::properties::{self, Column};
use crate::formats::found::{Budget, FieldsFound, MAX_NAME_BYTES, RawValue, TypeFound};
use crate::formats::layer::{
    FoundCrs, Inspected, InspectedLayer, MAX_FEATURES, MAX_FIELDS, ReadError, ReadOptions, ReadRow, Visitor,
};
use crate::spatial::Crs;

/// The first bytes: the format's name, its version, its name, and a patch that makes no difference.
const MAGIC: [u8; 7] = *b"fgb\x03fgb";

/// Bytes of a header: 256 columns with their descriptions, and a definition of a reference system.
const MAX_HEADER_BYTES: u32 = 1 << 20;

/// Bytes of a feature: more than the longest geometry and values of text that are read have.
const MAX_FEATURE_BYTES: u32 = 32 << 20;

/// Bytes of a node of the index: a box and an offset.
const NODE_BYTES: u64 = 40;

/// What a layer is called whose file does not say.
const NAMELESS: &str = "features";

/// What the header says.
struct Head {
    name: String,
    kind: Type,
    crs: FoundCrs,
    columns: Vec<Column>,
    /// 0 where it is not known.
    count: u64,
    index_bytes: u64,
}

/// A feature as its buffer has it.
struct RawFeature {
    place: u64,
    geometry: Result<Option<geo::Geometry>, String>,
    values: Vec<RawValue>,
}

/// Finds out what is in a file of one layer. Columns of bytes are left empty, as no field carries them.
///
/// Cost: one pass; memory for one feature.
///
/// # Errors
/// [`ReadError`], naming the feature, from 1.
pub fn inspect(source: &mut (impl Read + Seek)) -> Result<Inspected, ReadError> {
    let (mut layer, fields) = look_through(source)?;
    layer.fields = fields.into_fields();
    Ok(Inspected { layers: vec![layer] })
}

/// Reads the features of a layer that [`inspect`] found, in the file's order. Heights are dropped.
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
    stream(
        source,
        |_| Ok(()),
        |feature, ()| {
            let values = feature.values.into_iter().enumerate();
            let values = values.map(|(place, value)| fields.value(place, value)).collect();
            Ok(visitor(ReadRow { place: feature.place, id: None, geometry: feature.geometry, values }))
        },
    )
    .map(|_| ())
}

fn look_through(source: &mut (impl Read + Seek)) -> Result<(InspectedLayer, FieldsFound), ReadError> {
    let mut types = TypeFound::default();
    let mut count = 0;
    let declare = |head: &Head| {
        let mut fields = FieldsFound::default();
        for column in &head.columns {
            if fields.place(&column.name).is_some() {
                return Err(format!("two columns are called {:?}", column.name));
            }
            match column.kind {
                ColumnType::String | ColumnType::Json | ColumnType::Bool => fields.declare_text(&column.name)?,
                _ => fields.declare(&column.name)?,
            };
        }
        Ok(fields)
    };
    let (head, fields) = stream(source, declare, |feature, fields: &mut FieldsFound| {
        count = feature.place;
        for (place, value) in feature.values.iter().enumerate() {
            fields.observe_at(place, value);
        }
        if let Ok(Some(geometry)) = &feature.geometry {
            types.observe(geometry);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let geometry_type = geometry::type_of(head.kind).or_else(|| types.the_one());
    let layer =
        InspectedLayer { name: head.name, geometry_type, count, crs: head.crs, encoding: None, fields: Vec::new() };
    Ok((layer, fields))
}

/// Reads the whole file; `begin` makes of the header what `take` needs for each feature.
fn stream<T>(
    source: &mut (impl Read + Seek),
    begin: impl FnOnce(&Head) -> Result<T, String>,
    mut take: impl FnMut(RawFeature, &mut T) -> Result<ControlFlow<()>, String>,
) -> Result<(Head, T), ReadError> {
    source.rewind()?;
    let mut input = BufReader::with_capacity(64 << 10, source);
    let at_header = |reason: String| ReadError::refused("the header", reason);
    let head = read_head(&mut input)?;
    let mut state = begin(&head).map_err(at_header)?;
    // Past the end of a file there is nothing to read, which is told as features that lack.
    input.seek(SeekFrom::Current(i64::try_from(head.index_bytes).unwrap_or(i64::MAX)))?;
    let mut budget = Budget::default();
    let mut buffer = Vec::new();
    loop {
        let at = || format!("feature {}", budget.features() + 1);
        let refused = |reason: String| ReadError::refused(at(), reason);
        if !read_sized(&mut input, MAX_FEATURE_BYTES, &mut buffer).map_err(|fault| fault.at(at()))? {
            break;
        }
        let feature = size_prefixed_root_as_feature(&buffer).map_err(|fault| refused(said(&fault)))?;
        if feature.columns().is_some_and(|columns| !columns.is_empty()) {
            return Err(refused("it has columns of its own; those of the header are read".to_owned()));
        }
        let bytes = feature.properties().map_or(&[][..], |bytes| bytes.bytes());
        let values = properties::read(bytes, &head.columns).map_err(refused)?;
        let table = feature.geometry();
        let vertices = table.as_ref().map_or(0, geometry::count);
        let geometry = table.map_or(Ok(None), |table| geometry::read(&table, head.kind));
        let place = budget.feature(|| "the file".to_owned())?;
        let at = || format!("feature {place}");
        budget.vertices(vertices, at)?;
        let taken = take(RawFeature { place, geometry, values }, &mut state);
        if taken.map_err(|reason| ReadError::refused(at(), reason))?.is_break() {
            return Ok((head, state));
        }
    }
    if head.count != 0 && head.count != budget.features() {
        return Err(at_header(format!("it promises {} features, and there are {}", head.count, budget.features())));
    }
    Ok((head, state))
}

/// Why a buffer was not read.
enum Unread {
    Io(io::Error),
    Refused(String),
}

impl Unread {
    fn at(self, at: String) -> ReadError {
        match self {
            Unread::Io(fault) => ReadError::Io(fault),
            Unread::Refused(reason) => ReadError::refused(at, reason),
        }
    }
}

/// Reads a buffer with its size before it; false at the end of the file. Grows with the bytes that are there, not with those promised.
fn read_sized(input: &mut impl Read, limit: u32, buffer: &mut Vec<u8>) -> Result<bool, Unread> {
    buffer.clear();
    input.take(4).read_to_end(buffer).map_err(Unread::Io)?;
    let size = match buffer[..] {
        [] => return Ok(false),
        [a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
        _ => return Err(Unread::Refused("the file ends within it".to_owned())),
    };
    if size > limit {
        return Err(Unread::Refused(format!("it says that it has {size} bytes; it may have {limit}")));
    }
    // What is shorter holds no table.
    if size < 8 {
        return Err(Unread::Refused(format!("it says that it has {size} bytes, too few for anything")));
    }
    input.take(size.into()).read_to_end(buffer).map_err(Unread::Io)?;
    if buffer.len() < size as usize + 4 {
        return Err(Unread::Refused("the file ends within it".to_owned()));
    }
    Ok(true)
}

fn said(fault: &impl std::fmt::Display) -> String {
    let said: String = fault.to_string().lines().next().unwrap_or_default().chars().take(200).collect();
    format!("it is damaged: {said}")
}

fn read_head(input: &mut impl Read) -> Result<Head, ReadError> {
    let mut magic = [0; 8];
    match input.read_exact(&mut magic) {
        Err(fault) if fault.kind() == ErrorKind::UnexpectedEof => {}
        other => other?,
    }
    if magic[..7] != MAGIC {
        return Err(ReadError::refused("the file", "it does not begin as a FlatGeobuf of version 3 does"));
    }
    let at = || "the header".to_owned();
    let mut buffer = Vec::new();
    if !read_sized(input, MAX_HEADER_BYTES, &mut buffer).map_err(|fault| fault.at(at()))? {
        return Err(ReadError::refused(at(), "the file ends before it"));
    }
    let header = size_prefixed_root_as_header(&buffer).map_err(|fault| ReadError::refused(at(), said(&fault)))?;
    let refuse = |reason: String| Err(ReadError::refused(at(), reason));
    let count = header.features_count();
    if count > MAX_FEATURES {
        return refuse(format!("it promises {count} features; a file may have {MAX_FEATURES}; take a part of it"));
    }
    let index_bytes = match (count, u64::from(header.index_node_size())) {
        (0, _) | (_, 0) => 0,
        (_, 1) => return refuse("the nodes of its index have one child each".to_owned()),
        (count, size) => index_nodes(count, size) * NODE_BYTES,
    };
    let mut columns = Vec::new();
    for column in header.columns().iter().flatten() {
        if columns.len() == MAX_FIELDS {
            return refuse(format!("it has more than {MAX_FIELDS} columns"));
        }
        if column.name().len() > MAX_NAME_BYTES {
            return refuse(format!("a column's name has {} bytes; it may have {MAX_NAME_BYTES}", column.name().len()));
        }
        columns.push(Column { name: column.name().to_owned(), kind: column.type_() });
    }
    let name = header.name().filter(|name| !name.is_empty()).unwrap_or(NAMELESS);
    if name.len() > MAX_NAME_BYTES {
        return refuse(format!("the layer's name has {} bytes; it may have {MAX_NAME_BYTES}", name.len()));
    }
    let crs = header.crs().map_or(FoundCrs::Missing, |crs| crs_of(&crs));
    Ok(Head { name: name.to_owned(), kind: header.geometry_type(), crs, columns, count, index_bytes })
}

/// Nodes of a packed R-tree over `count` features, all levels together.
fn index_nodes(count: u64, size: u64) -> u64 {
    let (mut level, mut nodes) = (count, count);
    while level > 1 {
        level = level.div_ceil(size);
        nodes += level;
    }
    // A tree of one feature has a root beside it.
    if count == 1 { 2 } else { nodes }
}

fn crs_of(crs: &flatgeobuf::Crs) -> FoundCrs {
    let is_epsg = crs.org().is_none_or(|organization| organization.eq_ignore_ascii_case("EPSG"));
    let number = u32::try_from(crs.code()).ok().filter(|number| is_epsg && *number > 0);
    let known = number.and_then(Crs::epsg).or_else(|| crs.wkt().and_then(|wkt| Crs::from_wkt(wkt).ok()));
    match (known, number, crs.name().or(crs.wkt()).or(crs.code_string())) {
        (Some(known), ..) => FoundCrs::Stated(known),
        (None, Some(number), _) => FoundCrs::Unknown(format!("EPSG:{number}")),
        (None, None, Some(name)) => FoundCrs::Unknown(name.chars().take(200).collect()),
        (None, None, None) => FoundCrs::Missing,
    }
}
