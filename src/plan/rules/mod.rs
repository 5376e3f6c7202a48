//! What a record must be after an edit, whoever makes it: every rule that is broken, by its field, with what would be right.
//!
//! Knows one record, what it was before, its plan and its collection; whether ids and references hold is not checked here. An undo
//! goes back to what was there, so it is no move of a stage and need not obey [`Stage::may_become`](super::Stage::may_become).

mod field;
mod place;
mod project;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt::Display;
use std::ops::RangeInclusive;

use super::{Collection, Date, LightRule, Plan, Quota, Record, RecordKey, Slug, Target, Text};
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
    pub detail: Text,
    /// What would be right, where there is more to say.
    pub expected: Option<Text>,
}

impl Violation {
    pub fn new(field: &str, detail: Text, expected: Text) -> Violation {
        Violation { field: field.to_owned(), detail, expected: Some(expected) }
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
        Record::Inspection(after) => {
            let before =
                before.and_then(|record| if let Record::Inspection(report) = record { Some(report) } else { None });
            found.inspection(before, after, plan);
        }
        Record::InspectionRule(rule) => {
            found.id_of_plan(&rule.id, plan, ("巡查规则用计划的标识", "an inspection rule has its plan's id"));
            found.inspection_rule(rule);
        }
        Record::Patch(patch) => found.patch(patch, plan),
        Record::Collection(collection) => found.text("title", &collection.title),
        Record::Feature(feature) => found.place(feature, plan, collection),
        Record::LightRule(rule) => {
            found.id_of_plan(&rule.id, plan, ("亮灯规则用计划的标识", "a light rule has its plan's id"));
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

fn same(what: impl Display) -> Text {
    Text::new(what.to_string(), what.to_string())
}

fn at_least(number: impl Display) -> Text {
    Text::new(format!("至少 {number}"), format!("at least {number}"))
}

fn at_most(number: impl Display) -> Text {
    Text::new(format!("最多 {number}"), format!("at most {number}"))
}

fn between(low: impl Display, high: impl Display) -> Text {
    Text::new(format!("{low} 到 {high}"), format!("{low} to {high}"))
}

#[derive(Default)]
struct Findings {
    violations: Vec<Violation>,
}

impl Findings {
    fn add(&mut self, field: impl Into<String>, detail: Text, expected: Option<Text>) {
        self.violations.push(Violation { field: field.into(), detail, expected });
    }

    fn id_of_plan(&mut self, id: &Slug, plan: &Plan, (zh, en): (&str, &str)) {
        if *id != plan.id {
            self.add("id", Text::new(zh, en), Some(same(&plan.id)));
        }
    }

    fn words(&mut self, field: &str, words: &str) {
        let length = words.chars().count();
        if words.trim().is_empty() {
            self.add(field, Text::new("没有内容", "says nothing"), Some(Text::new("文字", "a text")));
        } else if length > MAX_TEXT_CHARS {
            let detail = Text::new(format!("有 {length} 个字"), format!("has {length} characters"));
            self.add(field, detail, Some(at_most(MAX_TEXT_CHARS)));
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
            let detail = Text::new(format!("没有第 {item} 条"), format!("{item} is no item"));
            self.add("item", detail, Some(between(0, MAX_ITEM)));
        }
    }

    fn finite(&mut self, field: &str, number: f64) {
        if !number.is_finite() {
            self.add(field, Text::new("不是有限的数", "is not a finite number"), None);
        }
    }

    fn plan(&mut self, plan: &Plan) {
        self.text("district", &plan.district);
        self.text("city", &plan.city);
        if !YEARS.contains(&plan.year) {
            let year = plan.year;
            let detail = Text::new(format!("{year} 不能是计划的年份"), format!("{year} is no year of a plan"));
            self.add("year", detail, Some(between(YEARS.start(), YEARS.end())));
        }
        if plan.due <= plan.start {
            let (start, due) = (plan.start, plan.due);
            let detail = Text::new(
                format!("{due} 不在计划开始日 {start} 之后"),
                format!("{due} is not after the plan's start {start}"),
            );
            self.add("due", detail, Some(Text::new(format!("{start} 之后的一天"), format!("a day after {start}"))));
        }
        let [west, south, east, north] = plan.extent;
        let expected = || Some(Text::new("[西, 南, 东, 北]，单位为度", "[west, south, east, north] in degrees"));
        if let Err(fault) = BBox::new(west, south, east, north) {
            self.add("extent", Text::new("不是经纬度范围", fault.to_string()), expected());
        } else if west >= east || south >= north {
            self.add("extent", Text::new("范围是空的，或方向反了", "is empty or reversed"), expected());
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
            let detail = Text::new(
                "已有读数时不能改：读数用的是原来的单位",
                "cannot change while there are readings: they were taken in the old unit",
            );
            self.add("unit", detail, Some(before.unit.clone()));
        }
        for (at, reading) in after.readings.iter().enumerate() {
            let field = |name: &str| format!("readings[{at}].{name}");
            self.finite(&field("value"), reading.value);
            self.words(&field("source"), &reading.source);
            self.not_after_today(&field("date"), reading.date, today);
            let Some(earlier) = at.checked_sub(1).map(|at| after.readings[at].date) else { continue };
            if reading.date == earlier {
                let date = reading.date;
                let detail = Text::new(format!("{date} 已有读数"), format!("{date} has a reading already"));
                self.add(field("date"), detail, None);
            } else if reading.date < earlier {
                let date = reading.date;
                let detail = Text::new(
                    format!("{date} 排在 {earlier} 之后"),
                    format!("{date} comes after {earlier} in the list"),
                );
                let expected = Text::new("从最早到最近排列", "readings from the oldest to the latest");
                self.add(field("date"), detail, Some(expected));
            }
        }
    }

    fn not_after_today(&mut self, field: &str, date: Date, today: Date) {
        if date > today {
            let detail = Text::new(format!("{date} 还没有到"), format!("{date} has not come yet"));
            let expected = Text::new(format!("不晚于今天 {today}"), format!("a day up to today, {today}"));
            self.add(field, detail, Some(expected));
        }
    }

    fn quota(&mut self, quota: &Quota) {
        self.item(quota.item);
        self.text("name", &quota.name);
        let named = quota.members.len();
        if named > usize::try_from(quota.count).unwrap_or(usize::MAX) {
            let count = quota.count;
            let detail = Text::new(
                format!("{count} 少于已点名的 {named} 个项目"),
                format!("{count} is less than the {named} members that are named"),
            );
            self.add("count", detail, Some(at_least(named)));
        }
        let mut seen = HashSet::new();
        for (at, member) in quota.members.iter().enumerate() {
            if !seen.insert(member) {
                let detail = Text::new(format!("{member} 出现了两次"), format!("{member} is there twice"));
                self.add(format!("members[{at}]"), detail, None);
            }
        }
    }

    fn light_rule(&mut self, rule: &LightRule) {
        let (yellow, red) = (rule.behind_yellow_points, rule.behind_red_points);
        for (field, points) in [("behind_yellow_points", yellow), ("behind_red_points", red)] {
            if !(0.0..=100.0).contains(&points) {
                let detail = Text::new(format!("{points} 不是百分点数"), format!("{points} is no number of points"));
                self.add(field, detail, Some(between(0, 100)));
            }
        }
        if red < yellow {
            let detail = Text::new(
                format!("{red} 小于黄灯的 {yellow}：红灯更重"),
                format!("{red} is less than behind_yellow_points, {yellow}: red is the worse light"),
            );
            self.add("behind_red_points", detail, Some(at_least(yellow)));
        }
        let (yellow, red) = (rule.unstarted_yellow_months, rule.unstarted_red_months);
        for (field, months) in [("unstarted_yellow_months", yellow), ("unstarted_red_months", red)] {
            if months > MAX_RULE_MONTHS {
                let detail = Text::new(format!("{months} 个月太长"), format!("{months} months are too long"));
                self.add(field, detail, Some(between(0, MAX_RULE_MONTHS)));
            }
        }
        if red < yellow {
            let detail = Text::new(
                format!("{red} 小于黄灯的 {yellow}：红灯更重"),
                format!("{red} is less than unstarted_yellow_months, {yellow}: red is the worse light"),
            );
            self.add("unstarted_red_months", detail, Some(at_least(yellow)));
        }
        if let Some(days) = rule.evidence_days.filter(|days| !(1..=MAX_RULE_DAYS).contains(days)) {
            let expected = Text::new(
                format!("1 到 {MAX_RULE_DAYS}；不论新旧则不填"),
                format!("1 to {MAX_RULE_DAYS}, or nothing where age does not matter"),
            );
            let detail = Text::new(format!("{days} 不是报告的天数"), format!("{days} is no age of a report"));
            self.add("evidence_days", detail, Some(expected));
        }
    }
}
