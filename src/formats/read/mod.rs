//! One door to all readers: which format a file is in, what it holds, and its features one by one.

mod interim;

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use super::layer::{Inspected, ReadError, ReadOptions, ReadRow};
use super::table::ReadTable;

/// Formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceFormat {
    GeoJson,
    Xlsx,
}

/// Bytes at the beginning that are looked at to know a format.
const HEAD_BYTES: u64 = 512;

const ZIP: &[u8] = b"PK\x03\x04";

impl SourceFormat {
    /// Every format, by the name that the API has for it.
    pub const ALL: [SourceFormat; 2] = [SourceFormat::GeoJson, SourceFormat::Xlsx];

    pub const fn id(self) -> &'static str {
        match self {
            SourceFormat::GeoJson => "geojson",
            SourceFormat::Xlsx => "xlsx",
        }
    }

    /// Knows a file by its first bytes, and by its name where bytes say nothing. None for what is not read here.
    ///
    /// # Errors
    /// A file that cannot be read at all.
    pub fn recognise(name: &str, file: &mut (impl Read + Seek)) -> Result<Option<SourceFormat>, ReadError> {
        let head = head(file)?;
        let _ = name;
        Ok(if head.starts_with(ZIP) {
            Some(SourceFormat::Xlsx)
        } else if is_json(&head) {
            Some(SourceFormat::GeoJson)
        } else {
            None
        })
    }

    /// Whether it may hold a plan's sheets.
    pub const fn may_hold_tables(self) -> bool {
        matches!(self, SourceFormat::Xlsx)
    }
}

fn head(file: &mut (impl Read + Seek)) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(head)
}

/// An object, also behind a byte order mark or the record separator of a text sequence.
fn is_json(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    text.iter().find(|byte| !byte.is_ascii_whitespace() && **byte != 0x1e).is_some_and(|byte| *byte == b'{')
}

/// Finds out what a file holds.
///
/// # Errors
/// [`ReadError`] with the place of what cannot be read.
pub fn inspect(format: SourceFormat, file: &mut (impl Read + Seek), _path: &Path) -> Result<Inspected, ReadError> {
    file.seek(SeekFrom::Start(0))?;
    match format {
        SourceFormat::GeoJson => interim::inspect(file),
        SourceFormat::Xlsx => Ok(Inspected { layers: Vec::new() }),
    }
}

/// Reads the features of a layer until the visitor breaks.
///
/// # Errors
/// As [`inspect`].
pub fn read(
    format: SourceFormat,
    file: &mut (impl Read + Seek),
    _path: &Path,
    _layer: &str,
    _options: &ReadOptions,
    visit: &mut dyn FnMut(ReadRow) -> ControlFlow<()>,
) -> Result<(), ReadError> {
    file.seek(SeekFrom::Start(0))?;
    match format {
        SourceFormat::GeoJson => interim::read(file, visit),
        SourceFormat::Xlsx => Ok(()),
    }
}

/// The sheets of a workbook; none for other formats.
///
/// # Errors
/// As [`inspect`].
pub fn tables(format: SourceFormat, file: &mut (impl Read + Seek)) -> Result<Vec<ReadTable>, ReadError> {
    file.seek(SeekFrom::Start(0))?;
    match format {
        SourceFormat::Xlsx => interim::tables(file),
        SourceFormat::GeoJson => Ok(Vec::new()),
    }
}
