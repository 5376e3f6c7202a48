//! The parts of a workbook as tags and texts, nothing kept and nothing believed: no entities but the five of XML, no endless tags or texts, no
//! endless nesting.

use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::formats::archive::fault;
use crate::formats::bounded::{Bounded, Piece};
use crate::formats::layer::ReadError;

/// Tags inside tags; a workbook's own are a dozen.
const MAX_DEPTH: usize = 64;

/// Bytes of a cell's text, far more than the 32,767 characters that spreadsheets allow.
pub(super) const MAX_TEXT_BYTES: usize = 1 << 20;

/// Names of tags that are looked at.
const NAMES: [&str; 18] = [
    "row",
    "c",
    "v",
    "t",
    "is",
    "f",
    "rPh",
    "si",
    "sst",
    "sheetData",
    "sheet",
    "workbookPr",
    "Relationship",
    "numFmt",
    "xf",
    "cellXfs",
    "r",
    "x",
];

pub(super) enum Token {
    /// A tag begins; its local name is empty if it is none that is looked at.
    Start(&'static str, Tag),
    End(&'static str),
    Text(String),
    EndOfFile,
}

/// A tag's attributes.
pub(super) struct Tag(BytesStart<'static>);

impl Tag {
    /// By local name; None where it is absent or no text.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        // Looking for doubles takes time that grows with the square of their number.
        let found =
            attributes.with_checks(false).flatten().find(|found| found.key.local_name().as_ref() == name.as_bytes())?;
        let text = std::str::from_utf8(&found.value).ok()?;
        unescape(text).ok().map(std::borrow::Cow::into_owned)
    }
}

pub(super) struct Xml<'f, R: Read> {
    file: &'f str,
    reader: Reader<BufReader<Bounded<R>>>,
    piece: Piece,
    buffer: Vec<u8>,
    depth: usize,
}

impl<'f, R: Read> Xml<'f, R> {
    pub(super) fn new(file: &'f str, bytes: R) -> Xml<'f, R> {
        let (bounded, piece) = Bounded::new(bytes, "has an endless tag or text");
        let mut reader = Reader::from_reader(BufReader::new(bounded));
        reader.config_mut().expand_empty_elements = true;
        Xml { file, reader, piece, buffer: Vec::new(), depth: 0 }
    }

    pub(super) fn refused(&self, reason: impl Into<String>) -> ReadError {
        ReadError::refused(self.file, reason)
    }

    pub(super) fn next(&mut self) -> Result<Token, ReadError> {
        loop {
            self.buffer.clear();
            self.piece.is_done();
            let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| told(self.file, error))?;
            let foreign = || ReadError::refused(self.file, "has text that is not UTF-8");
            match event {
                Event::Start(tag) => {
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(ReadError::refused(
                            self.file,
                            format!("has more than {MAX_DEPTH} tags inside each other"),
                        ));
                    }
                    let name = known(tag.local_name().as_ref());
                    return Ok(Token::Start(name, Tag(tag.into_owned())));
                }
                Event::End(tag) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Token::End(known(tag.local_name().as_ref())));
                }
                Event::Text(text) => {
                    return text.decode().map(|text| Token::Text(text.into_owned())).map_err(|_| foreign());
                }
                Event::CData(text) => {
                    return text.decode().map(|text| Token::Text(text.into_owned())).map_err(|_| foreign());
                }
                Event::GeneralRef(name) => {
                    let resolved = resolve(&name);
                    let refused = || ReadError::refused(self.file, "has an entity of its own; those are not read");
                    return resolved.map(Token::Text).ok_or_else(refused);
                }
                Event::DocType(_) => return Err(ReadError::refused(self.file, "has a DOCTYPE; those are not read")),
                Event::Eof => return Ok(Token::EndOfFile),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    /// All text until a tag ends, but not what is in tags of this other name.
    pub(super) fn text_until(&mut self, end: &str, left_out: &str) -> Result<String, ReadError> {
        let mut text = String::new();
        let mut within = 0_usize;
        loop {
            match self.next()? {
                Token::End(name) if name == end => return Ok(text),
                Token::Start(name, _) if name == left_out && !name.is_empty() => within += 1,
                Token::End(name) if name == left_out && !name.is_empty() => within = within.saturating_sub(1),
                Token::Text(piece) if within == 0 => text.push_str(&piece),
                Token::EndOfFile => return Err(self.refused("ends before it should")),
                _ => {}
            }
            if text.len() > MAX_TEXT_BYTES {
                return Err(self.refused(format!("has a text of more than {MAX_TEXT_BYTES} bytes")));
            }
        }
    }

    /// As [`Xml::text_until`], of rich text: what its `t` hold, without the readings of its signs.
    pub(super) fn rich_text_until(&mut self, end: &str) -> Result<String, ReadError> {
        let mut text = String::new();
        let mut readings = 0_usize;
        loop {
            match self.next()? {
                Token::End(name) if name == end => return Ok(text),
                Token::Start("rPh", _) => readings += 1,
                Token::End("rPh") => readings = readings.saturating_sub(1),
                Token::Start("t", _) => {
                    let piece = self.text_until("t", "")?;
                    if readings == 0 {
                        text.push_str(&piece);
                    }
                }
                Token::EndOfFile => return Err(self.refused("ends before it should")),
                _ => {}
            }
            if text.len() > MAX_TEXT_BYTES {
                return Err(self.refused(format!("has a text of more than {MAX_TEXT_BYTES} bytes")));
            }
        }
    }
}

fn known(name: &[u8]) -> &'static str {
    NAMES.iter().find(|known| known.as_bytes() == name).copied().unwrap_or("")
}

fn resolve(name: &BytesRef) -> Option<String> {
    if name.is_char_ref() {
        return name.resolve_char_ref().ok().flatten().map(String::from);
    }
    resolve_predefined_entity(std::str::from_utf8(name).ok()?).map(str::to_owned)
}

fn told(file: &str, error: quick_xml::Error) -> ReadError {
    match error {
        quick_xml::Error::Io(error) => {
            let kind = error.kind();
            match std::sync::Arc::try_unwrap(error) {
                Ok(error) => fault(file, error),
                Err(shared) => fault(file, std::io::Error::new(kind, shared.to_string())),
            }
        }
        other => ReadError::refused(file, format!("is no sound XML: {other}")),
    }
}

/// Characters that XML does not hold stand as `_x000D_` in a workbook.
pub(super) fn unmasked(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        let digits = rest.get(at + 2..at + 6).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let is_closed = rest.get(at + 6..at + 7) == Some("_");
        let masked = digits
            .filter(|_| is_closed)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        match masked {
            Some(c) => {
                out.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    out
}
