//! The grammar of CQL2 text (OGC 21-065r2, annex B), by recursive descent with two tokens of lookahead: whatever is sent is read once.

mod operand;
mod predicate;
mod wkt;

use super::error::{FilterError, Place};
use super::lexer::{self, Placed, Token, shown};
use super::limits::MAX_BYTES;
use super::syntax::{Budget, Node};

pub(super) fn read(text: &str) -> Result<Node, FilterError> {
    if text.len() > MAX_BYTES {
        return Err(FilterError::TooLong(text.len()));
    }
    let tokens = lexer::tokens(text)?;
    if tokens.is_empty() {
        return Err(FilterError::Empty);
    }
    let end = text.chars().count() + 1;
    let mut parser = Parser { tokens, next: 0, end, budget: Budget::default() };
    let whole = parser.any_of()?;
    match parser.peek() {
        None => Ok(whole),
        Some(_) => Err(parser.unexpected("AND, OR or the end")),
    }
}

pub(super) struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    end: usize,
    pub budget: Budget,
}

impl Parser {
    pub fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|placed| &placed.token)
    }

    pub fn peek_after(&self) -> Option<&Token> {
        self.tokens.get(self.next + 1).map(|placed| &placed.token)
    }

    pub fn skip(&mut self) {
        self.next += 1;
    }

    pub fn at(&self) -> Place {
        Place::Character(self.tokens.get(self.next).map_or(self.end, |placed| placed.at))
    }

    pub fn unexpected(&self, expected: &str) -> FilterError {
        let found = match self.peek() {
            None => "the end".to_owned(),
            Some(Token::Word(word)) => shown(word),
            Some(Token::Name(name)) => format!("the name {}", shown(name)),
            Some(Token::Text(text)) => format!("the text {}", shown(text)),
            Some(Token::Number(number)) => number.to_string(),
            Some(Token::Sign(sign)) => format!("{sign:?}"),
        };
        FilterError::Syntax { at: self.at(), expected: expected.to_owned(), found }
    }

    /// Takes a sign if it comes next.
    pub fn takes(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Token::Sign(next)) if *next == sign);
        if is_next {
            self.skip();
        }
        is_next
    }

    pub fn expect(&mut self, sign: &str) -> Result<(), FilterError> {
        if self.takes(sign) { Ok(()) } else { Err(self.unexpected(&format!("{sign:?}"))) }
    }

    fn is_keyword(token: Option<&Token>, keyword: &str) -> bool {
        matches!(token, Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword))
    }

    fn takes_keyword(&mut self, keyword: &str) -> bool {
        let is_next = Parser::is_keyword(self.peek(), keyword);
        if is_next {
            self.skip();
        }
        is_next
    }
}
