//! What a record must be after an edit, whoever makes it: every rule that is broken, by its field, with what would be right.
//!
//! Knows one record, what it was before, its plan and its collection; whether ids and references hold is not checked here. An undo
//! goes back to what was there, so it is no move of a stage and need not obey [`Stage::may_become`](super::Stage::may_become).

mod place;
mod project;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt::Display;
use std::ops::RangeInclusive;

use super::{Collection, Date, LightRule, Plan, Quota, Record, RecordKey, Target, Text};
use crate::spatial::BBox;
pub use place::outside_extent;

/// The longest text of a record; more belongs into a document.
pub const MAX_TEXT_CHARS: usize = 500;

/// The highest item number within a section; 0 is the section as a whole.
pub const MAX_ITEM: u8 = 99;

/// Years that a plan may be for.
const YEARS: RangeInclusive<i16> = 1950..=2199;

/// The most months or days that a light rule may wait: ten years, longer than any plan.
const MAX_RULE_MONTHS: u32 = 120;
const MAX_RULE_DAYS: u32 = 3_650;

/// A rule that a record breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// As the record's JSON names it, with a path into lists and texts: `stage`, `name.en`, `milestones[0].due`.
    pub field: String,
    /// What is wrong.
    pub detail: String,
    /// What would be right, where there is more to say.
    pub expected: Option<String>,
}

impl Violation {
    pub fn new(field: &str, detail: impl Into<String>, expected: impl Into<String>) -> Violation {
        Violation { field: field.to_owned(), detail: detail.into(), expected: Some(expected.into()) }
    }

    /// The same, among edits of several records.
    pub fn of(self, key: &RecordKey) -> Violation {
        Violation { field: format!("{}.{}", key.id, self.field), ..self }
    }
}

/// Every rule that `after` breaks; none, and the edit may land. `before` is what the record was, none when it is new;
/// `collection` is a feature's own.
pub fn check(
    before: Option<&Record>,
    after: &Record,
    plan: &Plan,
    collection: Option<&Collection>,
    today: Date,
) -> Vec<Violation> {
    let mut found = Findings::default();
    match after {
        Record::Plan(after) => found.plan(after),
        Record::Section(section) => found.text("name", &section.name),
        Record::Target(after) => {
            let before =
                before.and_then(|record| if let Record::Target(target) = record { Some(target) } else { None });
            found.target(before, after, today);
        }
        Record::Quota(quota) => found.quota(quota),
        Record::Project(after) => {
            let before =
                before.and_then(|record| if let Record::Project(project) = record { Some(project) } else { None });
            found.project(before, after, plan, today);
        }
        Record::Theme(theme) => {
            found.item(theme.item);
            found.text("name", &theme.name);
            found.optional_text("note", theme.note.as_ref());
        }
        Record::Collection(collection) => found.text("title", &collection.title),
        Record::Feature(feature) => found.place(feature, plan, collection),
        Record::LightRule(rule) => {
            if rule.id != plan.id {
                found.add("id", "a light rule has its plan's id", Some(plan.id.to_string()));
            }
            found.light_rule(rule);
        }
    }
    found.violations
}

/// Every rule that the numbers of a light rule break.
pub fn check_light_rule(rule: &LightRule) -> Vec<Violation> {
    let mut found = Findings::default();
    found.light_rule(rule);
    found.violations
}

#[derive(Default)]
struct Findings {
    violations: Vec<Violation>,
}

impl Findings {
    fn add(&mut self, field: impl Into<String>, detail: impl Display, expected: Option<String>) {
        self.violations.push(Violation { field: field.into(), detail: detail.to_string(), expected });
    }

    fn words(&mut self, field: &str, words: &str) {
        let length = words.chars().count();
        if words.trim().is_empty() {
            self.add(field, "says nothing", Some("a text".to_owned()));
        } else if length > MAX_TEXT_CHARS {
            self.add(field, format_args!("has {length} characters"), Some(format!("at most {MAX_TEXT_CHARS}")));
        }
    }

    fn text(&mut self, field: &str, text: &Text) {
        self.words(&format!("{field}.zh"), &text.zh);
        self.words(&format!("{field}.en"), &text.en);
    }

    fn optional_text(&mut self, field: &str, text: Option<&Text>) {
        if let Some(text) = text {
            self.text(field, text);
        }
    }

    fn item(&mut self, item: u8) {
        if item > MAX_ITEM {
            self.add("item", format_args!("{item} is no item"), Some(format!("0 to {MAX_ITEM}")));
        }
    }

    fn finite(&mut self, field: &str, number: f64) {
        if !number.is_finite() {
            self.add(field, "is not a finite number", None);
        }
    }

    fn plan(&mut self, plan: &Plan) {
        self.text("district", &plan.district);
        self.text("city", &plan.city);
        if !YEARS.contains(&plan.year) {
            let expected = format!("{} to {}", YEARS.start(), YEARS.end());
            self.add("year", format_args!("{} is no year of a plan", plan.year), Some(expected));
        }
        if plan.due <= plan.start {
            let detail = format!("{} is not after the plan's start {}", plan.due, plan.start);
            self.add("due", detail, Some(format!("a day after {}", plan.start)));
        }
        let [west, south, east, north] = plan.extent;
        let expected = || Some("[west, south, east, north] in degrees".to_owned());
        if let Err(fault) = BBox::new(west, south, east, north) {
            self.add("extent", fault, expected());
        } else if west >= east || south >= north {
            self.add("extent", "is empty or reversed", expected());
        }
    }

    fn target(&mut self, before: Option<&Target>, after: &Target, today: Date) {
        self.item(after.item);
        self.text("name", &after.name);
        self.text("unit", &after.unit);
        self.finite("value", after.value);
        after.stretch.into_iter().for_each(|stretch| self.finite("stretch", stretch));
        if let Some(before) = before.filter(|before| before.unit != after.unit)
            && !before.readings.is_empty()
            && !after.readings.is_empty()
        {
            let detail = "cannot change while there are readings: they were taken in the old unit";
            self.add("unit", detail, Some(format!("{} / {}", before.unit.zh, before.unit.en)));
        }
        for (at, reading) in after.readings.iter().enumerate() {
            let field = |name: &str| format!("readings[{at}].{name}");
            self.finite(&field("value"), reading.value);
            self.words(&field("source"), &reading.source);
            self.not_after_today(&field("date"), reading.date, today);
            let Some(earlier) = at.checked_sub(1).map(|at| after.readings[at].date) else { continue };
            if reading.date == earlier {
                self.add(field("date"), format_args!("{} has a reading already", reading.date), None);
            } else if reading.date < earlier {
                let detail = format!("{} comes after {earlier} in the list", reading.date);
                self.add(field("date"), detail, Some("readings from the oldest to the latest".to_owned()));
            }
        }
    }

    fn not_after_today(&mut self, field: &str, date: Date, today: Date) {
        if date > today {
            self.add(field, format_args!("{date} has not come yet"), Some(format!("a day up to today, {today}")));
        }
    }

    fn quota(&mut self, quota: &Quota) {
        self.item(quota.item);
        self.text("name", &quota.name);
        let named = quota.members.len();
        if named > usize::try_from(quota.count).unwrap_or(usize::MAX) {
            let detail = format!("{} is less than the {named} members that are named", quota.count);
            self.add("count", detail, Some(format!("at least {named}")));
        }
        let mut seen = HashSet::new();
        for (at, member) in quota.members.iter().enumerate() {
            if !seen.insert(member) {
                self.add(format!("members[{at}]"), format_args!("{member} is there twice"), None);
            }
        }
    }

    fn light_rule(&mut self, rule: &LightRule) {
        let (yellow, red) = (rule.behind_yellow_points, rule.behind_red_points);
        for (field, points) in [("behind_yellow_points", yellow), ("behind_red_points", red)] {
            if !(0.0..=100.0).contains(&points) {
                self.add(field, format_args!("{points} is no number of points"), Some("0 to 100".to_owned()));
            }
        }
        if red < yellow {
            let detail = format!("{red} is less than behind_yellow_points, {yellow}: red is the worse light");
            self.add("behind_red_points", detail, Some(format!("at least {yellow}")));
        }
        let (yellow, red) = (rule.unstarted_yellow_months, rule.unstarted_red_months);
        for (field, months) in [("unstarted_yellow_months", yellow), ("unstarted_red_months", red)] {
            if months > MAX_RULE_MONTHS {
                self.add(field, format_args!("{months} months are too long"), Some(format!("0 to {MAX_RULE_MONTHS}")));
            }
        }
        if red < yellow {
            let detail = format!("{red} is less than unstarted_yellow_months, {yellow}: red is the worse light");
            self.add("unstarted_red_months", detail, Some(format!("at least {yellow}")));
        }
        if let Some(days) = rule.evidence_days.filter(|days| !(1..=MAX_RULE_DAYS).contains(days)) {
            let expected = format!("1 to {MAX_RULE_DAYS}, or nothing where age does not matter");
            self.add("evidence_days", format_args!("{days} is no age of a report"), Some(expected));
        }
    }
}
