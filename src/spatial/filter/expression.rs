//! A checked filter: expressions that have a type, with everything constant worked out. What they come to for a feature is in `evaluate`.

use std::cmp::Ordering;

use geo::Point;

use super::fold::Fold;
use super::like::Pattern;
use super::literal::Literal;
use super::moment::{End, Instant, Order};
use super::relate::Relation;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Truth {
    Known(bool),
    Property(String),
    All(Vec<Truth>),
    Any(Vec<Truth>),
    Not(Box<Truth>),
    Numbers(Comparison, Number, Number),
    Words(Comparison, Words, Words),
    Moments(Comparison, Moment, Moment),
    Same(Box<[Truth; 2]>),
    Like(Words, Pattern),
    /// Whether the first is equal to one of the others.
    NumberIn(Number, Vec<Number>),
    WordsIn(Words, Vec<Words>),
    MomentIn(Moment, Vec<Moment>),
    IsNull(Box<Value>),
    Relates(Relation, String, Box<Literal>),
    /// A constant, but unknown where the property is null.
    KnownUnlessNull(String, bool),
    Ordered(Order, Times, Times),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Number {
    Known(f64),
    Property(String),
    Arithmetic(Arithmetic, Box<[Number; 2]>),
    AreaM2(String),
    LengthM(String),
    DistanceM(String, Point),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Words {
    Known(String),
    Property(String),
    Folded(Fold, Box<Words>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Moment {
    Known(Instant),
    Property(String),
}

/// An instant, or an interval between two.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Times {
    Instant(Moment),
    Interval(Limit, Limit),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Limit {
    Known(End),
    Property(String),
}

/// Whatever an operand can be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Truth(Truth),
    Number(Number),
    Words(Words),
    Times(Times),
    Shape(String),
    Literal(Literal),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Arithmetic {
    Plus,
    Minus,
    Times,
    Over,
    /// The remainder, with the sign of what is divided.
    Modulo,
    /// Division without remainder, towards zero.
    Div,
    Power,
}

/// What it takes to work something out, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effort {
    Compare,
    /// A new text, or a search in one.
    Read,
    /// Geometry.
    Measure,
}

impl Truth {
    pub fn effort(&self) -> Effort {
        let most = |parts: &[Truth]| parts.iter().map(Truth::effort).max().unwrap_or(Effort::Compare);
        match self {
            Truth::All(parts) | Truth::Any(parts) => most(parts),
            Truth::Same(parts) => most(&parts[..]),
            Truth::Not(part) => part.effort(),
            Truth::Relates(..) => Effort::Measure,
            Truth::Numbers(_, a, b) if a.is_measured() || b.is_measured() => Effort::Measure,
            Truth::NumberIn(number, list) if number.is_measured() || list.iter().any(Number::is_measured) => {
                Effort::Measure
            }
            Truth::IsNull(value) => match &**value {
                Value::Number(number) if number.is_measured() => Effort::Measure,
                Value::Truth(truth) => truth.effort(),
                _ => Effort::Compare,
            },
            Truth::Like(..) | Truth::WordsIn(..) => Effort::Read,
            Truth::Words(_, a, b) if a.is_made() || b.is_made() => Effort::Read,
            _ => Effort::Compare,
        }
    }
}

impl Number {
    fn is_measured(&self) -> bool {
        match self {
            Number::Known(_) | Number::Property(_) => false,
            Number::Arithmetic(_, both) => both.iter().any(Number::is_measured),
            Number::AreaM2(_) | Number::LengthM(_) | Number::DistanceM(..) => true,
        }
    }
}

impl Words {
    fn is_made(&self) -> bool {
        matches!(self, Words::Folded(..))
    }
}

impl Comparison {
    pub fn named(sign: &str) -> Option<Comparison> {
        Some(match sign {
            "=" => Comparison::Equal,
            "<>" => Comparison::Unequal,
            "<" => Comparison::Less,
            ">" => Comparison::Greater,
            "<=" => Comparison::LessOrEqual,
            ">=" => Comparison::GreaterOrEqual,
            _ => return None,
        })
    }

    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::Unequal => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::Greater => order.is_gt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::GreaterOrEqual => order.is_ge(),
        }
    }
}

impl Arithmetic {
    pub fn named(sign: &str) -> Option<Arithmetic> {
        Some(match sign {
            "+" => Arithmetic::Plus,
            "-" => Arithmetic::Minus,
            "*" => Arithmetic::Times,
            "/" => Arithmetic::Over,
            "%" => Arithmetic::Modulo,
            "div" => Arithmetic::Div,
            "^" => Arithmetic::Power,
            _ => return None,
        })
    }

    /// None where there is no finite result, as in a division by zero.
    pub fn of(self, a: f64, b: f64) -> Option<f64> {
        let result = match self {
            Arithmetic::Plus => a + b,
            Arithmetic::Minus => a - b,
            Arithmetic::Times => a * b,
            Arithmetic::Over => a / b,
            Arithmetic::Modulo => a % b,
            Arithmetic::Div => (a / b).trunc(),
            Arithmetic::Power => a.powf(b),
        };
        result.is_finite().then_some(result)
    }
}
