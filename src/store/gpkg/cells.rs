//! Reads the cells of a row from left to right into the plan's own types. What it does not understand it names by column.

use std::fmt::Display;
use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::{FromSql, Value};

use crate::plan::Text;

/// A cell, or why it cannot be read.
pub(in crate::store) type Cell<T> = Result<T, String>;

pub(super) struct Cells<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl<'a> Cells<'a> {
    /// Starts at the column `first`.
    pub(super) fn new(row: &'a Row<'a>, first: usize) -> Cells<'a> {
        Cells { row, next: first }
    }

    fn named(&self, at: usize, fault: impl Display) -> String {
        format!("column {}: {fault}", self.row.as_ref().column_name(at).unwrap_or("?"))
    }

    pub(super) fn get<T: FromSql>(&mut self) -> Cell<T> {
        let at = self.next;
        self.next += 1;
        self.row.get(at).map_err(|fault| self.named(at, fault))
    }

    pub(super) fn count(&mut self) -> Cell<u64> {
        let at = self.next;
        u64::try_from(self.get::<i64>()?).map_err(|fault| self.named(at, fault))
    }

    pub(super) fn optional_number(&mut self) -> Cell<Option<f64>> {
        let at = self.next;
        match self.get::<Option<f64>>()? {
            Some(number) if !number.is_finite() => Err(self.named(at, "not a finite number")),
            number => Ok(number),
        }
    }

    pub(super) fn number(&mut self) -> Cell<f64> {
        let at = self.next;
        self.optional_number()?.ok_or_else(|| self.named(at, "is empty"))
    }

    pub(super) fn optional<T: FromStr<Err: Display>>(&mut self) -> Cell<Option<T>> {
        let at = self.next;
        let text = self.get::<Option<String>>()?;
        text.map(|text| text.parse()).transpose().map_err(|fault| self.named(at, fault))
    }

    pub(super) fn parsed<T: FromStr<Err: Display>>(&mut self) -> Cell<T> {
        let at = self.next;
        self.optional()?.ok_or_else(|| self.named(at, "is empty"))
    }

    /// A list of numbers as a JSON array.
    pub(super) fn optional_numbers(&mut self) -> Cell<Option<Vec<f64>>> {
        let at = self.next;
        let text = self.get::<Option<String>>()?;
        text.map(|text| serde_json::from_str(&text)).transpose().map_err(|fault| self.named(at, fault))
    }

    /// Two columns: Chinese, English.
    pub(super) fn text(&mut self) -> Cell<Text> {
        Ok(Text { zh: self.get()?, en: self.get()? })
    }

    pub(super) fn optional_text(&mut self) -> Cell<Option<Text>> {
        let at = self.next;
        match (self.get()?, self.get()?) {
            (Some(zh), Some(en)) => Ok(Some(Text { zh, en })),
            (None, None) => Ok(None),
            _ => Err(self.named(at, "must be there in both languages or in neither")),
        }
    }
}

/// A word, id or date as the text that [`Cells::parsed`] reads back.
pub(super) fn word(word: impl Display) -> Value {
    Value::Text(word.to_string())
}

pub(super) fn optional_word(optional: Option<impl Display>) -> Value {
    optional.map_or(Value::Null, word)
}

/// Numbers as the text that [`Cells::optional_numbers`] reads back.
pub(super) fn optional_numbers(optional: Option<&[f64]>) -> Value {
    optional.map_or(Value::Null, |numbers| {
        Value::Text(serde_json::to_string(numbers).expect("numbers are finite since they were checked"))
    })
}

pub(super) fn text(text: &Text) -> [Value; 2] {
    [Value::Text(text.zh.clone()), Value::Text(text.en.clone())]
}

pub(super) fn optional_text(optional: Option<&Text>) -> [Value; 2] {
    optional.map_or([Value::Null, Value::Null], text)
}
