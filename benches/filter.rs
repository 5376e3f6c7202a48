//! What a CQL2 filter costs beside a closure in Rust that asks the same, over the same features, in one run.
//!
//! Only the ratios within a run mean something. `cargo bench --bench filter` (with `-- --quick` for a first look).

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "test data is small")]

#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../tests/it/support/random.rs"]
mod random;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use geo::{Intersects, Polygon, polygon};
use guatu::spatial::filter::{Filter, Lookup, Operand, PropertyType, Queryables};
use guatu::spatial::{Crs, Shape};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use random::{Random, any_shape};

const SEED: u64 = 20_190_101;
const FEATURES: usize = 100_000;
const EXTENT: [f64; 4] = [120.0, 30.0, 121.0, 31.0];
const NAMES: [&str; 5] = ["嘉兴市第一医院", "南湖大桥", "南湖区Café路", "Ring Road East", "长水塘绿道二期"];

struct Place {
    name: &'static str,
    floors: Option<f64>,
    due: Option<Date>,
    shape: Shape,
}

impl Lookup for Place {
    fn property(&self, name: &str) -> Operand<'_> {
        match name {
            "name" => Operand::Text(self.name),
            "floors" => self.floors.map_or(Operand::Null, Operand::Number),
            "due" => self.due.map_or(Operand::Null, Operand::Date),
            "geometry" => Operand::Geometry(&self.shape),
            _ => Operand::Null,
        }
    }
}

fn places() -> Vec<Place> {
    let mut random = Random::new(SEED);
    let mut place = || {
        let middle = random.point_in(EXTENT);
        Place {
            name: NAMES[random.below(NAMES.len() as u64) as usize],
            floors: (random.below(10) > 0).then(|| random.below(12) as f64),
            due: (random.below(10) > 0).then(|| date(2019, 1, 1) + random.below(365).cast_signed().days()),
            shape: any_shape(&mut random, middle, [0.01, 0.01]),
        }
    };
    (0..FEATURES).map(|_| place()).collect()
}

fn filter(text: &str) -> Filter {
    let all = [
        ("name", PropertyType::Text),
        ("floors", PropertyType::Number),
        ("due", PropertyType::Date),
        ("geometry", PropertyType::Geometry),
    ];
    let queryables = Queryables::new(all.map(|(name, property_type)| (name.to_owned(), property_type)));
    Filter::parse_text(text, &queryables, &Crs::crs84()).expect("a filter")
}

/// Both ways over all places; they must find as many.
fn side_by_side(criterion: &mut Criterion, name: &str, places: &[Place], text: &str, closure: impl Fn(&Place) -> bool) {
    let filter = filter(text);
    let by_filter = || places.iter().filter(|place| filter.matches(*place)).count();
    let by_closure = || places.iter().filter(|place| closure(place)).count();
    assert_eq!(by_filter(), by_closure(), "{text}");
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(places.len() as u64));
    group.bench_function("filter", |bencher| bencher.iter(|| black_box(by_filter())));
    group.bench_function("closure", |bencher| bencher.iter(|| black_box(by_closure())));
    group.finish();
}

fn filters(criterion: &mut Criterion) {
    let places = places();
    let last = date(2019, 6, 30);
    let attributes = "floors BETWEEN 3 AND 9 AND (name LIKE '%南湖%' OR due > DATE('2019-06-30'))";
    let holds = |place: &Place| {
        place.floors.is_some_and(|floors| (3.0..=9.0).contains(&floors))
            && (place.name.contains("南湖") || place.due.is_some_and(|due| due > last))
    };
    side_by_side(criterion, "attributes", &places, attributes, holds);

    let caseless = "CASEI(name) LIKE CASEI('%CAFÉ%')";
    side_by_side(criterion, "without case", &places, caseless, |place| place.name.to_lowercase().contains("café"));

    let area: Polygon = polygon![(x: 120.2, y: 30.1), (x: 120.9, y: 30.3), (x: 120.7, y: 30.9), (x: 120.1, y: 30.6)];
    let inside = "S_INTERSECTS(geometry, POLYGON((120.2 30.1, 120.9 30.3, 120.7 30.9, 120.1 30.6, 120.2 30.1)))";
    side_by_side(criterion, "an area", &places, inside, |place| place.shape.geometry().intersects(&area));
    let mixed = format!("{attributes} AND {inside}");
    side_by_side(criterion, "mixed", &places, &mixed, |place| holds(place) && place.shape.geometry().intersects(&area));
}

criterion_group!(benches, filters);
criterion_main!(benches);
