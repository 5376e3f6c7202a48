//! One transaction for a batch: each edit is held against what is there, written and logged. Publishes nothing.

use rusqlite::{Connection, TransactionBehavior};

use super::contents::Touched;
use super::fault::Fault;
use super::rows::{self, Kept};
use super::{features, inspections, layer, log};
use crate::atlas::Row;
use crate::plan::{
    Batch, Change, Collection, Edit, Expected, Feature, Inspection, InspectionRule, LightRule, Patch, Plan, Project,
    Quota, Record, RecordKey, RecordType, Section, Slug, Target, Theme,
};
use crate::store::{Committed, StoreError, UNNUMBERED, rules};

/// Each batch is whole or not at all by a savepoint of its own; one sync makes all of them durable.
pub(super) fn commit_all(
    connection: &mut Connection,
    batches: Vec<Batch>,
) -> Result<Vec<Result<Committed, Fault>>, Fault> {
    // Immediate: the write lock is taken before anything is read, so that what an edit expects still holds when it lands.
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut answers = Vec::with_capacity(batches.len());
    for batch in batches {
        let savepoint = transaction.savepoint()?;
        match commit(&savepoint, batch) {
            Ok(committed) => {
                savepoint.commit()?;
                answers.push(Ok(committed));
            }
            // The file itself failed: nothing that follows can be trusted to land.
            Err(fault @ Fault::Sqlite(_)) => return Err(fault),
            Err(fault) => {
                savepoint.finish()?;
                answers.push(Err(fault));
            }
        }
    }
    transaction.commit()?;
    Ok(answers)
}

fn commit(connection: &Connection, batch: Batch) -> Result<Committed, Fault> {
    if batch.edits.is_empty() {
        return Ok(Committed { changes: Vec::new(), repeated: false });
    }
    let Batch { at, actor, edits, internal, note, undoes, request } = batch;
    if let Some(request) = &request
        && let Some(changes) = log::landed(connection, &actor, request)?
    {
        return Ok(Committed { changes, repeated: true });
    }
    let last = log::last(connection)?;
    let at = log::to_millisecond(last.at.map_or(at, |last| last.max(at)));
    let first = last.seq + 1;
    let mut touched = Touched::default();
    touched.table("changes");
    let mut changes = Vec::with_capacity(edits.len());
    for (edit, seq) in edits.into_iter().zip(first..) {
        let key = edit.key();
        let before = find(connection, &key)?;
        let version = version_after(connection, &key, edit.expected(), before.as_ref())?;
        let before = before.map(|row| row.value);
        let after = match edit {
            Edit::Put { record, .. } => Some(numbered(connection, record)?),
            Edit::Delete { .. } => None,
        };
        write(connection, &key, version, before.as_ref(), after.as_ref())?;
        note_tables(&mut touched, before.as_ref(), after.as_ref());
        let (actor, note, internal) = (actor.clone(), note.clone(), internal.contains(&key));
        let change = Change { seq, batch: first, at, actor, key, version, before, after, internal, note, undoes };
        log::append(connection, &change)?;
        changes.push(change);
    }
    if let (Some(request), Some(last)) = (&request, changes.last()) {
        log::remember(connection, &actor, request, first, last)?;
    }
    touched.record(connection, at)?;
    Ok(Committed { changes, repeated: false })
}

/// Brings the tables from a record's content before to that after.
pub(super) fn write(
    connection: &Connection,
    key: &RecordKey,
    version: u64,
    before: Option<&Record>,
    after: Option<&Record>,
) -> Result<(), Fault> {
    match (before, after) {
        (before, Some(record)) => put(connection, key, version, before, record),
        (Some(record), None) => delete(connection, key, record),
        (None, None) => Ok(()),
    }
}

/// A new feature gets the next number that none has or had.
fn numbered(connection: &Connection, record: Record) -> Result<Record, Fault> {
    match record {
        Record::Feature(feature) if feature.number == UNNUMBERED => {
            Ok(Record::Feature(Feature { number: features::next_number(connection)?, ..feature }))
        }
        record => Ok(record),
    }
}

/// The version that an edit gives to its record, if the record is as the edit expects.
fn version_after(
    connection: &Connection,
    key: &RecordKey,
    expected: Expected,
    before: Option<&Row<Record>>,
) -> Result<u64, Fault> {
    match (expected, before.map(|row| row.version)) {
        (Expected::Absent, None) => Ok(log::last_version(connection, key)? + 1),
        (Expected::Version(version), Some(found)) if version == found => Ok(found + 1),
        (expected, found) => Err(Fault::Store(StoreError::Conflict { key: key.clone(), expected, found })),
    }
}

pub(super) fn find(connection: &Connection, key: &RecordKey) -> Result<Option<Row<Record>>, Fault> {
    fn in_table<T: Kept>(
        connection: &Connection,
        id: &Slug,
        record: impl Fn(T) -> Record,
    ) -> Result<Option<Row<Record>>, Fault> {
        let found = rows::find::<T>(connection, id)?;
        Ok(found.map(|row| Row { version: row.version, value: record(row.value) }))
    }
    let found = match (key.record_type, &key.collection) {
        (RecordType::Feature, Some(collection)) => match rows::find::<Collection>(connection, collection)? {
            Some(collection) => features::find(connection, &collection.value, &key.id)?
                .map(|row| Row { version: row.version, value: Record::Feature(row.value) }),
            None => None,
        },
        // A key that no record can have: a feature outside any collection, or another record inside one.
        (RecordType::Feature, None) | (_, Some(_)) => None,
        (RecordType::Plan, None) => in_table::<Plan>(connection, &key.id, Record::Plan)?,
        (RecordType::Section, None) => in_table::<Section>(connection, &key.id, Record::Section)?,
        (RecordType::Target, None) => in_table::<Target>(connection, &key.id, Record::Target)?,
        (RecordType::Quota, None) => in_table::<Quota>(connection, &key.id, Record::Quota)?,
        (RecordType::Project, None) => in_table::<Project>(connection, &key.id, Record::Project)?,
        (RecordType::Theme, None) => in_table::<Theme>(connection, &key.id, Record::Theme)?,
        (RecordType::LightRule, None) => in_table::<LightRule>(connection, &key.id, Record::LightRule)?,
        (RecordType::InspectionRule, None) => in_table::<InspectionRule>(connection, &key.id, Record::InspectionRule)?,
        (RecordType::Patch, None) => in_table::<Patch>(connection, &key.id, Record::Patch)?,
        (RecordType::Inspection, None) => in_table::<Inspection>(connection, &key.id, Record::Inspection)?,
        (RecordType::Collection, None) => in_table::<Collection>(connection, &key.id, Record::Collection)?,
    };
    Ok(found)
}

fn put(
    connection: &Connection,
    key: &RecordKey,
    version: u64,
    before: Option<&Record>,
    record: &Record,
) -> Result<(), Fault> {
    rules::check(record).map_err(|reason| Fault::invalid(key, reason))?;
    match record {
        Record::Plan(plan) => {
            if before.is_none() && !rows::is_empty::<Plan>(connection)? {
                return Err(Fault::invalid(key, "the store keeps another plan, and one is all that it keeps"));
            }
            rows::put(connection, version, plan)
        }
        Record::Section(section) => rows::put(connection, version, section),
        Record::Target(target) => rows::put(connection, version, target),
        Record::Quota(quota) => rows::put(connection, version, quota),
        Record::Project(project) => rows::put(connection, version, project),
        Record::Theme(theme) => rows::put(connection, version, theme),
        Record::LightRule(rule) => rows::put(connection, version, rule),
        Record::InspectionRule(rule) => rows::put(connection, version, rule),
        Record::Patch(patch) => rows::put(connection, version, patch),
        Record::Inspection(inspection) => {
            if let Some(photo) = inspections::photo_of_another(connection, inspection)? {
                return Err(Fault::invalid(key, format!("photo {photo} belongs to another report")));
            }
            rows::put(connection, version, inspection)
        }
        Record::Collection(collection) => {
            match before {
                Some(Record::Collection(before)) => layer::replace(connection, key, before, collection)?,
                _ if layer::is_reserved(connection, &collection.id)? => {
                    return Err(Fault::invalid(key, "the id is the name of another table in the file"));
                }
                _ => layer::create(connection, collection)?,
            }
            rows::put(connection, version, collection)
        }
        Record::Feature(feature) => put_feature(connection, key, version, before, feature),
    }
}

fn put_feature(
    connection: &Connection,
    key: &RecordKey,
    version: u64,
    before: Option<&Record>,
    feature: &Feature,
) -> Result<(), Fault> {
    let Some(collection) = rows::find::<Collection>(connection, &feature.collection)? else {
        return Err(Fault::invalid(key, format!("there is no collection {}", feature.collection)));
    };
    let (found, declared) = (feature.shape.geometry_type(), collection.value.geometry_type);
    if found != declared {
        return Err(Fault::invalid(key, format!("its shape is a {found}, but the collection holds {declared}s")));
    }
    if let Some(Record::Feature(before)) = before
        && before.number != feature.number
    {
        let reason = format!("its number is {} and cannot become {}", before.number, feature.number);
        return Err(Fault::invalid(key, reason));
    }
    if !features::claim_number(connection, feature)? {
        return Err(Fault::invalid(key, format!("number {} belongs to another feature, for ever", feature.number)));
    }
    features::put(connection, version, feature, before.is_none())
}

fn delete(connection: &Connection, key: &RecordKey, record: &Record) -> Result<(), Fault> {
    match record {
        Record::Plan(plan) => rows::delete::<Plan>(connection, &plan.id),
        Record::Section(section) => rows::delete::<Section>(connection, &section.id),
        Record::Target(target) => rows::delete::<Target>(connection, &target.id),
        Record::Quota(quota) => rows::delete::<Quota>(connection, &quota.id),
        Record::Project(project) => rows::delete::<Project>(connection, &project.id),
        Record::Theme(theme) => rows::delete::<Theme>(connection, &theme.id),
        Record::LightRule(rule) => rows::delete::<LightRule>(connection, &rule.id),
        Record::InspectionRule(rule) => rows::delete::<InspectionRule>(connection, &rule.id),
        Record::Patch(patch) => rows::delete::<Patch>(connection, &patch.id),
        Record::Inspection(inspection) => rows::delete::<Inspection>(connection, &inspection.id),
        Record::Collection(collection) => {
            if !layer::is_empty(connection, &collection.id)? {
                return Err(Fault::invalid(key, "it still has features"));
            }
            layer::drop(connection, &collection.id)?;
            rows::delete::<Collection>(connection, &collection.id)
        }
        Record::Feature(feature) => features::delete(connection, feature),
    }
}

/// Which tables an edit touched.
pub(super) fn note_tables(touched: &mut Touched, before: Option<&Record>, after: Option<&Record>) {
    let Some(record) = after.or(before) else { return };
    match record {
        Record::Plan(_) => touched.table(Plan::TABLE),
        Record::Section(_) => touched.table(Section::TABLE),
        Record::Target(_) => ["targets", "target_readings"].into_iter().for_each(|table| touched.table(table)),
        Record::Quota(_) => ["quotas", "quota_members"].into_iter().for_each(|table| touched.table(table)),
        Record::Project(_) => ["projects", "project_milestones"].into_iter().for_each(|table| touched.table(table)),
        Record::Theme(_) => touched.table(Theme::TABLE),
        Record::LightRule(_) => touched.table(LightRule::TABLE),
        Record::InspectionRule(_) => touched.table(InspectionRule::TABLE),
        Record::Patch(_) => ["patches", "patch_inspectors"].into_iter().for_each(|table| touched.table(table)),
        Record::Inspection(_) => {
            ["inspections", "inspection_photos"].into_iter().for_each(|table| touched.table(table));
        }
        Record::Collection(_) => touched.table(Collection::TABLE),
        Record::Feature(feature) => {
            let rect = |record: Option<&Record>| match record {
                Some(Record::Feature(feature)) => Some(feature.shape.rect()),
                _ => None,
            };
            touched.feature(&feature.collection, rect(before), rect(after));
        }
    }
}
