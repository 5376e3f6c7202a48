//! What may land together: batches that neither change nor were judged by what another of them changes.

use std::collections::HashSet;

use tokio::sync::oneshot;

use super::{Job, Landed, WriteError};
use crate::atlas::Atlas;
use crate::plan::{Batch, Edit, Photo, Record, RecordKey, RecordType, Slug};

/// Batches that share one sync of the disk.
const MAX_GROUP: usize = 256;

/// Batches that are ready to land together.
#[derive(Default)]
pub(super) struct Group {
    pub batches: Vec<Batch>,
    pub answers: Vec<oneshot::Sender<Result<Landed, WriteError>>>,
    /// Records that its batches change, and those that they were judged by.
    written: HashSet<RecordKey>,
    read: HashSet<RecordKey>,
    keys: HashSet<(String, String)>,
    pub is_full: bool,
}

impl Group {
    /// Whether a request with the same key is in the group already: only once that landed is it known what this one is.
    pub fn holds_key_of(&self, job: &Job) -> bool {
        let key = job.request.as_ref().map(|(actor, request)| (actor.clone(), request.key.clone()));
        key.is_some_and(|key| self.keys.contains(&key))
    }

    /// Takes a job in, or gives it back because the group must land first.
    ///
    /// # Errors
    /// The job.
    pub fn take(&mut self, job: Job, prepared: Prepared) -> Result<(), Job> {
        let Prepared { batch, written, read } = prepared;
        let goes_alone = goes_alone(&batch);
        let meets = |keys: &HashSet<RecordKey>, others: &HashSet<RecordKey>| !keys.is_disjoint(others);
        let must_wait =
            goes_alone || meets(&written, &self.written) || meets(&written, &self.read) || meets(&read, &self.written);
        if must_wait && !self.batches.is_empty() {
            return Err(job);
        }
        self.written.extend(written);
        self.read.extend(read);
        self.keys.extend(job.request.map(|(actor, request)| (actor, request.key)));
        self.batches.push(batch);
        self.answers.push(job.answer);
        self.is_full = goes_alone || self.batches.len() >= MAX_GROUP;
        Ok(())
    }
}

/// A batch, the records that it changes, and those that it was judged by.
pub(super) struct Prepared {
    batch: Batch,
    written: HashSet<RecordKey>,
    read: HashSet<RecordKey>,
}

impl Prepared {
    pub fn new(atlas: &Atlas, batch: Batch) -> Prepared {
        let (written, read) = touched(atlas, &batch);
        Prepared { batch, written, read }
    }
}

/// What a batch changes and is judged by, where it need not go alone: a place or a report is judged by its project, before and after.
fn touched(atlas: &Atlas, batch: &Batch) -> (HashSet<RecordKey>, HashSet<RecordKey>) {
    let (mut written, mut read) = (HashSet::new(), HashSet::new());
    let project = |id: &Slug| RecordKey { record_type: RecordType::Project, collection: None, id: id.clone() };
    for edit in &batch.edits {
        let key = edit.key();
        if matches!(key.record_type, RecordType::Feature | RecordType::Inspection) {
            let before = atlas.record(&key);
            let after = if let Edit::Put { record, .. } = edit { Some(record) } else { None };
            let both = [before.as_ref().map(|row| &row.value), after];
            read.extend(both.into_iter().flatten().filter_map(Record::project).map(project));
        }
        // A photo belongs to one report: two that name it cannot be prepared beside each other.
        if let Edit::Put { record: Record::Inspection(report), .. } = edit {
            let photo = |photo: &Photo| RecordKey { id: photo.id.clone(), ..key.clone() };
            written.extend(report.photos.iter().map(photo));
        }
        written.insert(key);
    }
    (written, read)
}

/// Whether a batch changes what other records refer to, so that no other may be prepared beside it.
fn goes_alone(batch: &Batch) -> bool {
    batch.edits.iter().any(|edit| match edit {
        Edit::Delete { .. } => true,
        Edit::Put { record, .. } => {
            use RecordType as T;
            !matches!(record.key().record_type, T::Project | T::Target | T::Feature | T::Inspection)
        }
    })
}
