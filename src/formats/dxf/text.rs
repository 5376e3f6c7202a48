//! Text of a drawing: one line in GBK, with AutoCAD's marks for what is not in it.

use std::fmt::Write as _;

use encoding_rs::GBK;

/// The code page of drawings as their header names it.
pub(super) const CODE_PAGE: &str = "ANSI_936";

/// Bytes of a name of a layer.
pub(super) fn name(text: &str) -> Vec<u8> {
    encoded(text)
}

/// Bytes of a label. Control characters are told by a caret, and AutoCAD's own marks are doubled.
pub(super) fn label(text: &str) -> Vec<u8> {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '^' => out.push_str("^ "),
            '\0'..='\x1f' => {
                out.push('^');
                out.push(char::from(u8::try_from(u32::from(letter)).unwrap_or(0) + 0x40));
            }
            other => out.push(other),
        }
    }
    // Two percent signs begin a code; three are one sign.
    encoded(&out.replace("%%", "%%%%%%"))
}

/// Whether a text has letters that GBK lacks, so that it is written with AutoCAD's marks.
pub(super) fn has_marks(text: &str) -> bool {
    GBK.encode(text).2
}

/// Letters that GBK lacks as `\U+` and their number in UTF-16, as AutoCAD writes them.
fn encoded(text: &str) -> Vec<u8> {
    let (bytes, _, has_others) = GBK.encode(text);
    if !has_others {
        return bytes.into_owned();
    }
    let mut out = Vec::new();
    for letter in text.chars() {
        let mut buffer = [0; 4];
        let (bytes, _, is_other) = GBK.encode(letter.encode_utf8(&mut buffer));
        if is_other {
            let mut mark = String::new();
            for unit in letter.encode_utf16(&mut [0; 2]) {
                write!(mark, "\\U+{unit:04X}").expect("a String takes whatever is written");
            }
            out.extend(mark.as_bytes());
        } else {
            out.extend(bytes.as_ref());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_to_one_line_of_gbk() {
        let check = |text: &str, expected: &[u8]| assert_eq!(label(text), expected, "{text}");
        check("plain", b"plain");
        check("\u{5609}\u{5174}", b"\xbc\xce\xd0\xcb");
        check("a\nb^c", b"a^Jb^ c");
        check("100%%", b"100%%%%%%");
        check("\u{3402}\u{5174}", b"\\U+3402\xd0\xcb");
        check("\u{1f600}", b"\\U+D83D\\U+DE00");
    }
}
