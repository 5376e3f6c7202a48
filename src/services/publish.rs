//! The atlas that readers take, and how the next one takes its place. Readers never wait.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::watch;

use crate::atlas::{Atlas, AtlasError};
use crate::plan::Change;

/// The current atlas; writers take turns, readers take what is there.
pub struct Published {
    current: ArcSwap<Edition>,
    /// The last change that is in the current one, for those who wait for a later one.
    seq: watch::Sender<u64>,
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
    /// The rebuild that is under way, if one is.
    rebuild: Option<Rebuild>,
    /// Rebuilds that ever began.
    begun: u64,
}

struct Rebuild {
    number: u64,
    /// What was written since it began.
    since: Vec<Change>,
}

/// Ends a rebuild that did not come to its end, so that the next may begin.
struct Ending<'a> {
    published: &'a Published,
    number: u64,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.published.turn().take_rebuild(self.number);
    }
}

impl Turn {
    /// What was written since a rebuild began; none when it is not the one that is under way any more.
    fn take_rebuild(&mut self, number: u64) -> Option<Vec<Change>> {
        self.rebuild.take_if(|rebuild| rebuild.number == number).map(|rebuild| rebuild.since)
    }
}

impl Published {
    pub fn new(atlas: Atlas) -> Published {
        let (seq, _) = watch::channel(atlas.seq());
        Published { current: ArcSwap::from_pointee(Edition::new(atlas)), seq, turn: Mutex::default() }
    }

    /// The last change that every new reader sees.
    pub fn seq(&self) -> u64 {
        *self.seq.borrow()
    }

    /// Ends when a change, with all before it, is in what new readers take.
    pub async fn reached(&self, seq: u64) {
        // The sender lives as long as we do.
        let _ = self.seq.subscribe().wait_for(|now| *now >= seq).await;
    }

    /// The one place where an atlas takes the place of another.
    fn put(&self, atlas: Atlas) {
        let seq = atlas.seq();
        self.current.store(Arc::new(Edition::new(atlas)));
        self.seq.send_replace(seq);
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
        let needs_rebuild = next.needs_rebuild() && turn.rebuild.is_none();
        self.put(next);
        if let Some(rebuild) = &mut turn.rebuild {
            rebuild.since.extend_from_slice(changes);
        }
        Ok(needs_rebuild)
    }

    /// Rebuilds indices while readers and writers go on; what is written meanwhile is applied to the fresh ones at the end. Run it
    /// on a blocking thread. While one rebuild is under way, another does nothing.
    ///
    /// # Errors
    /// As [`Atlas::apply`]; the current atlas then stays.
    pub fn rebuild(&self) -> Result<(), AtlasError> {
        let (before, ending) = {
            let mut turn = self.turn();
            if turn.rebuild.is_some() {
                return Ok(());
            }
            turn.begun += 1;
            turn.rebuild = Some(Rebuild { number: turn.begun, since: Vec::new() });
            (self.current(), Ending { published: self, number: turn.begun })
        };
        let rebuilt = before.rebuilt();
        let mut turn = self.turn();
        // What another atlas has taken the place of is not worth finishing.
        let since = turn.take_rebuild(ending.number);
        let done = since.map(|since| rebuilt.apply(&since)).transpose();
        if let Ok(Some(next)) = &done {
            self.put(next.clone());
        }
        // It takes the turn once more.
        drop(turn);
        done.map(|_| ())
    }

    /// Puts a whole atlas in the place of the current one, such as one that was read anew from the store.
    pub fn replace(&self, atlas: Atlas) {
        let mut turn = self.turn();
        turn.rebuild = None;
        self.put(atlas);
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
