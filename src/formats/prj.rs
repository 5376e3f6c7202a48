//! The `.prj` beside a file: what it says of the coordinates.

use super::layer::FoundCrs;
use crate::spatial::{Crs, WktError};

/// Bytes of a definition, with room for remarks.
pub(super) const MAX_BYTES: u64 = 64 << 10;

/// Characters of an unknown definition that are shown.
const SHOWN_CHARS: usize = 80;

pub(super) fn found(bytes: &[u8]) -> FoundCrs {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return FoundCrs::Missing;
    }
    match Crs::from_wkt(text) {
        Ok(crs) => FoundCrs::Stated(crs),
        Err(WktError::Unknown(name)) => FoundCrs::Unknown(name),
        Err(WktError::NotWkt) => FoundCrs::Unknown(text.chars().take(SHOWN_CHARS).collect()),
    }
}
