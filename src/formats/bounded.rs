//! A reader that lets only so many bytes pass before whoever reads says that a piece of the file is done. So a value that never ends is
//! refused before it fills the memory.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::archive::too_large;

/// Bytes that may pass for one piece: a row, a tag, a text. A geometry of the most vertices that are taken is 1 MB of text.
pub(super) const MAX_PIECE_BYTES: u64 = 8 << 20;

/// Passes bytes on and counts them.
pub(super) struct Bounded<R> {
    inner: R,
    passed: Rc<Cell<u64>>,
    reason: &'static str,
}

/// Where the count begins anew.
pub(super) struct Piece(Rc<Cell<u64>>);

impl<R: Read> Bounded<R> {
    /// `reason` is what is said of a piece that is too long.
    pub(super) fn new(inner: R, reason: &'static str) -> (Bounded<R>, Piece) {
        let passed = Rc::new(Cell::new(0));
        (Bounded { inner, passed: Rc::clone(&passed), reason }, Piece(passed))
    }
}

impl Piece {
    pub(super) fn is_done(&self) {
        self.0.set(0);
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.passed.get() > MAX_PIECE_BYTES {
            return Err(too_large(self.reason));
        }
        let count = self.inner.read(out)?;
        self.passed.set(self.passed.get() + count as u64);
        Ok(count)
    }
}
