//! Names of fields in a `.dbf`: ten bytes at most, no two the same. The same fields always get the same names.

use std::collections::HashSet;

use super::MAX_NAME_BYTES;
use crate::formats::layer::Encoding;
use crate::formats::text;

/// A name for each field, in their order.
///
/// # Errors
/// A name and a character in it that the encoding does not have.
pub(super) fn shortened<'n>(names: &[&'n str], encoding: Encoding) -> Result<Vec<String>, (&'n str, char)> {
    // Names that fit as they are keep themselves, also from those that are shortened to the same.
    let mut taken: HashSet<String> = HashSet::new();
    let mut given: Vec<Option<String>> = Vec::with_capacity(names.len());
    for name in names {
        text::encode(name, encoding).map_err(|foreign| (*name, foreign))?;
        let fits = cut(name, MAX_NAME_BYTES, encoding) == *name && !name.is_empty() && !name.contains(is_unusual);
        given.push((fits && taken.insert(name.to_lowercase())).then(|| (*name).to_owned()));
    }
    let named =
        names.iter().zip(given).map(|(name, given)| given.unwrap_or_else(|| unused(name, encoding, &mut taken)));
    Ok(named.collect())
}

fn unused(name: &str, encoding: Encoding, taken: &mut HashSet<String>) -> String {
    let base = match name {
        "" => "field".to_owned(),
        _ => name.replace(is_unusual, "_"),
    };
    let mut tries = (0_u64..).map(|number| match number {
        0 => cut(&base, MAX_NAME_BYTES, encoding).to_owned(),
        _ => {
            let ending = format!("_{number}");
            format!("{}{ending}", cut(&base, MAX_NAME_BYTES - ending.len(), encoding))
        }
    });
    // One of a few hundred names is free, as there are fewer fields.
    tries.find(|candidate| taken.insert(candidate.to_lowercase())).unwrap_or(base)
}

/// Signs that programs do not take in names.
fn is_unusual(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_'
}

/// The longest beginning of whole characters that takes at most this many bytes.
fn cut(name: &str, max_bytes: usize, encoding: Encoding) -> &str {
    let ends = name.char_indices().map(|(at, _)| at).chain([name.len()]).rev();
    let fits = |end: &usize| text::encode(&name[..*end], encoding).is_ok_and(|bytes| bytes.len() <= max_bytes);
    ends.into_iter().find(fits).map_or("", |end| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_no_two_are_the_same() {
        let check = |names: &[&str], encoding: Encoding, expected: &[&str]| {
            assert_eq!(shortened(names, encoding).expect("both hold them"), expected, "{names:?}");
        };
        check(&["id", "name", "position"], Encoding::Utf8, &["id", "name", "position"]);
        check(&["accuracy_metres", "accuracy_m"], Encoding::Utf8, &["accuracy_1", "accuracy_m"].map(|n| n));
        check(&["a.b", "a_b", "A_B", ""], Encoding::Utf8, &["a_b_1", "a_b", "A_B_2", "field"]);
        check(&["建设单位名称", "建设单位地址"], Encoding::Gbk, &["建设单位名", "建设单位地"]);
        check(&["建设单位名称", "建设单位地址"], Encoding::Utf8, &["建设单", "建设_1"]);
    }

    #[test]
    fn a_name_that_gbk_does_not_hold_is_told() {
        assert_eq!(shortened(&["id", "😀"], Encoding::Gbk), Err(("😀", '😀')));
    }
}
