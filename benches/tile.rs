//! How fast a tile is made, with 1,000 and 100,000 features in the plan, beside the index alone and beside the same tile from
//! the cache, in one run. Only the ratios within a run mean something. `cargo bench --bench tile`.

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "test data is small")]

#[allow(dead_code, reason = "other benchmarks use the rest of it")]
mod support;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use guatu::atlas::Atlas;
use guatu::plan::Record;
use guatu::services::View;
use guatu::services::tiles::{TileLayer, Tiles};
use guatu::spatial::TileId;

/// The shipped plan with `count` more zones.
fn view(count: u64) -> View {
    let rows = support::plan_with_zones(count);
    let due = rows.iter().find_map(|row| if let Record::Plan(plan) = &row.value { Some(plan.due) } else { None });
    View {
        atlas: Arc::new(Atlas::build(1, rows).expect("a whole plan")),
        today: due.expect("a plan"),
        audience: guatu::services::Audience::Staff,
    }
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
