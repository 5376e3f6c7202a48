//! What predicates are said of: arithmetic, literals, properties and functions.

use super::Parser;
use crate::spatial::filter::error::{FilterError, Place};
use crate::spatial::filter::functions;
use crate::spatial::filter::lexer::Token;
use crate::spatial::filter::syntax::{Node, What};

/// Words that are no names of properties unless they are quoted.
const KEYWORDS: [&str; 11] = ["and", "or", "not", "like", "between", "in", "is", "null", "true", "false", "div"];

impl Parser {
    pub(super) fn sum(&mut self) -> Result<Node, FilterError> {
        self.chained(Parser::product, |token| match token {
            Token::Sign(sign @ ("+" | "-")) => Some(sign),
            _ => None,
        })
    }

    fn product(&mut self) -> Result<Node, FilterError> {
        self.chained(Parser::power, |token| match token {
            Token::Sign(sign @ ("*" | "/" | "%")) => Some(sign),
            Token::Word(word) if word.eq_ignore_ascii_case("div") => Some("div"),
            _ => None,
        })
    }

    /// Operators of one rank, which are worked out from the left.
    fn chained(
        &mut self,
        part: impl Fn(&mut Parser) -> Result<Node, FilterError>,
        operator: impl Fn(&Token) -> Option<&'static str>,
    ) -> Result<Node, FilterError> {
        let mut left = part(self)?;
        while let Some(operator) = self.peek().and_then(&operator) {
            let at = self.at();
            self.skip();
            let right = part(self)?;
            left = self.budget.call(at, operator, vec![left, right])?;
        }
        Ok(left)
    }

    /// A power of a power is refused: people read it either way.
    fn power(&mut self) -> Result<Node, FilterError> {
        let base = self.signed()?;
        let at = self.at();
        if !self.takes("^") {
            return Ok(base);
        }
        let exponent = self.signed()?;
        if matches!(self.peek(), Some(Token::Sign("^"))) {
            return Err(self.unexpected("brackets around one of two powers"));
        }
        self.budget.call(at, "^", vec![base, exponent])
    }

    fn signed(&mut self) -> Result<Node, FilterError> {
        let at = self.at();
        let number = match self.peek_after() {
            Some(Token::Number(number)) => Some(*number),
            _ => None,
        };
        match (self.peek(), number) {
            (Some(Token::Sign(sign @ ("-" | "+"))), Some(number)) => {
                let number = if *sign == "-" { -number } else { number };
                self.next += 2;
                self.budget.node(at, What::Number(number))
            }
            (Some(Token::Sign("-")), None) => {
                self.skip();
                let inner = self.operand()?;
                let minus_one = self.budget.node(at.clone(), What::Number(-1.0))?;
                self.budget.call(at, "*", vec![minus_one, inner])
            }
            _ => self.operand(),
        }
    }

    fn operand(&mut self) -> Result<Node, FilterError> {
        let at = self.at();
        let what = match self.peek() {
            Some(Token::Number(number)) => What::Number(*number),
            Some(Token::Text(text)) => What::Text(text.clone()),
            Some(Token::Name(name)) => What::Property(name.clone()),
            Some(Token::Sign("(")) => {
                self.skip();
                self.budget.enter(&at)?;
                let inner = self.any_of()?;
                self.budget.leave();
                self.expect(")")?;
                return Ok(inner);
            }
            Some(Token::Word(_)) => return self.word(at),
            _ => return Err(self.unexpected("a property, a literal, a function or \"(\"")),
        };
        self.skip();
        self.budget.node(at, what)
    }

    fn word(&mut self, at: Place) -> Result<Node, FilterError> {
        let Some(Token::Word(word)) = self.peek() else { return Err(self.unexpected("a name")) };
        let name = word.clone();
        let lower = name.to_ascii_lowercase();
        if let Some(geometry) = self.geometry(&lower)? {
            return self.budget.node(at, What::Geometry(geometry));
        }
        if lower == "true" || lower == "false" {
            self.skip();
            return self.budget.node(at, What::Boolean(lower == "true"));
        }
        if KEYWORDS.contains(&lower.as_str()) {
            return Err(self.unexpected(
                "a property, a literal or a function (a property of that name is written in double quotes)",
            ));
        }
        self.skip();
        if !self.takes("(") {
            return self.budget.node(at, What::Property(name));
        }
        match lower.as_str() {
            "date" | "timestamp" => self.moment(at, lower == "date"),
            "interval" => self.interval(at),
            "bbox" => self.bbox(at),
            _ => {
                functions::known(&at, &name)?;
                let arguments = self.arguments(&at)?;
                self.budget.call(at, &lower, arguments)
            }
        }
    }

    /// What stands between brackets of which the first was read, and the last.
    pub(super) fn arguments(&mut self, at: &Place) -> Result<Vec<Node>, FilterError> {
        self.budget.enter(at)?;
        let mut arguments = vec![self.any_of()?];
        while self.takes(",") {
            arguments.push(self.any_of()?);
        }
        self.budget.leave();
        if !self.takes(")") {
            return Err(self.unexpected("\",\" or \")\""));
        }
        Ok(arguments)
    }

    fn moment(&mut self, at: Place, is_date: bool) -> Result<Node, FilterError> {
        let Some(Token::Text(text)) = self.peek() else {
            return Err(self.unexpected("a text in quotes, such as '2019-12-31'"));
        };
        let text = text.clone();
        self.skip();
        self.expect(")")?;
        self.budget.node(at, if is_date { What::Date(text) } else { What::Timestamp(text) })
    }

    fn interval(&mut self, at: Place) -> Result<Node, FilterError> {
        self.budget.enter(&at)?;
        let start = self.operand()?;
        self.expect(",")?;
        let end = self.operand()?;
        self.budget.leave();
        self.expect(")")?;
        self.budget.node(at, What::Interval(Box::new([start, end])))
    }

    fn bbox(&mut self, at: Place) -> Result<Node, FilterError> {
        let mut numbers = vec![self.number()?];
        while self.takes(",") {
            numbers.push(self.number()?);
            if numbers.len() > 6 {
                return Err(FilterError::Syntax {
                    at,
                    expected: "a BBOX of four or six numbers".to_owned(),
                    found: "one of more".to_owned(),
                });
            }
        }
        self.expect(")")?;
        self.budget.node(at, What::Box(numbers))
    }

    /// A number with its sign.
    pub(super) fn number(&mut self) -> Result<f64, FilterError> {
        let is_negative = self.takes("-");
        if !is_negative {
            self.takes("+");
        }
        let Some(Token::Number(number)) = self.peek() else { return Err(self.unexpected("a number")) };
        let number = if is_negative { -*number } else { *number };
        self.skip();
        Ok(number)
    }
}
