//! A simulated year of reports on a plan, so that there is something to see and to try. Pure: gives batches, commits none.
//!
//! Nothing of it is known of the real projects, and every record that it touches says so: `simulated`, the source of a reading, the
//! basis of a place. The same plan, seed and days give the same batches.

mod course;
mod random;
mod readings;
mod survey;

use std::collections::{BTreeSet, HashMap};

use jiff::ToSpan;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::formats::seeds::SeedPlan;
use crate::plan::{Batch, Date, Edit, Expected, Record, RecordKey};
use course::Course;
use random::Random;
use readings::Gauge;
use survey::Surveyors;

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
    let internal = plan.internal_keys();
    let mut log = Log { zone, versions: HashMap::new(), internal, batches: Vec::new() };
    log.commit(first, PLAN_HOUR, SEED_ACTOR, plan.into_records());

    let days = std::iter::successors(Some(first), |day| day.tomorrow().ok()).take_while(|day| *day <= last);
    for day in days.skip(1) {
        if is_working_day(day) {
            log.commit(day, SURVEY_HOUR, ACTOR, surveyors.measure(day).into_iter().map(Record::Feature));
            let is_scheduled = (day - first).get_days() >= SCHEDULE_AFTER_DAYS;
            let reports = courses.iter_mut().filter_map(|course| {
                if is_scheduled && course.schedule() { Some(course.project()) } else { course.report(day) }
            });
            log.commit(day, REPORT_HOUR, ACTOR, reports.map(Record::Project));
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
        let internal = edits.iter().map(Edit::key).filter(|key| self.internal.contains(key)).collect();
        self.batches.push(Batch { at, actor: actor.to_owned(), edits, internal, ..Batch::default() });
    }

    fn edit(&mut self, record: Record) -> Edit {
        let version = self.versions.entry(record.key()).or_default();
        let expected = if *version == 0 { Expected::Absent } else { Expected::Version(*version) };
        *version += 1;
        Edit::Put { record, expected }
    }
}
