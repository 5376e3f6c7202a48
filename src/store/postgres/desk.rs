//! Decides in memory what becomes of each edit, over all that a group of batches names. Speaks no SQL.

use std::collections::{HashMap, HashSet};

use super::layered::Layered;
use crate::atlas::Row;
use crate::plan::{
    Batch, Change, Collection, Edit, Expected, Feature, Inspection, Record, RecordKey, RecordType, Slug, Timestamp,
    Visibility, is_reserved_collection,
};
use crate::store::gpkg::log::to_millisecond;
use crate::store::{Committed, StoreError, UNNUMBERED, rules};

/// A request that landed, before or in this group.
pub(super) struct Known {
    pub digest: u64,
    pub changes: Vec<Change>,
}

/// What the database holds of whatever a group names, and what the group makes of it.
#[derive(Default)]
pub(super) struct Desk {
    /// Named records; none for one that is not there.
    pub rows: Layered<RecordKey, Option<Row<Record>>>,
    /// The last version of records that are not there.
    pub versions: Layered<RecordKey, u64>,
    /// Whose a feature's number is.
    pub numbers: Layered<u64, (Slug, Slug)>,
    /// How many features named collections have.
    pub features: Layered<Slug, u64>,
    /// Whose a photo is; none for one that nobody has any more.
    pub photos: Layered<Slug, Option<Slug>>,
    pub requests: Layered<(String, String), Known>,
    pub now: Now,
    /// What must be written, in the order in which it was touched first.
    pub touched: Vec<RecordKey>,
    is_touched: HashSet<RecordKey>,
    pub claimed: Vec<(u64, Slug, Slug)>,
    pub hidden: HashMap<RecordKey, bool>,
}

/// What moves on with each batch that lands.
#[derive(Clone, Default)]
pub(super) struct Now {
    pub seq: u64,
    pub at: Option<Timestamp>,
    pub highest_number: u64,
    pub plan: Option<Slug>,
}

impl Desk {
    /// Decides on one batch; a refused one leaves nothing behind.
    pub(super) fn commit(&mut self, batch: Batch) -> Result<Committed, StoreError> {
        let (now, claimed) = (self.now.clone(), self.claimed.len());
        let done = self.decide(batch);
        let is_kept = done.is_ok();
        self.settle(is_kept);
        match &done {
            Ok(committed) if !committed.repeated => self.touch(&committed.changes),
            Ok(_) => {}
            Err(_) => {
                self.now = now;
                self.claimed.truncate(claimed);
            }
        }
        done
    }

    fn settle(&mut self, is_kept: bool) {
        macro_rules! each {
            ($($map:ident),+) => {
                $(if is_kept { self.$map.keep() } else { self.$map.forget() })+
            };
        }
        each!(rows, versions, numbers, features, photos, requests);
    }

    /// Notes what changes that landed leave to write.
    pub(super) fn touch(&mut self, changes: &[Change]) {
        for change in changes {
            if self.is_touched.insert(change.key.clone()) {
                self.touched.push(change.key.clone());
            }
            if let Some(visibility) = change.after.as_ref().or(change.before.as_ref()).and_then(Record::visibility) {
                self.hidden.insert(change.key.clone(), visibility == Visibility::Internal);
            }
        }
    }

    fn decide(&mut self, batch: Batch) -> Result<Committed, StoreError> {
        if batch.edits.is_empty() {
            return Ok(Committed { changes: Vec::new(), repeated: false });
        }
        let Batch { at, actor, edits, internal, note, undoes, request } = batch;
        if let Some(request) = &request
            && let Some(known) = self.requests.get(&(actor.clone(), request.key.clone()))
        {
            if known.digest != request.digest {
                return Err(StoreError::KeyReused { actor, key: request.key.clone() });
            }
            return Ok(Committed { changes: known.changes.clone(), repeated: true });
        }
        let at = to_millisecond(self.now.at.map_or(at, |last| last.max(at)));
        let first = self.now.seq + 1;
        let mut changes = Vec::with_capacity(edits.len());
        for (edit, seq) in edits.into_iter().zip(first..) {
            let key = edit.key();
            let before = self.rows.get(&key).cloned().flatten();
            let version = self.version_after(&key, edit.expected(), before.as_ref())?;
            let before = before.map(|row| row.value);
            let after = match edit {
                Edit::Put { record, .. } => Some(self.numbered(record)),
                Edit::Delete { .. } => None,
            };
            self.write(&key, version, before.as_ref(), after.as_ref())?;
            let (actor, note, internal) = (actor.clone(), note.clone(), internal.contains(&key));
            changes.push(Change { seq, batch: first, at, actor, key, version, before, after, internal, note, undoes });
        }
        (self.now.seq, self.now.at) = (changes.last().map_or(self.now.seq, |change| change.seq), Some(at));
        if let Some(request) = request {
            let known = Known { digest: request.digest, changes: changes.clone() };
            self.requests.set((actor, request.key), known);
        }
        Ok(Committed { changes, repeated: false })
    }

    /// A new feature gets the next number that none has or had.
    fn numbered(&self, record: Record) -> Record {
        match record {
            Record::Feature(feature) if feature.number == UNNUMBERED => {
                Record::Feature(Feature { number: self.now.highest_number + 1, ..feature })
            }
            record => record,
        }
    }

    /// The version that an edit gives to its record, if the record is as the edit expects.
    fn version_after(
        &self,
        key: &RecordKey,
        expected: Expected,
        before: Option<&Row<Record>>,
    ) -> Result<u64, StoreError> {
        match (expected, before.map(|row| row.version)) {
            (Expected::Absent, None) => Ok(self.versions.get(key).copied().unwrap_or(0) + 1),
            (Expected::Version(version), Some(found)) if version == found => Ok(found + 1),
            (expected, found) => Err(StoreError::Conflict { key: key.clone(), expected, found }),
        }
    }

    /// Brings a record from its content before to that after, if it can be kept.
    pub(super) fn write(
        &mut self,
        key: &RecordKey,
        version: u64,
        before: Option<&Record>,
        after: Option<&Record>,
    ) -> Result<(), StoreError> {
        let refused = match (before, after) {
            (before, Some(record)) => rules::check(record).and_then(|()| self.put(before, record)),
            (Some(record), None) => self.delete(record),
            (None, None) => Ok(()),
        };
        refused.map_err(|reason| StoreError::Invalid { key: key.clone(), reason })?;
        self.versions.set(key.clone(), version);
        self.rows.set(key.clone(), after.map(|record| Row { version, value: record.clone() }));
        Ok(())
    }

    fn put(&mut self, before: Option<&Record>, record: &Record) -> Result<(), String> {
        match record {
            Record::Plan(plan) => {
                if before.is_none() && self.now.plan.is_some() {
                    return Err("the store keeps another plan, and one is all that it keeps".to_owned());
                }
                self.now.plan = Some(plan.id.clone());
                Ok(())
            }
            Record::Inspection(report) => self.put_photos(before, report),
            Record::Collection(collection) => self.put_collection(before, collection),
            Record::Feature(feature) => self.put_feature(before, feature),
            _ => Ok(()),
        }
    }

    fn put_photos(&mut self, before: Option<&Record>, report: &Inspection) -> Result<(), String> {
        let of_another =
            |photo: &Slug| self.photos.get(photo).is_some_and(|of| of.as_ref().is_some_and(|of| *of != report.id));
        if let Some(photo) = report.photos.iter().find(|photo| of_another(&photo.id)) {
            return Err(format!("photo {} belongs to another report", photo.id));
        }
        self.free_photos(before);
        let mine = report.photos.iter().map(|photo| photo.id.clone());
        mine.for_each(|photo| self.photos.set(photo, Some(report.id.clone())));
        Ok(())
    }

    fn free_photos(&mut self, before: Option<&Record>) {
        if let Some(Record::Inspection(before)) = before {
            before.photos.iter().for_each(|photo| self.photos.set(photo.id.clone(), None));
        }
    }

    fn put_collection(&mut self, before: Option<&Record>, collection: &Collection) -> Result<(), String> {
        match before {
            Some(Record::Collection(before)) if before.geometry_type != collection.geometry_type => {
                if self.has_features(&collection.id) {
                    let (had, holds) = (before.geometry_type, collection.geometry_type);
                    return Err(format!("its features are {had}s; delete them before it holds {holds}s"));
                }
            }
            Some(_) => {}
            None if is_reserved_collection(&collection.id) => {
                return Err("the id is the name of another table in the store".to_owned());
            }
            None => self.features.set(collection.id.clone(), 0),
        }
        Ok(())
    }

    fn put_feature(&mut self, before: Option<&Record>, feature: &Feature) -> Result<(), String> {
        let home = RecordKey { record_type: RecordType::Collection, collection: None, id: feature.collection.clone() };
        let Some(Some(Row { value: Record::Collection(home), .. })) = self.rows.get(&home) else {
            return Err(format!("there is no collection {}", feature.collection));
        };
        let (found, declared) = (feature.shape.geometry_type(), home.geometry_type);
        if found != declared {
            return Err(format!("its shape is a {found}, but the collection holds {declared}s"));
        }
        if let Some(Record::Feature(before)) = before
            && before.number != feature.number
        {
            return Err(format!("its number is {} and cannot become {}", before.number, feature.number));
        }
        match self.numbers.get(&feature.number) {
            Some((collection, id)) if (collection, id) != (&feature.collection, &feature.id) => {
                return Err(format!("number {} belongs to another feature, for ever", feature.number));
            }
            Some(_) => {}
            None => {
                let claim = (feature.number, feature.collection.clone(), feature.id.clone());
                self.numbers.set(claim.0, (claim.1.clone(), claim.2.clone()));
                self.claimed.push(claim);
            }
        }
        self.now.highest_number = self.now.highest_number.max(feature.number);
        if before.is_none() {
            self.count(&feature.collection, 1);
        }
        Ok(())
    }

    fn delete(&mut self, record: &Record) -> Result<(), String> {
        match record {
            Record::Plan(_) => self.now.plan = None,
            Record::Inspection(_) => self.free_photos(Some(record)),
            Record::Collection(collection) if self.has_features(&collection.id) => {
                return Err("it still has features".to_owned());
            }
            Record::Feature(feature) => self.count(&feature.collection, -1),
            _ => {}
        }
        Ok(())
    }

    fn has_features(&self, collection: &Slug) -> bool {
        self.features.get(collection).is_some_and(|count| *count > 0)
    }

    /// A collection that nobody names but its features need not be counted.
    fn count(&mut self, collection: &Slug, by: i64) {
        if let Some(count) = self.features.get(collection) {
            let count = count.saturating_add_signed(by);
            self.features.set(collection.clone(), count);
        }
    }
}
