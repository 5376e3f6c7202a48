//! Counts by vocabulary as an object with a number for every word, zeros included, and a schema that says so.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::{Serialize, Serializer};

use crate::plan::{Tally, Word};

pub struct Tallied<W: Word>(Tally<W>);

impl<W: Word> From<&Tally<W>> for Tallied<W> {
    fn from(tally: &Tally<W>) -> Tallied<W> {
        Tallied(tally.clone())
    }
}

impl<W: Word> Serialize for Tallied<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(word, count)| (word.to_string(), count)))
    }
}

impl<W: Word> JsonSchema for Tallied<W> {
    fn schema_name() -> Cow<'static, str> {
        let (first, rest) = W::NAME.split_at(1);
        format!("{}{rest}Counts", first.to_uppercase()).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let count = || json_schema!({ "type": "integer", "minimum": 0 });
        let words: Vec<String> = W::ALL.iter().map(ToString::to_string).collect();
        let properties: serde_json::Map<_, _> = words.iter().map(|word| (word.clone(), count().into())).collect();
        json_schema!({ "type": "object", "properties": properties, "required": words, "additionalProperties": false })
    }
}
