//! PostgreSQL's text holds every character but NUL. NUL is written as a mark and a digit; the mark, which no language uses, as two marks.

use std::borrow::Cow;

use serde_json::Value;

/// A noncharacter: Unicode leaves it to programs.
const MARK: char = '\u{FDD0}';
const NUL_DIGIT: char = '0';

/// How JSON spells NUL.
const NUL_IN_JSON: &str = "\\u0000";

pub(super) fn keep(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', MARK]) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len() + MARK.len_utf8());
    for letter in text.chars() {
        match letter {
            '\0' => kept.extend([MARK, NUL_DIGIT]),
            MARK => kept.extend([MARK, MARK]),
            letter => kept.push(letter),
        }
    }
    Cow::Owned(kept)
}

pub(super) fn tell(text: String) -> String {
    if !text.contains(MARK) {
        return text;
    }
    let mut told = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            MARK => told.push(match letters.next() {
                Some(NUL_DIGIT) => '\0',
                Some(other) => other,
                None => MARK,
            }),
            letter => told.push(letter),
        }
    }
    told
}

/// The same for each text in JSON.
pub(super) fn keep_json(json: String) -> String {
    if !json.contains(NUL_IN_JSON) && !json.contains(MARK) {
        return json;
    }
    map(json, &|text| keep(&text).into_owned())
}

pub(super) fn tell_json(json: String) -> String {
    if json.contains(MARK) { map(json, &tell) } else { json }
}

fn map(json: String, change: &impl Fn(String) -> String) -> String {
    match serde_json::from_str(&json) {
        Ok(value) => walk(value, change).to_string(),
        // Whoever reads it says what is wrong with it.
        Err(_) => json,
    }
}

fn walk(value: Value, change: &impl Fn(String) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(parts) => parts.into_iter().map(|part| walk(part, change)).collect(),
        Value::Object(parts) => {
            Value::Object(parts.into_iter().map(|(name, part)| (name, walk(part, change))).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_comes_back() {
        for text in ["", "槜李", "a\0b", "\0\0", "\u{FDD0}", "\u{FDD0}0", "\0\u{FDD0}\u{FDD0}0\0", "0"] {
            let kept = keep(text).into_owned();
            assert!(!kept.contains('\0'), "{kept:?}");
            assert_eq!(tell(kept), text);
            let json = serde_json::json!({"a": [text, 1.5], "b": {"c": text}}).to_string();
            let kept = keep_json(json.clone());
            assert!(!kept.contains(NUL_IN_JSON), "{kept}");
            assert_eq!(tell_json(kept), json);
        }
        assert_eq!(keep_json(r#"{"a":"\\u0000"}"#.into()), r#"{"a":"\\u0000"}"#, "a backslash is not NUL");
    }
}
