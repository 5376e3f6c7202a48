//! The features of one collection, by id, by number and by place. The features themselves are the atlas's.

use std::sync::{Arc, OnceLock};

use geo::Rect;
use imbl::{HashMap, OrdMap, OrdSet};

use super::Row;
use crate::index::SpatialIndex;
use crate::plan::{Feature, Slug};
use crate::spatial::union;

#[derive(Clone)]
pub struct CollectionSet {
    numbers: OrdSet<u64>,
    number_of: HashMap<Slug, u64>,
    index: SpatialIndex,
    /// Found when first asked for, forgotten at every edit.
    extent: OnceLock<Option<Rect>>,
}

impl Default for CollectionSet {
    fn default() -> Self {
        CollectionSet {
            numbers: OrdSet::new(),
            number_of: HashMap::new(),
            index: SpatialIndex::build([]),
            extent: OnceLock::new(),
        }
    }
}

type Features = OrdMap<u64, Arc<Row<Feature>>>;

impl CollectionSet {
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    pub(super) fn index(&self) -> &SpatialIndex {
        &self.index
    }

    pub(super) fn number(&self, id: &(impl AsRef<str> + ?Sized)) -> Option<u64> {
        self.number_of.get(id.as_ref()).copied()
    }

    pub(super) fn numbers_after(&self, after: u64) -> impl Iterator<Item = &u64> {
        self.numbers.range(after.saturating_add(1)..)
    }

    /// Takes a feature in without indexing it; [`CollectionSet::indexed`] must follow.
    pub(super) fn note(&mut self, feature: &Feature) {
        self.numbers.insert(feature.number);
        self.number_of.insert(feature.id.clone(), feature.number);
        self.extent = OnceLock::new();
    }

    /// Takes a feature in, in place of what it was `before`.
    pub(super) fn put(&mut self, before: Option<&Feature>, feature: &Feature) {
        if let Some(before) = before {
            self.number_of.remove(&before.id);
        }
        self.note(feature);
        self.index.edit(before.map(entry), Some(entry(feature)));
    }

    pub(super) fn remove(&mut self, feature: &Feature) {
        self.numbers.remove(&feature.number);
        self.number_of.remove(&feature.id);
        self.index.edit(Some(entry(feature)), None);
        self.extent = OnceLock::new();
    }

    /// This set with all its features in a fresh index.
    pub(super) fn indexed(self, features: &Features) -> CollectionSet {
        let rows = self.numbers.iter().filter_map(|number| features.get(number));
        let index = SpatialIndex::build(rows.map(|row| entry(&row.value)));
        CollectionSet { index, ..self }
    }

    pub(super) fn rebuilt(&self) -> CollectionSet {
        CollectionSet { index: self.index.rebuilt(), ..self.clone() }
    }

    pub(super) fn extent(&self, features: &Features) -> Option<Rect> {
        *self.extent.get_or_init(|| {
            let rows = self.numbers.iter().filter_map(|number| features.get(number));
            rows.map(|row| row.value.shape.rect()).reduce(union)
        })
    }
}

fn entry(feature: &Feature) -> (u64, Rect) {
    (feature.number, feature.shape.rect())
}
