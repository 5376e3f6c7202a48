//! Whether a change of another store's log follows on what is here.

use super::StoreError;
use crate::atlas::Row;
use crate::plan::{Change, Record, Timestamp};

/// Holds a change against the last one here and against the record as it is here.
///
/// # Errors
/// [`StoreError::Invalid`] with what does not fit.
pub(super) fn following(
    change: &Change,
    last: (u64, Option<Timestamp>),
    found: Option<&Row<Record>>,
) -> Result<(), StoreError> {
    let (last, moment) = last;
    let refuse = |reason: String| Err(StoreError::Invalid { key: change.key.clone(), reason });
    if change.seq != last + 1 {
        return refuse(format!("change {} does not follow on change {last}", change.seq));
    }
    if change.batch == 0 || change.batch > change.seq {
        return refuse(format!("change {} cannot be in batch {}", change.seq, change.batch));
    }
    if moment.is_some_and(|moment| moment > change.at) {
        return refuse(format!("change {} was made before the change before it", change.seq));
    }
    // Its content may be another one: programs beside a server write tables past the log, and a change tells what it found there.
    if found.is_some() != change.before.is_some() {
        let here = if found.is_some() { "there is one here" } else { "there is none here" };
        return refuse(format!(
            "change {} tells otherwise of whether there was such a record before it: {here}",
            change.seq
        ));
    }
    if found.is_some_and(|row| row.version + 1 != change.version) {
        return refuse(format!("change {} makes version {} of another version here", change.seq, change.version));
    }
    Ok(())
}
