//! The plan as it was known at the end of an earlier day: today's atlas with the later changes taken back.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tokio::sync::Mutex;

use super::publish::Published;
use crate::atlas::{Atlas, AtlasError};
use crate::plan::{Change, Date, RecordKey, RecordType, Timestamp};
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

/// An atlas of an earlier moment.
#[derive(Clone)]
struct Earlier {
    atlas: Arc<Atlas>,
    /// Records that were internal at some moment since then: their past is not public, whatever they were.
    sealed: Arc<HashSet<RecordKey>>,
    /// The sequence number of the present that it was made from.
    present: u64,
}

/// Remembers how the plan was.
#[derive(Default)]
pub struct Past {
    /// Newest use last.
    kept: Mutex<Vec<Earlier>>,
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
    /// Cost: O(changes since the nearest later moment that is kept).
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
        Ok(self.earlier(day, zone, store, published).await?.atlas)
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
        let Earlier { atlas, sealed, .. } = self.earlier(day, zone, store, published).await?;
        Ok(Arc::new(atlas.public(|key| sealed.contains(key))))
    }

    async fn earlier(
        &self,
        day: Date,
        zone: &TimeZone,
        store: &ServerStore,
        published: &Published,
    ) -> Result<Earlier, PastError> {
        let until = end_of(day, zone).unwrap_or(Timestamp::MAX);
        let seq = store.seq_at(until).await?;
        if seq == 0 {
            let first = store.changes(0, 1).await?.first().map_or(day, |change| day_of(change.at, zone));
            return Err(PastError::BeforeFirst { asked: day, first });
        }
        let mut kept = self.kept.lock().await;
        let present = published.current();
        // What became internal since they were made must stay sealed, so that atlases of an earlier present are made anew.
        kept.retain(|earlier| earlier.present == present.seq());
        if let Some(at) = kept.iter().position(|earlier| earlier.atlas.seq() == seq) {
            let found = kept.remove(at);
            kept.push(found.clone());
            return Ok(found);
        }
        let later = kept.iter().filter(|earlier| earlier.atlas.seq() > seq).min_by_key(|earlier| earlier.atlas.seq());
        let mut earlier = later.cloned().unwrap_or_else(|| Earlier {
            atlas: Arc::clone(&present),
            sealed: Arc::new(HashSet::new()),
            present: present.seq(),
        });
        while earlier.atlas.seq() > seq {
            let query = ChangeQuery {
                after: Some(seq),
                before: Some(earlier.atlas.seq() + 1),
                order: Order::NewestFirst,
                limit: STEP,
                ..ChangeQuery::default()
            };
            let changes = store.find_changes(query).await?;
            let back = tokio::task::spawn_blocking(move || take_back(&earlier, &changes));
            earlier = back.await.map_err(|stopped| PastError::Stopped(stopped.to_string()))??;
        }
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push(earlier.clone());
        Ok(earlier)
    }
}

fn take_back(from: &Earlier, changes: &[Change]) -> Result<Earlier, AtlasError> {
    let atlas = from.atlas.rewind(changes)?;
    let mut sealed = from.sealed.as_ref().clone();
    let hideable = |change: &&Change| {
        change.internal && matches!(change.key.record_type, RecordType::Project | RecordType::Collection)
    };
    sealed.extend(changes.iter().filter(hideable).map(|change| change.key.clone()));
    Ok(Earlier { atlas: Arc::new(atlas), sealed: Arc::new(sealed), present: from.present })
}
