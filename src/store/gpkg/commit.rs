//! One transaction for a batch: each edit is held against what is there, written and logged. Publishes nothing.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::contents::Touched;
use super::fault::Fault;
use super::rows::{self, Kept};
use super::{features, layer, log, rules};
use crate::atlas::Row;
use crate::plan::{
    Batch, Change, Collection, Edit, Expected, Feature, LightRule, Plan, Project, Quota, Record, RecordKey, RecordType,
    Section, Slug, Target, Theme,
};
use crate::store::StoreError;

pub(super) fn commit(connection: &mut Connection, batch: Batch) -> Result<Vec<Change>, Fault> {
    if batch.edits.is_empty() {
        return Ok(Vec::new());
    }
    // Immediate: the write lock is taken before anything is read, so that what an edit expects still holds when it lands.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let at = log::to_millisecond(batch.at);
    let mut touched = Touched::default();
    touched.table("changes");
    let mut changes = Vec::with_capacity(batch.edits.len());
    for (edit, seq) in batch.edits.into_iter().zip(log::last_seq(&transaction)? + 1..) {
        let key = edit.key();
        let before = find(&transaction, &key)?;
        let version = version_after(&key, edit.expected(), before.as_ref())?;
        let before = before.map(|row| row.value);
        let after = match edit {
            Edit::Put { record, .. } => Some(record),
            Edit::Delete { .. } => None,
        };
        match (&before, &after) {
            (before, Some(record)) => put(&transaction, &key, version, before.as_ref(), record)?,
            (Some(record), None) => delete(&transaction, &key, record)?,
            (None, None) => {}
        }
        note(&mut touched, before.as_ref(), after.as_ref());
        let change = Change { seq, at, actor: batch.actor.clone(), key, version, before, after };
        log::append(&transaction, &change)?;
        changes.push(change);
    }
    touched.record(&transaction, at)?;
    transaction.commit()?;
    Ok(changes)
}

/// The version that an edit gives to its record, if the record is as the edit expects.
fn version_after(key: &RecordKey, expected: Expected, before: Option<&Row<Record>>) -> Result<u64, Fault> {
    match (expected, before.map(|row| row.version)) {
        (Expected::Absent, None) => Ok(1),
        (Expected::Version(version), Some(found)) if version == found => Ok(found + 1),
        (expected, found) => Err(Fault::Store(StoreError::Conflict { key: key.clone(), expected, found })),
    }
}

fn find(transaction: &Transaction, key: &RecordKey) -> Result<Option<Row<Record>>, Fault> {
    fn in_table<T: Kept>(
        transaction: &Transaction,
        id: &Slug,
        record: impl Fn(T) -> Record,
    ) -> Result<Option<Row<Record>>, Fault> {
        let found = rows::find::<T>(transaction, id)?;
        Ok(found.map(|row| Row { version: row.version, value: record(row.value) }))
    }
    let found = match (key.record_type, &key.collection) {
        (RecordType::Feature, Some(collection)) => match rows::find::<Collection>(transaction, collection)? {
            Some(collection) => features::find(transaction, &collection.value, &key.id)?
                .map(|row| Row { version: row.version, value: Record::Feature(row.value) }),
            None => None,
        },
        // A key that no record can have: a feature outside any collection, or another record inside one.
        (RecordType::Feature, None) | (_, Some(_)) => None,
        (RecordType::Plan, None) => in_table::<Plan>(transaction, &key.id, Record::Plan)?,
        (RecordType::Section, None) => in_table::<Section>(transaction, &key.id, Record::Section)?,
        (RecordType::Target, None) => in_table::<Target>(transaction, &key.id, Record::Target)?,
        (RecordType::Quota, None) => in_table::<Quota>(transaction, &key.id, Record::Quota)?,
        (RecordType::Project, None) => in_table::<Project>(transaction, &key.id, Record::Project)?,
        (RecordType::Theme, None) => in_table::<Theme>(transaction, &key.id, Record::Theme)?,
        (RecordType::LightRule, None) => in_table::<LightRule>(transaction, &key.id, Record::LightRule)?,
        (RecordType::Collection, None) => in_table::<Collection>(transaction, &key.id, Record::Collection)?,
    };
    Ok(found)
}

fn put(
    transaction: &Transaction,
    key: &RecordKey,
    version: u64,
    before: Option<&Record>,
    record: &Record,
) -> Result<(), Fault> {
    rules::check(record).map_err(|reason| Fault::invalid(key, reason))?;
    match record {
        Record::Plan(plan) => rows::put(transaction, version, plan),
        Record::Section(section) => rows::put(transaction, version, section),
        Record::Target(target) => rows::put(transaction, version, target),
        Record::Quota(quota) => rows::put(transaction, version, quota),
        Record::Project(project) => rows::put(transaction, version, project),
        Record::Theme(theme) => rows::put(transaction, version, theme),
        Record::LightRule(rule) => rows::put(transaction, version, rule),
        Record::Collection(collection) => {
            match before {
                Some(Record::Collection(before)) => layer::replace(transaction, key, before, collection)?,
                _ if layer::is_reserved(transaction, &collection.id)? => {
                    return Err(Fault::invalid(key, "the id is the name of another table in the file"));
                }
                _ => layer::create(transaction, collection)?,
            }
            rows::put(transaction, version, collection)
        }
        Record::Feature(feature) => put_feature(transaction, key, version, before, feature),
    }
}

fn put_feature(
    transaction: &Transaction,
    key: &RecordKey,
    version: u64,
    before: Option<&Record>,
    feature: &Feature,
) -> Result<(), Fault> {
    let Some(collection) = rows::find::<Collection>(transaction, &feature.collection)? else {
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
    if !features::claim_number(transaction, feature)? {
        return Err(Fault::invalid(key, format!("number {} belongs to another feature, for ever", feature.number)));
    }
    features::put(transaction, version, feature, before.is_none())
}

fn delete(transaction: &Transaction, key: &RecordKey, record: &Record) -> Result<(), Fault> {
    match record {
        Record::Plan(plan) => rows::delete::<Plan>(transaction, &plan.id),
        Record::Section(section) => rows::delete::<Section>(transaction, &section.id),
        Record::Target(target) => rows::delete::<Target>(transaction, &target.id),
        Record::Quota(quota) => rows::delete::<Quota>(transaction, &quota.id),
        Record::Project(project) => rows::delete::<Project>(transaction, &project.id),
        Record::Theme(theme) => rows::delete::<Theme>(transaction, &theme.id),
        Record::LightRule(rule) => rows::delete::<LightRule>(transaction, &rule.id),
        Record::Collection(collection) => {
            if !layer::is_empty(transaction, &collection.id)? {
                return Err(Fault::invalid(key, "it still has features"));
            }
            layer::drop(transaction, &collection.id)?;
            rows::delete::<Collection>(transaction, &collection.id)
        }
        Record::Feature(feature) => features::delete(transaction, feature),
    }
}

/// Which tables an edit touched.
fn note(touched: &mut Touched, before: Option<&Record>, after: Option<&Record>) {
    let Some(record) = after.or(before) else { return };
    match record {
        Record::Plan(_) => touched.table(Plan::TABLE),
        Record::Section(_) => touched.table(Section::TABLE),
        Record::Target(_) => ["targets", "target_readings"].into_iter().for_each(|table| touched.table(table)),
        Record::Quota(_) => ["quotas", "quota_members"].into_iter().for_each(|table| touched.table(table)),
        Record::Project(_) => ["projects", "project_milestones"].into_iter().for_each(|table| touched.table(table)),
        Record::Theme(_) => touched.table(Theme::TABLE),
        Record::LightRule(_) => touched.table(LightRule::TABLE),
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
