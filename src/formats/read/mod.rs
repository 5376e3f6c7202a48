//! One door to all readers: which format a file is in, what it holds, and its features one by one.

mod zipped;

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use super::archive::{Archive, SIGNATURE};
use super::layer::{Inspected, ReadError, ReadOptions, ReadRow};
use super::table::ReadTable;
use super::{csv, fgb, geojson, gpkg, kml, shp, xlsx};

/// Formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceFormat {
    /// Also as a text sequence.
    GeoJson,
    Gpkg,
    /// In a zip file.
    Shp,
    /// Alone, or several in a zip file.
    Csv,
    Xlsx,
    /// Also as KMZ.
    Kml,
    /// Alone, or several in a zip file.
    Fgb,
}

/// Bytes at the beginning that are looked at to know a format.
const HEAD_BYTES: u64 = 512;

const SQLITE: &[u8] = b"SQLite format 3\0";
const FLATGEOBUF: &[u8] = b"fgb";
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Endings of the names of files that are tables of text.
const TABLE_ENDINGS: [&str; 3] = ["csv", "tsv", "txt"];

impl SourceFormat {
    /// Every format, by the name that the API has for it.
    pub const ALL: [SourceFormat; 7] = [
        SourceFormat::GeoJson,
        SourceFormat::Gpkg,
        SourceFormat::Shp,
        SourceFormat::Csv,
        SourceFormat::Xlsx,
        SourceFormat::Kml,
        SourceFormat::Fgb,
    ];

    pub const fn id(self) -> &'static str {
        match self {
            SourceFormat::GeoJson => "geojson",
            SourceFormat::Gpkg => "gpkg",
            SourceFormat::Shp => "shp",
            SourceFormat::Csv => "csv",
            SourceFormat::Xlsx => "xlsx",
            SourceFormat::Kml => "kml",
            SourceFormat::Fgb => "fgb",
        }
    }

    /// Knows a file by its first bytes, a zip file by what is in it, and by its name where bytes say nothing. None for what is not
    /// read here.
    ///
    /// # Errors
    /// A file that cannot be read at all, or an archive that is not sound.
    pub fn recognise(name: &str, file: &mut (impl Read + Seek)) -> Result<Option<SourceFormat>, ReadError> {
        let head = head(file)?;
        if head.starts_with(SIGNATURE) {
            let format = of_archive(file)?;
            file.seek(SeekFrom::Start(0))?;
            return Ok(format);
        }
        let text = head.strip_prefix(MARK).unwrap_or(&head);
        let first = text.iter().copied().find(|byte| !byte.is_ascii_whitespace() && *byte != 0x1e);
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
        Ok(if head.starts_with(SQLITE) {
            Some(SourceFormat::Gpkg)
        } else if head.starts_with(FLATGEOBUF) {
            Some(SourceFormat::Fgb)
        } else if first == Some(b'{') {
            Some(SourceFormat::GeoJson)
        } else if first == Some(b'<') {
            Some(SourceFormat::Kml)
        } else if TABLE_ENDINGS.contains(&ending.as_str()) && !head.contains(&0) {
            Some(SourceFormat::Csv)
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

/// What a zip file holds, by the endings of its members.
fn of_archive(file: &mut (impl Read + Seek)) -> Result<Option<SourceFormat>, ReadError> {
    let archive = Archive::open(file)?;
    let holds = |ending: &str| archive.members().iter().any(|member| member.stem(ending).is_some());
    Ok(if archive.find("xl/workbook.xml").is_some() {
        Some(SourceFormat::Xlsx)
    } else if holds("shp") {
        Some(SourceFormat::Shp)
    } else if holds("kml") {
        Some(SourceFormat::Kml)
    } else if holds("fgb") {
        Some(SourceFormat::Fgb)
    } else if holds("csv") {
        Some(SourceFormat::Csv)
    } else {
        None
    })
}

/// Finds out what a file holds; `path` is where it is, for formats that are read from a path.
///
/// # Errors
/// [`ReadError`] with the place of what cannot be read.
pub fn inspect(format: SourceFormat, file: &mut (impl Read + Seek), path: &Path) -> Result<Inspected, ReadError> {
    file.seek(SeekFrom::Start(0))?;
    match format {
        SourceFormat::GeoJson => geojson::inspect(file),
        SourceFormat::Gpkg => gpkg::inspect(path),
        SourceFormat::Shp => shp::inspect(file),
        SourceFormat::Csv => csv::inspect(file),
        SourceFormat::Kml => kml::inspect(file),
        SourceFormat::Fgb if zipped::is_zipped(file)? => zipped::inspect(file),
        SourceFormat::Fgb => fgb::inspect(file),
        SourceFormat::Xlsx => xlsx::inspect(file),
    }
}

/// Reads the features of a layer until the visitor breaks.
///
/// # Errors
/// As [`inspect`].
pub fn read(
    format: SourceFormat,
    file: &mut (impl Read + Seek),
    path: &Path,
    layer: &str,
    options: &ReadOptions,
    visit: &mut dyn FnMut(ReadRow) -> ControlFlow<()>,
) -> Result<(), ReadError> {
    file.seek(SeekFrom::Start(0))?;
    match format {
        SourceFormat::GeoJson => geojson::read(file, layer, options, visit),
        SourceFormat::Gpkg => gpkg::read(path, layer, options, visit),
        SourceFormat::Shp => shp::read(file, layer, options, visit),
        SourceFormat::Csv => csv::read(file, layer, options, visit),
        SourceFormat::Kml => kml::read(file, layer, options, visit),
        SourceFormat::Fgb if zipped::is_zipped(file)? => zipped::read(file, layer, options, visit),
        SourceFormat::Fgb => fgb::read(file, layer, options, visit),
        SourceFormat::Xlsx => xlsx::read(file, layer, options, visit),
    }
}

/// The sheets of a workbook; none for other formats.
///
/// # Errors
/// As [`inspect`].
pub fn tables(format: SourceFormat, file: &mut (impl Read + Seek)) -> Result<Vec<ReadTable>, ReadError> {
    file.seek(SeekFrom::Start(0))?;
    match format {
        SourceFormat::Xlsx => xlsx::tables(file),
        _ => Ok(Vec::new()),
    }
}
