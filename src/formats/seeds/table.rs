//! One CSV table: a header that must be the known columns, and rows whose fields are read one by one.

use std::fmt::Display;
use std::str::FromStr;

use super::Problems;
use crate::plan::{Slug, Text};

/// A table's text with its name.
pub(super) struct Table<'a> {
    pub file: &'static str,
    pub columns: &'static [&'static str],
    /// Columns that may be missing as a whole; their fields are empty then.
    pub optional: &'static [&'static str],
    /// None when the file could not be fetched, which has been said already.
    pub text: Option<&'a str>,
}

/// What became of a row.
pub(super) struct Entry<T> {
    pub line: u64,
    /// The row's id if it can be read, also of a row that is refused.
    pub id: Option<Slug>,
    pub value: Option<T>,
    /// Ids of other tables' records, by column, also where something else in the row is wrong.
    pub references: Vec<(&'static str, Slug)>,
}

/// A row at hand: reads fields by name and notes what is wrong with them.
pub(super) struct Row<'a> {
    table: &'a Table<'a>,
    record: &'a csv::StringRecord,
    line: u64,
    problems: &'a mut Problems,
    references: Vec<(&'static str, Slug)>,
}

impl Table<'_> {
    /// Hands each row to `read`; rows that cannot be split into the columns are reported. None when the table has no good header.
    pub(super) fn rows<T>(
        &self,
        problems: &mut Problems,
        mut read: impl FnMut(&mut Row, u32) -> Option<T>,
    ) -> Option<Vec<Entry<T>>> {
        let text = self.text?.as_bytes();
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
        let Ok(header) = reader.headers().cloned() else {
            problems.add(self.file, None, None, "has no header row");
            return None;
        };
        if !self.check_header(&header, problems) {
            return None;
        }
        let mut rows = Vec::new();
        let mut lines = Lines { text, counted: 0, line: 1 };
        for (record, order) in reader.records().zip(1..) {
            let record = match record {
                Ok(record) => record,
                Err(fault) => {
                    problems.add(self.file, None, None, fault);
                    break;
                }
            };
            let line = lines.line_of(record.position());
            if record.len() != header.len() {
                let message = format!("has {} fields, the header has {}", record.len(), header.len());
                problems.add(self.file, Some(format!("line {line}")), None, message);
                rows.push(Entry { line, id: None, value: None, references: Vec::new() });
                continue;
            }
            // Fields are read by the order of the known columns, whatever order the file has them in.
            let ordered = self.known().map(|column| header.iter().position(|name| name == column));
            let record: csv::StringRecord =
                ordered.map(|at| at.and_then(|at| record.get(at)).unwrap_or_default()).collect();
            let mut row = Row { table: self, record: &record, line, problems, references: Vec::new() };
            let value = read(&mut row, order);
            let id = row.raw("id").parse().ok();
            rows.push(Entry { line, id, value, references: row.references });
        }
        Some(rows)
    }

    /// All columns that the table may have.
    fn known(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().chain(self.optional).copied()
    }

    fn check_header(&self, header: &csv::StringRecord, problems: &mut Problems) -> bool {
        let before = problems.0.len();
        let line = || Some("line 1".to_owned());
        if header.len() == 1 && header.get(0) == Some("") || header.is_empty() {
            problems.add(
                self.file,
                None,
                None,
                format_args!("has no header row; its columns are {}", self.columns.join(",")),
            );
            return false;
        }
        for (at, name) in header.iter().enumerate() {
            if !self.known().any(|column| column == name) {
                let known: Vec<&str> = self.known().collect();
                let message = format!("unknown column; the columns are {}", known.join(","));
                problems.add(self.file, line(), Some(name), message);
            } else if header.iter().take(at).any(|earlier| earlier == name) {
                problems.add(self.file, line(), Some(name), "the column is there twice");
            }
        }
        for column in self.columns.iter().filter(|column| !header.iter().any(|name| name == **column)) {
            problems.add(self.file, line(), Some(column), "the column is missing");
        }
        problems.0.len() == before
    }
}

/// Counts lines as an editor does. The reader's own count passes over blank lines and is one short where lines end in CRLF.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    fn line_of(&mut self, record: Option<&csv::Position>) -> u64 {
        let begin = record.and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(self.counted);
        let blank = self.text.iter().skip(begin).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text.get(self.counted..begin + blank).unwrap_or_default();
        self.line += passed.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.counted = begin + blank;
        self.line
    }
}

impl Row<'_> {
    pub(super) fn problem(&mut self, column: &str, message: impl Display) {
        self.problems.add(self.table.file, Some(format!("line {}", self.line)), Some(column), message);
    }

    /// The field as written, without blanks around it; empty when there is none.
    pub(super) fn raw(&self, column: &str) -> String {
        let at = self.table.known().position(|name| name == column);
        let field = at.and_then(|at| self.record.get(at));
        field.expect("readers name only columns of their table").trim().to_owned()
    }

    pub(super) fn required<T: FromStr<Err: Display>>(&mut self, column: &str) -> Option<T> {
        let value = self.optional(column)?;
        if value.is_none() {
            self.problem(column, "is empty, but required");
        }
        value
    }

    /// Outer none: the field is wrong, and said to be. Inner none: the field is empty.
    pub(super) fn optional<T: FromStr<Err: Display>>(&mut self, column: &str) -> Option<Option<T>> {
        let raw = self.raw(column);
        if raw.is_empty() {
            return Some(None);
        }
        match raw.parse() {
            Ok(value) => Some(Some(value)),
            Err(fault) => {
                self.problem(column, fault);
                None
            }
        }
    }

    /// A whole number from 0 to `most`, required.
    pub(super) fn whole(&mut self, column: &str, most: u32) -> Option<u32> {
        let raw = self.raw(column);
        let number = raw.parse().ok().filter(|number| *number <= most);
        if number.is_none() {
            self.problem(column, format_args!("{raw:?} is not a whole number from 0 to {most}"));
        }
        number
    }

    /// A finite number.
    pub(super) fn optional_number(&mut self, column: &str) -> Option<Option<f64>> {
        let raw = self.raw(column);
        match raw.parse::<f64>() {
            _ if raw.is_empty() => Some(None),
            Ok(number) if number.is_finite() => Some(Some(number)),
            _ => {
                self.problem(column, format_args!("{raw:?} is not a number"));
                None
            }
        }
    }

    /// `<name>_zh` and `<name>_en`, both required.
    pub(super) fn text(&mut self, name: &str) -> Option<Text> {
        let text = self.optional_text(name)?;
        if text.is_none() {
            self.problem(&format!("{name}_zh"), "is empty, but required");
        }
        text
    }

    /// Both languages or neither.
    pub(super) fn optional_text(&mut self, name: &str) -> Option<Option<Text>> {
        let (zh_column, en_column) = (format!("{name}_zh"), format!("{name}_en"));
        let (zh, en) = (self.raw(&zh_column), self.raw(&en_column));
        let missing = match (zh.is_empty(), en.is_empty()) {
            (true, true) => return Some(None),
            (false, false) => return Some(Some(Text { zh, en })),
            (true, false) => zh_column,
            (false, true) => en_column,
        };
        self.problem(&missing, "is empty, but the other language has a text");
        None
    }

    /// A date as 2019-12-31, nothing else.
    pub(super) fn optional_date(&mut self, column: &str) -> Option<Option<crate::plan::Date>> {
        let raw = self.raw(column);
        let plain = raw.len() == "2019-12-31".len();
        match raw.parse() {
            _ if raw.is_empty() => Some(None),
            Ok(date) if plain => Some(Some(date)),
            _ => {
                self.problem(column, format_args!("{raw:?} is not a date; write it as 2019-12-31"));
                None
            }
        }
    }

    /// The id of the section that the row belongs to.
    pub(super) fn section(&mut self) -> Option<Slug> {
        let section: Slug = self.required("section")?;
        self.references.push(("section", section.clone()));
        Some(section)
    }

    /// Projects' ids with semicolons between them.
    pub(super) fn members(&mut self) -> Option<Vec<Slug>> {
        let raw = self.raw("members");
        let words = raw.split(';').map(str::trim).filter(|word| !word.is_empty());
        let ids = words.map(str::parse).collect::<Result<Vec<Slug>, _>>();
        let ids = ids.map_err(|fault| self.problem("members", fault)).ok()?;
        self.references.extend(ids.iter().map(|id| ("members", id.clone())));
        Some(ids)
    }
}
