//! HOLD IT: the whole plan in memory, immutable: records, collections and their indices, consistent at one sequence number.
//!
//! A reader keeps an `Arc<Atlas>` for a whole answer. [`Atlas::apply`] gives the next atlas and leaves this one alone; the two
//! share what did not change. Pure: no I/O, no clock.

mod collection_set;
mod inspections;
mod public;
mod rewind;
mod subjects;
mod table;

use std::ops::ControlFlow;
use std::sync::Arc;

use geo::{Point, Rect};
use imbl::{HashMap, OrdMap};

use crate::index::NameIndex;
use crate::plan::{
    Change, Collection, Feature, InspectionRule, LightRule, Patch, Plan, Project, Quota, Record, RecordKey, RecordType,
    Role, Section, Slug, Target, Theme,
};
use crate::spatial::{BBox, distance_floor_m, union};

pub use collection_set::CollectionSet;
use collection_set::FeatureRow;
pub use inspections::Inspections;
pub use subjects::Subject;
pub use table::{Row, Table};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AtlasError {
    #[error("the store holds no plan; load one with --plan DIR into an empty data folder")]
    NoPlan,
    #[error("change {found} came where {expected} should; read the log again from {expected}")]
    Gap { expected: u64, found: u64 },
    #[error("change {seq} puts feature {key} into a collection that is not there")]
    NoCollection { seq: u64, key: RecordKey },
}

/// Everything, at one moment of the change log.
#[derive(Clone)]
pub struct Atlas {
    seq: u64,
    plan: Arc<Row<Plan>>,
    light_rule: Arc<Row<LightRule>>,
    inspection_rule: Arc<Row<InspectionRule>>,
    pub sections: Table<Section>,
    pub targets: Table<Target>,
    pub quotas: Table<Quota>,
    pub projects: Table<Project>,
    pub themes: Table<Theme>,
    pub patches: Table<Patch>,
    pub inspections: Inspections,
    collections: Table<Collection>,
    sets: HashMap<Slug, CollectionSet>,
    /// The features of each project, by number.
    places: HashMap<Slug, OrdMap<u64, FeatureRow>>,
    quota_of: HashMap<Slug, Slug>,
    names: Arc<Names>,
}

struct Names {
    index: NameIndex,
    subjects: Vec<Subject>,
}

impl Atlas {
    /// Builds the atlas of a whole store.
    ///
    /// # Errors
    /// [`AtlasError::NoPlan`], or [`AtlasError::NoCollection`] for a feature without a home.
    pub fn build(seq: u64, records: impl IntoIterator<Item = Row<Record>>) -> Result<Atlas, AtlasError> {
        let records: Vec<Row<Record>> = records.into_iter().collect();
        let plan = records.iter().find_map(|row| match &row.value {
            Record::Plan(plan) => Some(Row { version: row.version, value: plan.clone() }),
            _ => None,
        });
        let mut atlas = Atlas::empty(plan.ok_or(AtlasError::NoPlan)?);
        atlas.seq = seq;
        // Collections first: features are put into them.
        let (collections, others): (Vec<_>, Vec<_>) =
            records.into_iter().partition(|row| matches!(row.value, Record::Collection(_)));
        for row in collections.into_iter().chain(others) {
            let key = row.value.key();
            atlas
                .put(row.version, row.value, Indexing::Later)
                .map_err(|NoHome| AtlasError::NoCollection { seq, key })?;
        }
        for (id, set) in atlas.sets.clone() {
            atlas.sets.insert(id, set.indexed());
        }
        atlas.names = Arc::new(subjects::collect(&atlas));
        Ok(atlas)
    }

    fn empty(plan: Row<Plan>) -> Atlas {
        Atlas {
            seq: 0,
            light_rule: Arc::new(default_rule(&plan.value)),
            inspection_rule: Arc::new(default_inspection_rule(&plan.value)),
            plan: Arc::new(plan),
            sections: Table::default(),
            targets: Table::default(),
            quotas: Table::default(),
            projects: Table::default(),
            themes: Table::default(),
            patches: Table::default(),
            inspections: Inspections::default(),
            collections: Table::default(),
            sets: HashMap::new(),
            places: HashMap::new(),
            quota_of: HashMap::new(),
            names: Arc::new(Names { index: NameIndex::build([]), subjects: Vec::new() }),
        }
    }

    /// The next atlas, after `changes`, which must follow on this one without a gap.
    ///
    /// Cost: O(log n) a change, and the name index anew when a name changed.
    ///
    /// # Errors
    /// [`AtlasError::Gap`] or [`AtlasError::NoCollection`]; this atlas then stays in use.
    pub fn apply(&self, changes: &[Change]) -> Result<Atlas, AtlasError> {
        let mut next = self.clone();
        let mut renamed = false;
        for change in changes {
            if change.seq != next.seq + 1 {
                return Err(AtlasError::Gap { expected: next.seq + 1, found: change.seq });
            }
            next.seq = change.seq;
            renamed |= change.before.as_ref().map(subjects::name_of) != change.after.as_ref().map(subjects::name_of);
            match &change.after {
                Some(record) => next
                    .put(change.version, record.clone(), Indexing::Now)
                    .map_err(|NoHome| AtlasError::NoCollection { seq: change.seq, key: change.key.clone() })?,
                None => next.remove(&change.key),
            }
        }
        if renamed {
            next.names = Arc::new(subjects::collect(&next));
        }
        Ok(next)
    }

    /// The record of a key with its version.
    pub fn record(&self, key: &RecordKey) -> Option<Row<Record>> {
        fn row<T: Clone>(row: &Row<T>, record: impl Fn(T) -> Record) -> Row<Record> {
            Row { version: row.version, value: record(row.value.clone()) }
        }
        match key.record_type {
            // The rule that stands in for none is no record.
            RecordType::LightRule => {
                let is_kept = self.light_rule.version > 0 && self.light_rule.value.id == key.id;
                is_kept.then(|| row(&self.light_rule, Record::LightRule))
            }
            RecordType::InspectionRule => {
                let is_kept = self.inspection_rule.version > 0 && self.inspection_rule.value.id == key.id;
                is_kept.then(|| row(&self.inspection_rule, Record::InspectionRule))
            }
            RecordType::Patch => self.patches.get(&key.id).map(|found| row(found, Record::Patch)),
            RecordType::Inspection => self.inspections.get(&key.id).map(|found| row(found, Record::Inspection)),
            RecordType::Plan => (self.plan().id == key.id).then(|| row(&self.plan, Record::Plan)),
            RecordType::Section => self.sections.get(&key.id).map(|found| row(found, Record::Section)),
            RecordType::Target => self.targets.get(&key.id).map(|found| row(found, Record::Target)),
            RecordType::Quota => self.quotas.get(&key.id).map(|found| row(found, Record::Quota)),
            RecordType::Project => self.projects.get(&key.id).map(|found| row(found, Record::Project)),
            RecordType::Theme => self.themes.get(&key.id).map(|found| row(found, Record::Theme)),
            RecordType::Collection => self.collections.get(&key.id).map(|found| row(found, Record::Collection)),
            RecordType::Feature => {
                let collection = self.collection(key.collection.as_ref()?.as_str())?;
                self.feature(collection, key.id.as_str()).map(|found| row(found, Record::Feature))
            }
        }
    }

    /// Moves everything that depends on a record, at once.
    fn put(&mut self, version: u64, record: Record, indexing: Indexing) -> Result<(), NoHome> {
        match record {
            Record::Plan(plan) => self.plan = Arc::new(Row { version, value: plan }),
            Record::LightRule(rule) => self.light_rule = Arc::new(Row { version, value: rule }),
            Record::InspectionRule(rule) => self.inspection_rule = Arc::new(Row { version, value: rule }),
            Record::Patch(patch) => self.patches.put(version, patch),
            Record::Inspection(inspection) => self.inspections.put(version, inspection),
            Record::Section(section) => self.sections.put(version, section),
            Record::Target(target) => self.targets.put(version, target),
            Record::Project(project) => self.projects.put(version, project),
            Record::Theme(theme) => self.themes.put(version, theme),
            Record::Quota(quota) => {
                self.drop_members(&quota.id);
                for member in &quota.members {
                    self.quota_of.insert(member.clone(), quota.id.clone());
                }
                self.quotas.put(version, quota);
            }
            Record::Collection(collection) => {
                self.sets.entry(collection.id.clone()).or_default();
                self.collections.put(version, collection);
            }
            Record::Feature(feature) => self.put_feature(version, feature, indexing)?,
        }
        Ok(())
    }

    fn put_feature(&mut self, version: u64, feature: Feature, indexing: Indexing) -> Result<(), NoHome> {
        let set = self.sets.get_mut(&feature.collection).ok_or(NoHome)?;
        let row = Arc::new(Row { version, value: feature });
        let before = match indexing {
            Indexing::Now => set.put(&row),
            Indexing::Later => set.note(&row),
        };
        if let Some(before) = before {
            self.drop_place(&before.value);
        }
        if let Some(project) = &row.value.project {
            self.places.entry(project.clone()).or_default().insert(row.value.number, row);
        }
        Ok(())
    }

    fn remove(&mut self, key: &RecordKey) {
        match key.record_type {
            RecordType::Plan => {}
            RecordType::LightRule => self.light_rule = Arc::new(default_rule(self.plan())),
            RecordType::InspectionRule => self.inspection_rule = Arc::new(default_inspection_rule(self.plan())),
            RecordType::Patch => self.patches.remove(&key.id),
            RecordType::Inspection => self.inspections.remove(&key.id),
            RecordType::Section => self.sections.remove(&key.id),
            RecordType::Target => self.targets.remove(&key.id),
            RecordType::Project => self.projects.remove(&key.id),
            RecordType::Theme => self.themes.remove(&key.id),
            RecordType::Quota => {
                self.drop_members(&key.id);
                self.quotas.remove(&key.id);
            }
            RecordType::Collection => {
                self.sets.remove(&key.id);
                self.collections.remove(&key.id);
            }
            RecordType::Feature => {
                let set = key.collection.as_ref().and_then(|collection| self.sets.get_mut(collection));
                if let Some(row) = set.and_then(|set| set.remove(&key.id)) {
                    self.drop_place(&row.value);
                }
            }
        }
    }

    fn drop_members(&mut self, quota: &Slug) {
        if let Some(row) = self.quotas.get(quota) {
            for member in &row.value.members {
                // Another quota may have taken the member over, earlier in the same batch.
                if self.quota_of.get(member) == Some(quota) {
                    self.quota_of.remove(member);
                }
            }
        }
    }

    fn drop_place(&mut self, feature: &Feature) {
        let Some(project) = &feature.project else { return };
        if let Some(places) = self.places.get_mut(project) {
            places.remove(&feature.number);
        }
    }

    /// The number of the last change that is in here.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    pub fn plan(&self) -> &Plan {
        &self.plan.value
    }

    /// The rule of the plan's lights; the default one at version 0 where the plan brings none.
    pub fn light_rule(&self) -> &Row<LightRule> {
        &self.light_rule
    }

    /// The rule by which reports are judged; the default one at version 0 where the plan brings none.
    pub fn inspection_rule(&self) -> &Row<InspectionRule> {
        &self.inspection_rule
    }

    pub fn plan_version(&self) -> u64 {
        self.plan.version
    }

    pub fn collection(&self, id: &str) -> Option<&Collection> {
        self.collections.get(id).map(|row| &row.value)
    }

    /// All collections in order: the plan's, then the context's.
    pub fn collections(&self) -> impl Iterator<Item = &Collection> {
        self.collections.iter().map(|row| &row.value)
    }

    /// The collections that hold the plan's places.
    pub fn plan_collections(&self) -> impl Iterator<Item = &Collection> {
        self.collections().filter(|collection| matches!(collection.role, Role::Plan { .. }))
    }

    pub fn set(&self, collection: &Collection) -> &CollectionSet {
        self.sets.get(&collection.id).expect("every collection has its set since both are put together")
    }

    pub fn feature(&self, collection: &Collection, id: &str) -> Option<&Row<Feature>> {
        self.set(collection).find(id).map(AsRef::as_ref)
    }

    /// A collection's features by number, from the first after `after`.
    pub fn features_after<'a>(
        &'a self,
        collection: &'a Collection,
        after: u64,
    ) -> impl Iterator<Item = &'a Row<Feature>> {
        self.set(collection).rows_after(after).map(AsRef::as_ref)
    }

    pub fn places_of(&self, project: &Slug) -> impl Iterator<Item = &Feature> {
        self.places.get(project).into_iter().flat_map(OrdMap::values).map(|row| &row.value)
    }

    pub fn quota_of(&self, project: &Slug) -> Option<&Quota> {
        self.quota_of.get(project).and_then(|quota| self.quotas.get(quota)).map(|row| &row.value)
    }

    /// The project that a feature belongs to.
    pub fn project_of(&self, feature: &Feature) -> Option<&Row<Project>> {
        feature.project.as_ref().and_then(|id| self.projects.get(id))
    }

    /// The rectangle around all the plan's places, if there is any.
    pub fn plan_rect(&self) -> Option<Rect> {
        let rects = self.plan_collections().filter_map(|collection| self.set(collection).extent());
        rects.reduce(union)
    }

    pub fn extent(&self, collection: &Collection) -> Option<Rect> {
        self.set(collection).extent()
    }

    /// Visits a collection's features whose rectangle meets the window, in no order, until the visitor breaks.
    ///
    /// Across the dateline a feature that meets both halves of the window comes twice.
    pub fn window<'a>(
        &'a self,
        collection: &Collection,
        window: BBox,
        mut visit: impl FnMut(&'a Row<Feature>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let index = self.set(collection).index();
        window.rects().try_for_each(|rect| index.window(rect, |row| visit(row)))
    }

    /// All of a collection's features whose rectangle meets the window, each once, by number.
    pub fn in_window<'a>(&'a self, collection: &Collection, window: BBox) -> Vec<&'a Feature> {
        let mut found = Vec::new();
        let visited = self.window(collection, window, |row| {
            found.push(&row.value);
            ControlFlow::Continue(())
        });
        debug_assert!(visited.is_continue(), "the visitor never breaks");
        found.sort_unstable_by_key(|feature| feature.number);
        found.dedup_by_key(|feature| feature.number);
        found
    }

    /// A collection's nearest features within `reach_m` of a point, nearest first. `distance` leaves a feature out with none.
    pub fn nearest(
        &self,
        collection: &Collection,
        from: Point,
        limit: usize,
        reach_m: f64,
        distance: impl Fn(&Feature) -> Option<f64>,
    ) -> Vec<(&Feature, f64)> {
        let index = self.set(collection).index();
        let floor = |rect| distance_floor_m(from, rect);
        let found = index.nearest(limit, reach_m, floor, |row| distance(&row.value));
        found.into_iter().map(|(row, distance_m)| (&row.value, distance_m)).collect()
    }

    /// Names that hold `query`, best first, with what they name.
    pub fn search(&self, query: &str) -> impl Iterator<Item = (&Subject, crate::index::NameHit)> {
        let hits = self.names.index.search(query);
        hits.into_iter().map(|hit| (&self.names.subjects[hit.item], hit))
    }

    /// Whether an index has collected enough edits that [`Atlas::rebuilt`] is worth its time.
    pub fn needs_rebuild(&self) -> bool {
        self.sets.values().any(|set| set.index().needs_rebuild())
    }

    /// The same content with fresh indices. Cost: O(n log n) for each collection that needs it.
    pub fn rebuilt(&self) -> Atlas {
        let mut next = self.clone();
        for (id, set) in &self.sets {
            if set.index().needs_rebuild() {
                next.sets.insert(id.clone(), set.rebuilt());
            }
        }
        next
    }
}

/// The rule that holds while a store keeps none; no commit gives a record version 0.
fn default_rule(plan: &Plan) -> Row<LightRule> {
    Row { version: 0, value: LightRule::default_of(&plan.id) }
}

fn default_inspection_rule(plan: &Plan) -> Row<InspectionRule> {
    Row { version: 0, value: InspectionRule::default_of(&plan.id) }
}

/// Whether a feature's box goes into the index at once, or all of them together at the end.
#[derive(Clone, Copy)]
enum Indexing {
    Now,
    Later,
}

/// A feature's collection is not there.
struct NoHome;
