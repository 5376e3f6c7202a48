//! One value as a cell and as JSON, by the kind of its column. Nothing is guessed: a number is a text only where it is one whole number.

use serde_json::{Number, Value};
use unicode_normalization::UnicodeNormalization;

use super::sheets::{CellKind, Column};
use crate::formats::table::Cell;
use crate::plan::{Date, Slug, Text};

/// Whole numbers up to here are told from their neighbours by a double.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// Why a cell is not what its column holds, and what would be.
pub(super) type Wrong = (Text, Text);

/// A value of a record as a cell.
pub(super) fn to_cell(column: &Column, value: Option<&Value>) -> Cell {
    match (column.kind, value) {
        (_, None | Some(Value::Null)) => Cell::Empty,
        (CellKind::Date, Some(Value::String(text))) => text.parse().map_or(Cell::Text(text.clone()), Cell::Date),
        (_, Some(Value::String(text))) => Cell::Text(text.clone()),
        (_, Some(Value::Number(number))) => number.as_f64().map_or(Cell::Empty, Cell::Number),
        (_, Some(Value::Array(values))) => {
            let words: Vec<String> = values.iter().filter_map(Value::as_f64).map(|value| value.to_string()).collect();
            Cell::Text(words.join(";"))
        }
        (_, Some(other)) => Cell::Text(other.to_string()),
    }
}

/// A cell that is not empty as the value that its column holds.
pub(super) fn to_value(column: &Column, cell: &Cell) -> Result<Value, Wrong> {
    if let Cell::Error(shown) = cell {
        let detail = Text::new(format!("单元格里是错误 {shown}"), format!("the cell holds the error {shown}"));
        return Err((detail, column.meaning()));
    }
    match column.kind {
        CellKind::Text => text(cell).map(Value::String),
        CellKind::Id => {
            let text = text(cell)?;
            let id = text.trim().parse::<Slug>().map_err(|fault| {
                let detail = Text::new(format!("{text:?} 不是标识"), fault.to_string());
                let expected = Text::new(
                    "1 到 64 个 a-z 0-9 - _，以字母或数字开头",
                    "1 to 64 of a-z 0-9 - _, beginning with a letter or digit",
                );
                (detail, expected)
            })?;
            Ok(Value::String(id.to_string()))
        }
        CellKind::Word(words) => {
            let (text, words) = (text(cell)?, words());
            let wrong = || {
                let detail = Text::new(format!("没有 {text:?} 这个词"), format!("{text:?} is not one of the words"));
                (detail, Text::new(words.join("、"), format!("one of {}", words.join(", "))))
            };
            let word = text.trim();
            words.contains(&word).then(|| Value::String(word.to_owned())).ok_or_else(wrong)
        }
        CellKind::Whole { most } => {
            let number = number(cell)?;
            let wrong = || {
                let detail = Text::new(format!("{number} 不能用"), format!("{number} cannot be taken"));
                (detail, Text::new(format!("0 到 {most} 的整数"), format!("a whole number from 0 to {most}")))
            };
            let is_whole = number.fract() == 0.0 && (0.0..=f64::from(most)).contains(&number);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within range")]
            let whole = number as u64;
            is_whole.then(|| Value::Number(whole.into())).ok_or_else(wrong)
        }
        CellKind::Number => finite(number(cell)?),
        CellKind::Date => date(cell).map(|date| Value::String(date.to_string())),
        CellKind::Numbers => match cell {
            Cell::Number(number) => Ok(Value::Array(vec![finite(*number)?])),
            _ => {
                let text = text(cell)?;
                let words = text.split([';', '；']).map(str::trim).filter(|word| !word.is_empty());
                let values: Result<Vec<Value>, Wrong> =
                    words.map(|word| number(&Cell::Text(word.to_owned())).and_then(finite)).collect();
                values.map(Value::Array)
            }
        },
    }
}

/// A text; a whole number that a spreadsheet made of one, such as an id 7, is its digits.
fn text(cell: &Cell) -> Result<String, Wrong> {
    match cell {
        Cell::Text(text) => Ok(text.clone()),
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < MAX_EXACT => Ok(number.to_string()),
        _ => {
            let detail = Text::new("不是文字", "is not a text");
            Err((detail, Text::new("文字；请把单元格格式设为文本", "a text; format the cell as text")))
        }
    }
}

fn number(cell: &Cell) -> Result<f64, Wrong> {
    let wrong = |shown: String| {
        let detail = Text::new(format!("{shown} 不是数"), format!("{shown} is not a number"));
        (detail, Text::new("数，例如 12.5", "a number such as 12.5"))
    };
    match cell {
        Cell::Number(number) => Ok(*number),
        Cell::Text(text) => text.trim().parse().map_err(|_| wrong(format!("{text:?}"))),
        Cell::Date(date) => Err(wrong(date.to_string())),
        Cell::Bool(value) => Err(wrong(value.to_string())),
        Cell::Empty | Cell::Error(_) => Err(wrong("\"\"".to_owned())),
    }
}

fn finite(number: f64) -> Result<Value, Wrong> {
    let wrong = || {
        let detail = Text::new(format!("{number} 不是有限的数"), format!("{number} is not a finite number"));
        (detail, Text::new("数，例如 12.5", "a number such as 12.5"))
    };
    Number::from_f64(number).map(Value::Number).ok_or_else(wrong)
}

fn date(cell: &Cell) -> Result<Date, Wrong> {
    let wrong = |shown: String| {
        let detail = Text::new(format!("{shown} 不是日期"), format!("{shown} is not a date"));
        (
            detail,
            Text::new("日期，例如 2019-12-31、2019/12/31 或 2019年12月31日", "a date such as 2019-12-31 or 2019/12/31"),
        )
    };
    match cell {
        Cell::Date(date) => Ok(*date),
        Cell::Text(text) => written_date(text).ok_or_else(|| wrong(format!("{text:?}"))),
        Cell::Number(number) => Err(wrong(number.to_string())),
        Cell::Bool(value) => Err(wrong(value.to_string())),
        Cell::Empty | Cell::Error(_) => Err(wrong("\"\"".to_owned())),
    }
}

/// A date as offices write it: year, month and day with dashes, slashes or points between them, or 2019年12月31日, in digits of either
/// width. The year comes first and has four digits, so that none of it is guessed.
fn written_date(text: &str) -> Option<Date> {
    let plain: String = text.trim().nfkc().collect();
    let parts: Vec<&str> = match plain.split_once('年') {
        Some((year, rest)) => {
            let (month, day) = rest.split_once('月')?;
            vec![year, month, day.strip_suffix(['日', '号'])?]
        }
        None => {
            let sign = ['-', '/', '.'].into_iter().find(|sign| plain.contains(*sign))?;
            plain.split(sign).collect()
        }
    };
    let [year, month, day] = parts.as_slice() else { return None };
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_offices_write_them() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(written_date(text), expected.map(|date| date.parse().expect("a date")), "{text}");
        };
        for text in [
            "2019-12-31",
            "2019/12/31",
            "2019.12.31",
            "2019年12月31日",
            "２０１９年１２月３１日",
            "２０１９／１２／３１",
            " 2019-12-31 ",
        ] {
            check(text, Some("2019-12-31"));
        }
        check("2019年3月5日", Some("2019-03-05"));
        check("2019/3/5", Some("2019-03-05"));
        for text in [
            "",
            "2019",
            "2019-12",
            "19/12/31",
            "31/12/2019",
            "2019-02-30",
            "2019-12/31",
            "2019年12月",
            "2019-12-31T00:00",
            "+019-1-1",
        ] {
            check(text, None);
        }
    }
}
