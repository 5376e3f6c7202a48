//! The rows of a sheet, one after another. What the sheet says of its own size is not looked at.

use std::io::Read;

use super::MAX_ROWS;
use super::book::Book;
use super::xml::{Tag, Token, Xml, unmasked};
use crate::formats::layer::{MAX_FIELDS, ReadError};
use crate::formats::table::{Cell, cell_name};
use crate::plan::Date;

/// Columns that are looked at: all fields that a layer may have, and its coordinates.
pub(super) const MAX_COLUMNS: usize = MAX_FIELDS + 4;

/// The day before the first of January 1900, as spreadsheets count that year's days.
const BEFORE_1900: Date = jiff::civil::date(1899, 12, 31);

/// Spreadsheets count a 29 February 1900 that never was; from then on all are one too high.
const NO_LEAP_DAY: i64 = 60;

/// Days from 1900 to 1904.
const DAYS_1904: i64 = 1_462;

/// Rows as they come. A row that is not mentioned is empty.
pub(super) struct Rows<'b, R: Read> {
    sheet: &'b str,
    xml: Xml<'b, R>,
    book: &'b Book,
    last: u32,
}

impl<'b, R: Read> Rows<'b, R> {
    pub(super) fn new(sheet: &'b str, file: &'b str, bytes: R, book: &'b Book) -> Result<Rows<'b, R>, ReadError> {
        let mut xml = Xml::new(file, bytes);
        loop {
            match xml.next()? {
                Token::Start("sheetData", _) => return Ok(Rows { sheet, xml, book, last: 0 }),
                Token::EndOfFile => return Err(xml.refused("has no cells: it is no sheet")),
                _ => {}
            }
        }
    }

    /// The next row that has a cell with something in it: its number and its cells, from the first column to the last that is not empty.
    pub(super) fn next(&mut self) -> Result<Option<(u32, Vec<Cell>)>, ReadError> {
        loop {
            match self.xml.next()? {
                Token::Start("row", tag) => {
                    let cells = self.row(&tag)?;
                    if !cells.is_empty() {
                        return Ok(Some((self.last, cells)));
                    }
                }
                Token::End("sheetData") => return Ok(None),
                Token::EndOfFile => return Err(self.xml.refused("ends before it should")),
                _ => {}
            }
        }
    }

    fn row(&mut self, tag: &Tag) -> Result<Vec<Cell>, ReadError> {
        let stated = tag.attribute("r");
        let number = match &stated {
            Some(number) => number.parse::<u32>().ok(),
            None => self.last.checked_add(1),
        };
        let number = number.filter(|number| *number > self.last && *number <= MAX_ROWS).ok_or_else(|| {
            let stated = stated.unwrap_or_default();
            self.xml.refused(format!("row {stated:?} comes after row {}: rows are not in order", self.last))
        })?;
        self.last = number;
        let mut cells = Vec::new();
        let mut column = 0;
        loop {
            match self.xml.next()? {
                Token::Start("c", tag) => {
                    column = match tag.attribute("r") {
                        Some(name) => self.column_of(&name)?,
                        None => column + 1,
                    };
                    let cell = self.cell(&tag, column)?;
                    if cell == Cell::Empty {
                        continue;
                    }
                    if column > MAX_COLUMNS {
                        let place = cell_name(self.sheet, column - 1, number);
                        return Err(ReadError::refused(
                            place,
                            format!("is beyond the {MAX_COLUMNS} columns that are read"),
                        ));
                    }
                    if cells.len() < column {
                        cells.resize(column, Cell::Empty);
                    }
                    cells[column - 1] = cell;
                }
                Token::End("row") => return Ok(cells),
                Token::EndOfFile => return Err(self.xml.refused("ends before it should")),
                _ => {}
            }
        }
    }

    /// The column of `C7`: 3. The row must be the one that it stands in.
    fn column_of(&self, name: &str) -> Result<usize, ReadError> {
        let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (letters, row) = name.split_at(letters);
        let mut column = 0_usize;
        for letter in letters.bytes().map(|letter| letter.to_ascii_uppercase()) {
            column = column * 26 + usize::from(letter - b'A') + 1;
            if column > usize::from(u16::MAX) {
                break;
            }
        }
        let is_here = row.parse::<u32>() == Ok(self.last) && (1..=usize::from(u16::MAX)).contains(&column);
        if is_here {
            Ok(column)
        } else {
            Err(self.xml.refused(format!("the cell {name:?} stands in row {}", self.last)))
        }
    }

    fn cell(&mut self, tag: &Tag, column: usize) -> Result<Cell, ReadError> {
        let kind = tag.attribute("t").unwrap_or_default();
        let style = tag.attribute("s").and_then(|style| style.parse::<usize>().ok());
        let (mut value, mut inline, mut has_formula) = (None, None, false);
        loop {
            match self.xml.next()? {
                Token::Start("v", _) => value = Some(self.xml.text_until("v", "")?),
                Token::Start("is", _) => inline = Some(self.xml.rich_text_until("is")?),
                Token::Start("f", _) => has_formula = true,
                Token::End("c") => break,
                Token::EndOfFile => return Err(self.xml.refused("ends before it should")),
                _ => {}
            }
        }
        let place = || cell_name(self.sheet, column - 1, self.last);
        let refused = |reason: &str| ReadError::refused(place(), reason);
        let text = |text: String| if text.is_empty() { Cell::Empty } else { Cell::Text(text) };
        // Programs that compute nothing store an empty value.
        let value = value.filter(|value| !(has_formula && value.is_empty()));
        match (kind.as_str(), value) {
            ("inlineStr", _) => Ok(text(unmasked(inline.unwrap_or_default()))),
            // A formula whose value was not stored tells nothing that can be read.
            (_, None) if has_formula => Ok(Cell::Error("a formula without a stored value".to_owned())),
            (_, None) => Ok(Cell::Empty),
            ("s", Some(index)) => {
                let found = index.trim().parse().ok().and_then(|index| self.book.texts.get(index));
                found.map(|found| text(found.to_owned())).ok_or_else(|| refused("names a text that is not there"))
            }
            ("str", Some(value)) => Ok(text(unmasked(value))),
            ("b", Some(value)) => Ok(Cell::Bool(value.trim() == "1" || value.trim() == "true")),
            ("e", Some(value)) => Ok(Cell::Error(value)),
            ("d", Some(value)) => Ok(value.parse().map_or_else(|_| Cell::Text(value.clone()), Cell::Date)),
            ("" | "n", Some(value)) if value.trim().is_empty() => Ok(Cell::Empty),
            ("" | "n", Some(value)) => {
                let number = value.trim().parse::<f64>().ok().filter(|number| number.is_finite());
                let number = number.ok_or_else(|| refused("is said to be a number and is none"))?;
                let is_date = style.and_then(|style| self.book.is_date.get(style)).copied().unwrap_or(false);
                let is_percent = style.and_then(|style| self.book.is_percent.get(style)).copied().unwrap_or(false);
                Ok(match number {
                    number if is_date => day(number, self.book.is_1904),
                    // What is shown as 60% is stored as 0.6; as text nobody takes it for a number.
                    number if is_percent => Cell::Text(format!("{}%", number * 100.0)),
                    number => Cell::Number(number),
                })
            }
            (other, _) => Err(refused(&format!("is of the type {other:?}, which is not known"))),
        }
    }
}

/// A day from its number; a day with a time is text, as is told by ISO 8601. What is no day stays a number.
fn day(serial: f64, is_1904: bool) -> Cell {
    /// Seconds of a day.
    const DAY_S: f64 = 86_400.0;
    let whole = serial.floor();
    if !(0.0..=2_958_465.0).contains(&whole) {
        return Cell::Number(serial);
    }
    #[expect(clippy::cast_possible_truncation, reason = "held against the last day of the year 9999 above")]
    let (whole, seconds) = (whole as i64, ((serial - whole) * DAY_S).round() as i32);
    let counted = if is_1904 { whole + DAYS_1904 } else { whole };
    let days = if counted >= NO_LEAP_DAY { counted - 1 } else { counted };
    let span = jiff::Span::new().try_days(days);
    let Ok(date) = span.and_then(|span| BEFORE_1900.checked_add(span)) else { return Cell::Number(serial) };
    if seconds == 0 {
        return Cell::Date(date);
    }
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    Cell::Text(format!("{date}T{hours:02}:{minutes:02}:{seconds:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_spreadsheets_count_them() {
        let date = |text: &str| Cell::Date(text.parse().expect("a date"));
        for (serial, is_1904, expected) in [
            (1.0, false, date("1900-01-01")),
            (59.0, false, date("1900-02-28")),
            (61.0, false, date("1900-03-01")),
            (43_529.0, false, date("2019-03-05")),
            (42_067.0, true, date("2019-03-05")),
            (43_529.75, false, Cell::Text("2019-03-05T18:00:00".to_owned())),
            (-1.0, false, Cell::Number(-1.0)),
            (1e300, false, Cell::Number(1e300)),
        ] {
            assert_eq!(day(serial, is_1904), expected, "{serial}");
        }
    }
}
