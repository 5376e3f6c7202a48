//! CQL2 text cut into words, texts, numbers and signs. Takes no notice of what they mean.

use std::iter::Peekable;
use std::str::CharIndices;

use super::error::{FilterError, Place};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name or keyword.
    Word(String),
    /// A name in double quotes, which is never a keyword.
    Name(String),
    Text(String),
    Number(f64),
    Sign(&'static str),
}

/// A token and the character where it begins, from 1.
#[derive(Debug)]
pub(super) struct Placed {
    pub token: Token,
    pub at: usize,
}

/// Longer ones first, as `<` begins `<>`.
const SIGNS: [&str; 16] = ["<>", "<=", ">=", "!=", "<", ">", "=", "(", ")", ",", "+", "-", "*", "/", "%", "^"];

pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, FilterError> {
    let mut lexer = Lexer { text, rest: text.char_indices().peekable(), at: 1 };
    let mut tokens = Vec::new();
    while let Some(placed) = lexer.next_token()? {
        tokens.push(placed);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn next_token(&mut self) -> Result<Option<Placed>, FilterError> {
        self.take_while(char::is_whitespace);
        let Some((start, first)) = self.rest.peek().copied() else { return Ok(None) };
        let at = self.at;
        let token = match first {
            '\'' => Token::Text(self.quoted('\'')?),
            '"' => Token::Name(self.quoted('"')?),
            _ if first.is_ascii_digit() || first == '.' => Token::Number(self.number(start)?),
            _ if begins_name(first) => Token::Word(self.take_while(continues_name).to_owned()),
            _ => Token::Sign(self.sign(start, first)?),
        };
        Ok(Some(Placed { token, at }))
    }

    fn next(&mut self) -> Option<char> {
        let (_, next) = self.rest.next()?;
        self.at += 1;
        Some(next)
    }

    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let start = self.offset();
        while self.rest.peek().is_some_and(|(_, next)| is_part(*next)) {
            self.next();
        }
        &self.text[start..self.offset()]
    }

    fn offset(&mut self) -> usize {
        self.rest.peek().map_or(self.text.len(), |(offset, _)| *offset)
    }

    fn error(at: usize, expected: &str, found: String) -> FilterError {
        FilterError::Syntax { at: Place::Character(at), expected: expected.to_owned(), found }
    }

    /// A quote inside is written twice; in texts also after a backslash. Two backslashes stay two, as `LIKE` gives them a meaning.
    fn quoted(&mut self, quote: char) -> Result<String, FilterError> {
        let at = self.at;
        let mut inner = String::new();
        self.next();
        while let Some(next) = self.next() {
            let after = self.rest.peek().map(|(_, after)| *after);
            if next == quote && after != Some(quote) {
                return Ok(inner);
            }
            let is_escape = next == '\\' && quote == '\'';
            if next == quote || (is_escape && after == Some(quote)) {
                inner.push(quote);
                self.next();
            } else if is_escape && after == Some('\\') {
                inner.push_str("\\\\");
                self.next();
            } else {
                inner.push(next);
            }
        }
        let kind = if quote == '"' {
            "a closing \" of the name that begins here"
        } else {
            "a closing ' of the text that begins here"
        };
        Err(Lexer::error(
            at,
            kind,
            "the end (a quote after a backslash, or twice, belongs to what is quoted)".to_owned(),
        ))
    }

    fn number(&mut self, start: usize) -> Result<f64, FilterError> {
        let at = self.at;
        self.take_while(|next| next.is_ascii_digit());
        if self.rest.peek().is_some_and(|(_, next)| *next == '.') {
            self.next();
            self.take_while(|next| next.is_ascii_digit());
        }
        if self.rest.peek().is_some_and(|(_, next)| matches!(next, 'e' | 'E')) {
            self.next();
            if self.rest.peek().is_some_and(|(_, next)| matches!(next, '+' | '-')) {
                self.next();
            }
            self.take_while(|next| next.is_ascii_digit());
        }
        // What follows at once belongs to it, so that "15X" is not read as two things.
        self.take_while(continues_name);
        let end = self.offset();
        let written = &self.text[start..end];
        let number = written.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| Lexer::error(at, "a number", shown(written)))
    }

    fn sign(&mut self, start: usize, first: char) -> Result<&'static str, FilterError> {
        let rest = &self.text[start..];
        let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) else {
            return Err(Lexer::error(self.at, "a name, a literal or an operator", shown(&first.to_string())));
        };
        for _ in sign.chars() {
            self.next();
        }
        Ok(if sign == "!=" { "<>" } else { sign })
    }
}

/// A piece of the filter for a message, cut where it is long.
pub(super) fn shown(piece: &str) -> String {
    /// Enough to recognise it.
    const SHOWN: usize = 40;
    if piece.chars().count() <= SHOWN {
        return format!("{piece:?}");
    }
    format!("{:?}…", piece.chars().take(SHOWN).collect::<String>())
}

fn begins_name(c: char) -> bool {
    c == ':' || c == '_' || c.is_alphabetic()
}

fn continues_name(c: char) -> bool {
    begins_name(c)
        || c == '.'
        || c.is_numeric()
        || matches!(c, '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}' | '\u{2040}')
}
