//! A table as a spreadsheet holds it: named columns, rows of typed cells, and the name of each cell. Knows no file format.

use crate::plan::{Date, Text};

/// A table that is to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: String,
    pub meaning: Text,
}

/// A table that was read: its first row that is not empty as header, and the rows below it that are not empty, with the numbers that the
/// spreadsheet shows, from 1. Cells at the end of a row may be missing.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadTable {
    pub name: String,
    pub header: Vec<String>,
    pub rows: Vec<(u32, Vec<Cell>)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    Number(f64),
    Date(Date),
    Bool(bool),
    /// What the spreadsheet shows in place of a value, such as `#REF!`.
    Error(String),
}

impl Cell {
    pub fn is_empty(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

impl From<Table> for ReadTable {
    /// The table as it would be read back.
    fn from(table: Table) -> ReadTable {
        ReadTable {
            name: table.name,
            header: table.columns.into_iter().map(|column| column.name).collect(),
            rows: (2..).zip(table.rows).collect(),
        }
    }
}

/// The name of a cell, such as `projects!C7`; columns count from 0, rows from 1.
pub fn cell_name(sheet: &str, column: usize, row: u32) -> String {
    format!("{sheet}!{}{row}", column_letters(column))
}

/// A, B … Z, AA, AB …
fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_names_that_spreadsheets_show() {
        let check = |column: usize, row: u32, expected: &str| assert_eq!(cell_name("projects", column, row), expected);
        check(0, 1, "projects!A1");
        check(2, 7, "projects!C7");
        check(25, 2, "projects!Z2");
        check(26, 2, "projects!AA2");
        check(701, 3, "projects!ZZ3");
        check(702, 3, "projects!AAA3");
    }
}
