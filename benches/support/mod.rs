//! The plan that benchmarks run on: the shipped one with many more small zones.

#[allow(
    dead_code,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the tests use the rest of it, and test data is small"
)]
#[path = "../../tests/it/support/random.rs"]
mod random;

use geo::Coord;
use guatu::atlas::Row;
use guatu::plan::{Feature, Position, Record, Text};
use guatu::services::seeding::{self, Source};
use guatu::spatial::{MAX_VERTICES, Shape};
use random::Random;

/// The shipped plan with `count` more zones, small pentagons all over its extent.
pub fn plan_with_zones(count: u64) -> Vec<Row<Record>> {
    let plan = seeding::read(&Source::Shipped).expect("the shipped plan is right");
    let mut random = Random::new(2_019);
    let zones = (0..count).map(|at| {
        let centre = Coord { x: random.between(120.62, 120.94), y: random.between(30.62, 30.86) };
        zone(at, centre)
    });
    plan.into_records().chain(zones).map(|value| Row { version: 1, value }).collect()
}

/// A small pentagon.
pub fn zone(at: u64, centre: Coord) -> Record {
    let corner = |turn: f64| [centre.x + 0.0008 * turn.cos(), centre.y + 0.0008 * turn.sin()];
    let ring: Vec<_> = (0..=5).map(|at| corner(f64::from(at % 5) * 1.256)).collect();
    let shape = serde_json::json!({"type": "Polygon", "coordinates": [ring]});
    Record::Feature(Feature {
        number: 1_000 + at,
        id: format!("zone-{at}").parse().expect("an id"),
        collection: "zones".parse().expect("an id"),
        project: Some("hsr-core".parse().expect("an id")),
        name: Text::new(format!("地块{at}"), format!("Lot {at}")),
        class: None,
        accuracy_m: 10.0,
        position: Position::Surveyed,
        basis: None,
        shape: Shape::from_json(shape, MAX_VERTICES).expect("a valid pentagon"),
    })
}
