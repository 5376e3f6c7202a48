//! The exact test of a spatial question: a query shape and the relation that features must have to it.

use geo::{Contains, Intersects};

use super::{BBox, Shape, distance_m, window_around};

/// How a feature must stand to the query shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Relation {
    /// They share at least one point.
    Intersects,
    /// The feature lies inside the query shape.
    Within,
    /// The query shape lies inside the feature.
    Contains,
    /// They are at most this many metres apart.
    Dwithin { distance_m: f64 },
}

/// A spatial question that can be put to an index and then to each candidate.
#[derive(Clone, Debug)]
pub struct Query {
    pub shape: Shape,
    pub relation: Relation,
}

impl Query {
    /// A box outside which no feature can match.
    pub fn window(&self) -> BBox {
        match self.relation {
            Relation::Dwithin { distance_m } => window_around(self.shape.rect(), distance_m),
            Relation::Intersects | Relation::Within | Relation::Contains => self.shape.rect().into(),
        }
    }

    /// The distance in metres to a feature that matches, zero unless it was asked for by distance; none for one that does not.
    ///
    /// Cost: O(n log n) in the vertices of both, O(n · m) for `dwithin`.
    pub fn distance_of(&self, feature: &Shape) -> Option<f64> {
        let (query, other) = (self.shape.geometry(), feature.geometry());
        let holds = match self.relation {
            Relation::Intersects => query.intersects(other),
            Relation::Within => query.contains(other),
            Relation::Contains => other.contains(query),
            Relation::Dwithin { distance_m: limit_m } => {
                return Some(distance_m(&self.shape, feature)).filter(|metres| *metres <= limit_m);
            }
        };
        holds.then_some(0.0)
    }

    /// Whether a feature's shape matches.
    pub fn matches(&self, feature: &Shape) -> bool {
        self.distance_of(feature).is_some()
    }
}
