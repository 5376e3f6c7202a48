//! The bytes of a GeoJSON file on their way to the parser: the separators of a sequence as white space.

use std::io::{self, BufRead, Read};

use crate::formats::metered::{Meter, Metered};

pub(super) struct Source<R: Read>(Metered<R>);

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R, meter: Meter) -> io::Result<Source<R>> {
        Metered::new(reader, meter).map(Source)
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = self.0.fill_buf()?;
        let count = ready.len().min(out.len());
        for (to, from) in out.iter_mut().zip(ready) {
            // JSON has no use for a record separator but between texts (RFC 8142).
            *to = if *from == 0x1e { b'\n' } else { *from };
        }
        self.0.consume(count);
        Ok(count)
    }
}
