//! The time machine's step: from an atlas and the changes that led to it, back to an earlier one.

use std::sync::Arc;

use super::{Atlas, AtlasError, Indexing, NoHome, subjects};
use crate::plan::Change;

impl Atlas {
    /// The atlas as it was before `changes`, newest first, which must lead back from this one without a gap.
    ///
    /// Cost: as [`Atlas::apply`].
    ///
    /// # Errors
    /// As [`Atlas::apply`].
    pub fn rewind(&self, changes: &[Change]) -> Result<Atlas, AtlasError> {
        let mut earlier = self.clone();
        let mut renamed = false;
        for change in changes {
            if change.seq != earlier.seq {
                return Err(AtlasError::Gap { expected: earlier.seq, found: change.seq });
            }
            earlier.seq = change.seq - 1;
            renamed |= change.before.as_ref().map(subjects::name_of) != change.after.as_ref().map(subjects::name_of);
            match &change.before {
                Some(record) => earlier
                    .put(change.version - 1, record.clone(), Indexing::Now)
                    .map_err(|NoHome| AtlasError::NoCollection { seq: change.seq, key: change.key.clone() })?,
                None => earlier.remove(&change.key),
            }
        }
        if renamed {
            earlier.names = Arc::new(subjects::collect(&earlier));
        }
        Ok(earlier)
    }
}
