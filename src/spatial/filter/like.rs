//! The patterns of `LIKE`: `%` for any characters, `_` for one, a backslash before what is meant as it is.

use super::limits::MAX_PATTERN;

/// A pattern cut at its `%`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    /// At least one; what stands before the first `%`, between, and after the last.
    pieces: Vec<Piece>,
}

/// Characters of which none is a `%`; none stands for `_`.
type Piece = Vec<Option<char>>;

impl Pattern {
    /// # Errors
    /// What is wrong with it.
    pub fn new(text: &str) -> Result<Pattern, String> {
        if text.chars().count() > MAX_PATTERN {
            return Err(format!("it has more than {MAX_PATTERN} characters"));
        }
        let mut pieces = vec![Piece::new()];
        let mut rest = text.chars();
        while let Some(next) = rest.next() {
            let part = match next {
                '%' => {
                    pieces.push(Piece::new());
                    continue;
                }
                '_' => None,
                '\\' => Some(rest.next().ok_or("a backslash is at its end, with nothing to stand before")?),
                other => Some(other),
            };
            if let Some(piece) = pieces.last_mut() {
                piece.push(part);
            }
        }
        Ok(Pattern { pieces })
    }

    /// Cost: at most the product of both lengths; what a piece between two `%` fits first is never taken back.
    pub fn fits(&self, text: &str) -> bool {
        let Some((first, others)) = self.pieces.split_first() else { return text.is_empty() };
        let Some(mut rest) = without(text, first) else { return false };
        let Some((last, between)) = others.split_last() else { return rest.is_empty() };
        for piece in between {
            let mut starts = rest.char_indices().map(|(start, _)| start).chain([rest.len()]);
            let Some(found) = starts.find_map(|start| without(&rest[start..], piece)) else { return false };
            rest = found;
        }
        let Some(spare) = rest.chars().count().checked_sub(last.len()) else { return false };
        let start = rest.char_indices().nth(spare).map_or(rest.len(), |(start, _)| start);
        without(&rest[start..], last).is_some()
    }
}

/// What follows a piece, if the text begins with it.
fn without<'a>(text: &'a str, piece: &[Option<char>]) -> Option<&'a str> {
    let mut rest = text.chars();
    let fits = piece.iter().all(|part| rest.next().is_some_and(|c| part.is_none_or(|expected| expected == c)));
    fits.then_some(rest.as_str())
}
