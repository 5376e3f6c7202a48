//! The bytes of a GeoJSON file on their way to the parser: without a byte order mark, record separators as white space, and
//! never many of them without something of use among them.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

/// Bytes that may come in a row without a position, a property or the end of a feature: a longest value, escaped, and much
/// white space. So neither one endless string nor what is skipped grows in memory or time without end.
const MAX_IDLE_BYTES: u64 = 4 << 20;

/// Bytes since something of use came; the parser turns it back.
#[derive(Clone, Debug, Default)]
pub(super) struct Meter(Rc<Cell<u64>>);

impl Meter {
    pub(super) fn reset(&self) {
        self.0.set(0);
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.get() > MAX_IDLE_BYTES
    }
}

pub(super) struct Source<R: Read> {
    inner: BufReader<R>,
    meter: Meter,
}

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R, meter: Meter) -> io::Result<Source<R>> {
        let mut inner = BufReader::with_capacity(64 << 10, reader);
        if inner.fill_buf()?.starts_with(&[0xef, 0xbb, 0xbf]) {
            inner.consume(3);
        }
        Ok(Source { inner, meter })
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = self.inner.fill_buf()?;
        let count = ready.len().min(out.len());
        for (to, from) in out.iter_mut().zip(ready) {
            // JSON has no use for a record separator but between texts (RFC 8142).
            *to = if *from == 0x1e { b'\n' } else { *from };
        }
        self.inner.consume(count);
        self.meter.0.set(self.meter.0.get() + count as u64);
        if self.meter.is_over() {
            let reason = format!("more than {MAX_IDLE_BYTES} bytes without a position, a property or a feature's end");
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        Ok(count)
    }
}
