//! A project's rules: moves of its stage, its dates, its progress and its money.

use super::Findings;
use crate::plan::light::months_between;
use crate::plan::{Date, Plan, Project, Stage, Word};

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
        let legal: Vec<&str> =
            Stage::ALL.iter().filter(|next| from.may_become(**next)).map(|next| next.as_str()).collect();
        self.add("stage", format_args!("{from} cannot become {to} in one step"), Some(legal.join(", ")));
    }

    fn progress(&mut self, project: &Project) {
        let Some(progress) = project.progress else { return };
        let (stage, mut wrong) =
            (project.stage, |detail: String, right: &str| self.add("progress", detail, Some(right.to_owned())));
        if !(0.0..=100.0).contains(&progress) {
            wrong(format!("{progress} is no percentage"), "0 to 100");
        } else if stage == Stage::Planned && progress > 0.0 {
            wrong(format!("{progress} % is more than a project that is only planned can have"), "0 or none");
        } else if matches!(stage, Stage::Completed | Stage::InUse) && progress < 100.0 {
            wrong(format!("{progress} % is less than a project at stage {stage} has"), "100 or none");
        }
    }

    fn dates(&mut self, project: &Project, plan: &Plan) {
        let (start, due) = (project.start, project.due);
        if due < plan.start {
            let detail = format!("{due} is before the plan's start {}", plan.start);
            self.add("due", detail, Some(format!("{} or later", plan.start)));
        }
        if let Some(start) = start.filter(|start| *start > due) {
            self.add("start", format_args!("{start} is after the due date {due}"), Some(format!("{due} or earlier")));
        }
    }

    fn milestones(&mut self, project: &Project, today: Date) {
        for (at, milestone) in project.milestones.iter().enumerate() {
            let field = |name: &str| format!("milestones[{at}].{name}");
            self.text(&field("name"), &milestone.name);
            let due = milestone.due;
            if due > project.due || project.start.is_some_and(|start| due < start) {
                let first = project.start.map(|start| format!("from {start} ")).unwrap_or_default();
                let detail = format!("{due} is outside the project's own dates");
                self.add(field("due"), detail, Some(format!("a day {first}to {}", project.due)));
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
            let detail = format!("has {length} months, but from start to due date there are {needed}");
            self.add("curve", detail, Some(format!("at least {needed} numbers, one for each month")));
        } else if length > MAX_CURVE_MONTHS.max(needed) {
            self.add("curve", format_args!("has {length} months"), Some(format!("at most {MAX_CURVE_MONTHS}")));
        }
        for (at, percent) in curve.iter().enumerate() {
            let field = format!("curve[{at}]");
            if !(0.0..=100.0).contains(percent) {
                self.add(field, format_args!("{percent} is no percentage"), Some("0 to 100".to_owned()));
            } else if at.checked_sub(1).is_some_and(|earlier| *percent < curve[earlier]) {
                let before = curve[at - 1];
                self.add(field, format_args!("{percent} falls below {before}"), Some(format!("at least {before}")));
            }
        }
    }

    fn investment(&mut self, project: &Project) {
        let Some(investment) = project.investment else { return };
        let sums = [("planned_cny", Some(investment.planned_cny)), ("paid_cny", investment.paid_cny)];
        for (name, sum) in sums {
            if let Some(sum) = sum.filter(|sum| !sum.is_finite() || *sum < 0.0) {
                self.add(
                    format!("investment.{name}"),
                    format_args!("{sum} is no sum of money"),
                    Some("0 or more".into()),
                );
            }
        }
    }
}
