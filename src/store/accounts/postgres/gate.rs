//! While the database is away, one caller each second tries it; the others are told at once, so that no threads pile up waiting.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::StoreError;

/// How long nobody tries after a try in vain.
const PAUSE: Duration = Duration::from_secs(1);

/// When the next one may try; none while the database answers.
#[derive(Default)]
pub(super) struct Gate(Mutex<Option<Instant>>);

impl Gate {
    /// # Errors
    /// [`StoreError::Unreachable`] when somebody tried in vain just now or is trying.
    pub(super) fn enter(&self) -> Result<(), StoreError> {
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        match *next {
            Some(next) if now < next => {
                Err(StoreError::Unreachable("accounts: the database was away a moment ago".to_owned()))
            }
            // This one tries; whoever comes meanwhile does not.
            Some(_) => {
                *next = Some(now + PAUSE);
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub(super) fn shut(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + PAUSE);
    }

    pub(super) fn open(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
