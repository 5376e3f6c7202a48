//! Values of properties: flat ones as they are, lists and objects as the compact JSON text of themselves.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::formats::found::{RawValue, check_value};

/// Reads one value.
pub(super) struct PropertySeed;

/// Integers beyond this have no number of their own in a double.
const MAX_EXACT: u64 = 1 << 53;

impl<'de> DeserializeSeed<'de> for PropertySeed {
    type Value = RawValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawValue, D::Error> {
        deserializer.deserialize_any(self)
    }
}

#[expect(clippy::cast_precision_loss, reason = "what has no number of its own stays text")]
impl<'de> Visitor<'de> for PropertySeed {
    type Value = RawValue;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<RawValue, E> {
        Ok(RawValue::Absent)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<RawValue, E> {
        Ok(RawValue::Text(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<RawValue, E> {
        let is_exact = value.unsigned_abs() <= MAX_EXACT;
        Ok(if is_exact { RawValue::Number(value as f64) } else { RawValue::Text(value.to_string()) })
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<RawValue, E> {
        let is_exact = value <= MAX_EXACT;
        Ok(if is_exact { RawValue::Number(value as f64) } else { RawValue::Text(value.to_string()) })
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<RawValue, E> {
        Ok(RawValue::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<RawValue, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<RawValue, E> {
        check_value(&value).map_err(E::custom)?;
        Ok(RawValue::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<RawValue, A::Error> {
        let mut text = String::new();
        TextSeed(&mut text).visit_seq(list)?;
        Ok(RawValue::Text(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<RawValue, A::Error> {
        let mut text = String::new();
        TextSeed(&mut text).visit_map(object)?;
        Ok(RawValue::Text(text))
    }
}

/// Appends a value to its text, which never becomes longer than a value may be.
struct TextSeed<'a>(&'a mut String);

impl TextSeed<'_> {
    fn push<E: Error>(&mut self, text: &str) -> Result<(), E> {
        self.0.push_str(text);
        check_value(self.0).map_err(E::custom)
    }

    fn push_json<E: Error>(&mut self, value: impl serde::Serialize) -> Result<(), E> {
        let text = serde_json::to_string(&value).map_err(E::custom)?;
        self.push(&text)
    }
}

impl<'de> DeserializeSeed<'de> for TextSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TextSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(mut self) -> Result<(), E> {
        self.push("null")
    }

    fn visit_bool<E: Error>(mut self, value: bool) -> Result<(), E> {
        self.push_json(value)
    }

    fn visit_i64<E: Error>(mut self, value: i64) -> Result<(), E> {
        self.push_json(value)
    }

    fn visit_u64<E: Error>(mut self, value: u64) -> Result<(), E> {
        self.push_json(value)
    }

    fn visit_f64<E: Error>(mut self, value: f64) -> Result<(), E> {
        self.push_json(value)
    }

    fn visit_str<E: Error>(mut self, value: &str) -> Result<(), E> {
        self.push_json(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.push("[")?;
        let mut is_first = true;
        loop {
            let before = self.0.len();
            if !is_first {
                self.push(",")?;
            }
            if list.next_element_seed(TextSeed(self.0))?.is_none() {
                self.0.truncate(before);
                return self.push("]");
            }
            is_first = false;
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<(), A::Error> {
        self.push("{")?;
        let mut is_first = true;
        while let Some(key) = object.next_key::<String>()? {
            if !is_first {
                self.push(",")?;
            }
            is_first = false;
            self.push_json(key)?;
            self.push(":")?;
            object.next_value_seed(TextSeed(self.0))?;
        }
        self.push("}")
    }
}
