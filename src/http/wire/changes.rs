//! Changes as they are told: who did what to which record, field by field; batches as they are asked for; two days compared.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::projects::{LightWire, round1};
use crate::atlas::Atlas;
use crate::plan::{
    Caller, Change, ChangeKind, Date, Kind, Record, RecordKey, RecordType, Right, Slug, Stage, Text, Timestamp,
};
use crate::services::compare::{Difference, What};
use crate::services::history;
use crate::services::projects::Summary;
use crate::spatial::BBox;

/// A record as it is after a change.
#[derive(Serialize, JsonSchema)]
pub struct Edited {
    #[serde(rename = "type")]
    record_type: RecordType,
    id: Slug,
    collection: Option<Slug>,
    version: u64,
    /// The number of the change; null when it is told beside a refusal.
    seq: Option<u64>,
    /// What of the record can be set.
    record: Value,
}

impl Edited {
    pub fn new(key: &RecordKey, version: u64, seq: Option<u64>, record: Value) -> Edited {
        let RecordKey { record_type, collection, id } = key.clone();
        Edited { record_type, id, collection, version, seq, record }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// Why, in your words.
    #[serde(default)]
    pub note: Option<String>,
    pub edits: Vec<BatchEdit>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchEdit {
    pub op: BatchOp,
    #[serde(rename = "type")]
    pub record_type: RecordType,
    /// The collection of a feature.
    #[serde(default)]
    pub collection: Option<Slug>,
    pub id: Slug,
    /// The version that the edit was made from; none for a new record.
    #[serde(default)]
    pub version: Option<u64>,
    /// The whole record, or a merge patch of it.
    #[serde(default)]
    pub value: Option<Value>,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchOp {
    Create,
    Replace,
    Patch,
    Delete,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReading {
    #[schemars(with = "String")]
    pub date: Date,
    pub value: f64,
    /// The target's unit, in one language or both: a number in another unit is not a reading of it.
    pub unit: UnitWire,
    /// Who says so.
    pub source: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum UnitWire {
    Name(String),
    Text(Text),
}

/// Changes, and where the next page is.
#[derive(Serialize, JsonSchema)]
pub struct ChangeList {
    changes: Vec<ChangeWire>,
    /// Address of the next page; null on the last.
    next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Change")]
struct ChangeWire {
    /// 1, 2, 3 … in the order of commits.
    seq: u64,
    /// The first change of its batch.
    batch: u64,
    #[schemars(with = "String")]
    at: Timestamp,
    /// Null to those who are not signed in.
    actor: Option<String>,
    #[serde(rename = "type")]
    record_type: RecordType,
    collection: Option<Slug>,
    id: Slug,
    name: Text,
    /// The project that it is about.
    project: Option<Slug>,
    /// Of the record after the change.
    version: u64,
    kind: &'static str,
    simulated: bool,
    /// In the words of who made it, which may name people: null to those who are not signed in.
    note: Option<String>,
    /// The change that this took back.
    undoes: Option<u64>,
    diff: Vec<FieldDiffWire>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FieldDiff")]
struct FieldDiffWire {
    field: String,
    before: Value,
    after: Value,
    /// Metres between the middles of two geometries.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_m: Option<f64>,
}

pub fn kind_word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Created => "created",
        ChangeKind::Updated => "updated",
        ChangeKind::Deleted => "deleted",
    }
}

impl ChangeList {
    pub fn new(changes: &[Change], atlas: &Atlas, caller: &Caller, next: Option<String>) -> ChangeList {
        ChangeList { changes: changes.iter().map(|change| ChangeWire::new(change, atlas, caller)).collect(), next }
    }
}

impl ChangeWire {
    fn new(change: &Change, atlas: &Atlas, caller: &Caller) -> ChangeWire {
        let record = change.after.as_ref().or(change.before.as_ref());
        let simulated = match record {
            Some(Record::Project(project)) => project.simulated,
            _ => change.actor == SIMULATION,
        };
        // Whose work it was, and what they said of it, is for those who work with them.
        let is_staff = caller.has(Right::Read);
        ChangeWire {
            seq: change.seq,
            batch: change.batch,
            at: change.at,
            actor: is_staff.then(|| change.actor.clone()),
            record_type: change.key.record_type,
            collection: change.key.collection.clone(),
            id: change.key.id.clone(),
            name: record.map(|record| name_of(record, atlas)).unwrap_or_default(),
            project: record.and_then(project_of),
            version: change.version,
            kind: kind_word(change.kind()),
            simulated,
            note: change.note.clone().filter(|_| is_staff),
            undoes: change.undoes,
            diff: history::diff(change)
                .into_iter()
                .map(|diff| FieldDiffWire {
                    field: diff.field,
                    before: diff.before,
                    after: diff.after,
                    moved_m: diff.moved_m.map(round1),
                })
                .collect(),
        }
    }
}

/// The actor of simulated reports.
const SIMULATION: &str = "simulation";

/// The project that a record is, or is a place of.
pub fn project_of(record: &Record) -> Option<Slug> {
    record.project().cloned()
}

fn name_of(record: &Record, atlas: &Atlas) -> Text {
    match record {
        Record::Plan(plan) => plan.district.clone(),
        Record::Section(section) => section.name.clone(),
        Record::Target(target) => target.name.clone(),
        Record::Quota(quota) => quota.name.clone(),
        Record::Project(project) => project.name.clone(),
        Record::Theme(theme) => theme.name.clone(),
        Record::Collection(collection) => collection.title.clone(),
        Record::Feature(feature) => feature.name.clone(),
        Record::Patch(patch) => patch.name.clone(),
        Record::Inspection(inspection) => {
            let project = atlas.projects.get(&inspection.project).map(|row| row.value.name.clone());
            project.unwrap_or_else(|| Text::new(inspection.project.as_str(), inspection.project.as_str()))
        }
        Record::LightRule(_) | Record::InspectionRule(_) => atlas.plan().district.clone(),
    }
}

/// The days on which the plan changed.
#[derive(Serialize, JsonSchema)]
pub struct Timeline {
    #[schemars(with = "String")]
    pub first: Date,
    #[schemars(with = "String")]
    pub today: Date,
    pub seq: u64,
    pub days: Vec<TimelineDay>,
}

#[derive(Serialize, JsonSchema)]
pub struct TimelineDay {
    #[schemars(with = "String")]
    pub date: Date,
    pub changes: u64,
}

/// Two days of the plan beside each other.
#[derive(Serialize, JsonSchema)]
pub struct Comparison {
    #[schemars(with = "String")]
    from: Date,
    #[schemars(with = "String")]
    to: Date,
    entries: Vec<ComparisonEntry>,
    /// Projects by what happened to them; every word is there, zeros included.
    tally: BTreeMap<&'static str, u64>,
}

#[derive(Serialize, JsonSchema)]
struct ComparisonEntry {
    project: Slug,
    name: Text,
    kind: Kind,
    section: Slug,
    /// Of added, dropped, advanced, slipped, moved, light, due.
    what: Vec<&'static str>,
    before: Option<Standing>,
    after: Option<Standing>,
    moved_m: Option<f64>,
    /// Around its places on both days.
    bbox: Option<[f64; 4]>,
}

/// How a project stands on a day.
#[derive(Serialize, JsonSchema)]
struct Standing {
    stage: Stage,
    progress: Option<f64>,
    light: LightWire,
    #[schemars(with = "String")]
    due: Date,
}

impl Comparison {
    pub fn new(from: Date, to: Date, differences: &[Difference]) -> Comparison {
        let mut tally: BTreeMap<&'static str, u64> = What::ALL.iter().map(|what| (what.as_str(), 0)).collect();
        for what in differences.iter().flat_map(|difference| &difference.what) {
            *tally.entry(what.as_str()).or_default() += 1;
        }
        Comparison { from, to, entries: differences.iter().filter_map(ComparisonEntry::new).collect(), tally }
    }
}

impl ComparisonEntry {
    fn new(difference: &Difference) -> Option<ComparisonEntry> {
        let project = &difference.after.as_ref().or(difference.before.as_ref())?.row.value;
        Some(ComparisonEntry {
            project: project.id.clone(),
            name: project.name.clone(),
            kind: project.kind,
            section: project.section.clone(),
            what: difference.what.iter().map(|what| what.as_str()).collect(),
            before: difference.before.as_ref().map(Standing::new),
            after: difference.after.as_ref().map(Standing::new),
            moved_m: difference.moved_m.map(round1),
            bbox: difference.rect.map(|rect| BBox::from(rect).into()),
        })
    }
}

impl Standing {
    fn new(summary: &Summary) -> Standing {
        let project = &summary.row.value;
        Standing {
            stage: project.stage,
            progress: project.progress,
            light: LightWire::new(&summary.light),
            due: project.due,
        }
    }
}
