//! Writes layers as shapefiles, feature by feature. What comes first in the files and is known last (counts, extents, widths) makes it keep
//! shapes and rows aside, in files without a name in the scratch folder.

use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::SpooledTempFile;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::names;
use super::outline::{Extent, Kind, Outline};
use super::table::{Column, Misfit, Table};
use super::{FILE_CODE, HEADER_BYTES, MAX_FILE_BYTES, MAX_TEXT_BYTES, VERSION};
use crate::formats::Value;
use crate::formats::columns::ID;
use crate::formats::layer::{Encoding, FeatureRow, FieldKind, Layer, LayerWriter, Renamed, WriteError, Written};
use crate::formats::text::{self, UTF8_MARK};

/// Fields that a `.dbf` may have, the id among them.
const MAX_COLUMNS: usize = 255;

/// Little is gained by packing coordinates harder, and much time lost.
const COMPRESSION_LEVEL: i64 = 3;

/// The file in the archive that tells which field is called what.
const MAPPING: &str = "fields.csv";

/// A zip file with shapefiles.
pub struct Writer<W: Write + Seek> {
    zip: ZipWriter<W>,
    scratch: PathBuf,
    encoding: Encoding,
    open: Option<Open>,
    mapping: Vec<u8>,
    written: Written,
}

/// The layer that is being written.
struct Open {
    layer: Layer,
    names: Vec<String>,
    files: Vec<Shapefile>,
    outline: Outline,
    record: Vec<u8>,
}

/// The shapes of one kind, with their rows.
struct Shapefile {
    kind: Kind,
    shapes: BufWriter<Aside>,
    bytes: u64,
    extent: Extent,
    rows: Table<Aside>,
}

/// Small layers are kept in memory, others in a file without a name.
type Aside = SpooledTempFile;

/// Bytes of a layer's shapes, and of its rows, that are kept in memory.
const MAX_IN_MEMORY: usize = 1 << 20;

impl<W: Write + Seek> Writer<W> {
    pub fn new(out: W, scratch: &Path, encoding: Encoding) -> Writer<W> {
        Writer {
            zip: ZipWriter::new(out),
            scratch: scratch.to_owned(),
            encoding,
            open: None,
            mapping: [UTF8_MARK, b"layer,field,written,meaning\r\n"].concat(),
            written: Written::default(),
        }
    }

    fn note_names(&mut self, layer: &Layer, names: &[String]) {
        let id = [(ID, "")].into_iter();
        let fields = id.chain(layer.fields.iter().map(|field| (field.name.as_str(), field.meaning.as_str())));
        for ((field, meaning), written) in fields.zip(names) {
            let cells = [&layer.name, field, written, meaning].map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
            self.mapping.extend(cells.join(",").as_bytes());
            self.mapping.extend(b"\r\n");
            if field != written {
                let renamed = Renamed { layer: layer.name.clone(), field: field.to_owned(), written: written.clone() };
                self.written.renamed.push(renamed);
            }
        }
    }

    fn start(&mut self, name: &str) -> Result<(), WriteError> {
        let options = SimpleFileOptions::default().compression_level(Some(COMPRESSION_LEVEL)).large_file(true);
        self.zip.start_file(name, options).map_err(zip_error)
    }

    /// The files of one kind of a layer.
    fn write(&mut self, name: &str, layer: &Layer, file: Shapefile) -> Result<(), WriteError> {
        let bytes = file.rows.bytes();
        if bytes > MAX_FILE_BYTES {
            return Err(too_large(&layer.name, ".dbf"));
        }
        let mut shapes = file.shapes.into_inner().map_err(|error| error.into_error())?;
        self.start(&format!("{name}.shp"))?;
        self.zip.write_all(&header(file.kind, file.bytes, file.extent))?;
        shapes.rewind()?;
        io::copy(&mut BufReader::new(&mut shapes), &mut self.zip)?;

        self.start(&format!("{name}.shx"))?;
        let count = u64::from(file.rows.count());
        self.zip.write_all(&header(file.kind, HEADER_BYTES + 8 * count, file.extent))?;
        shapes.rewind()?;
        index(BufReader::new(&mut shapes), count, &mut self.zip)?;

        self.start(&format!("{name}.dbf"))?;
        file.rows.finish(&mut self.zip)?;
        self.start(&format!("{name}.cpg"))?;
        self.zip.write_all(match self.encoding {
            Encoding::Utf8 => b"UTF-8",
            Encoding::Gbk => b"936",
        })?;
        if layer.offset.is_none() {
            self.start(&format!("{name}.prj"))?;
            self.zip.write_all(layer.crs.esri_wkt().as_bytes())?;
        }
        Ok(())
    }
}

impl<W: Write + Seek> LayerWriter for Writer<W> {
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError> {
        if layer.fields.len() >= MAX_COLUMNS {
            let reason =
                format!("{} has {} fields; a shapefile holds {}", layer.name, layer.fields.len(), MAX_COLUMNS - 1);
            return Err(WriteError::CannotHold(reason));
        }
        let fields: Vec<&str> =
            std::iter::once(ID).chain(layer.fields.iter().map(|field| field.name.as_str())).collect();
        let names = names::shortened(&fields, self.encoding)
            .map_err(|(field, foreign)| unmappable(foreign, &format!("the name of field {field} of {}", layer.name)))?;
        self.note_names(layer, &names);
        self.open = Some(Open::new(layer, names));
        Ok(())
    }

    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError> {
        let early = || WriteError::CannotHold("a feature comes before its layer".to_owned());
        self.open.as_mut().ok_or_else(early)?.feature(row, &self.scratch, self.encoding)
    }

    fn end(&mut self) -> Result<(), WriteError> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        if open.files.is_empty() {
            let kind = Kind::of_type(open.layer.geometry_type);
            open.file(kind, &self.scratch, self.encoding);
        }
        let is_split = open.files.len() > 1;
        if is_split {
            let endings: Vec<&str> = open.files.iter().map(|file| file.kind.ending()).collect();
            let note = format!(
                "{} has several kinds of geometry and is divided into {}.",
                open.layer.name,
                endings.join(", ")
            );
            self.written.notes.push(note);
        }
        if let Some(offset) = open.layer.offset {
            let note =
                format!("Coordinates of {} are moved off to {}, so it has no .prj.", open.layer.name, offset.name());
            self.written.notes.push(note);
        }
        for file in open.files {
            let name =
                if is_split { format!("{}_{}", open.layer.name, file.kind.ending()) } else { open.layer.name.clone() };
            self.write(&name, &open.layer, file)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Written, WriteError> {
        self.start(MAPPING)?;
        let mapping = std::mem::take(&mut self.mapping);
        self.zip.write_all(&mapping)?;
        self.zip.finish().map_err(zip_error)?.flush()?;
        Ok(self.written)
    }
}

impl Open {
    fn new(layer: &Layer, names: Vec<String>) -> Open {
        Open { layer: layer.clone(), names, files: Vec::new(), outline: Outline::default(), record: Vec::new() }
    }

    /// Place of the file that takes shapes of this kind; made when the first one comes.
    fn file(&mut self, kind: Kind, scratch: &Path, encoding: Encoding) -> usize {
        if let Some(at) = self.files.iter().position(|file| file.kind == kind) {
            return at;
        }
        let aside = || tempfile::spooled_tempfile_in(MAX_IN_MEMORY, scratch);
        let kinds = std::iter::once(FieldKind::Text).chain(self.layer.fields.iter().map(|field| field.kind));
        let columns = self.names.iter().zip(kinds).map(|(name, kind)| {
            // The names have been held against the encoding when they were made.
            Column::new(text::encode(name, encoding).unwrap_or_default().into_owned(), kind)
        });
        let rows = Table::new(columns.collect(), aside(), encoding);
        let shapes = BufWriter::new(aside());
        self.files.push(Shapefile { kind, shapes, bytes: HEADER_BYTES, extent: Extent::EMPTY, rows });
        self.files.len() - 1
    }

    fn feature(&mut self, row: &FeatureRow, scratch: &Path, encoding: Encoding) -> Result<(), WriteError> {
        let none =
            || WriteError::CannotHold(format!("feature {} of {} is of none of the six types", row.id, self.layer.name));
        let kind = Kind::of(row.geometry).ok_or_else(none)?;
        let at = self.file(kind, scratch, encoding);
        let file = &mut self.files[at];
        self.record.clear();
        self.record.extend([0; 8]);
        let extent = self.outline.write(row.geometry, &mut self.record);
        file.extent.join(extent.unwrap_or(Extent::EMPTY));
        let number = file.rows.count() + 1;
        let words = u32::try_from((self.record.len() - 8) / 2).unwrap_or(u32::MAX);
        self.record[..4].copy_from_slice(&number.to_be_bytes());
        self.record[4..8].copy_from_slice(&words.to_be_bytes());
        file.bytes += self.record.len() as u64;
        if file.bytes > MAX_FILE_BYTES {
            return Err(too_large(&self.layer.name, ".shp"));
        }
        file.shapes.write_all(&self.record)?;
        let values = std::iter::once(Value::Text(row.id)).chain(row.values.iter().copied());
        for (column, value) in values.enumerate().take(self.names.len()) {
            if let Err(misfit) = file.rows.put(column, &value)? {
                let name = column.checked_sub(1).map_or(ID, |field| &self.layer.fields[field].name);
                return Err(told(misfit, &format!("{name} of feature {} in {}", row.id, self.layer.name)));
            }
        }
        file.rows.end_row();
        Ok(())
    }
}

/// The beginning of a `.shp` or a `.shx` of so many bytes.
fn header(kind: Kind, bytes: u64, extent: Extent) -> Vec<u8> {
    let mut header = FILE_CODE.to_be_bytes().to_vec();
    header.resize(24, 0);
    // Checked against MAX_FILE_BYTES before.
    header.extend(u32::try_from(bytes / 2).unwrap_or(u32::MAX).to_be_bytes());
    header.extend(VERSION.to_le_bytes());
    header.extend(kind.code().to_le_bytes());
    header.extend(extent.bytes());
    header.resize(100, 0);
    header
}

/// Records of the `.shx`, from those of the `.shp`.
fn index(mut shapes: BufReader<&mut Aside>, count: u64, out: &mut impl Write) -> io::Result<()> {
    let mut at = u32::try_from(HEADER_BYTES / 2).unwrap_or(0);
    for _ in 0..count {
        let mut head = [0; 8];
        shapes.read_exact(&mut head)?;
        let words = u32::from_be_bytes([head[4], head[5], head[6], head[7]]);
        out.write_all(&at.to_be_bytes())?;
        out.write_all(&words.to_be_bytes())?;
        at += words + 4;
        shapes.seek_relative(2 * i64::from(words))?;
    }
    Ok(())
}

fn told(misfit: Misfit, place: &str) -> WriteError {
    WriteError::CannotHold(match misfit {
        Misfit::Foreign(foreign) => return unmappable(foreign, place),
        Misfit::TooLong(bytes) => {
            format!(
                "{place} takes {bytes} bytes; a shapefile holds {MAX_TEXT_BYTES}: choose GeoPackage or another format"
            )
        }
        Misfit::Zero => format!("{place} has a zero character, which ends texts in a shapefile: choose another format"),
        Misfit::NotFinite => format!("{place} is not a finite number"),
        Misfit::Year => format!("{place} is a date outside the years 0 to 9999"),
    })
}

fn unmappable(foreign: char, place: &str) -> WriteError {
    let code = u32::from(foreign);
    WriteError::CannotHold(format!("GBK has no {foreign:?} (U+{code:04X}), which stands in {place}: choose UTF-8"))
}

fn too_large(layer: &str, ending: &str) -> WriteError {
    WriteError::CannotHold(format!(
        "the {ending} of {layer} is larger than 2 GiB, the limit of the format: choose another one, or fewer features"
    ))
}

fn zip_error(error: zip::result::ZipError) -> WriteError {
    WriteError::Io(error.into())
}
