//! A simulated year of reports on a plan, so that there is something to see and to try. Pure: gives batches, commits none.
//!
//! Nothing of it is known of the real projects, and every record that it touches says so: `simulated`, the source of a reading, the
//! basis of a place. The same plan, seed and days give the same batches.

mod course;
mod random;
mod readings;
mod survey;
mod visits;

use std::collections::{BTreeSet, HashMap};

use jiff::ToSpan;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::formats::seeds::SeedPlan;
use crate::plan::{Batch, Date, Edit, Expected, Record, RecordKey, RecordType};
use course::Course;
use random::Random;
use readings::Gauge;
use survey::Surveyors;
use visits::Visits;

/// The actor of the plan's first batch, as of any first start; all later changes are the simulation's.
const SEED_ACTOR: &str = "seed";
const ACTOR: &str = "simulation";

/// The hours of the day at which things reach the log.
const PLAN_HOUR: i8 = 8;
const SURVEY_HOUR: i8 = 11;
const REPORT_HOUR: i8 = 16;
const READING_HOUR: i8 = 18;

/// On which day of the plan the offices hand in their schedules.
const SCHEDULE_AFTER_DAYS: i32 = 7;

/// The plan, and what could have been reported on it from its start to its due date, or to `until` when that is earlier. In order of time.
pub fn simulate(mut plan: SeedPlan, seed: u64, until: Date, zone: &TimeZone) -> Vec<Batch> {
    plan.plan.simulated = true;
    let (first, last) = (plan.plan.start, plan.plan.due.min(until));
    let mut random = Random::new(seed);
    let mut courses: Vec<Course> =
        plan.projects.iter().map(|project| Course::new(project, &plan.plan, random.branch())).collect();
    let mut gauges: Vec<Gauge> = plan.targets.iter().map(|target| Gauge::new(target, random.branch())).collect();
    let mut surveyors = Surveyors::new(&plan, random.branch());
    let mut visits = Visits::new(&plan, last, zone, random.branch());
    let internal = plan.internal_keys();
    let mut log = Log { zone, versions: HashMap::new(), internal, batches: Vec::new() };
    log.commit(first, PLAN_HOUR, SEED_ACTOR, plan.into_records());

    let days = std::iter::successors(Some(first), |day| day.tomorrow().ok()).take_while(|day| *day <= last);
    for day in days.skip(1) {
        if is_working_day(day) {
            let measured = surveyors.measure(day);
            measured.iter().for_each(|place| visits.measured(place));
            log.commit(day, SURVEY_HOUR, ACTOR, measured.into_iter().map(Record::Feature));
            let is_scheduled = (day - first).get_days() >= SCHEDULE_AFTER_DAYS;
            let mut reports = Vec::new();
            for course in &mut courses {
                let is_schedule = is_scheduled && course.schedule();
                let report = if is_schedule { Some(course.project()) } else { course.report(day) };
                let visit = match &report {
                    Some(project) if !is_schedule => visits.behind(project, day),
                    Some(_) => None,
                    None => visits.waiting(&course.project(), day),
                };
                reports.extend(visit.map(Record::Inspection));
                reports.extend(report.map(Record::Project));
            }
            log.commit(day, REPORT_HOUR, ACTOR, reports);
        }
        if day.tomorrow().is_ok_and(|next| next.day() == 1) || day == last {
            let readings = gauges.iter_mut().map(|gauge| gauge.read(day, first, last));
            log.commit(day, READING_HOUR, ACTOR, readings.map(Record::Target));
        }
    }
    log.batches
}

fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn plus(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

/// Whole days from one day to another.
fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// Batches as they come, each edit with the version that it expects.
struct Log<'a> {
    zone: &'a TimeZone,
    versions: HashMap<RecordKey, u64>,
    /// A simulation never changes who may see a record.
    internal: BTreeSet<RecordKey>,
    batches: Vec<Batch>,
}

impl Log<'_> {
    fn commit(&mut self, day: Date, hour: i8, actor: &str, records: impl IntoIterator<Item = Record>) {
        let edits: Vec<Edit> = records.into_iter().map(|record| self.edit(record)).collect();
        if edits.is_empty() {
            return;
        }
        let at = day.at(hour, 0, 0, 0).to_zoned_datetime(self.zone.clone());
        let at = at.expect("the days of a plan lie far from the ends of time").timestamp();
        let is_internal = |key: &RecordKey| {
            // Reports tell of people.
            key.record_type == RecordType::Inspection || self.internal.contains(key)
        };
        let internal = edits.iter().map(Edit::key).filter(is_internal).collect();
        self.batches.push(Batch { at, actor: actor.to_owned(), edits, internal, ..Batch::default() });
    }

    fn edit(&mut self, record: Record) -> Edit {
        let version = self.versions.entry(record.key()).or_default();
        let expected = if *version == 0 { Expected::Absent } else { Expected::Version(*version) };
        *version += 1;
        Edit::Put { record, expected }
    }
}
