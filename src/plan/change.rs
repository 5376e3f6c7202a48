//! A change is one committed edit of one record; the log of changes is the truth of which all views are readings.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Collection, Feature, Inspection, InspectionRule, LightRule, Patch, Plan, Project, Quota, Section, Slug, Target,
    Theme, Timestamp, Visibility,
};

/// Any record that the store keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    Plan(Plan),
    Section(Section),
    Target(Target),
    Quota(Quota),
    Project(Project),
    Theme(Theme),
    Collection(Collection),
    Feature(Feature),
    LightRule(LightRule),
    InspectionRule(InspectionRule),
    Patch(Patch),
    Inspection(Inspection),
}

/// What a record is; the same words as [`Record`]'s tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordType {
    Plan,
    Section,
    Target,
    Quota,
    Project,
    Theme,
    Collection,
    Feature,
    LightRule,
    InspectionRule,
    Patch,
    Inspection,
}

/// The name of a record. A feature's id counts only within its collection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    pub record_type: RecordType,
    pub collection: Option<Slug>,
    pub id: Slug,
}

impl std::fmt::Display for RecordKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.collection {
            Some(collection) => write!(f, "{:?} {collection}/{}", self.record_type, self.id),
            None => write!(f, "{:?} {}", self.record_type, self.id),
        }
    }
}

impl Record {
    pub fn key(&self) -> RecordKey {
        use RecordType as T;
        let (record_type, collection, id) = match self {
            Record::Plan(plan) => (T::Plan, None, &plan.id),
            Record::Section(section) => (T::Section, None, &section.id),
            Record::Target(target) => (T::Target, None, &target.id),
            Record::Quota(quota) => (T::Quota, None, &quota.id),
            Record::Project(project) => (T::Project, None, &project.id),
            Record::Theme(theme) => (T::Theme, None, &theme.id),
            Record::Collection(collection) => (T::Collection, None, &collection.id),
            Record::Feature(feature) => (T::Feature, Some(feature.collection.clone()), &feature.id),
            Record::LightRule(rule) => (T::LightRule, None, &rule.id),
            Record::InspectionRule(rule) => (T::InspectionRule, None, &rule.id),
            Record::Patch(patch) => (T::Patch, None, &patch.id),
            Record::Inspection(inspection) => (T::Inspection, None, &inspection.id),
        };
        RecordKey { record_type, collection, id: id.clone() }
    }

    /// Whether only staff may see it, where it has a word of its own on that.
    pub fn visibility(&self) -> Option<Visibility> {
        match self {
            Record::Project(project) => Some(project.visibility),
            Record::Collection(collection) => Some(collection.visibility),
            _ => None,
        }
    }

    /// The project that it is, is a place of, or reports on.
    pub fn project(&self) -> Option<&Slug> {
        match self {
            Record::Project(project) => Some(&project.id),
            Record::Feature(feature) => feature.project.as_ref(),
            Record::Inspection(inspection) => Some(&inspection.project),
            _ => None,
        }
    }
}

/// What the caller of an edit believes is there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// No such record.
    Absent,
    /// The record at this version.
    Version(u64),
}

/// One edit that somebody asks for.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "edits live as long as a request, and most of them put a record")]
pub enum Edit {
    Put {
        record: Record,
        expected: Expected,
    },
    /// Removes a record at a version.
    Delete {
        key: RecordKey,
        version: u64,
    },
}

impl Edit {
    pub fn key(&self) -> RecordKey {
        match self {
            Edit::Put { record, .. } => record.key(),
            Edit::Delete { key, .. } => key.clone(),
        }
    }

    pub fn expected(&self) -> Expected {
        match self {
            Edit::Put { expected, .. } => *expected,
            Edit::Delete { version, .. } => Expected::Version(*version),
        }
    }
}

/// Edits that land together or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    pub at: Timestamp,
    pub actor: String,
    pub edits: Vec<Edit>,
    /// Those of the edited records that only staff may see, before or after.
    pub internal: BTreeSet<RecordKey>,
    /// Why, in the actor's words.
    pub note: Option<String>,
    /// The change that this takes back.
    pub undoes: Option<u64>,
    /// By which a request that is sent again is known.
    pub request: Option<RequestKey>,
}

/// What makes a request that is sent again the same request: its actor's own key, and a digest of all that it asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestKey {
    pub key: String,
    pub digest: u64,
}

/// One edit that was committed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// 1, 2, 3 … in commit order, without gaps.
    pub seq: u64,
    /// The first change of its batch.
    pub batch: u64,
    /// Never before the change before it.
    pub at: Timestamp,
    pub actor: String,
    pub key: RecordKey,
    /// The record's version after the change: 1 when it was created.
    pub version: u64,
    pub before: Option<Record>,
    pub after: Option<Record>,
    /// Only staff could see the record, before or after.
    pub internal: bool,
    pub note: Option<String>,
    pub undoes: Option<u64>,
}

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    Created,
    Updated,
    Deleted,
}

impl Change {
    pub fn kind(&self) -> ChangeKind {
        match (&self.before, &self.after) {
            (None, _) => ChangeKind::Created,
            (Some(_), Some(_)) => ChangeKind::Updated,
            (Some(_), None) => ChangeKind::Deleted,
        }
    }

    /// The projects that it is about: itself one, those that a place was of before and is of after, or the one that was inspected.
    pub fn projects(&self) -> BTreeSet<&Slug> {
        [&self.before, &self.after].into_iter().flatten().filter_map(Record::project).collect()
    }
}
