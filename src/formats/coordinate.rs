//! Coordinates as writers of files round them, and what they say of coordinates that are moved off.

use super::layer::WriteError;
use crate::spatial::Offset;

/// The nearest number with so many decimals; what is told shortest then has no more of them.
///
/// # Errors
/// [`WriteError::CannotHold`] for what is no finite number.
pub(super) fn rounded(value: f64, decimals: u8) -> Result<f64, WriteError> {
    if !value.is_finite() {
        return Err(WriteError::CannotHold("a coordinate is not a finite number".to_owned()));
    }
    let factor = 10_f64.powi(i32::from(decimals));
    let rounded = (value * factor).round() / factor;
    // Beyond 2^53 thousandths there is nothing to round; a minus before zero says nothing.
    Ok(if rounded.is_finite() { rounded + 0.0 } else { value })
}

/// For descriptions of layers, in both languages.
pub(super) fn offset_note(offset: Offset) -> String {
    let name = offset.name();
    format!(
        "坐标为 {name} 偏移坐标，不是真实位置，不可用于量测。 Coordinates are offset as {name}: they are not where things are, and nothing to measure by."
    )
}
