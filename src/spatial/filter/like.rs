//! The patterns of `LIKE`: `%` for any characters, `_` for one, a backslash before what is meant as it is.

use super::limits::{LIKE_COST, MAX_PATTERN};

/// Bytes of a text that is looked through faster than a search that never looks twice gets ready.
const SHORT: usize = 128;

/// A pattern cut at its `%`: what stands before the first, between, and after the last.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    first: Piece,
    /// None where there is no `%`.
    others: Option<(Vec<Piece>, Piece)>,
}

/// What stands between two `%`.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    /// With a `_` in it, which is none here.
    Mask(Vec<Option<char>>),
}

impl Pattern {
    /// # Errors
    /// What is wrong with it.
    pub fn new(text: &str) -> Result<Pattern, String> {
        if text.chars().count() > MAX_PATTERN {
            return Err(format!("it has more than {MAX_PATTERN} characters"));
        }
        let mut pieces = Vec::new();
        let mut piece = Vec::new();
        let mut rest = text.chars();
        while let Some(next) = rest.next() {
            match next {
                '%' => pieces.push(Piece::of(std::mem::take(&mut piece))),
                '_' => piece.push(None),
                '\\' => piece.push(Some(rest.next().ok_or("a backslash is at its end, with nothing to stand before")?)),
                other => piece.push(Some(other)),
            }
        }
        let last = Piece::of(piece);
        if pieces.is_empty() {
            return Ok(Pattern { first: last, others: None });
        }
        let first = pieces.remove(0);
        Ok(Pattern { first, others: Some((pieces, last)) })
    }

    /// Steps that [`Pattern::fits`] takes for a text of so many bytes, at most.
    pub fn cost(&self, bytes: usize) -> usize {
        let (between, last) =
            self.others.as_ref().map_or((&[][..], None), |(between, last)| (&between[..], Some(last)));
        let pieces = || std::iter::once(&self.first).chain(between).chain(last);
        let longest = between.iter().map(Piece::width).max().unwrap_or(0).max(1);
        let [once, each] = LIKE_COST;
        once * pieces().count() + each * (bytes * longest).div_ceil(2)
    }

    /// Cost: O(n) without `_`, else at most the product of both lengths; what a piece fits first is never taken back.
    pub fn fits(&self, text: &str) -> bool {
        let Some(mut rest) = self.first.cut_from_start(text) else { return false };
        let Some((between, last)) = &self.others else { return rest.is_empty() };
        for piece in between {
            let Some(found) = piece.cut_with_all_before(rest) else { return false };
            rest = found;
        }
        last.ends(rest)
    }
}

impl Piece {
    fn of(mask: Vec<Option<char>>) -> Piece {
        mask.iter().copied().collect::<Option<String>>().map_or(Piece::Mask(mask), Piece::Text)
    }

    /// Places of it that each place of a text may be held against.
    fn width(&self) -> usize {
        match self {
            Piece::Text(_) => 1,
            Piece::Mask(mask) => mask.len(),
        }
    }

    /// What follows, if the text begins with this.
    fn cut_from_start<'a>(&self, text: &'a str) -> Option<&'a str> {
        match self {
            Piece::Text(piece) => text.strip_prefix(piece.as_str()),
            Piece::Mask(mask) => {
                let mut rest = text.chars();
                let fits =
                    mask.iter().all(|part| rest.next().is_some_and(|c| part.is_none_or(|expected| expected == c)));
                fits.then_some(rest.as_str())
            }
        }
    }

    /// What follows the first place where this is.
    fn cut_with_all_before<'a>(&self, text: &'a str) -> Option<&'a str> {
        match self {
            Piece::Text(piece) if text.len() <= SHORT => {
                let starts = 0..=text.len().checked_sub(piece.len())?;
                let found = starts.into_iter().find(|start| text.as_bytes()[*start..].starts_with(piece.as_bytes()))?;
                text.get(found + piece.len()..)
            }
            Piece::Text(piece) => text.split_once(piece.as_str()).map(|(_, after)| after),
            Piece::Mask(_) => text.char_indices().find_map(|(start, _)| self.cut_from_start(&text[start..])),
        }
    }

    fn ends(&self, text: &str) -> bool {
        match self {
            Piece::Text(piece) => text.ends_with(piece.as_str()),
            Piece::Mask(mask) => {
                let Some(spare) = text.chars().count().checked_sub(mask.len()) else { return false };
                let start = text.char_indices().nth(spare).map_or(text.len(), |(start, _)| start);
                self.cut_from_start(&text[start..]).is_some()
            }
        }
    }
}
