//! Attributes, names and references of XML, none of them longer or other than what KML needs.

use quick_xml::events::{BytesRef, BytesStart};

use crate::formats::found::MAX_NAME_BYTES;

pub(super) fn check_name(name: &str) -> Result<(), String> {
    if name.len() > MAX_NAME_BYTES {
        return Err(format!("a name has {} bytes; it may have {MAX_NAME_BYTES}", name.len()));
    }
    Ok(())
}

pub(super) fn attribute(start: &BytesStart, name: &[u8]) -> Result<Option<String>, String> {
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|fault| fault.to_string())?;
        if attribute.key.as_ref() == name {
            let value = std::str::from_utf8(&attribute.value).map_err(|_| "an attribute is not UTF-8".to_owned())?;
            let value = quick_xml::escape::unescape(value).map_err(|fault| fault.to_string())?;
            check_name(&value)?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// A character by its number, or one of XML's own five names.
pub(super) fn letter_of(reference: &BytesRef) -> Result<char, String> {
    if let Some(letter) = reference.resolve_char_ref().map_err(|fault| fault.to_string())? {
        return Ok(letter);
    }
    let name = reference.decode().map_err(|fault| fault.to_string())?;
    Ok(match name.as_ref() {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        other => {
            let other: String = other.chars().take(40).collect();
            return Err(format!("the entity {other:?} is not known; XML's own are amp, lt, gt, quot and apos"));
        }
    })
}
