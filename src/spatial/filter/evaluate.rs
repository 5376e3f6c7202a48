//! What the expressions of a filter come to for one feature. None is unknown, as SQL has it for what is null; so is what there is no work left for.

use std::borrow::Cow;

use geo::{CoordsIter, Geodesic, GeodesicArea, Geometry, Length};

use super::Operand;
use super::expression::{Limit, Moment, Number, Times, Truth, Value, Words};
use super::limits::{FOLD_COST, MEASURE_COST};
use super::moment::{End, Instant, Period, all, any};
use super::work::Seen;
use crate::spatial::{Shape, distance_from};

impl Truth {
    pub fn of(&self, feature: Seen) -> Option<bool> {
        feature.spend(1)?;
        match self {
            Truth::Known(known) => Some(*known),
            Truth::Property(name) => match feature.property(name) {
                Operand::Boolean(boolean) => Some(boolean),
                _ => None,
            },
            Truth::All(parts) => all(parts.iter().map(|part| part.of(feature))),
            Truth::Any(parts) => any(parts.iter().map(|part| part.of(feature))),
            Truth::Not(part) => part.of(feature).map(|part| !part),
            Truth::Numbers(comparison, a, b) => Some(comparison.holds(a.of(feature)?.partial_cmp(&b.of(feature)?)?)),
            Truth::Words(comparison, a, b) => Some(comparison.holds(a.of(feature)?.cmp(&b.of(feature)?))),
            Truth::Moments(comparison, a, b) => Some(comparison.holds(a.of(feature)?.compare(b.of(feature)?))),
            Truth::Same(both) => Some(both[0].of(feature)? == both[1].of(feature)?),
            Truth::Like(words, pattern) => {
                let text = words.of(feature)?;
                feature.spend(pattern.cost(text.len()))?;
                Some(pattern.fits(&text))
            }
            Truth::NumberIn(number, list) => {
                let number = number.of(feature)?;
                any(list.iter().map(|other| Some(other.of(feature)?.partial_cmp(&number)?.is_eq())))
            }
            Truth::WordsIn(words, list) => {
                let words = words.of(feature)?;
                any(list.iter().map(|other| Some(other.of(feature)? == words)))
            }
            Truth::MomentIn(moment, list) => {
                let moment = moment.of(feature)?;
                any(list.iter().map(|other| Some(other.of(feature)?.compare(moment).is_eq())))
            }
            Truth::IsNull(value) => Some(value.is_null(feature)),
            Truth::Relates(relation, name, literal) => {
                let shape = shape(feature, name)?;
                feature.spend(relation.cost(shape, literal))?;
                Some(relation.holds(shape, literal))
            }
            Truth::KnownUnlessNull(name, known) => shape(feature, name).map(|_| *known),
            Truth::Ordered(order, a, b) => order.holds(a.of(feature), b.of(feature)),
        }
    }
}

fn shape<'a>(feature: Seen<'a>, name: &str) -> Option<&'a Shape> {
    match feature.property(name) {
        Operand::Geometry(shape) => Some(shape),
        _ => None,
    }
}

/// A shape that is about to be measured.
fn measured<'a>(feature: Seen<'a>, name: &str) -> Option<&'a Shape> {
    let shape = shape(feature, name)?;
    let [once, each] = MEASURE_COST;
    feature.spend(once + each * shape.geometry().coords_count())?;
    Some(shape)
}

fn instant(feature: Seen, name: &str) -> Option<Instant> {
    match feature.property(name) {
        Operand::Date(day) => Some(Instant::Day(day)),
        Operand::Timestamp(moment) => Some(Instant::Moment(moment)),
        _ => None,
    }
}

impl Number {
    pub fn of(&self, feature: Seen) -> Option<f64> {
        feature.spend(1)?;
        match self {
            Number::Known(known) => Some(*known),
            Number::Property(name) => match feature.property(name) {
                Operand::Number(number) => Some(number).filter(|number| number.is_finite()),
                _ => None,
            },
            Number::Arithmetic(arithmetic, both) => arithmetic.of(both[0].of(feature)?, both[1].of(feature)?),
            Number::AreaM2(name) => Some(measured(feature, name)?.geometry().geodesic_area_unsigned()),
            Number::LengthM(name) => Some(length_m(measured(feature, name)?.geometry())),
            Number::DistanceM(name, from) => Some(distance_from(*from, measured(feature, name)?)),
        }
    }
}

fn length_m(geometry: &Geometry) -> f64 {
    match geometry {
        Geometry::LineString(line) => Geodesic.length(line),
        Geometry::MultiLineString(lines) => Geodesic.length(lines),
        _ => 0.0,
    }
}

impl Words {
    pub fn of<'a>(&'a self, feature: Seen<'a>) -> Option<Cow<'a, str>> {
        feature.spend(1)?;
        match self {
            Words::Known(known) => Some(Cow::Borrowed(known)),
            Words::Property(name) => match feature.property(name) {
                Operand::Text(text) => Some(Cow::Borrowed(text)),
                _ => None,
            },
            Words::Folded(fold, words) => {
                let text = words.of(feature)?;
                let [once, each] = FOLD_COST;
                feature.spend(once + each * text.len())?;
                Some(Cow::Owned(fold.of(&text)))
            }
        }
    }
}

impl Moment {
    pub fn of(&self, feature: Seen) -> Option<Instant> {
        feature.spend(1)?;
        match self {
            Moment::Known(known) => Some(*known),
            Moment::Property(name) => instant(feature, name),
        }
    }
}

impl Times {
    fn of(&self, feature: Seen) -> Period {
        match self {
            Times::Instant(moment) => [moment.of(feature).map(End::At); 2],
            Times::Interval(start, end) => [start.of(feature), end.of(feature)],
        }
    }
}

impl Limit {
    fn of(&self, feature: Seen) -> Option<End> {
        match self {
            Limit::Known(known) => Some(*known),
            Limit::Property(name) => instant(feature, name).map(End::At),
        }
    }
}

impl Value {
    fn is_null(&self, feature: Seen) -> bool {
        match self {
            Value::Truth(truth) => truth.of(feature).is_none(),
            Value::Number(number) => number.of(feature).is_none(),
            Value::Words(words) => words.of(feature).is_none(),
            Value::Times(times) => times.of(feature).iter().any(|end| end.is_none()),
            Value::Shape(name) => shape(feature, name).is_none(),
            Value::Literal(_) => false,
        }
    }
}
