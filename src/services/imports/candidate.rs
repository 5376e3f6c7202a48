//! A row of a file with what is wanted of its record, and what became of it when all rows were held against the rules together.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::atlas::{Atlas, Row};
use crate::plan::{Change, Edit, Expected, Record, RecordKey, RecordType, Slug, Text};
use crate::services::edits::{Author, judge};
use crate::services::history;
use crate::services::workbook::{Fault, Wanted};
use crate::spatial::Shape;

/// What would become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Added,
    Changed,
    Unchanged,
    Removed,
    Rejected,
}

impl Outcome {
    pub const ALL: [Outcome; 5] =
        [Outcome::Added, Outcome::Changed, Outcome::Unchanged, Outcome::Removed, Outcome::Rejected];

    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Added => "added",
            Outcome::Changed => "changed",
            Outcome::Unchanged => "unchanged",
            Outcome::Removed => "removed",
            Outcome::Rejected => "rejected",
        }
    }
}

/// A row of the file and what is wanted of its record.
pub(super) struct Candidate {
    pub layer: Arc<str>,
    pub place: String,
    pub record_type: RecordType,
    pub collection: Option<Slug>,
    pub id: Option<Slug>,
    pub name: Option<Text>,
    pub before: Option<Row<Record>>,
    /// None where the record is to go, or cannot be read.
    pub after: Option<Record>,
    /// What cannot be taken.
    pub faults: Vec<Fault>,
    /// The valid shape of a row that cannot be taken.
    pub shape: Option<Shape>,
    /// Where its cells are, in a workbook.
    pub cells: Option<Box<Wanted>>,
}

/// A row of the file and what would become of it.
#[derive(Debug)]
pub struct ImportRow {
    pub layer: Arc<str>,
    /// Row or record in its layer; a cell such as `projects!A7` in a workbook; empty for what the file does not have.
    pub place: String,
    pub outcome: Outcome,
    pub record_type: RecordType,
    pub collection: Option<Slug>,
    pub id: Option<Slug>,
    pub name: Option<Text>,
    pub before: Option<Row<Record>>,
    pub after: Option<Record>,
    pub faults: Vec<Fault>,
    shape: Option<Shape>,
}

/// A field of a record, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    pub field: String,
    pub before: Value,
    pub after: Value,
}

/// Holds all rows against the rules together.
///
/// Cost: as [`judge`].
pub(super) fn settle(atlas: &Atlas, mut candidates: Vec<Candidate>, author: &Author) -> Vec<ImportRow> {
    refuse_twice(&mut candidates);
    let wanted: Vec<(usize, Edit)> =
        candidates.iter().enumerate().filter_map(|(at, candidate)| Some((at, candidate.edit()?))).collect();
    let (places, edits): (Vec<usize>, Vec<Edit>) = wanted.into_iter().unzip();
    for (at, verdict) in places.into_iter().zip(judge(atlas, &edits, author)) {
        let candidate = &mut candidates[at];
        let faults: Vec<Fault> = verdict
            .into_iter()
            .map(|violation| {
                let place = candidate.cells.as_ref().and_then(|cells| cells.place_of(&violation.field));
                Fault { place, ..Fault::from(violation) }
            })
            .collect();
        candidate.faults.extend(faults);
    }
    candidates.into_iter().map(Candidate::into_row).collect()
}

/// Two rows of one record need an order that no file tells.
fn refuse_twice(candidates: &mut [Candidate]) {
    let mut first: HashMap<RecordKey, String> = HashMap::new();
    for candidate in candidates {
        let Some(key) = candidate.key().filter(|_| candidate.faults.is_empty()) else { continue };
        let place = format!("{} {}", candidate.layer, candidate.place);
        if let Some(earlier) = first.get(&key) {
            let detail = Text::new(format!("与 {earlier} 是同一条记录"), format!("is the same record as {earlier}"));
            let expected = Text::new("每条记录一行", "one row for each record");
            candidate.faults.push(Fault::new("id", detail, expected));
        } else {
            first.insert(key, place);
        }
    }
}

impl Candidate {
    fn key(&self) -> Option<RecordKey> {
        let (record_type, collection) = (self.record_type, self.collection.clone());
        self.id.clone().map(|id| RecordKey { record_type, collection, id })
    }

    fn is_unchanged(&self) -> bool {
        self.before.as_ref().is_some_and(|before| self.after.as_ref() == Some(&before.value))
    }

    /// What it does to the plan, where there is something to do and nothing speaks against it.
    fn edit(&self) -> Option<Edit> {
        if !self.faults.is_empty() || self.is_unchanged() {
            return None;
        }
        edit(self.key()?, self.before.as_ref(), self.after.as_ref())
    }

    fn into_row(self) -> ImportRow {
        let outcome = match (&self.before, &self.after) {
            _ if !self.faults.is_empty() => Outcome::Rejected,
            _ if self.is_unchanged() => Outcome::Unchanged,
            (None, Some(_)) => Outcome::Added,
            (Some(_), Some(_)) => Outcome::Changed,
            (_, None) => Outcome::Removed,
        };
        // As it would be; what a rejected row calls itself; as it is.
        let before = self.before.as_ref().map(|row| &row.value);
        let name = self.after.as_ref().and_then(name_of).or(self.name).or_else(|| before.and_then(name_of));
        let after = self.after.filter(|_| outcome != Outcome::Unchanged);
        ImportRow {
            layer: self.layer,
            place: self.place,
            outcome,
            record_type: self.record_type,
            collection: self.collection,
            id: self.id,
            name,
            before: self.before,
            after,
            faults: self.faults,
            shape: self.shape,
        }
    }
}

fn edit(key: RecordKey, before: Option<&Row<Record>>, after: Option<&Record>) -> Option<Edit> {
    match (before, after) {
        (None, Some(record)) => Some(Edit::Put { record: record.clone(), expected: Expected::Absent }),
        (Some(row), Some(record)) => {
            Some(Edit::Put { record: record.clone(), expected: Expected::Version(row.version) })
        }
        (Some(row), None) => Some(Edit::Delete { key, version: row.version }),
        (None, None) => None,
    }
}

impl ImportRow {
    /// What a commit does for it.
    pub fn edit(&self) -> Option<Edit> {
        if matches!(self.outcome, Outcome::Rejected | Outcome::Unchanged) {
            return None;
        }
        let key =
            RecordKey { record_type: self.record_type, collection: self.collection.clone(), id: self.id.clone()? };
        edit(key, self.before.as_ref(), self.after.as_ref())
    }

    /// Where it is on the map: as it would be, or as it is where it goes.
    pub fn shape(&self) -> Option<&Shape> {
        self.after
            .as_ref()
            .and_then(shape_of)
            .or(self.shape.as_ref())
            .or_else(|| self.before.as_ref().and_then(|row| shape_of(&row.value)))
    }

    /// Field by field; empty where nothing changes.
    pub fn changes(&self) -> Vec<FieldChange> {
        let (Some(before), Some(after), Outcome::Changed) = (&self.before, &self.after, self.outcome) else {
            return Vec::new();
        };
        let change = Change {
            seq: 0,
            batch: 0,
            at: crate::plan::Timestamp::UNIX_EPOCH,
            actor: String::new(),
            key: after.key(),
            version: 0,
            before: Some(before.value.clone()),
            after: Some(after.clone()),
            internal: false,
            note: None,
            undoes: None,
        };
        let mut changes = Vec::new();
        for diff in history::diff(&change) {
            match diff.moved_m {
                Some(moved_m) => changes.push(FieldChange {
                    field: diff.field,
                    before: Value::Null,
                    after: Value::String(moved(&diff.before, &diff.after, moved_m)),
                }),
                None => by_language(&diff.field, diff.before, diff.after, &mut changes),
            }
        }
        changes
    }
}

fn shape_of(record: &Record) -> Option<&Shape> {
    if let Record::Feature(feature) = record { Some(&feature.shape) } else { None }
}

/// How a shape changed, in short.
fn moved(before: &Value, after: &Value, moved_m: f64) -> String {
    let count = |shape: &Value| shape["vertices"].as_u64().unwrap_or(0);
    format!("{moved_m:.1} m moved, {} → {} vertices", count(before), count(after))
}

/// A text differs in one language or both.
fn by_language(field: &str, before: Value, after: Value, changes: &mut Vec<FieldChange>) {
    let is_text = |value: &Value| value.get("zh").is_some() && value.get("en").is_some();
    if !is_text(&before) && !is_text(&after) {
        changes.push(FieldChange { field: field.to_owned(), before, after });
        return;
    }
    for language in ["zh", "en"] {
        let of = |text: &Value| text.get(language).cloned().unwrap_or(Value::Null);
        if of(&before) != of(&after) {
            let field = format!("{field}_{language}");
            changes.push(FieldChange { field, before: of(&before), after: of(&after) });
        }
    }
}

fn name_of(record: &Record) -> Option<Text> {
    Some(match record {
        Record::Plan(plan) => plan.district.clone(),
        Record::Section(section) => section.name.clone(),
        Record::Target(target) => target.name.clone(),
        Record::Quota(quota) => quota.name.clone(),
        Record::Project(project) => project.name.clone(),
        Record::Theme(theme) => theme.name.clone(),
        Record::Collection(collection) => collection.title.clone(),
        Record::Feature(feature) => feature.name.clone(),
        Record::Patch(patch) => patch.name.clone(),
        Record::LightRule(_) | Record::InspectionRule(_) | Record::Inspection(_) => return None,
    })
}
