//! From what is written to what it means: names are looked up, operands are held against their operators, literals are read.

mod places;
mod times;

use super::error::{FilterError, Place};
use super::expression::{Arithmetic, Comparison, Moment, Number, Times, Truth, Value, Words};
use super::fold::Fold;
use super::lexer::shown;
use super::like::Pattern;
use super::limits::{FOLD_COST, MAX_COST, USUAL_TEXT};
use super::literal::Literal;
use super::moment::Order;
use super::relate::Relation;
use super::syntax::{Node, What};
use super::{Filter, PropertyType, Queryables};
use crate::spatial::Crs;

pub(super) fn filter(whole: &Node, queryables: &Queryables, crs: &Crs) -> Result<Filter, FilterError> {
    let mut checker = Checker { queryables, crs, cost: 0 };
    checker.truth(whole, "a filter").map(Filter::of)
}

struct Checker<'a> {
    queryables: &'a Queryables,
    crs: &'a Crs,
    cost: usize,
}

fn mismatch(at: &Place, operator: &str, expected: &str, found: String) -> FilterError {
    FilterError::Type { at: at.clone(), operator: operator.to_owned(), expected: expected.to_owned(), found }
}

/// What a message calls a part: its kind, and its name where it has one.
fn described(node: &Node, value: &Value) -> String {
    let kind = match value {
        Value::Truth(_) => "true or false",
        Value::Number(_) => "a number",
        Value::Words(_) => "text",
        Value::Times(Times::Instant(_)) => "a time",
        Value::Times(Times::Interval(..)) => "an interval",
        Value::Shape(_) | Value::Literal(_) => "a geometry",
    };
    match &node.what {
        What::Property(name) => format!("{} ({kind})", shown(name)),
        What::Text(text) => format!("{} (text)", shown(text)),
        _ => kind.to_owned(),
    }
}

impl Checker<'_> {
    fn spend(&mut self, at: &Place, steps: usize) -> Result<(), FilterError> {
        self.cost += steps;
        if self.cost > MAX_COST {
            let what = "steps of work for one feature; fewer spatial predicates, or simpler geometries, would do";
            return Err(FilterError::TooMuch { at: at.clone(), what, limit: MAX_COST });
        }
        Ok(())
    }

    fn truth(&mut self, node: &Node, operator: &str) -> Result<Truth, FilterError> {
        match self.value(node)? {
            Value::Truth(truth) => Ok(truth),
            other => Err(mismatch(&node.at, operator, "what is true or false", described(node, &other))),
        }
    }

    fn number(&mut self, node: &Node, operator: &str) -> Result<Number, FilterError> {
        match self.value(node)? {
            Value::Number(number) => Ok(number),
            other => Err(mismatch(&node.at, operator, "numbers", described(node, &other))),
        }
    }

    fn words(&mut self, node: &Node, operator: &str) -> Result<Words, FilterError> {
        match self.value(node)? {
            Value::Words(words) => Ok(words),
            other => Err(mismatch(&node.at, operator, "text", described(node, &other))),
        }
    }

    fn value(&mut self, node: &Node) -> Result<Value, FilterError> {
        self.spend(&node.at, 1)?;
        match &node.what {
            What::Number(number) => Ok(Value::Number(Number::Known(*number))),
            What::Text(text) => Ok(Value::Words(Words::Known(text.clone()))),
            What::Boolean(boolean) => Ok(Value::Truth(Truth::Known(*boolean))),
            What::Property(name) => self.property(&node.at, name),
            What::Date(text) => Ok(Value::Times(Times::Instant(Moment::Known(times::instant(&node.at, text, true)?)))),
            What::Timestamp(text) => {
                Ok(Value::Times(Times::Instant(Moment::Known(times::instant(&node.at, text, false)?))))
            }
            What::Interval(ends) => self.interval(&node.at, ends),
            What::Geometry(written) => Literal::geometry(&node.at, written, self.crs).map(Value::Literal),
            What::Box(numbers) => Literal::bbox(&node.at, numbers, self.crs).map(Value::Literal),
            What::List(_) => Err(FilterError::Syntax {
                at: node.at.clone(),
                expected: "one value".to_owned(),
                found: "a list, which IN alone takes".to_owned(),
            }),
            What::Call(operator, operands) => self.call(&node.at, operator, operands),
        }
    }

    fn property(&self, at: &Place, name: &str) -> Result<Value, FilterError> {
        let owned = name.to_owned();
        Ok(match self.queryables.type_of(name) {
            Some(PropertyType::Text) => Value::Words(Words::Property(owned)),
            Some(PropertyType::Number) => Value::Number(Number::Property(owned)),
            Some(PropertyType::Boolean) => Value::Truth(Truth::Property(owned)),
            Some(PropertyType::Date | PropertyType::Timestamp) => Value::Times(Times::Instant(Moment::Property(owned))),
            Some(PropertyType::Geometry) => Value::Shape(owned),
            None => {
                let known: Vec<_> = self.queryables.iter().map(|(name, _)| name).collect();
                let name: String = name.chars().take(80).collect();
                return Err(FilterError::UnknownProperty { at: at.clone(), name, known: known.join(", ") });
            }
        })
    }

    fn call(&mut self, at: &Place, operator: &str, operands: &[Node]) -> Result<Value, FilterError> {
        if let Some(comparison) = Comparison::named(operator) {
            let [a, b] = counted(at, operator, operands)?;
            return self.comparison(at, operator, comparison, a, b).map(Value::Truth);
        }
        if let Some(arithmetic) = Arithmetic::named(operator) {
            let [a, b] = counted(at, operator, operands)?;
            let both = [self.number(a, operator)?, self.number(b, operator)?];
            return Ok(Value::Number(Number::Arithmetic(arithmetic, Box::new(both))));
        }
        if let Some(relation) = Relation::named(operator) {
            let [a, b] = counted(at, operator, operands)?;
            return self.relation(at, operator, relation, a, b).map(Value::Truth);
        }
        if let Some(order) = Order::named(operator) {
            let [a, b] = counted(at, operator, operands)?;
            let (a, b) = (self.times(a, operator, order)?, self.times(b, operator, order)?);
            return Ok(Value::Truth(Truth::Ordered(order, a, b)));
        }
        match operator {
            "and" => self.parts(at, operator, operands).map(|parts| Value::Truth(Truth::All(parts))),
            "or" => self.parts(at, operator, operands).map(|parts| Value::Truth(Truth::Any(parts))),
            "not" => {
                let [part] = counted(at, operator, operands)?;
                Ok(Value::Truth(Truth::Not(Box::new(self.truth(part, "NOT")?))))
            }
            "isnull" => {
                let [part] = counted(at, operator, operands)?;
                Ok(Value::Truth(Truth::IsNull(Box::new(self.value(part)?))))
            }
            "between" => {
                let [value, low, high] = counted(at, operator, operands)?;
                let low = self.comparison(at, "BETWEEN", Comparison::GreaterOrEqual, value, low)?;
                let high = self.comparison(at, "BETWEEN", Comparison::LessOrEqual, value, high)?;
                Ok(Value::Truth(Truth::All(vec![low, high])))
            }
            "like" => {
                let [words, pattern] = counted(at, operator, operands)?;
                self.like(at, words, pattern).map(Value::Truth)
            }
            "in" => {
                let [value, list] = counted(at, operator, operands)?;
                self.among(at, value, list).map(Value::Truth)
            }
            "casei" => self.folded(at, Fold::Case, "CASEI", operands),
            "accenti" => self.folded(at, Fold::Accents, "ACCENTI", operands),
            _ => self.function(at, operator, operands).map(Value::Number),
        }
    }

    /// At least two; what is joined by the same operator inside is joined with the rest. The easiest to work out comes first, as one of them may decide.
    fn parts(&mut self, at: &Place, operator: &str, operands: &[Node]) -> Result<Vec<Truth>, FilterError> {
        if operands.len() < 2 {
            return Err(mismatch(at, operator, "two operands or more", operands.len().to_string()));
        }
        let mut parts = Vec::new();
        for operand in operands {
            match (self.truth(operand, operator)?, operator) {
                (Truth::All(inner), "and") | (Truth::Any(inner), "or") => parts.extend(inner),
                (other, _) => parts.push(other),
            }
        }
        parts.sort_by_key(Truth::effort);
        Ok(parts)
    }

    fn comparison(
        &mut self,
        at: &Place,
        operator: &str,
        comparison: Comparison,
        a: &Node,
        b: &Node,
    ) -> Result<Truth, FilterError> {
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::Unequal);
        let (left, right) = (self.value(a)?, self.value(b)?);
        let left = times::read_beside(a, left, &right)?;
        let right = times::read_beside(b, right, &left)?;
        Ok(match (left, right) {
            (Value::Number(a), Value::Number(b)) => Truth::Numbers(comparison, a, b),
            (Value::Words(a), Value::Words(b)) => Truth::Words(comparison, a, b),
            (Value::Times(Times::Instant(a)), Value::Times(Times::Instant(b))) => Truth::Moments(comparison, a, b),
            (Value::Truth(a), Value::Truth(b)) if is_equality => {
                let same = Truth::Same(Box::new([a, b]));
                if comparison == Comparison::Equal { same } else { Truth::Not(Box::new(same)) }
            }
            (Value::Truth(_), Value::Truth(_)) => {
                return Err(mismatch(at, operator, "what has an order", "true or false".to_owned()));
            }
            (Value::Shape(_) | Value::Literal(_), _) | (_, Value::Shape(_) | Value::Literal(_)) => {
                return Err(mismatch(
                    at,
                    operator,
                    "no geometries, which S_EQUALS and its like compare",
                    "a geometry".to_owned(),
                ));
            }
            (left, right) => {
                let found = format!("{} and {}", described(a, &left), described(b, &right));
                return Err(mismatch(at, operator, "two numbers, two texts or two times", found));
            }
        })
    }

    fn like(&mut self, at: &Place, words: &Node, pattern: &Node) -> Result<Truth, FilterError> {
        let words = self.words(words, "LIKE")?;
        let written = self.words(pattern, "LIKE")?;
        let Some(text) = known(&written) else {
            return Err(mismatch(
                &pattern.at,
                "LIKE",
                "a pattern in quotes",
                "one that differs from feature to feature".to_owned(),
            ));
        };
        let pattern = Pattern::new(&text).map_err(|fault| FilterError::Literal {
            at: pattern.at.clone(),
            kind: "pattern",
            literal: shown(&text),
            fault,
        })?;
        self.spend(at, pattern.cost(USUAL_TEXT))?;
        Ok(Truth::Like(words, pattern))
    }

    fn among(&mut self, at: &Place, value: &Node, list: &Node) -> Result<Truth, FilterError> {
        let What::List(list) = &list.what else {
            return Err(mismatch(&list.at, "IN", "a list", "one value".to_owned()));
        };
        if list.is_empty() {
            return Err(mismatch(at, "IN", "a list of one value or more", "an empty one".to_owned()));
        }
        match self.value(value)? {
            Value::Number(number) => {
                let list = list.iter().map(|node| self.number(node, "IN"));
                Ok(Truth::NumberIn(number, list.collect::<Result<_, _>>()?))
            }
            Value::Words(words) => {
                let list = list.iter().map(|node| self.words(node, "IN"));
                Ok(Truth::WordsIn(words, list.collect::<Result<_, _>>()?))
            }
            Value::Times(Times::Instant(moment)) => {
                let sample = Value::Times(Times::Instant(moment.clone()));
                let list = list.iter().map(|node| match times::read_beside(node, self.value(node)?, &sample)? {
                    Value::Times(Times::Instant(moment)) => Ok(moment),
                    other => Err(mismatch(&node.at, "IN", "times", described(node, &other))),
                });
                Ok(Truth::MomentIn(moment, list.collect::<Result<_, _>>()?))
            }
            Value::Truth(truth) => {
                let same = list.iter().map(|node| Ok(Truth::Same(Box::new([truth.clone(), self.truth(node, "IN")?]))));
                Ok(Truth::Any(same.collect::<Result<_, FilterError>>()?))
            }
            other => Err(mismatch(at, "IN", "numbers, texts or times", described(value, &other))),
        }
    }

    fn folded(&mut self, at: &Place, fold: Fold, name: &str, operands: &[Node]) -> Result<Value, FilterError> {
        let [words] = counted(at, name, operands)?;
        Ok(Value::Words(match self.words(words, name)? {
            Words::Known(text) => Words::Known(fold.of(&text)),
            words => {
                let [once, each] = FOLD_COST;
                self.spend(at, once + each * USUAL_TEXT)?;
                Words::Folded(fold, Box::new(words))
            }
        }))
    }
}

fn counted<'a, const N: usize>(at: &Place, operator: &str, operands: &'a [Node]) -> Result<&'a [Node; N], FilterError> {
    operands.try_into().map_err(|_| {
        let expected = if N == 1 { "one operand".to_owned() } else { format!("{N} operands") };
        mismatch(at, operator, &expected, operands.len().to_string())
    })
}

/// The text that a constant comes to.
fn known(words: &Words) -> Option<String> {
    match words {
        Words::Known(text) => Some(text.clone()),
        _ => None,
    }
}
