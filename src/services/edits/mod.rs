//! What makes a batch of edits one that may land: its author's rights, the versions it was made from, the plan's rules, and that
//! nothing it leaves behind refers to what is not there. Pure: over the atlas of the moment.

mod judge;
mod references;

pub use judge::judge;

use std::collections::BTreeSet;

use references::{broken_references, still_needed};

use crate::atlas::{Atlas, AtlasError};
use crate::plan::{
    Batch, Change, Date, Edit, Expected, Feature, Record, RecordKey, RecordType, RequestKey, Right, Text, Timestamp,
    Violation, rules,
};
use crate::store::UNNUMBERED;

/// Edits of one batch.
pub const MAX_EDITS: usize = 1_000;

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
        .map(|violation| format!("{}: {}", violation.field, violation.detail.en))
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

/// The right that changing a record takes; any of them will do.
pub fn rights_for(record_type: RecordType) -> &'static [Right] {
    match record_type {
        RecordType::Feature | RecordType::Collection => &[Right::EditGeometry],
        RecordType::Patch => &[Right::EditPlan, Right::EditGeometry],
        _ => &[Right::EditPlan],
    }
}

/// As [`rights_for`]; to report something new is for those in the field.
fn rights_of_edit(edit: &Edit) -> &'static [Right] {
    match edit {
        Edit::Put { record: Record::Inspection(report), expected: Expected::Absent } if report.decision.is_none() => {
            &[Right::Report]
        }
        edit => rights_for(edit.key().record_type),
    }
}

/// Makes a batch that keeps the plan whole.
///
/// Cost: O(edits), and what the records that they touch are referred by.
///
/// # Errors
/// The first reason, or all broken rules together.
pub fn prepare(atlas: &Atlas, edits: Vec<Edit>, author: &Author, moves: Moves) -> Result<Batch, EditError> {
    let mut keys = BTreeSet::new();
    for edit in &edits {
        let key = edit.key();
        let rights = rights_of_edit(edit);
        if !rights.iter().any(|right| author.rights.contains(right)) {
            return Err(EditError::Forbidden(rights[0]));
        }
        if key.record_type == RecordType::Plan && key.id != atlas.plan().id {
            let (id, plan) = (&key.id, &atlas.plan().id);
            let detail = Text::new(format!("没有计划 {id}"), format!("there is no plan {id}"));
            let expected = Text::new(format!("{plan}，这里唯一的计划"), format!("{plan}, the one plan of this server"));
            return Err(EditError::Rules(vec![Violation::new("id", detail, expected)]));
        }
        if let Some(twice) = keys.replace(key) {
            let detail = Text::new(format!("{twice} 改了两次"), format!("{twice} is edited twice"));
            let expected = Text::new("每条记录改一次", "one edit for each record");
            return Err(EditError::Rules(vec![Violation::new("edits", detail, expected)]));
        }
    }
    let changes = tentative(atlas, &edits, author)?;
    let draft = atlas.apply(&changes).map_err(|fault| match fault {
        AtlasError::NoCollection { key, .. } => EditError::Rules(vec![Violation::new(
            "collection",
            Text::new(format!("{key} 所在的图层不存在"), format!("{key} is in a collection that is not there")),
            Text::new("图层的标识", "the id of a collection"),
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

/// The changes that edits of different records would make, numbered on from the atlas.
fn tentative(atlas: &Atlas, edits: &[Edit], author: &Author) -> Result<Vec<Change>, EditError> {
    let first = atlas.seq() + 1;
    edits.iter().zip(first..).map(|(edit, seq)| change_of(atlas, edit, seq, author)).collect()
}

/// The change that an edit would make, with a number that follows on the atlas.
fn change_of(atlas: &Atlas, edit: &Edit, seq: u64, author: &Author) -> Result<Change, EditError> {
    let key = edit.key();
    let before = atlas.record(&key);
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
    Ok(Change {
        seq,
        batch: atlas.seq() + 1,
        at: author.at,
        actor: author.name.clone(),
        key,
        version,
        before: before.map(|row| row.value),
        after,
        internal: false,
        note: None,
        undoes: None,
    })
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
