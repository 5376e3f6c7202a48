//! What a photo costs beside decoding it alone, and what a report costs beside how many there are, in one run. Only the ratios
//! within a run mean something. `cargo bench --bench field`.

#![allow(clippy::cast_possible_truncation, reason = "test data is small")]

#[allow(dead_code, reason = "other benchmarks use the rest of it")]
mod support;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use guatu::atlas::{Atlas, Row};
use guatu::formats::photo::develop;
use guatu::plan::{Change, Decision, Fix, FixSource, Inspection, Record, Stage, Timestamp};
use guatu::services::inspections::InspectionFilter;
use guatu::services::{Audience, View};
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

/// As phones take them: 12 million pixels.
const PHOTO: (u32, u32) = (4_032, 3_024);

fn photo(criterion: &mut Criterion) {
    let mut bytes = Vec::new();
    let texture = |x: u32, y: u32| (x.wrapping_mul(31) ^ y.wrapping_mul(17)) as u8 / 4;
    let picture = RgbImage::from_fn(PHOTO.0, PHOTO.1, |x, y| Rgb([(x / 16) as u8, (y / 12) as u8, texture(x, y)]));
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 85)).expect("a JPEG");
    let mut group = criterion.benchmark_group("a photo of 12 million pixels");
    group.sample_size(10);
    println!("{} bytes", bytes.len());
    group.bench_function("developed", |bencher| bencher.iter(|| black_box(develop(&bytes))));
    group.bench_function("decoded alone", |bencher| bencher.iter(|| black_box(image::load_from_memory(&bytes))));
    group.finish();
}

/// An accepted report on one of ten projects.
fn report(at: u64, projects: &[Record]) -> Inspection {
    let Record::Project(project) = &projects[at as usize % 10] else { unreachable!("only projects are here") };
    let second = 1_546_300_800 + i64::try_from(at * 300).expect("a small number");
    let moment = Timestamp::from_second(second).expect("a moment");
    Inspection {
        id: format!("report-{at}").parse().expect("an id"),
        project: project.id.clone(),
        inspector: "wang-fang".to_owned(),
        observed_at: moment,
        received_at: moment,
        day: moment.to_zoned_datetime(jiff::tz::TimeZone::UTC).date(),
        stage: Stage::Building,
        progress: Some(50.0),
        note: Some("路基完成".to_owned()),
        fix: Some(Fix { lon: 120.7, lat: 30.7, accuracy_m: Some(5.0), source: FixSource::Device }),
        distance_m: Some(3.0),
        photos: Vec::new(),
        marks: Vec::new(),
        confirmed: false,
        decision: Some(Decision { accepted: true, by: None, at: moment, reason: None, superseded: false }),
        simulated: true,
    }
}

fn reports(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reports");
    for count in [1_000_u64, 100_000] {
        let plan = support::plan_with_zones(0);
        let projects: Vec<Record> =
            plan.iter().map(|row| &row.value).filter(|value| matches!(value, Record::Project(_))).cloned().collect();
        let made = (0..count).map(|at| Row { version: 1, value: Record::Inspection(report(at, &projects)) });
        let atlas = Atlas::build(1, plan.into_iter().chain(made)).expect("a whole plan");
        let after = report(count, &projects);
        let change = Change {
            seq: 2,
            batch: 2,
            at: after.received_at,
            actor: "wang-fang".to_owned(),
            key: Record::Inspection(after.clone()).key(),
            version: 1,
            before: None,
            after: Some(Record::Inspection(after)),
            internal: true,
            note: None,
            undoes: None,
        };
        group.bench_function(BenchmarkId::new("the next atlas", count), |bencher| {
            bencher.iter(|| black_box(atlas.apply(std::slice::from_ref(&change))));
        });
        group.bench_function(BenchmarkId::new("the public's atlas", count), |bencher| {
            bencher.iter(|| black_box(atlas.public(|_| false)));
        });
        let today = change.at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        let view = View { atlas: Arc::new(atlas), today, audience: Audience::Staff };
        let filter = InspectionFilter::default();
        group.bench_function(BenchmarkId::new("a page of 50", count), |bencher| {
            bencher.iter(|| black_box(view.inspections(&filter, 50, None).matched));
        });
    }
    group.finish();
}

criterion_group!(benches, photo, reports);
criterion_main!(benches);
