//! How a feature's shape stands to a geometry of a filter: the eight predicates of DE-9IM, in the plane of longitude and latitude.

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{CoordsIter, Geometry, Intersects, Rect, Relate};

use super::limits::{MEET_COST, RELATE_COST};
use super::literal::Literal;
use crate::spatial::Shape;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Relation {
    Intersects,
    Equals,
    Disjoint,
    Touches,
    Within,
    Overlaps,
    Crosses,
    Contains,
}

impl Relation {
    pub fn named(lower: &str) -> Option<Relation> {
        Some(match lower {
            "s_intersects" => Relation::Intersects,
            "s_equals" => Relation::Equals,
            "s_disjoint" => Relation::Disjoint,
            "s_touches" => Relation::Touches,
            "s_within" => Relation::Within,
            "s_overlaps" => Relation::Overlaps,
            "s_crosses" => Relation::Crosses,
            "s_contains" => Relation::Contains,
            _ => return None,
        })
    }

    /// The same, said of the second one.
    pub fn turned(self) -> Relation {
        match self {
            Relation::Within => Relation::Contains,
            Relation::Contains => Relation::Within,
            other => other,
        }
    }

    /// Whether a shape has it to itself.
    pub fn is_reflexive(self) -> bool {
        matches!(self, Relation::Intersects | Relation::Equals | Relation::Within | Relation::Contains)
    }

    /// Steps that [`Relation::holds`] takes, at most.
    pub fn cost(self, shape: &Shape, literal: &Literal) -> usize {
        let rect = shape.rect();
        if !rect.intersects(&literal.rect) || literal.is_rect && is_inside(rect, literal.rect) {
            return 1;
        }
        let vertices = shape.geometry().coords_count();
        if vertices == 1 {
            return literal.vertices;
        }
        let [once, each, pairs] = MEET_COST;
        let meeting = once + each * (vertices + literal.vertices) + pairs * (vertices * literal.vertices).div_ceil(4);
        let [once, each] = RELATE_COST;
        if self.is_simple() { meeting } else { meeting + once + each * (vertices + literal.vertices) }
    }

    /// Whether it asks only if two meet.
    pub fn is_simple(self) -> bool {
        matches!(self, Relation::Intersects | Relation::Disjoint)
    }

    /// Cost: nothing worth telling where the boxes are apart, else O(n log n) in the vertices of both.
    pub fn holds(self, shape: &Shape, literal: &Literal) -> bool {
        let rect = shape.rect();
        if !rect.intersects(&literal.rect) {
            return self == Relation::Disjoint;
        }
        if literal.is_rect && is_inside(rect, literal.rect) {
            return matches!(self, Relation::Intersects | Relation::Within);
        }
        match (shape.geometry(), &literal.geometry) {
            (Geometry::Point(point), Geometry::Polygon(_) | Geometry::MultiPolygon(_)) => {
                self.holds_at(literal.geometry.coordinate_position(&point.0))
            }
            // The graph that all others need costs far more than to see whether they meet at all.
            (geometry, of_filter) if !geometry.intersects(of_filter) => self == Relation::Disjoint,
            _ if matches!(self, Relation::Intersects | Relation::Disjoint) => self == Relation::Intersects,
            (geometry, of_filter) => self.between(geometry, of_filter),
        }
    }

    /// Between any two valid geometries.
    pub fn between(self, a: &Geometry, b: &Geometry) -> bool {
        match self {
            Relation::Intersects => a.intersects(b),
            Relation::Disjoint => !a.intersects(b),
            Relation::Equals => a.relate(b).is_equal_topo(),
            Relation::Touches => a.relate(b).is_touches(),
            Relation::Within => a.relate(b).is_within(),
            Relation::Overlaps => a.relate(b).is_overlaps(),
            Relation::Crosses => a.relate(b).is_crosses(),
            Relation::Contains => a.relate(b).is_contains(),
        }
    }

    /// For a point and where it is in an area.
    fn holds_at(self, position: CoordPos) -> bool {
        match self {
            Relation::Intersects => position != CoordPos::Outside,
            Relation::Disjoint => position == CoordPos::Outside,
            Relation::Touches => position == CoordPos::OnBoundary,
            Relation::Within => position == CoordPos::Inside,
            Relation::Equals | Relation::Overlaps | Relation::Crosses | Relation::Contains => false,
        }
    }
}

/// Without touching its sides.
fn is_inside(inner: Rect, outer: Rect) -> bool {
    let (low, high, least, most) = (inner.min(), inner.max(), outer.min(), outer.max());
    low.x > least.x && low.y > least.y && high.x < most.x && high.y < most.y
}
