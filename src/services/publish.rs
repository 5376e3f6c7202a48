//! The atlas that readers take, and how the next one takes its place. Readers never wait.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arc_swap::ArcSwap;

use crate::atlas::{Atlas, AtlasError};
use crate::plan::Change;

/// The current atlas; writers take turns, readers take what is there.
pub struct Published {
    current: ArcSwap<Edition>,
    turn: Mutex<Turn>,
}

/// One atlas, and what of it anybody may see, made when first asked for.
struct Edition {
    whole: Arc<Atlas>,
    public: OnceLock<Arc<Atlas>>,
}

impl Edition {
    fn new(atlas: Atlas) -> Edition {
        Edition { whole: Arc::new(atlas), public: OnceLock::new() }
    }
}

/// What a writer holds while it writes.
#[derive(Default)]
struct Turn {
    /// What was written since a rebuild began, while one is under way.
    since_rebuild: Option<Vec<Change>>,
}

impl Published {
    pub fn new(atlas: Atlas) -> Published {
        Published { current: ArcSwap::from_pointee(Edition::new(atlas)), turn: Mutex::default() }
    }

    /// The whole plan at one moment; keep it for a whole answer.
    pub fn current(&self) -> Arc<Atlas> {
        Arc::clone(&self.current.load().whole)
    }

    /// What anybody may see of [`Published::current`].
    pub fn public(&self) -> Arc<Atlas> {
        let edition = self.current.load();
        Arc::clone(edition.public.get_or_init(|| Arc::new(edition.whole.public(|_| false))))
    }

    /// Takes committed changes in. Says whether an index has collected enough edits that [`Published::rebuild`] should run.
    ///
    /// # Errors
    /// As [`Atlas::apply`]; the current atlas then stays.
    pub fn publish(&self, changes: &[Change]) -> Result<bool, AtlasError> {
        let mut turn = self.turn();
        let next = self.current.load().whole.apply(changes)?;
        let needs_rebuild = next.needs_rebuild() && turn.since_rebuild.is_none();
        self.current.store(Arc::new(Edition::new(next)));
        if let Some(since) = &mut turn.since_rebuild {
            since.extend_from_slice(changes);
        }
        Ok(needs_rebuild)
    }

    /// Rebuilds indices while readers and writers go on; what is written meanwhile is applied to the fresh ones at the end. Run it
    /// on a blocking thread. While one rebuild is under way, another does nothing.
    ///
    /// # Errors
    /// As [`Atlas::apply`]; the current atlas then stays.
    pub fn rebuild(&self) -> Result<(), AtlasError> {
        let before = {
            let mut turn = self.turn();
            if turn.since_rebuild.is_some() {
                return Ok(());
            }
            turn.since_rebuild = Some(Vec::new());
            self.current()
        };
        let rebuilt = before.rebuilt();
        let mut turn = self.turn();
        let since = turn.since_rebuild.take().unwrap_or_default();
        self.current.store(Arc::new(Edition::new(rebuilt.apply(&since)?)));
        Ok(())
    }

    /// Puts a whole atlas in the place of the current one, such as one that was read anew from the store.
    pub fn replace(&self, atlas: Atlas) {
        let _turn = self.turn();
        self.current.store(Arc::new(Edition::new(atlas)));
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
