//! A filter as it is written, before anybody asks whether it means something. Text and JSON both become this.

use geo::{Coord, Geometry};

use super::error::{FilterError, Place};
use super::limits::{MAX_DEPTH, MAX_NODES, MAX_VERTICES};

#[derive(Debug)]
pub(super) struct Node {
    pub at: Place,
    pub what: What,
    depth: usize,
}

#[derive(Debug)]
pub(super) enum What {
    Number(f64),
    Text(String),
    Boolean(bool),
    Property(String),
    Date(String),
    Timestamp(String),
    /// Start and end; each a text, a property, a date or a timestamp.
    Interval(Box<[Node; 2]>),
    /// Coordinates as they are written.
    Geometry(Geometry),
    /// Four or six numbers as they are written.
    Box(Vec<f64>),
    List(Vec<Node>),
    /// An operator or a function, by the name that JSON has for it, in lower case.
    Call(String, Vec<Node>),
}

/// Counts what a filter has, so that it is refused before it has too much.
#[derive(Default)]
pub(super) struct Budget {
    nodes: usize,
    vertices: usize,
    depth: usize,
}

impl Budget {
    pub fn node(&mut self, at: Place, what: What) -> Result<Node, FilterError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(FilterError::TooMuch { at, what: "parts", limit: MAX_NODES });
        }
        let deepest = |parts: &[Node]| parts.iter().map(|part| part.depth).max().unwrap_or(0);
        let below = match &what {
            What::List(parts) | What::Call(_, parts) => deepest(parts),
            What::Interval(ends) => deepest(&ends[..]),
            _ => 0,
        };
        if below >= MAX_DEPTH {
            return Err(FilterError::TooMuch { at, what: "parts inside parts", limit: MAX_DEPTH });
        }
        Ok(Node { at, what, depth: below + 1 })
    }

    pub fn call(&mut self, at: Place, operator: &str, parts: Vec<Node>) -> Result<Node, FilterError> {
        self.node(at, What::Call(operator.to_owned(), parts))
    }

    /// To be called before a reader goes into brackets, and [`Budget::leave`] after.
    pub fn enter(&mut self, at: &Place) -> Result<(), FilterError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(FilterError::TooMuch { at: at.clone(), what: "brackets inside brackets", limit: MAX_DEPTH });
        }
        Ok(())
    }

    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// A position of a geometry: two numbers, or up to four of which the others (height, measure) are dropped, as every feature is flat.
    pub fn vertex(&mut self, at: &Place, numbers: &[f64]) -> Result<Coord, FilterError> {
        self.vertices += 1;
        if self.vertices > MAX_VERTICES {
            return Err(FilterError::TooMuch { at: at.clone(), what: "vertices", limit: MAX_VERTICES });
        }
        match numbers {
            [x, y] | [x, y, _] | [x, y, _, _] => Ok(Coord { x: *x, y: *y }),
            _ => Err(FilterError::Syntax {
                at: at.clone(),
                expected: "a position of two to four numbers".to_owned(),
                found: format!("one of {}", numbers.len()),
            }),
        }
    }
}
