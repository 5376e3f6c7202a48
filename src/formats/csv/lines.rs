//! The lines of a CSV file: what divides their columns, their bytes, and these as text. Which column is which is not its business.

use std::io::{Chain, Cursor, ErrorKind, Read};

use ::csv::{ByteRecord, Reader, ReaderBuilder};

use crate::formats::archive::fault;
use crate::formats::bounded::{Bounded, Piece};
use crate::formats::layer::{Encoding, ReadError};
use crate::formats::text;

/// Lines of a table, decoded one by one.
pub(super) struct Lines<'t, R> {
    file: &'t str,
    reader: Reader<Bounded<Chain<Cursor<Vec<u8>>, R>>>,
    piece: Piece,
    encoding: Encoding,
    record: ByteRecord,
}

impl<'t, R: Read> Lines<'t, R> {
    /// The rest of a file whose beginning has been read already.
    pub(super) fn new(file: &'t str, beginning: Vec<u8>, rest: R, encoding: Encoding) -> Lines<'t, R> {
        let delimiter = delimiter_of(&beginning);
        let whole = Cursor::new(beginning).chain(rest);
        let (bounded, piece) = Bounded::new(whole, "has an endless row: is a quote not closed?");
        let mut reader = ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true).delimiter(delimiter).from_reader(bounded);
        Lines { file, reader, piece, encoding, record: ByteRecord::new() }
    }

    pub(super) fn next(&mut self, line: &str) -> Result<Option<Vec<String>>, ReadError> {
        let file = self.file;
        self.piece.is_done();
        let is_there = self.reader.read_byte_record(&mut self.record).map_err(|error| match error.into_kind() {
            ::csv::ErrorKind::Io(error) => fault(&format!("{file}, {line}"), error),
            other => ReadError::refused(format!("{file}, {line}"), format!("is no row of CSV: {other:?}")),
        })?;
        if !is_there {
            return Ok(None);
        }
        let cells = self.record.iter().zip(1..).map(|(bytes, column)| {
            let foreign = || {
                let reason = format!("its text is not in {}", self.encoding.name());
                ReadError::refused(format!("{file}, {line}, column {column}"), reason)
            };
            text::decode(bytes, self.encoding).map(std::borrow::Cow::into_owned).ok_or_else(foreign)
        });
        cells.collect::<Result<_, _>>().map(Some)
    }
}

/// Which of the three signs divides the columns: the one that stands most often in the first line, outside quotes.
fn delimiter_of(beginning: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for &byte in beginning {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => break,
            _ if !is_quoted => counts.iter_mut().filter(|(sign, _)| *sign == byte).for_each(|(_, count)| *count += 1),
            _ => {}
        }
    }
    // The comma comes first where two stand equally often.
    let most = counts.iter().map(|(_, count)| *count).max();
    counts.iter().find(|(_, count)| Some(*count) == most).map_or(b',', |(sign, _)| *sign)
}

/// Reads until the block is full or there is no more.
pub(super) fn fill(bytes: &mut (impl Read + ?Sized), block: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < block.len() {
        match bytes.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
