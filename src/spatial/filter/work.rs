//! How much more work may go into putting a filter to features. It is counted in steps and not in time, so that the same filter over the same features always
//! goes equally far.

use std::cell::Cell;

use super::{Lookup, Operand};

/// Steps of some ten nanoseconds that are left. What is found when none are left means nothing.
#[derive(Debug)]
pub struct Work {
    left: Cell<u64>,
}

impl Work {
    pub fn of(steps: u64) -> Work {
        Work { left: Cell::new(steps) }
    }

    pub fn left(&self) -> u64 {
        self.left.get()
    }

    pub fn is_used_up(&self) -> bool {
        self.left.get() == 0
    }

    /// Takes steps off, before what they stand for is done. None where not so many are left: then nothing is left at all.
    pub fn spend(&self, steps: usize) -> Option<()> {
        let left = self.left.get().checked_sub(steps as u64).filter(|left| *left > 0);
        self.left.set(left.unwrap_or(0));
        left.map(|_| ())
    }
}

/// A feature that a filter is put to, and the work that this may take.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub feature: &'a dyn Lookup,
    pub work: &'a Work,
}

impl<'a> Seen<'a> {
    pub fn property(self, name: &str) -> Operand<'a> {
        self.feature.property(name)
    }

    pub fn spend(self, steps: usize) -> Option<()> {
        self.work.spend(steps)
    }
}
