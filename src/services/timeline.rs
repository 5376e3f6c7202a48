//! On which days the plan changed, and how often. Read from the log once, and then only what came since.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use tokio::sync::Mutex;

use super::past::day_of;
use crate::atlas::Atlas;
use crate::plan::{Date, RecordKey};
use crate::store::{ServerStore, Store, StoreError};

/// Changes of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    pub public: u64,
    pub internal: u64,
}

/// What is known of the log so far.
#[derive(Default)]
struct Known {
    seq: u64,
    /// What was internal when it was counted: where that changes, so does the public's count of days long gone.
    internal: BTreeSet<RecordKey>,
    days: BTreeMap<Date, Counted>,
}

#[derive(Default)]
pub struct Timeline {
    known: Mutex<Known>,
}

impl Timeline {
    /// Every day on which something changed, up to what `atlas` knows at least.
    ///
    /// Cost: O(days + changes since it was last asked); all changes after something became internal or public.
    ///
    /// # Errors
    /// What the store says.
    pub async fn days(
        &self,
        atlas: &Atlas,
        zone: &TimeZone,
        store: &ServerStore,
    ) -> Result<BTreeMap<Date, Counted>, StoreError> {
        let mut known = self.known.lock().await;
        let internal = atlas.internal_records();
        if known.internal != internal {
            *known = Known { internal, ..Known::default() };
        }
        if known.seq < atlas.seq() {
            for batch in store.batches(known.seq).await? {
                let day = known.days.entry(day_of(batch.at, zone)).or_default();
                day.public += batch.public;
                day.internal += batch.internal;
                known.seq = batch.last;
            }
        }
        Ok(known.days.clone())
    }
}
