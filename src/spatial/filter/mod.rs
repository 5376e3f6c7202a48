//! CQL2 (OGC 21-065r2): a filter is read from text or JSON, checked against the properties there are, and put to features.
//!
//! It knows properties by name and type alone, whatever they belong to, and reads no data but what a [`Lookup`] hands it. What is wrong with a filter is
//! told when it is read; a [`Filter`] that there is can be put to any feature. Nothing is known of a property that is null (SQL's three-valued logic):
//! a feature matches where the filter is true, neither where it is false nor where it is unknown.

mod check;
mod error;
mod evaluate;
mod expression;
mod fold;
mod functions;
mod json;
mod lexer;
mod like;
mod limits;
mod literal;
mod moment;
mod relate;
mod syntax;
#[cfg(test)]
mod tests;
mod text;
mod window;
mod work;

use jiff::Timestamp;
use jiff::civil::Date;

pub use error::{FilterError, Place};
pub use functions::{FUNCTIONS, Function, FunctionParameter};
pub use limits::{MAX_BYTES, MAX_COST, MAX_DEPTH, MAX_NODES, MAX_PATTERN, MAX_VERTICES};
pub use work::Work;

use super::{BBox, Crs, Shape};
use expression::Truth;
use work::Seen;

/// What kind of values a property has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyType {
    Text,
    Number,
    Boolean,
    /// A day.
    Date,
    /// A moment.
    Timestamp,
    Geometry,
}

/// The properties that a filter may name, in the order in which messages list them.
#[derive(Clone, Debug, Default)]
pub struct Queryables(Vec<(String, PropertyType)>);

impl Queryables {
    pub fn new(properties: impl IntoIterator<Item = (String, PropertyType)>) -> Queryables {
        Queryables(properties.into_iter().collect())
    }

    pub fn type_of(&self, name: &str) -> Option<PropertyType> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, property_type)| *property_type)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, PropertyType)> {
        self.0.iter().map(|(name, property_type)| (name.as_str(), *property_type))
    }
}

/// The value of a property of one feature.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'a> {
    Text(&'a str),
    Number(f64),
    Boolean(bool),
    Date(Date),
    Timestamp(Timestamp),
    Geometry(&'a Shape),
    Null,
}

/// A feature, as a filter sees it.
pub trait Lookup {
    /// The value of a property that is among the filter's queryables. One of another type than those say counts as null.
    fn property(&self, name: &str) -> Operand<'_>;
}

/// A filter that was checked: every property is known and every operator has operands that it can work on.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    truth: Truth,
    window: Option<BBox>,
}

impl Filter {
    /// Reads CQL2 text. Geometries in it are in `crs`, in the order of its authority.
    ///
    /// Cost: O(bytes), bounded by the constants of this module.
    ///
    /// # Errors
    /// What is wrong and where; see [`FilterError`].
    pub fn parse_text(text: &str, queryables: &Queryables, crs: &Crs) -> Result<Filter, FilterError> {
        check::filter(&text::read(text)?, queryables, crs)
    }

    /// As [`Filter::parse_text`], for CQL2 JSON.
    ///
    /// # Errors
    /// As [`Filter::parse_text`].
    pub fn parse_json(text: &str, queryables: &Queryables, crs: &Crs) -> Result<Filter, FilterError> {
        check::filter(&json::read(text)?, queryables, crs)
    }

    /// Whether the filter is true of a feature.
    ///
    /// Cost: at most [`MAX_COST`] steps of some ten nanoseconds for a feature of usual size; more in the length of its texts and the vertices of its shape.
    pub fn matches(&self, feature: &dyn Lookup) -> bool {
        self.matches_within(feature, &Work::of(u64::MAX))
    }

    /// As [`Filter::matches`], with no more work than is left. Where that is used up, the answer means nothing.
    pub fn matches_within(&self, feature: &dyn Lookup, work: &Work) -> bool {
        self.truth.of(Seen { feature, work }) == Some(true)
    }

    /// A box that every feature that matches meets; none where the filter implies none.
    pub fn bbox(&self) -> Option<BBox> {
        self.window
    }

    fn of(truth: Truth) -> Filter {
        let window = window::of(&truth);
        Filter { truth, window }
    }
}
