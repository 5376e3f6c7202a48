//! How fast a tile is made, with 1,000 and 100,000 features in the plan, beside the index alone and beside the same tile from
//! the cache, in one run. Only the ratios within a run mean something. `cargo bench --bench tile`.

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "test data is small")]

#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../tests/it/support/random.rs"]
mod random;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use geo::Coord;
use guatu::atlas::{Atlas, Row};
use guatu::plan::{Feature, Position, Record, Text};
use guatu::services::View;
use guatu::services::seeding::{self, Source};
use guatu::services::tiles::{TileLayer, Tiles};
use guatu::spatial::{MAX_VERTICES, Shape, TileId};
use random::Random;

/// The shipped plan with `count` more zones, small pentagons all over its extent.
fn view(count: u64) -> View {
    let plan = seeding::read(&Source::Shipped).expect("the shipped plan is right");
    let today = plan.plan.due;
    let mut random = Random::new(2_019);
    let zones = (0..count).map(|at| {
        let centre = Coord { x: random.between(120.62, 120.94), y: random.between(30.62, 30.86) };
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
    });
    let records: Vec<Record> = zones.collect();
    let rows = plan.into_records().chain(records).map(|value| Row { version: 1, value });
    View { atlas: Arc::new(Atlas::build(1, rows).expect("a whole plan")), today, audience: guatu::services::Audience::Staff }
}

fn tile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tile 14/13687/6721");
    let tile = TileId::new(14, 13_687, 6_721).expect("a tile");
    for count in [1_000, 100_000] {
        let view = view(count);
        let layers: Vec<_> = view.atlas.plan_collections().map(TileLayer::of).collect();
        let zones = view.atlas.collection("zones").expect("a collection");
        let hits = view.atlas.in_window(zones, tile.rect(0.0).into()).len();
        println!("{count} features: {hits} in the tile, {} bytes", view.tile(&layers, tile).expect("a tile").len());
        group.bench_function(BenchmarkId::new("made", count), |bencher| {
            bencher.iter(|| black_box(view.tile(&layers, tile).expect("a tile")));
        });
        group.bench_function(BenchmarkId::new("index alone", count), |bencher| {
            bencher.iter(|| black_box(view.atlas.in_window(zones, tile.rect(0.0).into()).len()));
        });
        let tiles = Tiles::default();
        group.bench_function(BenchmarkId::new("from the cache", count), |bencher| {
            bencher.iter(|| black_box(tiles.tile(&view, &layers, tile).expect("a tile")));
        });
    }
    group.finish();
}

criterion_group!(benches, tile);
criterion_main!(benches);
