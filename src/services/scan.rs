//! A look through many features for those that conditions hold for: bounded in work, and ended as soon as nobody waits for it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::spatial::filter::Work;

/// Steps (see [`Work`]) that one scan may take: less than two seconds of a core. What people ask of 100,000 features takes a fifth of it at most.
pub const MAX_SCAN_STEPS: u64 = 150_000_000;

/// Steps for a feature that is looked at, whatever is asked of it.
const LOOK_COST: usize = 2;

/// Tells a scan that nobody waits for it any more.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

/// Stops what goes by it when it is dropped, as the future is that waits for an answer.
#[derive(Debug)]
pub struct StopOnDrop(Stop);

/// Why a scan came to no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// Ask for something simpler, or of fewer features.
    #[error("it takes more work over these features than there is for one request")]
    TooMuch,
    /// Nobody listens.
    #[error("it was stopped")]
    Stopped,
}

/// One scan as it goes on.
#[derive(Debug)]
pub struct Scan {
    pub work: Work,
    stop: Stop,
}

impl Stop {
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub fn on_drop(&self) -> StopOnDrop {
        StopOnDrop(self.clone())
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Scan {
    /// With all the work that one scan may take.
    pub fn new(stop: Stop) -> Scan {
        Scan::within(MAX_SCAN_STEPS, stop)
    }

    pub fn within(steps: u64, stop: Stop) -> Scan {
        Scan { work: Work::of(steps), stop }
    }

    /// Whether it may look at one more feature.
    pub fn goes_on(&self) -> bool {
        !self.stop.is_stopped() && self.work.spend(LOOK_COST).is_some()
    }

    /// Tells what came to its end from what did not.
    ///
    /// # Errors
    /// [`ScanError`].
    pub fn check(&self) -> Result<(), ScanError> {
        if self.stop.is_stopped() {
            Err(ScanError::Stopped)
        } else if self.work.is_used_up() {
            Err(ScanError::TooMuch)
        } else {
            Ok(())
        }
    }
}
