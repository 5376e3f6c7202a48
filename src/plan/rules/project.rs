//! A project's rules: moves of its stage, its dates, its progress and its money.

use super::{Findings, at_least, at_most, between};
use crate::plan::light::months_between;
use crate::plan::{Date, Plan, Project, Stage, Text, Word};

/// The longest curve: ten years of months.
const MAX_CURVE_MONTHS: usize = 120;

impl Stage {
    /// Whether a project may go from this stage to `next` in one edit. Staying is no move.
    ///
    /// Forward goes one step at a time, so that no step lacks its date; one step back is a correction. Anything but use may be
    /// suspended or cancelled; what is suspended goes on before completion, and what is cancelled begins anew.
    pub fn may_become(self, next: Stage) -> bool {
        match (self, next) {
            _ if self == next => true,
            (Stage::NotReported, _) => true,
            (_, Stage::NotReported) => false,
            (Stage::Cancelled, _) => next == Stage::Planned,
            (_, Stage::Suspended | Stage::Cancelled) => self != Stage::InUse,
            (Stage::Suspended, _) => matches!(next, Stage::Planned | Stage::Preparing | Stage::Building),
            _ => self.step().zip(next.step()).is_some_and(|(from, to)| from.abs_diff(to) == 1),
        }
    }
}

fn not_percent(number: f64) -> Text {
    Text::new(format!("{number} 不是百分数"), format!("{number} is no percentage"))
}

impl Findings {
    pub(super) fn project(&mut self, before: Option<&Project>, after: &Project, plan: &Plan, today: Date) {
        self.item(after.item);
        self.text("name", &after.name);
        let relations = &after.relations;
        let texts = [
            ("owner", &after.owner),
            ("from", &relations.from),
            ("to", &relations.to),
            ("carries", &relations.carries),
            ("crosses", &relations.crosses),
            ("note", &after.note),
        ];
        for (field, text) in texts {
            self.optional_text(field, text.as_ref());
        }
        after.warden.iter().for_each(|warden| self.words("warden", warden));
        if let Some(before) = before {
            self.move_of_stage(before.stage, after.stage);
        }
        self.progress(after);
        after.reported.into_iter().for_each(|date| self.not_after_today("reported", date, today));
        self.dates(after, plan);
        self.milestones(after, today);
        self.curve(after, plan);
        self.investment(after);
    }

    fn move_of_stage(&mut self, from: Stage, to: Stage) {
        if from.may_become(to) {
            return;
        }
        let legal = || Stage::ALL.iter().filter(|next| from.may_become(**next));
        let zh: Vec<String> = legal().map(|next| next.text().zh).collect();
        let en: Vec<&str> = legal().map(|next| next.as_str()).collect();
        let detail = Text::new(
            format!("不能从“{}”一步到“{}”", from.text().zh, to.text().zh),
            format!("{from} cannot become {to} in one step"),
        );
        self.add("stage", detail, Some(Text::new(zh.join("、"), en.join(", "))));
    }

    fn progress(&mut self, project: &Project) {
        let Some(progress) = project.progress else { return };
        let stage = project.stage;
        let (detail, expected) = if !(0.0..=100.0).contains(&progress) {
            (not_percent(progress), between(0, 100))
        } else if stage == Stage::Planned && progress > 0.0 {
            let detail = Text::new(
                format!("还在谋划的项目不会有 {progress}%"),
                format!("{progress} % is more than a project that is only planned can have"),
            );
            (detail, Text::new("0 或不填", "0 or none"))
        } else if matches!(stage, Stage::Completed | Stage::InUse) && progress < 100.0 {
            let detail = Text::new(
                format!("已{}的项目不会只有 {progress}%", stage.text().zh),
                format!("{progress} % is less than a project at stage {stage} has"),
            );
            (detail, Text::new("100 或不填", "100 or none"))
        } else {
            return;
        };
        self.add("progress", detail, Some(expected));
    }

    fn dates(&mut self, project: &Project, plan: &Plan) {
        let (start, due) = (project.start, project.due);
        if due < plan.start {
            let first = plan.start;
            let detail =
                Text::new(format!("{due} 早于计划开始日 {first}"), format!("{due} is before the plan's start {first}"));
            self.add("due", detail, Some(Text::new(format!("{first} 或以后"), format!("{first} or later"))));
        }
        if let Some(start) = start.filter(|start| *start > due) {
            let detail = Text::new(format!("{start} 晚于期限 {due}"), format!("{start} is after the due date {due}"));
            self.add("start", detail, Some(Text::new(format!("{due} 或以前"), format!("{due} or earlier"))));
        }
    }

    fn milestones(&mut self, project: &Project, today: Date) {
        for (at, milestone) in project.milestones.iter().enumerate() {
            let field = |name: &str| format!("milestones[{at}].{name}");
            self.text(&field("name"), &milestone.name);
            let due = milestone.due;
            if due > project.due || project.start.is_some_and(|start| due < start) {
                let last = project.due;
                let detail = Text::new(
                    format!("{due} 不在项目的起止日期之内"),
                    format!("{due} is outside the project's own dates"),
                );
                // Where the project's own dates are the wrong way round, no day would do.
                let expected = match project.start.filter(|start| *start <= last) {
                    Some(start) => Text::new(format!("{start} 到 {last}"), format!("a day from {start} to {last}")),
                    None => Text::new(format!("不晚于 {last}"), format!("a day to {last}")),
                };
                self.add(field("due"), detail, Some(expected));
            }
            milestone.done.into_iter().for_each(|done| self.not_after_today(&field("done"), done, today));
        }
    }

    fn curve(&mut self, project: &Project, plan: &Plan) {
        let Some(curve) = &project.curve else { return };
        let months = months_between(project.start.unwrap_or(plan.start), project.due);
        let needed = usize::try_from(months + 1).unwrap_or(1);
        let length = curve.len();
        if length < needed {
            let detail = Text::new(
                format!("有 {length} 个月，而从开始到期限有 {needed} 个月"),
                format!("has {length} months, but from start to due date there are {needed}"),
            );
            let expected = Text::new(
                format!("至少 {needed} 个数，每月一个"),
                format!("at least {needed} numbers, one for each month"),
            );
            self.add("curve", detail, Some(expected));
        } else if length > MAX_CURVE_MONTHS.max(needed) {
            let detail = Text::new(format!("有 {length} 个月"), format!("has {length} months"));
            self.add("curve", detail, Some(at_most(MAX_CURVE_MONTHS)));
        }
        for (at, percent) in curve.iter().enumerate() {
            let field = format!("curve[{at}]");
            if !(0.0..=100.0).contains(percent) {
                self.add(field, not_percent(*percent), Some(between(0, 100)));
            } else if at.checked_sub(1).is_some_and(|earlier| *percent < curve[earlier]) {
                let before = curve[at - 1];
                let detail = Text::new(format!("{percent} 低于 {before}"), format!("{percent} falls below {before}"));
                self.add(field, detail, Some(at_least(before)));
            }
        }
    }

    fn investment(&mut self, project: &Project) {
        let Some(investment) = project.investment else { return };
        let sums = [("planned_cny", Some(investment.planned_cny)), ("paid_cny", investment.paid_cny)];
        for (name, sum) in sums {
            if let Some(sum) = sum.filter(|sum| !sum.is_finite() || *sum < 0.0) {
                let detail = Text::new(format!("{sum} 不是金额"), format!("{sum} is no sum of money"));
                self.add(format!("investment.{name}"), detail, Some(Text::new("0 或更多", "0 or more")));
            }
        }
    }
}
