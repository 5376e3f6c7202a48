//! Values of a file as a feature's properties hold them. A field that is mapped and empty says that there is nothing.

use crate::formats::layer::{ReadRow, ReadValue};
use crate::plan::{Position, Slug, Text, Word};
use crate::services::workbook::Fault;

/// Whole numbers up to here are told from their neighbours by a double.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// What a row says of a field.
pub(super) enum Said<T> {
    /// The field is not mapped: what is there stays.
    Nothing,
    Empty,
    Value(T),
}

impl<T> Said<T> {
    pub(super) fn value(self) -> Option<T> {
        if let Said::Value(value) = self { Some(value) } else { None }
    }
}

pub(super) fn text(row: &ReadRow, column: Option<usize>) -> Said<String> {
    let Some(column) = column else { return Said::Nothing };
    let text = match row.values.get(column) {
        None | Some(ReadValue::Absent) => return Said::Empty,
        Some(ReadValue::Text(text)) => text.trim().to_owned(),
        Some(ReadValue::Number(number)) => number_as_text(*number),
        Some(ReadValue::Date(date)) => date.to_string(),
    };
    if text.is_empty() { Said::Empty } else { Said::Value(text) }
}

/// As somebody would write it: 7, not 7.0.
fn number_as_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < MAX_EXACT { format!("{number:.0}") } else { number.to_string() }
}

pub(super) fn accuracy_m(row: &ReadRow, column: Option<usize>) -> Result<Said<f64>, Fault> {
    if let Some(ReadValue::Number(number)) = column.and_then(|column| row.values.get(column)) {
        return Ok(Said::Value(*number));
    }
    match text(row, column) {
        Said::Nothing => Ok(Said::Nothing),
        Said::Empty => Ok(Said::Empty),
        Said::Value(text) => text.parse().map(Said::Value).map_err(|_| {
            let detail = Text::new(format!("{text:?} 不是数"), format!("{text:?} is not a number"));
            Fault::new("accuracy_m", detail, Text::new("米数，例如 12.5", "metres such as 12.5"))
        }),
    }
}

pub(super) fn position(row: &ReadRow, column: Option<usize>) -> Result<Said<Position>, Fault> {
    match text(row, column) {
        Said::Nothing => Ok(Said::Nothing),
        Said::Empty => Ok(Said::Empty),
        Said::Value(text) => text.parse().map(Said::Value).map_err(|_| {
            let words = Position::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(", ");
            let detail = Text::new(format!("没有 {text:?} 这个词"), format!("{text:?} is not one of the words"));
            Fault::new("position", detail, Text::new(words.clone(), format!("one of {words}")))
        }),
    }
}

pub(super) fn slug(field: &str, text: &str) -> Result<Slug, Fault> {
    text.parse().map_err(|_| {
        let detail = Text::new(format!("{text:?} 不是标识"), format!("{text:?} is not an id"));
        let expected = Text::new(
            "1 到 64 个 a-z 0-9 - _，以字母或数字开头",
            "1 to 64 of a-z 0-9 - _, beginning with a letter or digit",
        );
        Fault::new(field, detail, expected)
    })
}

pub(super) fn missing(field: &str) -> Fault {
    let detail = Text::new(format!("没有填写 {field}"), format!("{field} is empty"));
    Fault::new(field, detail, Text::new("文件中的值，或给出默认值", "a value in the file, or a default"))
}
