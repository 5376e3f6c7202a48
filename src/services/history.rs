//! Changes told field by field, and taken back. Pure.

use serde_json::{Map, Value, json};

use super::edits::EditError;
use crate::atlas::Row;
use crate::plan::{Change, Edit, Expected, Feature, Record};
use crate::spatial::{Shape, between_middles_m};

/// A field of a record, before and after; null where the record or the field was not there.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDiff {
    pub field: String,
    pub before: Value,
    pub after: Value,
    /// Metres between the middles of two shapes.
    pub moved_m: Option<f64>,
}

/// Members that tell where a record is kept, not what it says.
const NOT_TOLD: [&str; 4] = ["type", "id", "collection", "number"];

/// What a change did to each field, in the record's order. A shape is told by its type and the number of its vertices.
pub fn diff(change: &Change) -> Vec<FieldDiff> {
    let (before, after) = (members(change.before.as_ref()), members(change.after.as_ref()));
    let names = after.keys().chain(before.keys().filter(|name| !after.contains_key(*name)));
    let differs =
        |name: &&String| before.get(*name).unwrap_or(&Value::Null) != after.get(*name).unwrap_or(&Value::Null);
    names
        .filter(differs)
        .map(|name| {
            let of = |members: &Map<String, Value>| members.get(name).cloned().unwrap_or(Value::Null);
            if name == SHAPE {
                geometry(change)
            } else {
                FieldDiff { field: name.clone(), before: of(&before), after: of(&after), moved_m: None }
            }
        })
        .collect()
}

const SHAPE: &str = "shape";

fn geometry(change: &Change) -> FieldDiff {
    let shape = |record: &'_ Option<Record>| match record {
        Some(Record::Feature(feature)) => Some(feature.shape.clone()),
        Some(Record::Patch(patch)) => Some(patch.shape.clone()),
        _ => None,
    };
    let (before, after) = (shape(&change.before), shape(&change.after));
    let told = |shape: &Option<Shape>| {
        shape.as_ref().map_or(
            Value::Null,
            |shape| json!({ "type": shape.geometry_type().to_string(), "vertices": shape.vertices() }),
        )
    };
    let moved_m = before.as_ref().zip(after.as_ref()).map(|(before, after)| between_middles_m(before, after));
    FieldDiff { field: "geometry".to_owned(), before: told(&before), after: told(&after), moved_m }
}

/// Metres between the middles of the boxes of two shapes.
pub fn moved_m(before: &Feature, after: &Feature) -> f64 {
    between_middles_m(&before.shape, &after.shape)
}

/// A record's members, with the relations of a project among them.
fn members(record: Option<&Record>) -> Map<String, Value> {
    let mut members = whole(record);
    members.retain(|name, _| !NOT_TOLD.contains(&name.as_str()));
    if let Some(Value::Object(relations)) = members.remove("relations") {
        members.extend(relations);
    }
    members
}

fn whole(record: Option<&Record>) -> Map<String, Value> {
    let value = record.map(|record| serde_json::to_value(record).expect("records have text keys and finite numbers"));
    match value {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// The edit that takes a change back and leaves alone what was done since to other fields.
///
/// # Errors
/// [`EditError::Overtaken`] when a later change touched the same fields, or made or removed the record.
pub fn undo(change: &Change, current: Option<&Row<Record>>) -> Result<Edit, EditError> {
    match (&change.before, &change.after, current) {
        (None, _, None) => Err(EditError::Overtaken(format!("{} is gone already", change.key))),
        (None, Some(_), Some(row)) if row.version == change.version => {
            Ok(Edit::Delete { key: change.key.clone(), version: row.version })
        }
        (None, _, Some(row)) => {
            let detail =
                format!("{} was made by this change and changed since, up to version {}", change.key, row.version);
            Err(EditError::Overtaken(detail))
        }
        (Some(before), None, None) => Ok(Edit::Put { record: before.clone(), expected: Expected::Absent }),
        (Some(_), None, Some(_)) => Err(EditError::Overtaken(format!("there is a {} again", change.key))),
        (Some(_), Some(_), None) => Err(EditError::Overtaken(format!("{} was removed since", change.key))),
        (Some(before), Some(after), Some(row)) => {
            let record = merged_back(change, before, after, &row.value)?;
            Ok(Edit::Put { record, expected: Expected::Version(row.version) })
        }
    }
}

/// The current record with the fields that the change altered as they were before it.
fn merged_back(change: &Change, before: &Record, after: &Record, current: &Record) -> Result<Record, EditError> {
    let (before, after, mut merged) = (whole(Some(before)), whole(Some(after)), whole(Some(current)));
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let altered: Vec<&String> = after.keys().filter(|name| before.get(*name) != after.get(*name)).chain(gone).collect();
    let overtaken: Vec<&str> =
        altered.iter().filter(|name| merged.get(**name) != after.get(**name)).map(|name| name.as_str()).collect();
    if !overtaken.is_empty() {
        return Err(EditError::Overtaken(format!("{} of {} changed since", overtaken.join(", "), change.key)));
    }
    for name in altered {
        match before.get(name) {
            Some(value) => merged.insert(name.clone(), value.clone()),
            None => merged.remove(name),
        };
    }
    serde_json::from_value(Value::Object(merged))
        .map_err(|fault| EditError::Overtaken(format!("{} cannot be as it was: {fault}", change.key)))
}
