//! A map with a draft on top of it: a batch that is refused leaves nothing behind.

use std::collections::HashMap;
use std::hash::Hash;

pub(super) struct Layered<K, V> {
    kept: HashMap<K, V>,
    draft: HashMap<K, V>,
}

impl<K, V> Default for Layered<K, V> {
    fn default() -> Layered<K, V> {
        Layered { kept: HashMap::new(), draft: HashMap::new() }
    }
}

impl<K: Eq + Hash, V> Layered<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.draft.get(key).or_else(|| self.kept.get(key))
    }

    pub(super) fn set(&mut self, key: K, value: V) {
        self.draft.insert(key, value);
    }

    pub(super) fn keep(&mut self) {
        self.kept.extend(self.draft.drain());
    }

    pub(super) fn forget(&mut self) {
        self.draft.clear();
    }
}

impl<K: Eq + Hash, V> Extend<(K, V)> for Layered<K, V> {
    /// What is there from the start.
    fn extend<T: IntoIterator<Item = (K, V)>>(&mut self, pairs: T) {
        self.kept.extend(pairs);
    }
}
