//! Workbooks (Office Open XML): layers and tables as sheets, both ways. A sheet is a row of headings and rows of typed cells; formulas are
//! read as the values that were stored with them, and nothing is computed.

mod book;
mod cells;
mod read;
mod write;
mod xml;

pub use read::{Table, inspect, read, tables};
pub use write::{Column, Sheet, Writer};

use crate::plan::Date;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Date(Date),
    Bool(bool),
    /// What a spreadsheet could not compute, in its own words: `#REF!`.
    Error(String),
}

/// The sheet that says what the columns of the others mean. Readers leave it out.
pub const README: &str = "readme";

/// Rows of a sheet, the headings among them.
const MAX_ROWS: u32 = 1_048_576;

/// UTF-16 units that a cell holds.
const MAX_CELL_UNITS: usize = 32_767;

/// As sheet and cell are named in a spreadsheet: `projects!C7`. Both count from 1.
pub fn cell_name(sheet: &str, row: u32, column: usize) -> String {
    format!("{sheet}!{}{row}", column_name(column))
}

/// A to Z, AA, AB and so on; counted from 1.
fn column_name(column: usize) -> String {
    let mut letters = Vec::new();
    let mut left = column;
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
        left /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_spreadsheets_name_them() {
        for (row, column, expected) in [(1, 1, "a!A1"), (7, 26, "a!Z7"), (7, 27, "a!AA7"), (2, 703, "a!AAA2")] {
            assert_eq!(cell_name("a", row, column), expected);
        }
    }
}
