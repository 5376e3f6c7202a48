//! Properties of a feature: a run of bytes, each value behind the number of its column.

use flatgeobuf::ColumnType;

use crate::formats::found::{RawValue, check_value, date_of};

/// What follows the date of a time at midnight. The format has times alone, so that is how it holds dates.
const MIDNIGHTS: [&str; 4] = ["T00:00:00", "T00:00:00Z", "T00:00:00.000", "T00:00:00.000Z"];

/// A column of the header.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: ColumnType,
}

/// Values by column; a column of bytes has none, as no field carries them.
pub(super) fn read(mut bytes: &[u8], columns: &[Column]) -> Result<Vec<RawValue>, String> {
    let mut values = vec![RawValue::Absent; columns.len()];
    let mut is_there = vec![false; columns.len()];
    while !bytes.is_empty() {
        let place = usize::from(u16::from_le_bytes(take(&mut bytes)?));
        let column =
            columns.get(place).ok_or_else(|| format!("a property is of column {place}, which there is not"))?;
        let value = value(&mut bytes, column.kind).map_err(|reason| format!("property {:?}: {reason}", column.name))?;
        if std::mem::replace(&mut is_there[place], true) {
            return Err(format!("the property {:?} stands there twice", column.name));
        }
        values[place] = value;
    }
    Ok(values)
}

fn value(bytes: &mut &[u8], kind: ColumnType) -> Result<RawValue, String> {
    Ok(match kind {
        ColumnType::Byte => RawValue::Number(i8::from_le_bytes(take(bytes)?).into()),
        ColumnType::UByte => RawValue::Number(u8::from_le_bytes(take(bytes)?).into()),
        ColumnType::Bool => RawValue::Text((take::<1>(bytes)? != [0]).to_string()),
        ColumnType::Short => RawValue::Number(i16::from_le_bytes(take(bytes)?).into()),
        ColumnType::UShort => RawValue::Number(u16::from_le_bytes(take(bytes)?).into()),
        ColumnType::Int => RawValue::Number(i32::from_le_bytes(take(bytes)?).into()),
        ColumnType::UInt => RawValue::Number(u32::from_le_bytes(take(bytes)?).into()),
        ColumnType::Long => integer(i64::from_le_bytes(take(bytes)?).into()),
        ColumnType::ULong => integer(u64::from_le_bytes(take(bytes)?).into()),
        ColumnType::Float => number(f32::from_le_bytes(take(bytes)?).into()),
        ColumnType::Double => number(f64::from_le_bytes(take(bytes)?)),
        ColumnType::String | ColumnType::Json => RawValue::Text(text(bytes)?.to_owned()),
        ColumnType::DateTime => {
            let text = text(bytes)?;
            let date = MIDNIGHTS.iter().find_map(|end| text.strip_suffix(end)).filter(|date| date_of(date).is_some());
            RawValue::Text(date.unwrap_or(text).to_owned())
        }
        ColumnType::Binary => {
            run(bytes)?;
            RawValue::Absent
        }
        other => return Err(format!("its type {} is not known", other.0)),
    })
}

/// Integers that a double lacks stay text.
#[expect(clippy::cast_precision_loss, reason = "what has no number of its own stays text")]
fn integer(value: i128) -> RawValue {
    let is_exact = value.unsigned_abs() <= 1 << 53;
    if is_exact { RawValue::Number(value as f64) } else { RawValue::Text(value.to_string()) }
}

fn number(value: f64) -> RawValue {
    if value.is_finite() { RawValue::Number(value) } else { RawValue::Text(value.to_string()) }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], String> {
    let (taken, rest) = bytes.split_first_chunk::<N>().ok_or("the properties end too early")?;
    *bytes = rest;
    Ok(*taken)
}

fn run<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], String> {
    let length = u32::from_le_bytes(take(bytes)?) as usize;
    let (taken, rest) = bytes.split_at_checked(length).ok_or("the properties end too early")?;
    *bytes = rest;
    Ok(taken)
}

fn text<'a>(bytes: &mut &'a [u8]) -> Result<&'a str, String> {
    let text = std::str::from_utf8(run(bytes)?).map_err(|_| "its text is not UTF-8".to_owned())?;
    check_value(text)?;
    Ok(text)
}
