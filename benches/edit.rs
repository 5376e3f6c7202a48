//! What an edit costs: the next atlas beside plans of both sizes, and the commit alone and in groups that share one sync of the
//! disk, in one run. Only the ratios within a run mean something. `cargo bench --bench edit`.

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "test data is small")]

#[allow(dead_code, reason = "other benchmarks use the rest of it")]
mod support;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use geo::Coord;
use guatu::atlas::{Atlas, Row};
use guatu::plan::{Batch, Change, Edit, Expected, Record, RecordType, Timestamp};
use guatu::store::Store;
use guatu::store::gpkg::{GpkgStore, Options};

/// Zones that edits go to, all of them in both plans.
const EDITED: u64 = 1_000;

fn change(seq: u64, version: u64, before: Record, after: Record) -> Change {
    Change {
        seq,
        batch: seq,
        at: Timestamp::UNIX_EPOCH,
        actor: "bench".into(),
        key: before.key(),
        version,
        before: Some(before),
        after: Some(after),
        internal: false,
        note: None,
        undoes: None,
    }
}

fn moved(at: u64) -> Record {
    support::zone(at, Coord { x: 120.7 + at as f64 * 1e-4, y: 30.7 })
}

/// A zone moved in an atlas.
fn a_move(atlas: &Atlas, at: u64) -> Change {
    let before = support::zone(at, Coord { x: 120.7, y: 30.7 });
    let row = atlas.record(&before.key()).expect("a zone");
    change(atlas.seq() + 1, row.version + 1, row.value, moved(at))
}

fn apply(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apply one edit");
    for count in [EDITED, 100_000] {
        let atlas = Atlas::build(1, support::plan_with_zones(count)).expect("a whole plan");
        let project =
            support::plan_with_zones(0).into_iter().find(|row| row.value.key().record_type == RecordType::Project);
        let project: Row<Record> = project.expect("a project");
        let Record::Project(mut noted) = project.value.clone() else { unreachable!("it was chosen by its type") };
        noted.warden = Some("林海".into());
        let of_project = change(2, 2, project.value, Record::Project(noted));
        group.bench_function(BenchmarkId::new("a project", count), |bencher| {
            bencher.iter(|| black_box(atlas.apply(std::slice::from_ref(&of_project)).expect("it follows on")));
        });
        let of_zone = a_move(&atlas, 0);
        group.bench_function(BenchmarkId::new("a feature", count), |bencher| {
            bencher.iter(|| black_box(atlas.apply(std::slice::from_ref(&of_zone)).expect("it follows on")));
        });
        let edited = (1..500).fold(atlas, |atlas, at| atlas.apply(&[a_move(&atlas, at)]).expect("it follows on"));
        let of_zone = a_move(&edited, 0);
        group.bench_function(BenchmarkId::new("a feature, after 499 edits", count), |bencher| {
            bencher.iter(|| black_box(edited.apply(std::slice::from_ref(&of_zone)).expect("it follows on")));
        });
    }
    group.finish();
}

fn batch(record: Record, expected: Expected) -> Batch {
    let edits = vec![Edit::Put { record, expected }];
    Batch { at: Timestamp::UNIX_EPOCH, actor: "bench".into(), edits, ..Batch::default() }
}

fn commit(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = GpkgStore::open(&folder.path().join("guatu.gpkg"), &Options::default()).expect("a new store");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let edits = support::plan_with_zones(EDITED)
        .into_iter()
        .map(|row| Edit::Put { record: row.value, expected: Expected::Absent })
        .collect();
    let first = Batch { at: Timestamp::UNIX_EPOCH, actor: "bench".into(), edits, ..Batch::default() };
    runtime.block_on(store.commit(first)).expect("an empty store");
    let mut group = criterion.benchmark_group("commit single edits, durable");
    for size in [1, 16, 256] {
        group.throughput(Throughput::Elements(size));
        // Zones that no other group changes, so that all of them are at one version.
        let zones = size..2 * size;
        let mut version = 1;
        group.bench_function(BenchmarkId::new("group", size), |bencher| {
            bencher.iter(|| {
                let batches = zones.clone().map(|at| batch(moved(at), Expected::Version(version))).collect();
                let answers = runtime.block_on(store.commit_all(batches)).expect("a disk that works");
                version += 1;
                assert!(answers.iter().all(Result::is_ok));
            });
        });
    }
    group.finish();
}

criterion_group!(benches, apply, commit);
criterion_main!(benches);
