//! A table as a spreadsheet holds it: named columns, rows of typed cells, and the name of each cell. Knows no file format.

use super::xlsx;
use crate::plan::{Date, Text};

/// Characters that a column is wide in a workbook.
const WIDTH: f64 = 18.0;

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

/// A table that was read: its header, and its rows with the numbers that the spreadsheet shows, from 1 with the header.
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

impl From<xlsx::Cell> for Cell {
    fn from(cell: xlsx::Cell) -> Cell {
        match cell {
            xlsx::Cell::Empty => Cell::Empty,
            xlsx::Cell::Text(text) => Cell::Text(text),
            xlsx::Cell::Number(number) => Cell::Number(number),
            xlsx::Cell::Date(date) => Cell::Date(date),
            xlsx::Cell::Bool(value) => Cell::Bool(value),
            xlsx::Cell::Error(shown) => Cell::Error(shown),
        }
    }
}

impl From<&Cell> for xlsx::Cell {
    fn from(cell: &Cell) -> xlsx::Cell {
        match cell {
            Cell::Empty => xlsx::Cell::Empty,
            Cell::Text(text) => xlsx::Cell::Text(text.clone()),
            Cell::Number(number) => xlsx::Cell::Number(*number),
            Cell::Date(date) => xlsx::Cell::Date(*date),
            Cell::Bool(value) => xlsx::Cell::Bool(*value),
            Cell::Error(shown) => xlsx::Cell::Error(shown.clone()),
        }
    }
}

impl From<xlsx::Table> for ReadTable {
    fn from(table: xlsx::Table) -> ReadTable {
        let rows = table.rows.into_iter();
        let rows = rows.map(|(number, cells)| (number, cells.into_iter().map(Cell::from).collect()));
        ReadTable { name: table.name, header: table.header, rows: rows.collect() }
    }
}

impl From<&Table> for xlsx::Sheet {
    fn from(table: &Table) -> xlsx::Sheet {
        let column = |column: &Column| xlsx::Column {
            name: column.name.clone(),
            meaning: format!("{} {}", column.meaning.zh, column.meaning.en),
            width: WIDTH,
        };
        xlsx::Sheet {
            name: table.name.clone(),
            columns: table.columns.iter().map(column).collect(),
            rows: table.rows.iter().map(|row| row.iter().map(xlsx::Cell::from).collect()).collect(),
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
