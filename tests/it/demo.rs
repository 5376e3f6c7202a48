//! The simulated year: the same for the same seed, legal in every step, marked as simulated, and with something to see.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use guatu::atlas::{Atlas, Row};
use guatu::plan::{
    Batch, Collection, Date, Edit, Expected, Light, Plan, Position, Record, RecordKey, RecordType, Stage, Word, rules,
};
use guatu::services::View;
use guatu::services::demo::simulate;
use jiff::tz::TimeZone;

use crate::support::binary::{GUATU, Running, folder, run};
use crate::support::plan::{at, date};
use crate::support::plans::{MADE_UP, SHIPPED, load};

/// The program's own default.
const SEED: u64 = 38;

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").expect("a zone of the database")
}

fn year(plan: &str, seed: u64) -> Vec<Batch> {
    simulate(load(plan), seed, date("2026-01-01"), &zone())
}

fn day_of(batch: &Batch) -> Date {
    batch.at.to_zoned_datetime(zone()).date()
}

fn count(batches: &[Batch]) -> usize {
    batches.iter().map(|batch| batch.edits.len()).sum()
}

/// The records after some batches, each edit held against the version that it expects and the rules of an edit.
fn replay(batches: &[Batch]) -> HashMap<RecordKey, Row<Record>> {
    let mut rows: HashMap<RecordKey, Row<Record>> = HashMap::new();
    let mut plan: Option<Plan> = None;
    let mut collections: HashMap<String, Collection> = HashMap::new();
    for batch in batches {
        for edit in &batch.edits {
            let Edit::Put { record, expected } = edit else { panic!("a simulation deletes nothing") };
            match record {
                Record::Plan(known) => plan = Some(known.clone()),
                Record::Collection(known) => drop(collections.insert(known.id.to_string(), known.clone())),
                _ => {}
            }
            let key = record.key();
            let before = rows.get(&key);
            match (before, expected) {
                (None, Expected::Absent) => {}
                (Some(row), Expected::Version(version)) => assert_eq!(row.version, *version, "{key}"),
                _ => panic!("{key} expects {expected:?}"),
            }
            let home = key.collection.as_ref().and_then(|id| collections.get(id.as_str()));
            let plan = plan.as_ref().expect("the plan comes first");
            let before_value = before.map(|row| &row.value);
            let broken = rules::check(before_value, record, plan, home, day_of(batch));
            assert_eq!(broken, [], "{key} on {}", batch.at);
            assert!(before_value != Some(record), "{key} changes nothing on {}", batch.at);
            let version = before.map_or(1, |row| row.version + 1);
            rows.insert(key, Row { version, value: record.clone() });
        }
    }
    rows
}

#[test]
fn a_seed_gives_one_year_and_another_seed_another() {
    assert!(year(SHIPPED, SEED) == year(SHIPPED, SEED));
    assert!(year(SHIPPED, SEED) != year(SHIPPED, SEED + 1));
}

#[test]
fn every_step_is_legal_in_order_and_marked_as_simulated() {
    for (plan, seeds) in [(SHIPPED, 0..12), (MADE_UP, 0..12)] {
        for seed in seeds {
            let batches = year(plan, seed);
            let seeded = load(plan);
            assert!(batches.is_sorted_by_key(|batch| batch.at), "{plan} {seed}");
            assert_eq!((batches[0].actor.as_str(), day_of(&batches[0])), ("seed", seeded.plan.start));
            assert!(batches[1..].iter().all(|batch| batch.actor == "simulation" && !batch.edits.is_empty()));
            assert!(batches.iter().all(|batch| day_of(batch) <= seeded.plan.due));
            for row in replay(&batches).values() {
                match &row.value {
                    Record::Plan(plan) => assert!(plan.simulated),
                    Record::Project(project) => {
                        assert_eq!(project.simulated, row.version > 1, "{}", project.id);
                        assert!(project.investment.is_none() || plan == MADE_UP, "what nobody knows stays unknown");
                    }
                    Record::Target(target) => {
                        assert!(target.readings.len() >= 12);
                        assert!(target.readings.iter().all(|reading| reading.source == "模拟 simulated"));
                    }
                    Record::Feature(feature) if row.version > 1 => {
                        assert_eq!(feature.position, Position::Surveyed);
                        assert!(feature.basis.as_ref().is_some_and(|basis| basis.zh.contains("模拟")));
                    }
                    Record::Inspection(visit) => {
                        assert!(visit.simulated && visit.inspector == "simulation" && visit.photos.is_empty());
                        assert!(visit.marks.is_empty() || visit.decision.is_none(), "nobody accepts what is in doubt");
                    }
                    _ => assert_eq!(row.version, 1),
                }
            }
        }
    }
}

#[test]
fn the_plan_lands_at_eight_in_the_zone_on_its_first_day() {
    assert_eq!(year(SHIPPED, SEED)[0].at, at("2019-01-01T00:00:00Z"));
}

#[test]
fn a_year_has_something_to_see() {
    let batches = year(SHIPPED, SEED);
    assert!((1_000..=2_000).contains(&count(&batches)), "{} changes", count(&batches));
    let until = |day: &str| {
        let day = date(day);
        let rows = replay(&batches.iter().take_while(|batch| day_of(batch) <= day).cloned().collect::<Vec<_>>());
        View {
            atlas: Arc::new(Atlas::build(1, rows.into_values()).expect("a plan")),
            today: day,
            audience: guatu::services::Audience::Staff,
        }
    };
    let mut stages = BTreeSet::new();
    for day in ["2019-06-30", "2019-09-30", "2019-12-31"] {
        let view = until(day);
        let lights: Vec<Light> = view.atlas.projects.iter().map(|row| view.colour(&row.value)).collect();
        for light in Light::ALL {
            assert!(lights.contains(light), "nothing is {light} on {day}");
        }
        assert!(day != "2019-12-31" || view.atlas.projects.iter().any(|row| row.value.stage == Stage::Suspended));
        stages.extend(view.atlas.projects.iter().map(|row| row.value.stage));
    }
    let end = until("2019-12-31");
    for stage in [Stage::Planned, Stage::Preparing, Stage::Building, Stage::Completed, Stage::Suspended] {
        assert!(stages.contains(&stage), "nothing was ever {stage}");
    }
    let moved = |row: &Row<Record>| matches!(row.value.key().record_type, RecordType::Feature) && row.version > 1;
    assert!(replay(&batches).values().filter(|row| moved(row)).count() >= 5, "a few places were surveyed");
    let reports = || end.atlas.inspections.newest().map(|row| &row.value);
    assert!(reports().any(|report| report.decision.is_some()), "somebody was there");
    assert!(reports().any(|report| report.decision.is_none() && report.is_in_tolerance()), "something waits");
    assert!(reports().any(|report| report.decision.is_none() && !report.is_in_tolerance()), "and something in doubt");
    let projects = || end.atlas.projects.iter().map(|row| &row.value);
    assert!(projects().any(|project| project.due > end.atlas.plan().due), "a due date slipped");
    assert!(projects().flat_map(|project| &project.milestones).any(|milestone| milestone.done.is_some()));
}

#[test]
fn a_year_that_is_not_over_ends_today() {
    let whole = year(SHIPPED, SEED);
    let half = simulate(load(SHIPPED), SEED, date("2019-07-10"), &zone());
    assert!(half.len() < whole.len() && half.iter().all(|batch| day_of(batch) <= date("2019-07-10")));
    let not_begun = simulate(load(SHIPPED), SEED, date("2018-12-31"), &zone());
    assert_eq!((not_begun.len(), not_begun[0].edits.len()), (1, whole[0].edits.len()));
}

#[test]
fn a_simulation_begins_a_new_store_and_touches_no_other() {
    let data = folder();
    let path = data.path().to_str().expect("a path");
    let (ok, said) = run(GUATU, &["demo", "--data", path, "--plan", MADE_UP, "--seed", "7"]);
    assert!(ok && said.contains("simulated changes from 2024-02-01 to 2025-01-31"), "{said}");
    let names: Vec<_> = std::fs::read_dir(path).expect("a folder").map(|e| e.expect("an entry").file_name()).collect();
    assert_eq!(names, ["guatu.gpkg"]);
    let (ok, said) = run(GUATU, &["demo", "--data", path, "--plan", MADE_UP]);
    assert!(!ok && said.contains("is there already"), "{said}");
    // It opens like any other store, and a service's command line stays the same.
    let expected = count(&simulate(load(MADE_UP), 7, date("2026-01-01"), &zone()));
    for arguments in [&[][..], &["--demo"]] {
        let server = Running::start(data.path(), arguments);
        assert_eq!(server.json("/health/ready")["seq"], expected);
        server.stop_cleanly();
    }
    let real = folder();
    Running::start(real.path(), &["--plan", MADE_UP]).stop_cleanly();
    let real = real.path().to_str().expect("a path");
    let (ok, said) = run(GUATU, &["serve", "--listen", "127.0.0.1:0", "--data", real, "--demo"]);
    assert!(!ok && said.contains("is not simulated"), "{said}");
}
