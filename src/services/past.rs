//! The plan as it was known at the end of an earlier day: today's atlas with the later changes taken back.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

use jiff::tz::TimeZone;
use tokio::sync::{Mutex, OnceCell, Semaphore};

use super::publish::Published;
use crate::atlas::{Atlas, AtlasError};
use crate::plan::{Date, RecordKey, Timestamp};
use crate::store::{ChangeQuery, Order, ServerStore, Store, StoreError};

/// Earlier atlases that are kept: a slider goes back and forth over the same days.
const KEPT: usize = 64;

/// Changes that are taken back at a time, so that a long way back needs little memory.
const STEP: usize = 10_000;

#[derive(Debug, thiserror::Error)]
pub enum PastError {
    #[error("nothing was known on {asked}; the first change is of {first}")]
    BeforeFirst { asked: Date, first: Date },
    #[error("the past could not be worked out: {0}")]
    Stopped(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Atlas(#[from] AtlasError),
}

/// An atlas of an earlier moment. It never changes; what of it is public may.
struct Earlier {
    whole: OnceCell<Arc<Atlas>>,
    /// What anybody may see, with the records that are left out of it.
    public: std::sync::Mutex<Option<(HashSet<RecordKey>, Arc<Atlas>)>>,
}

/// The last change in which each project and collection was internal: the past before it is not public, whatever it was then.
#[derive(Default)]
struct Sealed {
    read_until: u64,
    last: HashMap<RecordKey, u64>,
}

/// Remembers how the plan was.
pub struct Past {
    /// By the last change that is in them; newest use last.
    kept: std::sync::Mutex<Vec<(u64, Arc<Earlier>)>>,
    sealed: Mutex<Sealed>,
    /// One way back at a time takes one core and no more memory than it needs.
    turn: Semaphore,
}

impl Default for Past {
    fn default() -> Past {
        Past { kept: std::sync::Mutex::default(), sealed: Mutex::default(), turn: Semaphore::new(1) }
    }
}

/// The last moment of a day.
pub fn end_of(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    let next = day.tomorrow().ok()?.to_zoned_datetime(zone.clone()).ok()?;
    Some(next.timestamp() - jiff::SignedDuration::from_millis(1))
}

/// The day of a moment.
pub fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned_datetime(zone.clone()).date()
}

impl Past {
    /// The whole plan as it was known at the end of `day`.
    ///
    /// Cost: O(changes since the nearest later moment that is kept); nothing for a moment that is.
    ///
    /// # Errors
    /// [`PastError::BeforeFirst`] for a day before the store began.
    pub async fn on(
        &self,
        day: Date,
        zone: &TimeZone,
        store: &ServerStore,
        published: &Published,
    ) -> Result<Arc<Atlas>, PastError> {
        let seq = last_of(day, zone, store).await?;
        Ok(self.earlier(seq, store, published).await?.1)
    }

    /// What of it anybody may see: nothing that was internal then, or at any moment since.
    ///
    /// # Errors
    /// As [`Past::on`].
    pub async fn public_on(
        &self,
        day: Date,
        zone: &TimeZone,
        store: &ServerStore,
        published: &Published,
    ) -> Result<Arc<Atlas>, PastError> {
        let seq = last_of(day, zone, store).await?;
        let (earlier, whole) = self.earlier(seq, store, published).await?;
        let hidden = self.sealed_after(seq, store, published.current().seq()).await?;
        let made = tokio::task::spawn_blocking(move || earlier.public(&whole, hidden));
        made.await.map_err(|stopped| PastError::Stopped(stopped.to_string()))
    }

    async fn earlier(
        &self,
        seq: u64,
        store: &ServerStore,
        published: &Published,
    ) -> Result<(Arc<Earlier>, Arc<Atlas>), PastError> {
        let earlier = self.entry(seq);
        let way_back = async || {
            let _turn = self.turn.acquire().await.map_err(|closed| PastError::Stopped(closed.to_string()))?;
            let mut atlas = self.nearest_later(seq).unwrap_or_else(|| published.current());
            while atlas.seq() > seq {
                let query = ChangeQuery {
                    after: Some(seq),
                    before: Some(atlas.seq() + 1),
                    order: Order::NewestFirst,
                    limit: STEP,
                    ..ChangeQuery::default()
                };
                let changes = store.find_changes(query).await?;
                let back = tokio::task::spawn_blocking(move || atlas.rewind(&changes).map(Arc::new));
                atlas = back.await.map_err(|stopped| PastError::Stopped(stopped.to_string()))??;
            }
            Ok::<_, PastError>(atlas)
        };
        let whole = Arc::clone(earlier.whole.get_or_try_init(way_back).await?);
        Ok((earlier, whole))
    }

    /// The place of a moment among those that are kept, made when it has none.
    fn entry(&self, seq: u64) -> Arc<Earlier> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().position(|(at, _)| *at == seq).map(|at| kept.remove(at));
        let (_, earlier) = found.unwrap_or_else(|| {
            (seq, Arc::new(Earlier { whole: OnceCell::new(), public: std::sync::Mutex::default() }))
        });
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((seq, Arc::clone(&earlier)));
        earlier
    }

    fn nearest_later(&self, seq: u64) -> Option<Arc<Atlas>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let later = kept.iter().filter(|(at, earlier)| *at > seq && earlier.whole.initialized());
        later.min_by_key(|(at, _)| *at).and_then(|(_, earlier)| earlier.whole.get().map(Arc::clone))
    }

    /// Records that were internal at some moment after a change.
    async fn sealed_after(&self, seq: u64, store: &ServerStore, present: u64) -> Result<HashSet<RecordKey>, PastError> {
        let mut sealed = self.sealed.lock().await;
        if sealed.read_until < present {
            let fresh = store.last_internal(sealed.read_until).await?;
            sealed.last.extend(fresh);
            sealed.read_until = present;
        }
        Ok(sealed.last.iter().filter(|(_, last)| **last > seq).map(|(key, _)| key.clone()).collect())
    }
}

impl Earlier {
    fn public(&self, whole: &Atlas, hidden: HashSet<RecordKey>) -> Arc<Atlas> {
        let mut made = self.public.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, atlas)) = made.as_ref()
            && *known == hidden
        {
            return Arc::clone(atlas);
        }
        let atlas = Arc::new(whole.public(|key| hidden.contains(key)));
        *made = Some((hidden, Arc::clone(&atlas)));
        atlas
    }
}

/// The number of the last change of a day, or of the days before it.
async fn last_of(day: Date, zone: &TimeZone, store: &ServerStore) -> Result<u64, PastError> {
    let until = end_of(day, zone).unwrap_or(Timestamp::MAX);
    let seq = store.seq_at(until).await?;
    if seq == 0 {
        let first = store.changes(0, 1).await?.first().map_or(day, |change| day_of(change.at, zone));
        return Err(PastError::BeforeFirst { asked: day, first });
    }
    Ok(seq)
}
