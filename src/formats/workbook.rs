//! Tables as the sheets of one XLSX workbook: a bold header that stays, values typed, dates as dates. Of moderate size, as it is made in memory.

use std::io::{Seek, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::layer::WriteError;
use super::table::{Cell, Table};

/// Columns are as wide as their header and first rows need, within this many characters.
const WIDTHS: (usize, usize) = (8, 60);

/// Rows that are looked at for the width of a column.
const LOOKED_AT: usize = 200;

/// Writes tables as sheets. Cost: O(cells), all of them in memory at once.
///
/// # Errors
/// [`WriteError::CannotHold`] for what no workbook holds: a text of over 32,767 characters, too many rows, a name that no sheet may have.
pub fn write(tables: &[Table], out: impl Write + Seek + Send) -> Result<(), WriteError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for table in tables {
        let sheet = workbook.add_worksheet();
        fill(sheet, table, &bold, &day).map_err(|fault| held(&table.name, &fault))?;
    }
    workbook.save_to_writer(out).map_err(|fault| match fault {
        XlsxError::IoError(fault) => WriteError::Io(fault),
        fault => held("workbook", &fault),
    })
}

fn held(name: &str, fault: &XlsxError) -> WriteError {
    WriteError::CannotHold(format!("{name}: {fault}"))
}

fn fill(sheet: &mut Worksheet, table: &Table, bold: &Format, day: &Format) -> Result<(), XlsxError> {
    sheet.set_name(&table.name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (at, column) in (0_u16..).zip(&table.columns) {
        sheet.write_string_with_format(0, at, &column.name, bold)?;
        let lengths = table.rows.iter().take(LOOKED_AT).map(|row| row.get(usize::from(at)).map_or(0, length));
        let widest = lengths.chain([column.name.chars().count()]).max().unwrap_or_default();
        let width = u32::try_from(widest.clamp(WIDTHS.0, WIDTHS.1)).unwrap_or(8);
        sheet.set_column_width(at, f64::from(width) + 1.0)?;
    }
    for (number, row) in (1_u32..).zip(&table.rows) {
        for (at, cell) in (0_u16..).zip(row) {
            put(sheet, number, at, cell, day)?;
        }
    }
    Ok(())
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, day: &Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) | Cell::Error(text) => {
            sheet.write_string(row, column, text)?;
        }
        Cell::Number(number) => {
            sheet.write_number(row, column, *number)?;
        }
        Cell::Bool(value) => {
            sheet.write_boolean(row, column, *value)?;
        }
        Cell::Date(date) => match date_of(*date) {
            Ok(at) => {
                sheet.write_datetime_with_format(row, column, &at, day)?;
            }
            // Before 1900 spreadsheets know no days.
            Err(_) => {
                sheet.write_string(row, column, date.to_string())?;
            }
        },
    }
    Ok(())
}

fn date_of(date: crate::plan::Date) -> Result<ExcelDateTime, XlsxError> {
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    ExcelDateTime::from_ymd(u16::try_from(date.year()).unwrap_or_default(), part(date.month()), part(date.day()))
}

/// Characters that a cell takes; those of Chinese are twice as wide.
fn length(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum(),
        Cell::Number(_) | Cell::Date(_) => 10,
        _ => 0,
    }
}
