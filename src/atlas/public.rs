//! What of an atlas anybody may see.

use std::collections::BTreeSet;

use super::{Atlas, Table};
use crate::plan::{Quota, Record, RecordKey, RecordType, Slug, Visibility};

impl Atlas {
    /// This atlas as somebody sees it who may not see internal records, nor those that `hides` says.
    ///
    /// What is internal: a project, a collection, a feature of either, patches, and reports that nobody accepted. A quota keeps its
    /// count, and loses the member's name; an accepted report loses who made it.
    /// Cost: O(projects + features that are left out).
    pub fn public(&self, hides: impl Fn(&RecordKey) -> bool) -> Atlas {
        let mut public = Atlas { inspections: self.inspections.public(), patches: Table::default(), ..self.clone() };
        let key = |record_type, id: &Slug| RecordKey { record_type, collection: None, id: id.clone() };
        for collection in self.collections() {
            if collection.visibility == Visibility::Internal || hides(&key(RecordType::Collection, &collection.id)) {
                for row in self.set(collection).rows_after(0) {
                    public.drop_place(&row.value);
                }
                public.remove(&key(RecordType::Collection, &collection.id));
            }
        }
        for project in self.projects.iter().map(|row| &row.value) {
            let key = key(RecordType::Project, &project.id);
            if project.visibility == Visibility::Internal || hides(&key) {
                public.hide_project(&key);
            }
        }
        public
    }

    fn hide_project(&mut self, key: &RecordKey) {
        for (_, place) in self.places.remove(&key.id).into_iter().flatten() {
            if let Some(set) = self.sets.get_mut(&place.value.collection) {
                set.remove(&place.value.id);
            }
        }
        if let Some(quota) = self.quota_of.remove(&key.id)
            && let Some(row) = self.quotas.get(&quota).cloned()
        {
            let members = row.value.members.iter().filter(|member| **member != key.id).cloned().collect();
            self.quotas.put(row.version, Quota { members, ..row.value });
        }
        self.inspections.hide_project(&key.id);
        self.projects.remove(&key.id);
    }

    /// The projects and collections that only staff may see.
    pub fn internal_records(&self) -> BTreeSet<RecordKey> {
        let key = |record_type, id: &Slug| RecordKey { record_type, collection: None, id: id.clone() };
        let collections = self.collections().filter(|collection| collection.visibility == Visibility::Internal);
        let projects = self.projects.iter().filter(|row| row.value.visibility == Visibility::Internal);
        let collections = collections.map(|collection| key(RecordType::Collection, &collection.id));
        collections.chain(projects.map(|row| key(RecordType::Project, &row.value.id))).collect()
    }

    /// Whether only staff may see a record of this atlas. A record that is not here is judged by what it belongs to.
    pub fn is_internal(&self, record: &Record) -> bool {
        let collection = |id: &Slug| self.collection(id.as_str()).is_some_and(|c| c.visibility == Visibility::Internal);
        let project = |id: &Slug| self.projects.get(id).is_some_and(|row| row.value.visibility == Visibility::Internal);
        match record {
            Record::Project(project) => project.visibility == Visibility::Internal,
            Record::Collection(collection) => collection.visibility == Visibility::Internal,
            Record::Feature(feature) => {
                collection(&feature.collection) || feature.project.as_ref().is_some_and(project)
            }
            // A quota names its members.
            Record::Quota(quota) => quota.members.iter().any(project),
            // They tell of people, and of projects that may be internal.
            Record::Inspection(_) | Record::Patch(_) => true,
            _ => false,
        }
    }
}
