//! The features of one collection, by id, by number and by place.

use std::sync::{Arc, OnceLock};

use geo::Rect;
use imbl::{HashMap, OrdMap};

use super::Row;
use crate::index::{Located, SpatialIndex};
use crate::plan::{Feature, Slug};
use crate::spatial::union;

#[derive(Clone)]
pub struct CollectionSet {
    rows: OrdMap<u64, FeatureRow>,
    number_of: HashMap<Slug, u64>,
    index: SpatialIndex<FeatureRow>,
    /// Found when first asked for, forgotten at every edit.
    extent: OnceLock<Option<Rect>>,
}

/// A feature as the atlas shares it.
pub(super) type FeatureRow = Arc<Row<Feature>>;

impl Located for FeatureRow {
    fn number(&self) -> u64 {
        self.value.number
    }

    fn rect(&self) -> Rect {
        self.value.shape.rect()
    }
}

impl Default for CollectionSet {
    fn default() -> Self {
        CollectionSet {
            rows: OrdMap::new(),
            number_of: HashMap::new(),
            index: SpatialIndex::build([]),
            extent: OnceLock::new(),
        }
    }
}

impl CollectionSet {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn index(&self) -> &SpatialIndex<FeatureRow> {
        &self.index
    }

    pub(super) fn find(&self, id: &(impl AsRef<str> + ?Sized)) -> Option<&FeatureRow> {
        self.number_of.get(id.as_ref()).and_then(|number| self.rows.get(number))
    }

    /// By number, from the first after `after`.
    pub(super) fn rows_after(&self, after: u64) -> impl Iterator<Item = &FeatureRow> {
        self.rows.range(after.saturating_add(1)..).map(|(_, row)| row)
    }

    /// Takes a feature in without indexing it, and gives what it was before; [`CollectionSet::indexed`] must follow.
    pub(super) fn note(&mut self, row: &FeatureRow) -> Option<FeatureRow> {
        self.extent = OnceLock::new();
        let before = self.rows.insert(row.number(), Arc::clone(row));
        if let Some(before) = &before {
            self.number_of.remove(&before.value.id);
        }
        self.number_of.insert(row.value.id.clone(), row.number());
        before
    }

    /// Takes a feature in, and gives what it was before.
    pub(super) fn put(&mut self, row: &FeatureRow) -> Option<FeatureRow> {
        let before = self.note(row);
        self.index.edit(before.as_ref(), Some(Arc::clone(row)));
        before
    }

    pub(super) fn remove(&mut self, id: &Slug) -> Option<FeatureRow> {
        let row = self.number_of.remove(id).and_then(|number| self.rows.remove(&number))?;
        self.index.edit(Some(&row), None);
        self.extent = OnceLock::new();
        Some(row)
    }

    /// This set with all its features in a fresh index.
    pub(super) fn indexed(self) -> CollectionSet {
        CollectionSet { index: SpatialIndex::build(self.rows.values().cloned()), ..self }
    }

    pub(super) fn rebuilt(&self) -> CollectionSet {
        CollectionSet { index: self.index.rebuilt(), ..self.clone() }
    }

    pub(super) fn extent(&self) -> Option<Rect> {
        *self.extent.get_or_init(|| self.rows.values().map(Located::rect).reduce(union))
    }
}
