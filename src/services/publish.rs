//! The atlas that readers take, and how the next one takes its place. Readers never wait.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use crate::atlas::{Atlas, AtlasError};
use crate::plan::Change;

/// The current atlas; writers take turns, readers take what is there.
pub struct Published {
    current: ArcSwap<Atlas>,
    turn: Mutex<()>,
}

impl Published {
    pub fn new(atlas: Atlas) -> Published {
        Published { current: ArcSwap::from_pointee(atlas), turn: Mutex::new(()) }
    }

    /// The whole plan at one moment; keep it for a whole answer.
    pub fn current(&self) -> Arc<Atlas> {
        self.current.load_full()
    }

    /// Takes committed changes in. Says whether an index has collected enough edits that [`Published::rebuild`] should run.
    ///
    /// # Errors
    /// As [`Atlas::apply`]; the current atlas then stays.
    pub fn publish(&self, changes: &[Change]) -> Result<bool, AtlasError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let next = self.current.load().apply(changes)?;
        let needs_rebuild = next.needs_rebuild();
        self.current.store(Arc::new(next));
        Ok(needs_rebuild)
    }

    /// Rebuilds indices while readers and writers go on, and steps back if a write came between. Run it on a blocking thread.
    ///
    /// Says whether the fresh indices are in use.
    pub fn rebuild(&self) -> bool {
        let before = self.current();
        let rebuilt = before.rebuilt();
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let untouched = self.current.load().seq() == before.seq();
        if untouched {
            self.current.store(Arc::new(rebuilt));
        }
        untouched
    }
}
