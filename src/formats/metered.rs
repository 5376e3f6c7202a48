//! Bytes of a file on their way to a parser, counted between pieces of use, so that none grows in memory without end.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

/// Bytes that may come in a row without a piece of use: the longest value, escaped, or the text of the longest line, and much
/// white space.
pub(super) const MAX_PIECE_BYTES: u64 = 4 << 20;

/// Bytes since the last piece of use; whoever parses turns it back.
#[derive(Clone, Debug, Default)]
pub(super) struct Meter(Rc<Cell<u64>>);

impl Meter {
    pub(super) fn reset(&self) {
        self.0.set(0);
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.get() > MAX_PIECE_BYTES
    }
}

/// A reader that fails when its meter is over; the byte order mark of UTF-8 is gone.
pub(super) struct Metered<R: Read> {
    inner: BufReader<R>,
    meter: Meter,
}

impl<R: Read> Metered<R> {
    pub(super) fn new(reader: R, meter: Meter) -> io::Result<Metered<R>> {
        let mut inner = BufReader::with_capacity(64 << 10, reader);
        if inner.fill_buf()?.starts_with(&[0xef, 0xbb, 0xbf]) {
            inner.consume(3);
        }
        Ok(Metered { inner, meter })
    }
}

impl<R: Read> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.meter.is_over() {
            let reason = format!("one piece of the file has more than {MAX_PIECE_BYTES} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
        self.meter.0.set(self.meter.0.get() + count as u64);
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(out.len());
        out[..count].copy_from_slice(&ready[..count]);
        self.consume(count);
        Ok(count)
    }
}
