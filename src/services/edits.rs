//! What makes a batch of edits one that may land: its author's rights, the versions it was made from, the plan's rules, and that
//! nothing it leaves behind refers to what is not there. Pure: over the atlas of the moment.

use std::collections::{BTreeMap, BTreeSet};

use crate::atlas::{Atlas, AtlasError, Row};
use crate::plan::{
    Batch, Change, Collection, Date, Edit, Expected, Feature, Project, Quota, Record, RecordKey, RecordType,
    RequestKey, Right, Role, Slug, Timestamp, Violation, is_reserved_collection, rules,
};
use crate::store::UNNUMBERED;

/// Edits of one batch.
pub const MAX_EDITS: usize = 1_000;

/// Records that are told by name when they stand in the way.
const TOLD: usize = 5;

/// Who changes the plan, when and why.
#[derive(Clone, Debug)]
pub struct Author {
    pub name: String,
    pub rights: BTreeSet<Right>,
    pub at: Timestamp,
    pub today: Date,
    pub note: Option<String>,
    pub undoes: Option<u64>,
    pub request: Option<RequestKey>,
}

/// Why edits cannot land, by what the caller should do.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EditError {
    /// Ask somebody who may.
    #[error("this takes the right {}", .0.as_str())]
    Forbidden(Right),
    /// Look for another.
    #[error("there is no {0}")]
    NotFound(RecordKey),
    /// Choose another id.
    #[error("there is a {0} already")]
    Exists(RecordKey),
    /// Look at the record as it is now and decide anew.
    #[error("{key} is at version {current} now, not {asked}")]
    Stale { key: RecordKey, asked: u64, current: u64 },
    /// Mend the edits.
    #[error("{}", told(.0))]
    Rules(Vec<Violation>),
    /// Change what refers to it first, or in the same batch.
    #[error("{key} is still needed: {}", .needed_by.join(", "))]
    Needed { key: RecordKey, needed_by: Vec<String> },
    /// Look at what was done since.
    #[error("later changes stand in the way: {0}")]
    Overtaken(String),
}

fn told(violations: &[Violation]) -> String {
    violations
        .iter()
        .map(|violation| format!("{}: {}", violation.field, violation.detail))
        .collect::<Vec<_>>()
        .join("; ")
}

/// What of a plan's rules an edit is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moves {
    /// A stage goes one step at a time.
    Step,
    /// Taking a change back may go any way that was gone before.
    Back,
}

/// The right that changing a record takes.
pub fn right_for(record_type: RecordType) -> Right {
    match record_type {
        RecordType::Feature | RecordType::Collection => Right::EditGeometry,
        _ => Right::EditPlan,
    }
}

/// Makes a batch that keeps the plan whole.
///
/// Cost: O(edits), and what the records that they touch are referred by.
///
/// # Errors
/// The first reason, or all broken rules together.
pub fn prepare(atlas: &Atlas, edits: Vec<Edit>, author: &Author, moves: Moves) -> Result<Batch, EditError> {
    for edit in &edits {
        let right = right_for(edit.key().record_type);
        if !author.rights.contains(&right) {
            return Err(EditError::Forbidden(right));
        }
    }
    let changes = tentative(atlas, &edits, author)?;
    let draft = atlas.apply(&changes).map_err(|fault| match fault {
        AtlasError::NoCollection { key, .. } => EditError::Rules(vec![Violation::new(
            "collection",
            format!("{key} is in a collection that is not there"),
            "the id of a collection",
        )]),
        other => EditError::Overtaken(other.to_string()),
    })?;
    let mut violations = Vec::new();
    for change in &changes {
        let many = changes.len() > 1;
        let found = broken_rules(&draft, change, author.today, moves);
        violations.extend(found.into_iter().map(|violation| if many { violation.of(&change.key) } else { violation }));
    }
    if !violations.is_empty() {
        return Err(EditError::Rules(violations));
    }
    for change in changes.iter().filter(|change| change.after.is_none()) {
        let needed_by = still_needed(atlas, &draft, change, &changes);
        if !needed_by.is_empty() {
            return Err(EditError::Needed { key: change.key.clone(), needed_by });
        }
    }
    let is_internal = |change: &&Change| {
        change.before.as_ref().is_some_and(|record| atlas.is_internal(record))
            || change.after.as_ref().is_some_and(|record| draft.is_internal(record))
    };
    Ok(Batch {
        at: author.at,
        actor: author.name.clone(),
        edits,
        internal: changes.iter().filter(is_internal).map(|change| change.key.clone()).collect(),
        note: author.note.clone(),
        undoes: author.undoes,
        request: author.request.clone(),
    })
}

/// The changes that edits would make, numbered on from the atlas.
fn tentative(atlas: &Atlas, edits: &[Edit], author: &Author) -> Result<Vec<Change>, EditError> {
    let mut now: BTreeMap<RecordKey, Option<Row<Record>>> = BTreeMap::new();
    let mut changes = Vec::with_capacity(edits.len());
    let first = atlas.seq() + 1;
    for (edit, seq) in edits.iter().zip(first..) {
        let key = edit.key();
        let before = now.get(&key).cloned().unwrap_or_else(|| atlas.record(&key));
        let version = match (edit.expected(), before.as_ref().map(|row| row.version)) {
            (Expected::Absent, None) => 1,
            (Expected::Absent, Some(_)) => return Err(EditError::Exists(key)),
            (Expected::Version(_), None) => return Err(EditError::NotFound(key)),
            (Expected::Version(asked), Some(current)) if asked != current => {
                return Err(EditError::Stale { key, asked, current });
            }
            (Expected::Version(_), Some(current)) => current + 1,
        };
        let after = match edit {
            Edit::Put { record, .. } => Some(stand_in_number(record, u64::MAX - seq)),
            Edit::Delete { .. } => None,
        };
        now.insert(key.clone(), after.clone().map(|value| Row { version, value }));
        changes.push(Change {
            seq,
            batch: first,
            at: author.at,
            actor: author.name.clone(),
            key,
            version,
            before: before.map(|row| row.value),
            after,
            internal: false,
            note: None,
            undoes: None,
        });
    }
    Ok(changes)
}

/// A new feature gets its number from the store; until then it stands in the draft with one that none has.
fn stand_in_number(record: &Record, number: u64) -> Record {
    match record {
        Record::Feature(feature) if feature.number == UNNUMBERED => {
            Record::Feature(Feature { number, ..feature.clone() })
        }
        record => record.clone(),
    }
}

fn broken_rules(draft: &Atlas, change: &Change, today: Date, moves: Moves) -> Vec<Violation> {
    let Some(after) = &change.after else { return Vec::new() };
    let home = match after {
        Record::Feature(feature) => draft.collection(feature.collection.as_str()),
        _ => None,
    };
    let mut found = rules::check(change.before.as_ref(), after, draft.plan(), home, today);
    if moves == Moves::Back {
        found.retain(|violation| violation.field != "stage");
    }
    found.extend(broken_references(draft, change.before.as_ref(), after));
    found
}

fn broken_references(draft: &Atlas, before: Option<&Record>, after: &Record) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut section = |id: &Slug| {
        if draft.sections.get(id).is_none() {
            found.push(Violation::new("section", format!("there is no section {id}"), "the id of a section"));
        }
    };
    match after {
        Record::Target(target) => section(&target.section),
        Record::Theme(theme) => section(&theme.section),
        Record::Project(project) => {
            section(&project.section);
            found.extend(places_of_another_kind(draft, project));
        }
        Record::Quota(quota) => {
            section(&quota.section);
            found.extend(broken_members(draft, quota));
        }
        Record::Feature(feature) => found.extend(broken_home(draft, feature)),
        Record::Collection(collection) => found.extend(broken_collection(draft, before, collection)),
        _ => {}
    }
    found
}

fn places_of_another_kind(draft: &Atlas, project: &Project) -> Option<Violation> {
    let fits = |feature: &Feature| {
        draft.collection(feature.collection.as_str()).is_some_and(|c| c.role == Role::Plan { kind: project.kind })
    };
    let place = draft.places_of(&project.id).find(|place| !fits(place))?;
    Some(Violation::new(
        "kind",
        format!("its place {}/{} is in a collection of another kind", place.collection, place.id),
        "the kind of the collection that its places are in",
    ))
}

fn broken_members(draft: &Atlas, quota: &Quota) -> Vec<Violation> {
    let mut found = Vec::new();
    for member in &quota.members {
        if draft.projects.get(member).is_none() {
            found.push(Violation::new("members", format!("there is no project {member}"), "ids of projects"));
        }
        let others = draft.quotas.iter().filter(|other| other.value.id != quota.id);
        for other in others.filter(|other| other.value.members.contains(member)) {
            let detail = format!("{member} is a member of {} already", other.value.id);
            found.push(Violation::new("members", detail, "projects that no other quota counts"));
        }
    }
    found
}

fn broken_home(draft: &Atlas, feature: &Feature) -> Option<Violation> {
    let home = draft.collection(feature.collection.as_str())?;
    let project = feature.project.as_ref().map(|id| (id, draft.projects.get(id)));
    match (home.role, project) {
        (Role::Context, None) => None,
        (Role::Context, Some(_)) => {
            Some(Violation::new("project", "a feature of the context belongs to no project", "no project"))
        }
        (Role::Plan { .. }, None) => {
            Some(Violation::new("project", "a place of the plan belongs to a project", "the id of a project"))
        }
        (Role::Plan { .. }, Some((id, None))) => {
            Some(Violation::new("project", format!("there is no project {id}"), "the id of a project"))
        }
        (Role::Plan { kind }, Some((id, Some(row)))) => (row.value.kind != kind).then(|| {
            let detail = format!("{id} is a {}, and {} holds places of {kind}s", row.value.kind, home.id);
            Violation::new("project", detail, "a project of the collection's kind")
        }),
    }
}

fn broken_collection(draft: &Atlas, before: Option<&Record>, collection: &Collection) -> Vec<Violation> {
    let mut found = Vec::new();
    if before.is_none() && is_reserved_collection(&collection.id) {
        found.push(Violation::new("id", format!("{} stands for something else", collection.id), "another id"));
    }
    if let Some(Record::Collection(before)) = before
        && !draft.set(collection).is_empty()
    {
        if before.geometry_type != collection.geometry_type {
            found.push(Violation::new(
                "geometry_type",
                "it has features of the old type",
                before.geometry_type.to_string(),
            ));
        }
        if before.role != collection.role {
            found.push(Violation::new("kind", "it has places of projects of the old kind", "the kind as it is"));
        }
    }
    found
}

/// What refers to a record that would be gone.
fn still_needed(atlas: &Atlas, draft: &Atlas, change: &Change, all: &[Change]) -> Vec<String> {
    let id = &change.key.id;
    match change.key.record_type {
        RecordType::Plan => vec!["the server serves this plan".to_owned()],
        RecordType::Project => {
            let places = draft.places_of(id).map(|place| format!("feature {}/{}", place.collection, place.id));
            let quotas = draft.quotas.iter().filter(|row| row.value.members.contains(id));
            places.chain(quotas.map(|row| format!("quota {}", row.value.id))).collect()
        }
        RecordType::Collection => {
            // In the draft its features went with it, so that they are looked for where it still is.
            let Some(collection) = atlas.collection(id.as_str()) else { return Vec::new() };
            let goes = |feature: &Feature| {
                all.iter().any(|other| {
                    other.after.is_none() && other.key.collection.as_ref() == Some(id) && other.key.id == feature.id
                })
            };
            let stays = atlas.features_after(collection, 0).filter(|row| !goes(&row.value));
            stays.take(TOLD).map(|row| format!("feature {id}/{}", row.value.id)).collect()
        }
        RecordType::Section => {
            let projects = draft.projects.iter().filter(|row| row.value.section == *id);
            let targets = draft.targets.iter().filter(|row| row.value.section == *id);
            let quotas = draft.quotas.iter().filter(|row| row.value.section == *id);
            let themes = draft.themes.iter().filter(|row| row.value.section == *id);
            let needed = projects.map(|row| format!("project {}", row.value.id));
            let needed = needed.chain(targets.map(|row| format!("target {}", row.value.id)));
            let needed = needed.chain(quotas.map(|row| format!("quota {}", row.value.id)));
            needed.chain(themes.map(|row| format!("theme {}", row.value.id))).collect()
        }
        _ => Vec::new(),
    }
}
