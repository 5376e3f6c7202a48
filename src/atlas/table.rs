//! Records of one type in the plan's order, found by id; a clone is cheap and shares the records.

use std::sync::Arc;

use imbl::{HashMap, OrdMap};

use crate::plan::{Collection, Patch, Project, Quota, Section, Slug, Target, Theme};

/// A record with its version: 1 when it was created, one more with every change.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<T> {
    pub version: u64,
    pub value: T,
}

/// A record that has an id and a place in the plan's order.
pub trait Ordered {
    fn id(&self) -> &Slug;
    fn order(&self) -> u32;
}

macro_rules! ordered {
    ($($record:ty),+) => {
        $(impl Ordered for $record {
            fn id(&self) -> &Slug {
                &self.id
            }

            fn order(&self) -> u32 {
                self.order
            }
        })+
    };
}

ordered!(Section, Target, Quota, Project, Theme, Collection, Patch);

#[derive(Clone)]
pub struct Table<T> {
    rows: OrdMap<(u32, Slug), Arc<Row<T>>>,
    order_of: HashMap<Slug, u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { rows: OrdMap::new(), order_of: HashMap::new() }
    }
}

impl<T: Ordered> Table<T> {
    pub(super) fn put(&mut self, version: u64, value: T) {
        self.remove(value.id());
        let (id, order) = (value.id().clone(), value.order());
        self.order_of.insert(id.clone(), order);
        self.rows.insert((order, id), Arc::new(Row { version, value }));
    }

    pub(super) fn remove(&mut self, id: &Slug) {
        if let Some(order) = self.order_of.remove(id) {
            self.rows.remove(&(order, id.clone()));
        }
    }

    pub fn get(&self, id: &(impl AsRef<str> + ?Sized)) -> Option<&Row<T>> {
        let (id, order) = self.order_of.get_key_value(id.as_ref())?;
        self.rows.get(&(*order, id.clone())).map(AsRef::as_ref)
    }

    /// In the plan's order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Row<T>> {
        self.rows.values().map(AsRef::as_ref)
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
