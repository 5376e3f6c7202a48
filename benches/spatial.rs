//! How fast places are found: the atlas beside a plain loop and a bare `rstar` tree over the same features, in one run.
//!
//! Only the ratios within a run mean something. `cargo bench --bench spatial` (with `-- --quick` for a first look).

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "test data is small")]

#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../tests/it/support/random.rs"]
mod random;

use std::hint::black_box;
use std::ops::ControlFlow;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use geo::{Intersects, Point, Rect};
use guatu::atlas::{Atlas, Row};
use guatu::plan::{Collection, Feature, Kind, Plan, Record, Role, Text, Visibility};
use guatu::spatial::{BBox, GeometryType, MAX_RADIUS_M, distance_from};
use jiff::civil::date;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use random::{Random, any_shape, feature, slug};

const SEED: u64 = 20_190_101;
/// Questions that each benchmark goes round, so that no answer stays in a cache.
const QUESTIONS: usize = 64;
/// All features lie in here.
const EXTENT: [f64; 4] = [119.0, 30.0, 122.0, 32.0];

struct World {
    count: usize,
    atlas: Atlas,
    collection: Collection,
    features: Vec<Feature>,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl World {
    fn of(count: usize) -> World {
        let mut random = Random::new(SEED);
        let plan = Plan {
            id: slug("bench"),
            district: Text::new("区", "District"),
            city: Text::new("市", "City"),
            year: 2019,
            start: date(2019, 1, 1),
            due: date(2019, 12, 31),
            extent: EXTENT,
            simulated: false,
        };
        let collection = Collection {
            id: slug("places"),
            order: 1,
            title: Text::new("地物", "Places"),
            geometry_type: GeometryType::Polygon,
            role: Role::Plan { kind: Kind::Zone },
            visibility: Visibility::Public,
        };
        let mut one = |number| {
            let middle = random.point_in(EXTENT);
            feature(number, "places", None, any_shape(&mut random, middle, [0.0005, 0.0005]))
        };
        let features: Vec<Feature> = (1..=count as u64).map(&mut one).collect();
        let records = [Record::Plan(plan), Record::Collection(collection.clone())];
        let records = records.into_iter().chain(features.iter().cloned().map(Record::Feature));
        let atlas = Atlas::build(0, records.map(|value| Row { version: 1, value })).expect("a plan and its collection");
        let boxed = |(at, feature): (usize, &Feature)| {
            let rect = feature.shape.rect();
            GeomWithData::new(Rectangle::from_corners(rect.min().into(), rect.max().into()), at)
        };
        let tree = RTree::bulk_load(features.iter().enumerate().map(boxed).collect());
        World { count, atlas, collection, features, tree }
    }

    /// Windows that hold about so many features.
    fn windows(&self, hits: f64) -> Vec<Rect> {
        let mut random = Random::new(SEED + 1);
        let share = (hits / self.count as f64).min(1.0).sqrt();
        let [west, south, east, north] = EXTENT;
        let (width, height) = ((east - west) * share, (north - south) * share);
        let window = |random: &mut Random| {
            let corner = random.point_in([west, south, east - width, north - height]);
            Rect::new(corner, Point::new(corner.x() + width, corner.y() + height))
        };
        (0..QUESTIONS).map(|_| window(&mut random)).collect()
    }
}

fn points() -> Vec<Point> {
    let mut random = Random::new(SEED + 2);
    (0..QUESTIONS).map(|_| random.point_in(EXTENT)).collect()
}

/// Measures `answer`, which goes round the questions.
fn measure<Q: Copy>(group: &mut BenchmarkGroup<WallTime>, name: &str, questions: &[Q], answer: impl Fn(Q) -> usize) {
    group.bench_function(name, |bencher| {
        let mut round = questions.iter().cycle();
        bencher.iter(|| round.next().map(|question| black_box(answer(black_box(*question)))));
    });
}

fn windows(criterion: &mut Criterion, world: &World, hits: f64) {
    let mut group = criterion.benchmark_group(format!("window of {hits} among {}", world.count));
    let questions = world.windows(hits);
    let by_atlas = |window: Rect| {
        let mut found = 0;
        let visited = world.atlas.window(&world.collection, BBox::from(window), |_| {
            found += 1;
            ControlFlow::Continue(())
        });
        debug_assert!(visited.is_continue());
        found
    };
    let by_rstar = |window: Rect| {
        let envelope = AABB::from_corners(window.min().into(), window.max().into());
        world.tree.locate_in_envelope_intersecting(envelope).count()
    };
    let by_loop =
        |window: Rect| world.features.iter().filter(|feature| feature.shape.rect().intersects(&window)).count();
    for window in &questions {
        let counts = [by_atlas(*window), by_rstar(*window), by_loop(*window)];
        assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?} in {window:?}");
    }
    measure(&mut group, "atlas", &questions, by_atlas);
    measure(&mut group, "rstar", &questions, by_rstar);
    measure(&mut group, "loop", &questions, by_loop);
    group.finish();
}

/// The atlas measures metres on the ellipsoid to the shapes themselves, as the loop does; bare `rstar` only degrees to boxes.
fn nearest_ten(criterion: &mut Criterion, world: &World) {
    let mut group = criterion.benchmark_group(format!("nearest 10 among {}", world.count));
    let questions = points();
    measure(&mut group, "atlas", &questions, |from| {
        let metres = |feature: &Feature| Some(distance_from(from, &feature.shape));
        world.atlas.nearest(&world.collection, from, 10, MAX_RADIUS_M, metres).len()
    });
    measure(&mut group, "rstar", &questions, |from| {
        world.tree.nearest_neighbor_iter([from.x(), from.y()]).take(10).count()
    });
    measure(&mut group, "loop", &questions, |from| {
        let metres = |feature: &Feature| distance_from(from, &feature.shape);
        let mut all: Vec<f64> = world.features.iter().map(metres).filter(|metres| *metres <= MAX_RADIUS_M).collect();
        let cut = all.len().min(10);
        if cut < all.len() {
            all.select_nth_unstable_by(cut, f64::total_cmp);
        }
        cut
    });
    group.finish();
}

fn spatial(criterion: &mut Criterion) {
    for count in [1_000, 100_000] {
        let world = World::of(count);
        windows(criterion, &world, 10.0);
        windows(criterion, &world, 400.0);
        nearest_ten(criterion, &world);
    }
}

criterion_group!(benches, spatial);
criterion_main!(benches);
