//! Writes workbooks row by row; what is not written yet lies in the scratch folder, and memory does not grow with the rows.

use std::io::{Seek, Write};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{MAX_CELL_UNITS, MAX_ROWS, README};
use crate::formats::Value;
use crate::formats::columns::{ID, WKT};
use crate::formats::layer::{FeatureRow, Layer, LayerField, LayerWriter, WriteError, Written};
use crate::formats::table::{Cell, Table};
use crate::formats::wkt;
use crate::plan::Date;

/// UTF-16 units of a sheet's name.
const MAX_NAME_UNITS: usize = 31;

/// Signs that are not allowed in a sheet's name.
const FORBIDDEN_IN_NAMES: [char; 7] = ['*', '?', ':', '[', ']', '\\', '/'];

/// Characters that a column is wide.
const FIELD_WIDTH: f64 = 18.0;

/// A workbook with layers and tables, and at its end a sheet [`README`] with what their columns mean.
pub struct Writer<W> {
    out: W,
    book: Workbook,
    formats: Formats,
    names: Vec<String>,
    /// Sheet, column, meaning.
    meanings: Vec<[String; 3]>,
    layer: Option<Open>,
    written: Written,
}

struct Formats {
    heading: Format,
    date: Format,
}

struct Open {
    name: String,
    fields: Vec<LayerField>,
    decimals: u8,
    /// Place of the sheet in the workbook.
    sheet: usize,
    row: u32,
    left_out: u64,
}

impl<W: Write + Seek + Send> Writer<W> {
    /// # Errors
    /// [`WriteError::Io`] if there is no such scratch folder.
    pub fn new(out: W, scratch: &Path) -> Result<Writer<W>, WriteError> {
        let mut book = Workbook::new();
        book.set_tempdir(scratch).map_err(told)?;
        // The same content gives the same file, so it does not say when it was made.
        let beginning = ExcelDateTime::from_ymd(1980, 1, 1).map_err(told)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&beginning));
        let formats = Formats { heading: Format::new().set_bold(), date: Format::new().set_num_format("yyyy-mm-dd") };
        let (names, meanings) = (Vec::new(), Vec::new());
        Ok(Writer { out, book, formats, names, meanings, layer: None, written: Written::default() })
    }

    /// Writes a table as a sheet of its own.
    ///
    /// # Errors
    /// [`WriteError`]; the file is of no use then.
    pub fn table(&mut self, table: &Table) -> Result<(), WriteError> {
        let meanings =
            table.columns.iter().map(|column| format!("{} {}", column.meaning.zh, column.meaning.en).trim().to_owned());
        let meanings: Vec<String> = meanings.collect();
        let named = table.columns.iter().zip(&meanings);
        let columns: Vec<(&str, &str)> =
            named.map(|(column, meaning)| (column.name.as_str(), meaning.as_str())).collect();
        let sheet = self.sheet(&table.name, &columns)?;
        let sheet = self.book.worksheet_from_index(sheet).map_err(told)?;
        for (cells, row) in table.rows.iter().zip(1..) {
            if row >= MAX_ROWS {
                return Err(too_many_rows(&table.name));
            }
            for (cell, at) in cells.iter().zip(0..) {
                let place = || format!("row {} of {}", row + 1, table.name);
                match cell {
                    Cell::Empty => {}
                    Cell::Text(text) | Cell::Error(text) => put_text(sheet, row, at, text, place)?,
                    Cell::Number(number) => put_number(sheet, row, at, *number, place)?,
                    Cell::Date(date) => put_date(sheet, row, at, *date, &self.formats)?,
                    Cell::Bool(value) => sheet.write_boolean(row, at, *value).map(|_| ()).map_err(told)?,
                }
            }
        }
        Ok(())
    }

    /// Adds a line to [`README`]: of a sheet or none, a column or none.
    pub fn explain(&mut self, line: [String; 3]) {
        self.meanings.push(line);
    }

    /// A new sheet with its row of headings; gives its place.
    fn sheet(&mut self, name: &str, columns: &[(&str, &str)]) -> Result<usize, WriteError> {
        let given = self.unused_name(name);
        if given != name {
            self.written
                .notes
                .push(format!("The sheet of {name} is called {given}: a sheet's name has at most 31 characters."));
        }
        let index = self.names.len();
        let sheet = self.book.add_worksheet_with_constant_memory().map_err(told)?;
        sheet.set_name(&given).map_err(told)?;
        sheet.set_freeze_panes(1, 0).map_err(told)?;
        for ((column, meaning), at) in columns.iter().zip(0..) {
            sheet.set_column_width(at, FIELD_WIDTH).map_err(told)?;
            sheet.write_string_with_format(0, at, *column, &self.formats.heading).map_err(told)?;
            if !meaning.is_empty() {
                self.meanings.push([given.clone(), (*column).to_owned(), (*meaning).to_owned()]);
            }
        }
        self.names.push(given);
        Ok(index)
    }

    /// Names of sheets are the same in small and in capital letters.
    fn unused_name(&self, name: &str) -> String {
        let bare = name.replace(FORBIDDEN_IN_NAMES, "_");
        let bare = if bare.is_empty() { "sheet" } else { bare.trim_matches('\'') };
        let is_free = |name: &str| {
            !name.eq_ignore_ascii_case(README)
                && !self.names.iter().any(|taken| taken.to_lowercase() == name.to_lowercase())
        };
        let whole = cut(bare, MAX_NAME_UNITS);
        if is_free(whole) {
            return whole.to_owned();
        }
        let numbered = (1_u32..).map(|number| {
            let ending = format!("_{number}");
            format!("{}{ending}", cut(bare, MAX_NAME_UNITS - ending.len()))
        });
        numbered.into_iter().find(|name| is_free(name)).unwrap_or_else(|| whole.to_owned())
    }

    fn write_meanings(&mut self) -> Result<(), WriteError> {
        let sheet = self.book.add_worksheet_with_constant_memory().map_err(told)?;
        sheet.set_name(README).map_err(told)?;
        sheet.set_freeze_panes(1, 0).map_err(told)?;
        for ((heading, width), at) in [("sheet", 18.0), ("column", 24.0), ("meaning", 90.0)].into_iter().zip(0..) {
            sheet.set_column_width(at, width).map_err(told)?;
            sheet.write_string_with_format(0, at, heading, &self.formats.heading).map_err(told)?;
        }
        for (cells, row) in self.meanings.iter().zip(1..) {
            for (text, at) in cells.iter().zip(0..) {
                put_text(sheet, row, at, text, || format!("row {} of {README}", row + 1))?;
            }
        }
        Ok(())
    }
}

impl<W: Write + Seek + Send> LayerWriter for Writer<W> {
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError> {
        if layer.count >= u64::from(MAX_ROWS) {
            return Err(too_many_rows(&layer.name));
        }
        let id = [(ID, "")].into_iter();
        let fields = layer.fields.iter().map(|field| (field.name.as_str(), field.meaning.as_str()));
        let place = match layer.offset {
            Some(offset) => format!("Geometry as well-known text, coordinates moved off to {}", offset.name()),
            None => format!("Geometry as well-known text, coordinates in {} ({})", layer.crs.code(), layer.crs.name()),
        };
        let columns: Vec<(&str, &str)> = id.chain(fields).chain([(WKT, place.as_str())]).collect();
        let sheet = self.sheet(&layer.name, &columns)?;
        let (name, fields) = (layer.name.clone(), layer.fields.clone());
        self.layer = Some(Open { name, fields, decimals: layer.crs.decimals(), sheet, row: 0, left_out: 0 });
        Ok(())
    }

    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError> {
        let early = || WriteError::CannotHold("a feature comes before its layer".to_owned());
        let open = self.layer.as_mut().ok_or_else(early)?;
        open.row += 1;
        if open.row >= MAX_ROWS {
            return Err(too_many_rows(&open.name));
        }
        let sheet = self.book.worksheet_from_index(open.sheet).map_err(told)?;
        put_text(sheet, open.row, 0, row.id, || format!("the id {}", row.id))?;
        for ((value, field), at) in row.values.iter().zip(&open.fields).zip(1..) {
            let place = || format!("{} of feature {} in {}", field.name, row.id, open.name);
            match value {
                Value::Absent => {}
                Value::Text(text) => put_text(sheet, open.row, at, text, place)?,
                Value::Number(number) => put_number(sheet, open.row, at, *number, place)?,
                Value::Date(date) => put_date(sheet, open.row, at, *date, &self.formats)?,
            }
        }
        let none =
            || WriteError::CannotHold(format!("feature {} of {} is of none of the six types", row.id, open.name));
        let text = wkt::write(row.geometry, open.decimals).ok_or_else(none)?;
        if text.len() > MAX_CELL_UNITS {
            open.left_out += 1;
            return Ok(());
        }
        // A sheet has far fewer columns than a column number can count.
        let at = u16::try_from(open.fields.len() + 1).unwrap_or(u16::MAX);
        sheet.write_string(open.row, at, text).map(|_| ()).map_err(told)
    }

    fn end(&mut self) -> Result<(), WriteError> {
        if let Some(open) = self.layer.take().filter(|open| open.left_out > 0) {
            self.written.notes.push(format!(
                "{} geometries of {} are left out: their text is longer than the {MAX_CELL_UNITS} characters of a cell.",
                open.left_out, open.name
            ));
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Written, WriteError> {
        self.write_meanings()?;
        self.book.save_to_writer(&mut self.out).map_err(told)?;
        self.out.flush()?;
        Ok(self.written)
    }
}

fn put_text(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    place: impl Fn() -> String,
) -> Result<(), WriteError> {
    let units = text.encode_utf16().count();
    if units > MAX_CELL_UNITS {
        let reason =
            format!("{} has {units} characters; a cell holds {MAX_CELL_UNITS}: choose another format", place());
        return Err(WriteError::CannotHold(reason));
    }
    if text.is_empty() {
        return Ok(());
    }
    sheet.write_string(row, column, text).map(|_| ()).map_err(told)
}

fn put_number(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    number: f64,
    place: impl Fn() -> String,
) -> Result<(), WriteError> {
    if !number.is_finite() {
        return Err(WriteError::CannotHold(format!("{} is not a finite number", place())));
    }
    sheet.write_number(row, column, number).map(|_| ()).map_err(told)
}

/// Spreadsheets count days from 1900 on; what was before is text.
fn put_date(sheet: &mut Worksheet, row: u32, column: u16, date: Date, formats: &Formats) -> Result<(), WriteError> {
    let ymd = u16::try_from(date.year()).ok().zip(u8::try_from(date.month()).ok()).zip(u8::try_from(date.day()).ok());
    let serial = ymd.and_then(|((year, month), day)| ExcelDateTime::from_ymd(year, month, day).ok());
    let put = match serial {
        Some(serial) => sheet.write_datetime_with_format(row, column, &serial, &formats.date),
        None => sheet.write_string(row, column, date.to_string()),
    };
    put.map(|_| ()).map_err(told)
}

fn too_many_rows(name: &str) -> WriteError {
    WriteError::CannotHold(format!("{name} has more rows than the {MAX_ROWS} of a sheet: choose another format"))
}

fn told(error: XlsxError) -> WriteError {
    match error {
        XlsxError::IoError(error) => WriteError::Io(error),
        other => WriteError::CannotHold(other.to_string()),
    }
}

fn cut(name: &str, max_units: usize) -> &str {
    let mut units = 0;
    let end = name.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > max_units
    });
    end.map_or(name, |(at, _)| &name[..at])
}
