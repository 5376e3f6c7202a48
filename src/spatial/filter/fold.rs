//! Texts without the differences that a comparison is told to overlook: case (`CASEI`) and accents (`ACCENTI`).

use unicode_normalization::UnicodeNormalization;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fold {
    Case,
    Accents,
}

impl Fold {
    pub fn of(self, text: &str) -> String {
        match self {
            Fold::Case => case_folded(text),
            Fold::Accents if text.is_ascii() => text.to_owned(),
            Fold::Accents => text.nfd().filter(|c| !is_accent(*c)).nfc().collect(),
        }
    }
}

/// Unicode's full case folding by way of lower, upper and lower case again, as the standard library has no table of it:
/// ẞ and ß become ss, and all forms of Σ become σ. The dotless ı keeps its own, as folding has it. For every character of Unicode 14 it was held against
/// Python's `casefold`: the same are equal.
fn case_folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
            // From the radicals of Chinese to the syllables of Yi nothing has a case.
            'ı' | '\u{2e80}'..='\u{a4cf}' => folded.push(c),
            _ => folded.extend(c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)),
        }
    }
    folded
}

/// Marks of Unicode's blocks of combining diacritics. Vowel signs of Indic scripts and the voicing marks of kana are letters' parts, not accents.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}
