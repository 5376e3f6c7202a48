//! What is true or false: predicates, and what joins them.

use super::Parser;
use crate::spatial::filter::error::{FilterError, Place};
use crate::spatial::filter::lexer::Token;
use crate::spatial::filter::syntax::{Node, What};

impl Parser {
    /// What `OR` joins.
    pub(super) fn any_of(&mut self) -> Result<Node, FilterError> {
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
        } else if self.takes_keyword("ilike") {
            // No word of the standard, but GDAL's for a LIKE without case.
            let pattern = self.sum()?;
            let left = self.budget.call(at.clone(), "casei", vec![left])?;
            let pattern = self.budget.call(at.clone(), "casei", vec![pattern])?;
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
}
