//! Reads workbooks: sheets as layers, or as tables for those who know what is in them.

use std::io::{BufReader, Read, Seek};

use super::README;
use super::book::Book;
use super::cells::Rows;
use crate::formats::archive::{Archive, Member};
use crate::formats::columns::{Seen, SeenTypes, Tally, Where, check_length, is_break, text_of};
use crate::formats::layer::{
    FieldKind, FoundCrs, Inspected, InspectedLayer, ReadError, ReadOptions, ReadRow, ReadValue, Visitor,
};
use crate::formats::table::{Cell, ReadTable, cell_name};

/// Cells of all tables of a workbook, as they are in memory together.
const MAX_TABLE_CELLS: usize = 1_000_000;

/// Bytes of text of all tables of a workbook.
const MAX_TABLE_BYTES: usize = 64 << 20;

/// What is in the file: sheets that are not empty are layers.
///
/// Cost: the sheets are unpacked once, and the texts that they share are in memory.
///
/// # Errors
/// [`ReadError`] for what is no workbook, naming sheet and cell where there is one.
pub fn inspect(source: &mut (impl Read + Seek)) -> Result<Inspected, ReadError> {
    let archive = Archive::open(source)?;
    let book = Book::open(&archive)?;
    let mut layers = Vec::new();
    for (name, member) in sheets(&book) {
        let Some(looked_at) = look(&archive, &book, name, member)? else { continue };
        let fields = looked_at.header.iter().zip(looked_at.seen).enumerate();
        let fields = fields.filter(|(column, _)| !looked_at.place.holds(*column));
        layers.push(InspectedLayer {
            name: name.to_owned(),
            geometry_type: looked_at.types.only(),
            count: looked_at.count,
            crs: FoundCrs::Missing,
            encoding: None,
            fields: fields.map(|(_, (name, seen))| seen.field(name)).collect(),
        });
    }
    Ok(Inspected { layers })
}

/// Reads one sheet as a layer; the place of a row is its number in the sheet.
///
/// Cost: the sheet is unpacked twice, as kinds of columns are known at its end only.
///
/// # Errors
/// As [`inspect`], and for a sheet that is not there.
pub fn read(
    source: &mut (impl Read + Seek),
    layer: &str,
    _options: &ReadOptions,
    visit: Visitor,
) -> Result<(), ReadError> {
    let archive = Archive::open(source)?;
    let book = Book::open(&archive)?;
    let missing = || ReadError::refused(layer, "is no sheet of this workbook, or an empty one");
    let (name, member) = sheets(&book).find(|(name, _)| *name == layer).ok_or_else(missing)?;
    let looked_at = look(&archive, &book, name, member)?.ok_or_else(missing)?;
    let kinds: Vec<FieldKind> = looked_at.seen.iter().map(Seen::kind).collect();
    let mut tally = Tally::default();
    each_row(&archive, &book, name, member, |row| {
        let (geometry, values) = row.parts();
        tally.count(name, geometry.as_ref().ok().and_then(Option::as_ref))?;
        let columns = (0..row.header.len()).filter(|column| !row.place.holds(*column));
        let values = columns.map(|column| of_kind(&values[column], kinds[column])).collect();
        Ok(is_break(visit(ReadRow { place: row.number.into(), id: None, geometry, values })))
    })?;
    Ok(())
}

/// All sheets but [`README`].
///
/// # Errors
/// As [`inspect`], and for more cells than are read at once.
pub fn tables(source: &mut (impl Read + Seek)) -> Result<Vec<ReadTable>, ReadError> {
    let archive = Archive::open(source)?;
    let book = Book::open(&archive)?;
    let (mut cells, mut bytes) = (0, 0);
    let mut tables = Vec::new();
    for (name, member) in sheets(&book) {
        let mut rows = Vec::new();
        let header = each_row(&archive, &book, name, member, |row| {
            cells += row.cells.len();
            bytes +=
                row.cells.iter().map(|cell| if let Cell::Text(text) = cell { text.len() } else { 0 }).sum::<usize>();
            if cells > MAX_TABLE_CELLS || bytes > MAX_TABLE_BYTES {
                let reason =
                    format!("the workbook has more than {MAX_TABLE_CELLS} cells, or {MAX_TABLE_BYTES} bytes of text");
                return Err(ReadError::refused(name, reason));
            }
            rows.push((row.number, row.cells.clone()));
            Ok(false)
        })?;
        tables.push(ReadTable { name: name.to_owned(), header, rows });
    }
    Ok(tables)
}

fn sheets(book: &Book) -> impl Iterator<Item = (&str, &Member)> {
    let sheets = book.sheets.iter().map(|(name, member)| (name.as_str(), member));
    sheets.filter(|(name, _)| !name.eq_ignore_ascii_case(README))
}

/// What looking at all rows tells.
struct LookedAt {
    header: Vec<String>,
    place: Where,
    seen: Vec<Seen>,
    types: SeenTypes,
    count: u64,
}

/// None for an empty sheet.
fn look<R: Read + Seek>(
    archive: &Archive<R>,
    book: &Book,
    name: &str,
    member: &Member,
) -> Result<Option<LookedAt>, ReadError> {
    let (mut seen, mut types, mut tally) = (Vec::new(), SeenTypes::default(), Tally::default());
    let header = each_row(archive, book, name, member, |row| {
        seen.resize_with(row.header.len(), Seen::default);
        let (geometry, values) = row.parts();
        let geometry = geometry.ok().flatten();
        tally.count(name, geometry.as_ref())?;
        geometry.iter().for_each(|geometry| types.see(geometry));
        for (column, (seen, value)) in seen.iter_mut().zip(&values).enumerate() {
            if !row.place.holds(column) {
                if let ReadValue::Text(text) = value {
                    check_length(|| cell_name(name, column, row.number), text)?;
                }
                seen.value(value);
            }
        }
        Ok(false)
    })?;
    if header.is_empty() {
        return Ok(None);
    }
    seen.resize_with(header.len(), Seen::default);
    let place = Where::among(&header);
    Ok(Some(LookedAt { header, place, seen, types, count: tally.features }))
}

/// A row below the header.
struct Row<'r> {
    number: u32,
    header: &'r [String],
    place: Where,
    cells: Vec<Cell>,
}

impl Row<'_> {
    /// The geometry, or what is wrong with the row, and a value for each column.
    fn parts(&self) -> (Result<Option<geo::Geometry>, String>, Vec<ReadValue>) {
        let mut fault = None;
        let mut values = Vec::with_capacity(self.header.len());
        for (cell, column) in self.cells.iter().zip(1..) {
            if column > self.header.len() && *cell != Cell::Empty {
                fault = Some(format!(
                    "{} stands beyond the last heading",
                    cell_name("", column - 1, self.number).trim_start_matches('!')
                ));
            }
            values.push(match cell {
                Cell::Empty => ReadValue::Absent,
                Cell::Text(text) => ReadValue::Text(text.clone()),
                Cell::Number(number) => ReadValue::Number(*number),
                Cell::Date(date) => ReadValue::Date(*date),
                Cell::Bool(value) => ReadValue::Text(value.to_string()),
                Cell::Error(error) => {
                    fault = Some(format!(
                        "{} holds an error: {error}",
                        cell_name("", column - 1, self.number).trim_start_matches('!')
                    ));
                    ReadValue::Absent
                }
            });
        }
        values.resize(self.header.len(), ReadValue::Absent);
        let geometry = match fault {
            Some(fault) => Err(fault),
            None => {
                let texts = values.iter().enumerate().map(|(column, value)| match value {
                    value if self.place.holds(column) => text_of(value),
                    _ => String::new(),
                });
                let texts: Vec<String> = texts.collect();
                self.place.geometry(|column| texts.get(column).map_or("", String::as_str))
            }
        };
        (geometry, values)
    }
}

/// A value of a column that holds several kinds is text.
fn of_kind(value: &ReadValue, kind: FieldKind) -> ReadValue {
    match (value, kind) {
        (ReadValue::Number(_) | ReadValue::Date(_), FieldKind::Text) => ReadValue::Text(text_of(value)),
        (value, _) => value.clone(),
    }
}

/// Hands over the rows below the header, until `take` says that it is enough; gives the header, which is empty in an empty sheet.
fn each_row<R: Read + Seek>(
    archive: &Archive<R>,
    book: &Book,
    name: &str,
    member: &Member,
    mut take: impl FnMut(&Row) -> Result<bool, ReadError>,
) -> Result<Vec<String>, ReadError> {
    let mut opener = archive.opener();
    let mut rows = Rows::new(name, &member.path, BufReader::new(opener.open(member)?), book)?;
    let Some((number, cells)) = rows.next()? else { return Ok(Vec::new()) };
    let header = headings(name, number, &cells)?;
    let place = Where::among(&header);
    while let Some((number, cells)) = rows.next()? {
        if take(&Row { number, header: &header, place, cells })? {
            break;
        }
    }
    Ok(header)
}

/// Columns without a heading are called by their number.
fn headings(name: &str, number: u32, cells: &[Cell]) -> Result<Vec<String>, ReadError> {
    let mut header: Vec<String> = Vec::with_capacity(cells.len());
    for (cell, column) in cells.iter().zip(1..) {
        let heading = match cell {
            Cell::Empty | Cell::Error(_) => String::new(),
            Cell::Text(text) => text.trim().to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Date(date) => date.to_string(),
            Cell::Bool(value) => value.to_string(),
        };
        let heading = if heading.is_empty() { format!("#{column}") } else { heading };
        if header.contains(&heading) {
            let reason = format!("two columns are called {heading:?}; each needs its own name");
            return Err(ReadError::refused(cell_name(name, column - 1, number), reason));
        }
        check_length(|| cell_name(name, column - 1, number), &heading)?;
        header.push(heading);
    }
    Ok(header)
}
