//! Reads CSV files of others: whatever divides their columns, in UTF-8 or GBK, alone or several in a zip file. What they do not say is
//! found out by looking at all of it, or not at all.

use std::io::{Read, Seek, SeekFrom};

use super::lines::{Lines, fill};
use crate::formats::archive::{Archive, Member, SIGNATURE, fault};
use crate::formats::columns::{Seen, SeenTypes, Tally, Where, check_length, is_break, value_of};
use crate::formats::layer::{
    Encoding, EncodingEvidence, FieldKind, FoundCrs, FoundEncoding, Inspected, InspectedLayer, MAX_FIELDS, ReadError,
    ReadOptions, ReadRow, Visitor,
};
use crate::formats::prj;
use crate::formats::text::{Recogniser, UTF8_MARK};

/// The name of the layer in a file that is no zip file: it has none of its own.
pub const LONE_LAYER: &str = "csv";

/// Bytes that are looked at to tell what divides columns.
const MAX_HEADER_BYTES: usize = 64 << 10;

/// Bytes that are read at a time.
const BLOCK_BYTES: usize = 64 << 10;

/// What is in the file.
///
/// Cost: the file is read twice.
///
/// # Errors
/// [`ReadError`] for what is no table, or no text in UTF-8 or GBK.
pub fn inspect(source: &mut (impl Read + Seek)) -> Result<Inspected, ReadError> {
    let mut tables = Tables::open(source)?;
    let layers = tables.names().into_iter().map(|name| tables.find(&name)?.inspect(&mut tables));
    Ok(Inspected { layers: layers.collect::<Result<_, _>>()? })
}

/// Reads one layer.
///
/// Cost: the file is read three times, as kinds of columns are known at its end only.
///
/// # Errors
/// As [`inspect`], and for a layer that is not there.
pub fn read(
    source: &mut (impl Read + Seek),
    layer: &str,
    options: &ReadOptions,
    visit: Visitor,
) -> Result<(), ReadError> {
    let mut tables = Tables::open(source)?;
    let table = tables.find(layer)?;
    let encoding = match options.encoding {
        Some(encoding) => encoding,
        None => table.encoding(&mut tables)?.encoding,
    };
    let looked_at = table.look(&mut tables, encoding)?;
    let kinds: Vec<FieldKind> = looked_at.seen.iter().map(Seen::kind).collect();
    let mut tally = Tally::default();
    table.rows(&mut tables, encoding, |row| {
        let geometry = row.geometry();
        tally.count(&table.file, geometry.as_ref().ok().and_then(Option::as_ref))?;
        let columns = (0..row.header.len()).filter(|column| !row.place.holds(*column));
        let values = columns.map(|column| value_of(row.cell(column), kinds[column])).collect();
        Ok(is_break(visit(ReadRow { place: row.number, id: None, geometry, values })))
    })?;
    Ok(())
}

/// The file: one table, or an archive of them.
enum Tables<'a, R> {
    Lone(&'a mut R),
    Archived(Archive<'a, R>),
}

/// One table of the file.
struct Table {
    name: String,
    /// As errors call it.
    file: String,
    member: Option<Member>,
}

/// What looking at all rows tells.
struct LookedAt {
    header: Vec<String>,
    place: Where,
    seen: Vec<Seen>,
    types: SeenTypes,
    count: u64,
}

/// A row of a table, its cells decoded.
struct Row<'r> {
    number: u64,
    header: &'r [String],
    place: Where,
    cells: Vec<String>,
}

impl Row<'_> {
    fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    fn geometry(&self) -> Result<Option<geo::Geometry>, String> {
        let (found, expected) = (self.cells.len(), self.header.len());
        if found != expected {
            return Err(format!("the row has {found} cells, the header {expected}"));
        }
        self.place.geometry(|column| self.cell(column))
    }
}

impl<'a, R: Read + Seek> Tables<'a, R> {
    fn open(source: &'a mut R) -> Result<Tables<'a, R>, ReadError> {
        let mut start = Vec::new();
        source.seek(SeekFrom::Start(0))?;
        source.by_ref().take(SIGNATURE.len() as u64).read_to_end(&mut start)?;
        if start != SIGNATURE {
            return Ok(Tables::Lone(source));
        }
        let archive = Archive::open(source)?;
        if archive.members().iter().all(|member| !is_table(member)) {
            return Err(ReadError::refused("the archive", "has no .csv file"));
        }
        Ok(Tables::Archived(archive))
    }

    fn names(&self) -> Vec<String> {
        match self {
            Tables::Lone(_) => vec![LONE_LAYER.to_owned()],
            Tables::Archived(archive) => archive.members().iter().filter(|m| is_table(m)).filter_map(name_of).collect(),
        }
    }

    fn find(&self, name: &str) -> Result<Table, ReadError> {
        let missing = || ReadError::refused(name, "is no table of this file");
        match self {
            Tables::Lone(_) if name == LONE_LAYER => {
                Ok(Table { name: name.to_owned(), file: "the file".to_owned(), member: None })
            }
            Tables::Lone(_) => Err(missing()),
            Tables::Archived(archive) => {
                let mut tables = archive.members().iter().filter(|member| is_table(member));
                let member = tables.find(|member| name_of(member).as_deref() == Some(name)).ok_or_else(missing)?;
                Ok(Table { name: name.to_owned(), file: member.path.clone(), member: Some(member.clone()) })
            }
        }
    }

    /// Hands over the bytes of a table from its beginning.
    fn pass<T>(
        &mut self,
        table: &Table,
        take: impl FnOnce(&mut dyn Read) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        match (self, &table.member) {
            (Tables::Archived(archive), Some(member)) => {
                let mut opener = archive.opener();
                take(&mut opener.open(member)?)
            }
            (Tables::Lone(source), _) => {
                source.seek(SeekFrom::Start(0))?;
                take(source)
            }
            (Tables::Archived(_), None) => Err(ReadError::refused(&table.file, "is no table of this file")),
        }
    }
}

fn is_table(member: &Member) -> bool {
    // What macOS packs beside each file is none.
    member.stem("csv").is_some() && !member.path.starts_with("__MACOSX/")
}

fn name_of(member: &Member) -> Option<String> {
    member.stem("csv").map(str::to_owned)
}

impl Table {
    fn inspect<R: Read + Seek>(&self, tables: &mut Tables<R>) -> Result<InspectedLayer, ReadError> {
        let encoding = self.encoding(tables)?;
        let looked_at = self.look(tables, encoding.encoding)?;
        let fields = looked_at.header.iter().zip(looked_at.seen).enumerate();
        let fields = fields.filter(|(column, _)| !looked_at.place.holds(*column));
        Ok(InspectedLayer {
            name: self.name.clone(),
            geometry_type: looked_at.types.only(),
            count: looked_at.count,
            crs: self.crs(tables)?,
            encoding: Some(encoding),
            fields: fields.map(|(_, (name, seen))| seen.field(name)).collect(),
        })
    }

    /// A `.prj` beside the table says where it is; columns called longitude and latitude do not say on which datum.
    fn crs<R: Read + Seek>(&self, tables: &Tables<R>) -> Result<FoundCrs, ReadError> {
        let Tables::Archived(archive) = tables else { return Ok(FoundCrs::Missing) };
        match archive.find(&format!("{}.prj", self.name)) {
            Some(member) => Ok(prj::found(&archive.read_small(member, prj::MAX_BYTES)?)),
            None => Ok(FoundCrs::Missing),
        }
    }

    fn encoding<R: Read + Seek>(&self, tables: &mut Tables<R>) -> Result<FoundEncoding, ReadError> {
        let found = tables.pass(self, |bytes| {
            let mut recogniser = Recogniser::new();
            let mut block = vec![0; BLOCK_BYTES];
            let mut is_first = true;
            loop {
                let count = fill(bytes, &mut block).map_err(|error| fault(&self.file, error))?;
                if is_first {
                    self.check_beginning(&block[..count])?;
                    if block[..count].starts_with(UTF8_MARK) {
                        return Ok(Some(FoundEncoding { encoding: Encoding::Utf8, how: EncodingEvidence::Stated }));
                    }
                }
                is_first = false;
                recogniser.feed(&block[..count]);
                if count < block.len() {
                    return Ok(recogniser.found());
                }
            }
        })?;
        found.ok_or_else(|| ReadError::refused(&self.file, "its text is neither UTF-8 nor GBK; save it as CSV UTF-8"))
    }

    fn check_beginning(&self, beginning: &[u8]) -> Result<(), ReadError> {
        let reason = match beginning {
            [] => "is empty",
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "is in UTF-16; save it as CSV UTF-8",
            bytes if bytes.contains(&0) => "is no text: it has zero bytes",
            _ => return Ok(()),
        };
        Err(ReadError::refused(&self.file, reason))
    }

    fn look<R: Read + Seek>(&self, tables: &mut Tables<R>, encoding: Encoding) -> Result<LookedAt, ReadError> {
        let (mut seen, mut types, mut tally) = (Vec::new(), SeenTypes::default(), Tally::default());
        let header = self.rows(tables, encoding, |row| {
            seen.resize_with(row.header.len(), Seen::default);
            let geometry = row.geometry().ok().flatten();
            tally.count(&self.file, geometry.as_ref())?;
            geometry.iter().for_each(|geometry| types.see(geometry));
            for (column, seen) in seen.iter_mut().enumerate() {
                seen.text(row.cell(column));
            }
            Ok(false)
        })?;
        seen.resize_with(header.len(), Seen::default);
        let place = Where::among(&header);
        Ok(LookedAt { header, place, seen, types, count: tally.features })
    }

    /// Hands over all rows, until `take` says that it is enough; gives the header.
    fn rows<R: Read + Seek>(
        &self,
        tables: &mut Tables<R>,
        encoding: Encoding,
        mut take: impl FnMut(&Row) -> Result<bool, ReadError>,
    ) -> Result<Vec<String>, ReadError> {
        tables.pass(self, |bytes| {
            let mut beginning = vec![0; MAX_HEADER_BYTES];
            let count = fill(bytes, &mut beginning).map_err(|error| fault(&self.file, error))?;
            beginning.truncate(count);
            self.check_beginning(&beginning)?;
            if encoding == Encoding::Utf8 && beginning.starts_with(UTF8_MARK) {
                beginning.drain(..UTF8_MARK.len());
            }
            let mut lines = Lines::new(&self.file, beginning, bytes, encoding);
            let header = match lines.next("the header")? {
                Some(cells) => self.check_header(&cells)?,
                None => return Err(ReadError::refused(&self.file, "has no header")),
            };
            let place = Where::among(&header);
            let mut number = 0;
            while let Some(cells) = lines.next(&format!("row {}", number + 1))? {
                number += 1;
                for (column, cell) in cells.iter().enumerate().filter(|(column, _)| !place.holds(*column)) {
                    check_length(|| format!("{}, row {number}, column {}", self.file, column + 1), cell)?;
                }
                if take(&Row { number, header: &header, place, cells })? {
                    break;
                }
            }
            Ok(header)
        })
    }

    /// Columns without a name are called by their number.
    fn check_header(&self, cells: &[String]) -> Result<Vec<String>, ReadError> {
        let at = || format!("{}, header", self.file);
        if cells.len() > MAX_FIELDS {
            return Err(ReadError::refused(at(), format!("has {} columns; {MAX_FIELDS} are read", cells.len())));
        }
        let mut header: Vec<String> = Vec::with_capacity(cells.len());
        for (cell, number) in cells.iter().zip(1..) {
            let name = match cell.trim() {
                "" => format!("#{number}"),
                name => name.to_owned(),
            };
            if header.contains(&name) {
                return Err(ReadError::refused(
                    at(),
                    format!("two columns are called {name:?}; each needs its own name"),
                ));
            }
            check_length(|| format!("{}, column {number}", at()), &name)?;
            header.push(name);
        }
        Ok(header)
    }
}
