//! A record as JSON that columns reach into by path, and back. Members that no column names stay as they are.

use serde_json::{Map, Value, json};

use super::sheets::Column;
use crate::plan::{Record, RecordType};

/// A record as JSON; a collection's role is its kind, or none.
pub(super) fn value_of(record: &Record) -> Value {
    let mut value = serde_json::to_value(record).unwrap_or_default();
    if let (Record::Collection(_), Value::Object(members)) = (record, &mut value) {
        members.remove("role");
    }
    value
}

/// What a new record is before its columns are read.
pub(super) fn blank(record_type: RecordType) -> Value {
    let mut blank = match record_type {
        RecordType::Target => json!({ "readings": [] }),
        RecordType::Quota => json!({ "members": [] }),
        RecordType::Project => {
            json!({ "stage": "not_reported", "relations": {}, "milestones": [], "visibility": "public" })
        }
        RecordType::Collection => json!({ "visibility": "public" }),
        _ => json!({}),
    };
    if let Value::Object(members) = &mut blank {
        members.insert("type".to_owned(), serde_json::to_value(record_type).unwrap_or_default());
    }
    blank
}

/// The record of a value; what the columns cannot tell apart is told in words.
pub(super) fn record_of(mut value: Value) -> Result<Record, String> {
    if let Value::Object(members) = &mut value
        && members.get("type").is_some_and(|word| word == "collection")
    {
        let has_kind = members.get("kind").is_some_and(|kind| !kind.is_null());
        members.insert("role".to_owned(), if has_kind { "plan" } else { "context" }.into());
    }
    serde_json::from_value(value).map_err(|fault| fault.to_string())
}

pub(super) fn get<'a>(value: &'a Value, column: &Column) -> Option<&'a Value> {
    column.path.iter().try_fold(value, |value, step| match value {
        Value::Array(values) => values.get(step.parse::<usize>().ok()?),
        value => value.get(step),
    })
}

/// Puts a value where the column says; objects on the way are made.
pub(super) fn set(value: &mut Value, column: &Column, new: Value) {
    let mut at = value;
    for step in column.path {
        at = match at {
            Value::Array(values) => {
                let Some(member) = step.parse().ok().and_then(|index: usize| values.get_mut(index)) else { return };
                member
            }
            other => {
                if !other.is_object() {
                    *other = Value::Object(Map::new());
                }
                let Value::Object(members) = other else { return };
                members.entry((*step).to_owned()).or_insert(Value::Null)
            }
        };
    }
    *at = new;
}

/// Takes the value away; a text or sum that has nothing left goes as a whole.
pub(super) fn clear(value: &mut Value, column: &Column) {
    // A member that is not there needs nothing taken away, and nothing made on the way to it.
    if get(value, column).is_some() {
        set(value, column, Value::Null);
    }
    let Some((_, parents)) = column.path.split_last().filter(|(_, parents)| !parents.is_empty()) else { return };
    let mut at = value;
    for step in parents {
        let Some(next) = at.get_mut(step) else { return };
        at = next;
    }
    // The relations of a project are always there.
    let is_bare = at.as_object().is_some_and(|members| members.values().all(Value::is_null));
    if is_bare && parents != ["relations"] {
        *at = Value::Null;
    }
}
