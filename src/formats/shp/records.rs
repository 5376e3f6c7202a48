//! The records of a `.dbf`, one after another.

use std::io::Read;

use super::LANGUAGE_GBK;
use crate::formats::archive::fault;
use crate::formats::layer::{Encoding, FieldKind, MAX_FIELDS, ReadError, ReadValue};
use crate::formats::text::{self, Recogniser};
use crate::plan::Date;

const HEADER_BYTES: usize = 32;
const FIELD_BYTES: usize = 32;
const END_OF_FIELDS: u8 = 0x0D;

/// Bytes of a field's name, the zero after it not counted.
const NAME_BYTES: usize = 11;

/// Reads a `.dbf` from its beginning to its end.
pub(super) struct Records<'f, R> {
    file: &'f str,
    bytes: R,
    pub fields: Vec<Field>,
    /// Code page by the file's own header.
    pub language: Option<Encoding>,
    count: u32,
    passed: u32,
    record: Vec<u8>,
}

/// A column: where in a record it stands and what it holds.
#[derive(Clone, Debug)]
pub(super) struct Field {
    name: Vec<u8>,
    letter: u8,
    start: usize,
    width: usize,
}

/// A record as it is in the file.
pub(super) enum Record<'r> {
    Kept(&'r [u8]),
    Deleted,
}

impl Field {
    pub(super) fn kind(&self) -> FieldKind {
        match self.letter {
            b'N' | b'F' | b'I' | b'B' | b'O' => FieldKind::Number,
            b'D' => FieldKind::Date,
            _ => FieldKind::Text,
        }
    }

    fn bytes<'r>(&self, record: &'r [u8]) -> &'r [u8] {
        record.get(self.start..self.start + self.width).unwrap_or_default()
    }

    /// As [`Field::recognise`], for its name.
    pub(super) fn recognise_name(&self, recogniser: &mut Recogniser) {
        recogniser.feed_cut(&self.name);
    }

    /// Adds what the field says to what is known of the text's encoding.
    pub(super) fn recognise(&self, record: &[u8], recogniser: &mut Recogniser) {
        if self.letter != b'C' {
            return;
        }
        let bytes = trimmed(self.bytes(record));
        // A text that fills its field may have been cut in the middle of a character.
        if bytes.len() < self.width { recogniser.feed_whole(bytes) } else { recogniser.feed_cut(bytes) }
    }

    /// # Errors
    /// What is wrong with its text.
    pub(super) fn value(&self, record: &[u8], encoding: Encoding) -> Result<ReadValue, String> {
        let bytes = self.bytes(record);
        match self.letter {
            b'I' => Ok(bytes
                .try_into()
                .map_or(ReadValue::Absent, |bytes| ReadValue::Number(i32::from_le_bytes(bytes).into()))),
            b'B' | b'O' => {
                let number = bytes.try_into().ok().map(f64::from_le_bytes).filter(|number| number.is_finite());
                Ok(number.map_or(ReadValue::Absent, ReadValue::Number))
            }
            b'L' => Ok(match bytes.first() {
                Some(b'T' | b't' | b'Y' | b'y') => ReadValue::Text("true".to_owned()),
                Some(b'F' | b'f' | b'N' | b'n') => ReadValue::Text("false".to_owned()),
                _ => ReadValue::Absent,
            }),
            _ => {
                let text = text::decode(trimmed(bytes), encoding).ok_or_else(|| self.foreign(bytes, encoding))?;
                Ok(match self.letter {
                    b'D' => date(text.trim()),
                    b'N' | b'F' => number(text.trim()),
                    _ if text.is_empty() => ReadValue::Absent,
                    _ => ReadValue::Text(text.into_owned()),
                })
            }
        }
    }

    fn foreign(&self, bytes: &[u8], encoding: Encoding) -> String {
        let is_full = trimmed(bytes).len() == self.width;
        let guess = if is_full { "; perhaps it was cut in the middle of a character" } else { "" };
        format!("{}: its text is not in {}{guess}", self.name(encoding).unwrap_or_default(), encoding.name())
    }

    /// None for a name that is not in this encoding.
    fn name(&self, encoding: Encoding) -> Option<String> {
        // Programs cut names at ten bytes, also in the middle of a character.
        let cuts = (0..=3_usize).filter_map(|cut| self.name.get(..self.name.len().checked_sub(cut)?));
        cuts.map(|bytes| text::decode(bytes, encoding)).find_map(|name| Some(name?.trim().to_owned()))
    }
}

/// Names of fields, each another one: what has none, or the name of one before, has its number in it.
pub(super) fn names(fields: &[Field], encoding: Encoding) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(fields.len());
    for (field, number) in fields.iter().zip(1..) {
        let name = field.name(encoding).unwrap_or_default();
        let is_taken = name.is_empty() || names.contains(&name);
        names.push(if is_taken { format!("{name}#{number}") } else { name });
    }
    names
}

impl<'f, R: Read> Records<'f, R> {
    pub(super) fn new(file: &'f str, mut bytes: R) -> Result<Records<'f, R>, ReadError> {
        let refused = |reason: String| ReadError::refused(file, reason);
        let mut header = [0; HEADER_BYTES];
        bytes.read_exact(&mut header).map_err(|error| fault(file, error))?;
        let count = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
        let [size, width] = [8, 10].map(|at| usize::from(u16::from_le_bytes([header[at], header[at + 1]])));
        let rest = size.checked_sub(HEADER_BYTES).filter(|rest| *rest > 0 && width > 0);
        let rest = rest.ok_or_else(|| refused("is no .dbf: its header has impossible sizes".to_owned()))?;
        let mut descriptions = vec![0; rest];
        bytes.read_exact(&mut descriptions).map_err(|error| fault(file, error))?;
        let mut fields = Vec::new();
        let mut start = 1;
        for description in descriptions.chunks_exact(FIELD_BYTES).take_while(|bytes| bytes[0] != END_OF_FIELDS) {
            let name = description[..NAME_BYTES].split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
            let (letter, width) = (description[11], usize::from(description[16]));
            let field = Field { name, letter, start, width };
            let number = fields.len() + 1;
            if !matches!(letter, b'C' | b'N' | b'F' | b'D' | b'L' | b'I' | b'B' | b'O') {
                let letter = char::from(letter).escape_default();
                return Err(refused(format!("field {number} is of type {letter}; C, N, F, D, L, I, B and O are read")));
            }
            if fields.len() == MAX_FIELDS {
                return Err(refused(format!("has more than {MAX_FIELDS} fields")));
            }
            start += width;
            fields.push(field);
        }
        if start > width {
            return Err(refused(format!("its fields take {start} bytes, its records have {width}")));
        }
        let language = (header[29] == LANGUAGE_GBK).then_some(Encoding::Gbk);
        Ok(Records { file, bytes, fields, language, count, passed: 0, record: vec![0; width] })
    }

    /// Records by the header.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The next record; None at the end.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        if self.passed == self.count {
            return Ok(None);
        }
        self.passed += 1;
        let at = || format!("{}, record {}", self.file, self.passed);
        self.bytes.read_exact(&mut self.record).map_err(|error| fault(&at(), error))?;
        match self.record[0] {
            b' ' => Ok(Some(Record::Kept(&self.record))),
            b'*' => Ok(Some(Record::Deleted)),
            _ => Err(ReadError::refused(at(), "does not begin as records do: the file is damaged here or before")),
        }
    }
}

/// Without what fills a field up.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let bytes = &bytes[..end];
    let kept = bytes.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
    &bytes[..kept]
}

/// Blanks and stars are no number; what else is none is kept as it is, so that it can be seen.
fn number(text: &str) -> ReadValue {
    if text.bytes().all(|byte| byte == b'*') {
        return ReadValue::Absent;
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => ReadValue::Number(number),
        _ => ReadValue::Text(text.to_owned()),
    }
}

/// `20190305`; zeros are no date.
fn date(text: &str) -> ReadValue {
    if text.bytes().all(|byte| byte == b'0') {
        return ReadValue::Absent;
    }
    let is_eight = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let part = |from: usize, to: usize| text.get(from..to).filter(|_| is_eight);
    let year = part(0, 4).and_then(|year| year.parse().ok());
    let month = part(4, 6).and_then(|month| month.parse().ok());
    let day = part(6, 8).and_then(|day| day.parse().ok());
    let date = year.zip(month).zip(day).and_then(|((year, month), day)| Date::new(year, month, day).ok());
    date.map_or_else(|| ReadValue::Text(text.to_owned()), ReadValue::Date)
}
