//! Bytes of text in the encodings that Chinese offices use: telling them apart, reading and writing them. Nothing is replaced or left out:
//! what does not fit is an error.

use std::borrow::Cow;

use encoding_rs::{Decoder, DecoderResult, EncoderResult, GB18030, GBK, UTF_8};

use super::layer::{Encoding, EncodingEvidence, FoundEncoding};

/// The three bytes that mark a file as UTF-8.
pub const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Bytes that are decoded at a time while an encoding is recognised.
const CHUNK_BYTES: usize = 1 << 10;

impl Encoding {
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Gbk => "GBK",
        }
    }

    /// As files and people call them: `UTF-8`, `GBK`, `936`, `CP936`, `ANSI 936`, `GB2312`, `GB18030`. None for all others.
    pub fn parse(name: &str) -> Option<Encoding> {
        let bare: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        match bare.as_str() {
            "utf8" | "65001" => Some(Encoding::Utf8),
            "gbk" | "936" | "cp936" | "ansi936" | "oem936" | "windows936" | "ldid77" | "gb2312" | "gb18030"
            | "54936" => Some(Encoding::Gbk),
            _ => None,
        }
    }
}

/// Text of bytes; None where they are not of this encoding.
pub fn decode(bytes: &[u8], encoding: Encoding) -> Option<Cow<'_, str>> {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Encoding::Gbk => GB18030.decode_without_bom_handling_and_without_replacement(bytes),
    }
}

/// Bytes of text.
///
/// # Errors
/// The first character that the encoding does not have.
pub fn encode(text: &str, encoding: Encoding) -> Result<Cow<'_, [u8]>, char> {
    if encoding == Encoding::Utf8 || text.is_ascii() {
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    if let Some(foreign) = text.chars().find(|c| is_later_than_gbk(*c)) {
        return Err(foreign);
    }
    // Two bytes a character at most, where UTF-8 takes at least that for all but ASCII.
    let mut bytes = Vec::with_capacity(text.len() + 1);
    match GBK.new_encoder().encode_from_utf8_to_vec_without_replacement(text, &mut bytes, true) {
        (EncoderResult::InputEmpty, _) => Ok(Cow::Owned(bytes)),
        (EncoderResult::Unmappable(foreign), _) => Err(foreign),
        (EncoderResult::OutputFull, read) => Err(text[read..].chars().next().unwrap_or_default()),
    }
}

/// Characters that got two bytes only in GB 18030, which readers of code page 936 do not know.
fn is_later_than_gbk(c: char) -> bool {
    matches!(c, '\u{1f9}' | '\u{1e3f}' | '\u{303e}' | '\u{2e80}'..='\u{2eff}' | '\u{2ff0}'..='\u{2fff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{9fa6}'..='\u{9fff}' | '\u{e000}'..='\u{f8ff}' | '\u{fe10}'..='\u{fe19}')
}

/// Looks at all bytes of a text, in whatever pieces, and says what they can be.
pub(super) struct Recogniser {
    utf8: Candidate,
    gbk: Candidate,
    is_ascii: bool,
}

struct Candidate {
    decoder: Decoder,
    fits: bool,
}

impl Candidate {
    fn feed(&mut self, bytes: &[u8], is_last: bool) {
        let mut out = [0_u8; 4 * CHUNK_BYTES];
        for chunk in bytes.chunks(CHUNK_BYTES) {
            self.step(chunk, &mut out, false);
        }
        if is_last {
            self.step(&[], &mut out, true);
        }
    }

    fn step(&mut self, chunk: &[u8], out: &mut [u8], is_last: bool) {
        if self.fits {
            let (result, _, _) = self.decoder.decode_to_utf8_without_replacement(chunk, out, is_last);
            self.fits = result == DecoderResult::InputEmpty;
        }
    }
}

impl Recogniser {
    pub(super) fn new() -> Recogniser {
        let candidate = |decoder| Candidate { decoder, fits: true };
        Recogniser {
            utf8: candidate(UTF_8.new_decoder_without_bom_handling()),
            gbk: candidate(GB18030.new_decoder_without_bom_handling()),
            is_ascii: true,
        }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.take(bytes, false);
    }

    /// Bytes of a value that ends here, so that what is cut off is found out.
    pub(super) fn feed_whole(&mut self, bytes: &[u8]) {
        self.feed_alone(bytes, true);
    }

    /// Bytes of a value that may have been cut in the middle of its last character.
    pub(super) fn feed_cut(&mut self, bytes: &[u8]) {
        self.feed_alone(bytes, false);
    }

    fn feed_alone(&mut self, bytes: &[u8], is_whole: bool) {
        if bytes.is_ascii() {
            return;
        }
        let (utf8, gbk) = (self.utf8.fits, self.gbk.fits);
        *self = Recogniser::new();
        self.take(bytes, is_whole);
        let fits = (utf8 && self.utf8.fits, gbk && self.gbk.fits);
        // What comes next begins anew, wherever this one stopped.
        *self = Recogniser::new();
        (self.utf8.fits, self.gbk.fits, self.is_ascii) = (fits.0, fits.1, false);
    }

    fn take(&mut self, bytes: &[u8], is_last: bool) {
        self.is_ascii &= bytes.is_ascii();
        self.utf8.feed(bytes, is_last);
        self.gbk.feed(bytes, is_last);
    }

    /// None where the bytes are in neither. Bytes of UTF-8 are often sound GBK too, but hardly ever the other way round, so UTF-8 comes first.
    pub(super) fn found(mut self) -> Option<FoundEncoding> {
        self.take(&[], true);
        let (encoding, how) = match (self.utf8.fits, self.gbk.fits) {
            (true, _) if self.is_ascii => (Encoding::Utf8, EncodingEvidence::Either),
            (true, _) => (Encoding::Utf8, EncodingEvidence::Recognised),
            (false, true) => (Encoding::Gbk, EncodingEvidence::Recognised),
            (false, false) => return None,
        };
        Some(FoundEncoding { encoding, how })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_in_both_encodings() {
        for text in ["", "road", "嘉兴经济技术开发区 №1", "€", "㐀", "😀"] {
            let utf8 = encode(text, Encoding::Utf8).expect("UTF-8 holds all");
            assert_eq!(decode(&utf8, Encoding::Utf8).as_deref(), Some(text));
            if let Ok(gbk) = encode(text, Encoding::Gbk) {
                assert_eq!(decode(&gbk, Encoding::Gbk).as_deref(), Some(text));
            }
        }
    }

    #[test]
    fn what_gbk_does_not_hold_is_named() {
        for (text, foreign) in [("路😀", '😀'), ("é́", '\u{301}'), ("㐀", '㐀'), ("\u{e000}", '\u{e000}')] {
            assert_eq!(encode(text, Encoding::Gbk), Err(foreign), "{text}");
        }
    }

    #[test]
    fn encodings_are_recognised_by_their_bytes() {
        let check = |pieces: &[&[u8]], expected: Option<(Encoding, EncodingEvidence)>| {
            let mut recogniser = Recogniser::new();
            pieces.iter().for_each(|piece| recogniser.feed(piece));
            assert_eq!(recogniser.found().map(|found| (found.encoding, found.how)), expected, "{pieces:?}");
        };
        check(&[b"plain"], Some((Encoding::Utf8, EncodingEvidence::Either)));
        check(&["嘉兴".as_bytes()], Some((Encoding::Utf8, EncodingEvidence::Recognised)));
        let gbk = encode("嘉兴", Encoding::Gbk).expect("Chinese");
        check(&[&gbk], Some((Encoding::Gbk, EncodingEvidence::Recognised)));
        check(&[&gbk[..1], &gbk[1..]], Some((Encoding::Gbk, EncodingEvidence::Recognised)));
        check(&[b"\xFF\xFF"], None);
    }
}
