//! The grammar of CQL2 text (OGC 21-065r2, annex B), by recursive descent with one token of lookahead: whatever is sent is read once.

use super::error::{FilterError, Place};
use super::functions;
use super::lexer::{self, Placed, Token, shown};
use super::limits::MAX_BYTES;
use super::syntax::{Budget, Node, What};

/// Words that are no names of properties unless they are quoted.
const KEYWORDS: [&str; 11] = ["and", "or", "not", "like", "between", "in", "is", "null", "true", "false", "div"];

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

    /// What `OR` joins.
    fn any_of(&mut self) -> Result<Node, FilterError> {
        self.joined("or", Parser::all_of)
    }

    /// What `AND` joins.
    fn all_of(&mut self) -> Result<Node, FilterError> {
        self.joined("and", Parser::negated)
    }

    fn joined(
        &mut self,
        keyword: &str,
        part: impl Fn(&mut Parser) -> Result<Node, FilterError>,
    ) -> Result<Node, FilterError> {
        let at = self.at();
        let mut parts = vec![part(self)?];
        while self.takes_keyword(keyword) {
            parts.push(part(self)?);
        }
        match parts.pop() {
            Some(only) if parts.is_empty() => Ok(only),
            last => {
                parts.extend(last);
                self.budget.call(at, keyword, parts)
            }
        }
    }

    fn negated(&mut self) -> Result<Node, FilterError> {
        let at = self.at();
        if !self.takes_keyword("not") {
            return self.predicate();
        }
        self.budget.enter(&at)?;
        let inner = self.negated()?;
        self.budget.leave();
        self.budget.call(at, "not", vec![inner])
    }

    /// A comparison, or whatever stands where one could stand.
    fn predicate(&mut self) -> Result<Node, FilterError> {
        let left = self.sum()?;
        let at = self.at();
        if let Some(Token::Sign(sign @ ("=" | "<>" | "<" | ">" | "<=" | ">="))) = self.peek() {
            let operator = *sign;
            self.skip();
            let right = self.sum()?;
            return self.budget.call(at, operator, vec![left, right]);
        }
        if self.takes_keyword("is") {
            let is_negated = self.takes_keyword("not");
            if !self.takes_keyword("null") {
                return Err(self.unexpected("NULL"));
            }
            let test = self.budget.call(at.clone(), "isnull", vec![left])?;
            return self.negated_if(is_negated, at, test);
        }
        let is_negated = Parser::is_keyword(self.peek(), "not");
        if is_negated {
            self.skip();
        }
        let test = if self.takes_keyword("like") {
            let pattern = self.sum()?;
            self.budget.call(at.clone(), "like", vec![left, pattern])?
        } else if self.takes_keyword("between") {
            let low = self.sum()?;
            if !self.takes_keyword("and") {
                return Err(self.unexpected("the AND of BETWEEN … AND …"));
            }
            let high = self.sum()?;
            self.budget.call(at.clone(), "between", vec![left, low, high])?
        } else if self.takes_keyword("in") {
            let list_at = self.at();
            self.expect("(")?;
            let list = self.arguments(&list_at)?;
            let list = self.budget.node(list_at, What::List(list))?;
            self.budget.call(at.clone(), "in", vec![left, list])?
        } else if is_negated {
            return Err(self.unexpected("LIKE, BETWEEN or IN"));
        } else {
            return Ok(left);
        };
        self.negated_if(is_negated, at, test)
    }

    fn negated_if(&mut self, is_negated: bool, at: Place, test: Node) -> Result<Node, FilterError> {
        if is_negated { self.budget.call(at, "not", vec![test]) } else { Ok(test) }
    }

    fn sum(&mut self) -> Result<Node, FilterError> {
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
    fn arguments(&mut self, at: &Place) -> Result<Vec<Node>, FilterError> {
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
    pub fn number(&mut self) -> Result<f64, FilterError> {
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
