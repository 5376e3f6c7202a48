//! The box that all matches of a filter surely meet, for an index to begin with.

use geo::{Intersects, Rect};

use super::expression::{Comparison, Number, Truth};
use super::relate::Relation;
use crate::spatial::{BBox, MAX_RADIUS_M, union, window_around};

pub(super) fn of(truth: &Truth) -> Option<BBox> {
    match truth {
        Truth::Relates(relation, _, literal) => (*relation != Relation::Disjoint).then_some(literal.window),
        Truth::Numbers(
            Comparison::Less | Comparison::LessOrEqual,
            Number::DistanceM(_, from),
            Number::Known(most_m),
        )
        | Truth::Numbers(
            Comparison::Greater | Comparison::GreaterOrEqual,
            Number::Known(most_m),
            Number::DistanceM(_, from),
        ) => (0.0..=MAX_RADIUS_M).contains(most_m).then(|| window_around(Rect::new(from.0, from.0), *most_m)),
        Truth::All(parts) => parts.iter().filter_map(of).reduce(narrower),
        Truth::Any(parts) => {
            parts.iter().map(|part| plain(of(part)?)).reduce(|a, b| Some(union(a?, b?)))?.map(BBox::from)
        }
        _ => None,
    }
}

/// One rectangle, if it does not cross the dateline.
fn plain(window: BBox) -> Option<Rect> {
    let mut rects = window.rects();
    let first = rects.next();
    if rects.next().is_some() { None } else { first }
}

/// What two windows have in common. Where that is nothing, or one crosses the dateline, one of them is right too.
fn narrower(a: BBox, b: BBox) -> BBox {
    let (Some(first), Some(second)) = (plain(a), plain(b)) else { return if plain(a).is_none() { b } else { a } };
    if !first.intersects(&second) {
        return a;
    }
    let (low_a, low_b, high_a, high_b) = (first.min(), second.min(), first.max(), second.max());
    let low = geo::Coord { x: low_a.x.max(low_b.x), y: low_a.y.max(low_b.y) };
    let high = geo::Coord { x: high_a.x.min(high_b.x), y: high_a.y.min(high_b.y) };
    Rect::new(low, high).into()
}
