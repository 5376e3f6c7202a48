//! The light of a project on a given day, and why: the written rule with the plan's numbers, and nothing that is not in it.
//!
//! In this order, and with the plan's [`LightRule`]:
//! 1. Nothing reported, or cancelled: grey. Suspended: yellow. Aim reached: green.
//! 2. Past the due date short of the aim: red.
//! 3. Its planned start is reached, but its stage is before building: yellow once `unstarted_yellow_months` calendar months have
//!    ended without a start, that of the planned start being the first; red from `unstarted_red_months`.
//! 4. Behind schedule by `behind_yellow_points`: yellow; by more than `behind_red_points`: red. Of 3 and 4 the worse one tells.
//! 5. On schedule: green, or yellow when the last report is older than `evidence_days`.
//! 6. What would be green is yellow while it is unproven: when the last report comes from the field and something speaks against
//!    it, or, where the rule `needs_inspection`, when what was last said does not come from a report from the field that nothing
//!    speaks against. How old such a report may be is for `evidence_days` to say.
//!
//! What cannot be judged is grey and says what is missing.

mod reason;
mod rule;
mod schedule;

use super::{Aim, Date, Light, Plan, Project, Stage};
pub use rule::LightRule;
pub(super) use schedule::months_between;
use schedule::scheduled_percent;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LightCode {
    NotReported,
    Cancelled,
    Suspended,
    AimReached,
    Overdue,
    NotStarted,
    Behind,
    OnSchedule,
    Stale,
    Unproven,
    NoProgress,
}

impl LightCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            LightCode::NotReported => "not_reported",
            LightCode::Cancelled => "cancelled",
            LightCode::Suspended => "suspended",
            LightCode::AimReached => "aim_reached",
            LightCode::Overdue => "overdue",
            LightCode::NotStarted => "not_started",
            LightCode::Behind => "behind",
            LightCode::OnSchedule => "on_schedule",
            LightCode::Stale => "stale",
            LightCode::Unproven => "unproven",
            LightCode::NoProgress => "no_progress",
        }
    }
}

/// What accepted reports from the field prove of a project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The day of the last one.
    pub last: Option<Date>,
    /// The day of the last one that nothing speaks against, and the stage that it told.
    pub accurate: Option<Date>,
    pub stage: Option<Stage>,
    /// Whether these two are the same report.
    pub is_sound: bool,
}

/// A light, its code, and the numbers behind it. [`LightReading::reason`] puts them into words.
#[derive(Clone, Debug, PartialEq)]
pub struct LightReading {
    pub colour: Light,
    pub code: LightCode,
    pub aim: Aim,
    pub due: Date,
    /// The planned start, where the plan has one.
    pub start: Option<Date>,
    /// When the stage was last reported; none while the plan's words imply it.
    pub reported: Option<Date>,
    /// When somebody last reported from the field, and nothing spoke against it.
    pub inspected: Option<Date>,
    /// Days past the due date, when past it.
    pub days_overdue: Option<i32>,
    /// Months that ended without a start, when not started.
    pub months_unstarted: Option<i32>,
    /// Days since the last report, or the plan's start while there is none; when stale.
    pub evidence_age_days: Option<i32>,
    /// Percent reported, and percent that the schedule asks for on the day.
    pub progress: Option<f64>,
    pub scheduled: Option<f64>,
    /// The number of the rule that decided: points, months or days, by the code.
    pub limit: Option<f64>,
}

/// Applies the rule to a project of `plan` as it stands on `today`.
pub fn light(project: &Project, plan: &Plan, rule: &LightRule, evidence: Evidence, today: Date) -> LightReading {
    let reading = judged(project, plan, rule, evidence, today);
    if reading.colour == Light::Green && !is_proven(project, rule, evidence, reading.code) {
        return reading.says(Light::Yellow, LightCode::Unproven);
    }
    reading
}

/// Whether the reports are of a sort that a green light may stand on.
fn is_proven(project: &Project, rule: &LightRule, evidence: Evidence, code: LightCode) -> bool {
    let Evidence { last, accurate, stage, is_sound } = evidence;
    if rule.needs_inspection {
        let shows_the_aim = stage.is_some_and(|stage| project.aim.reached_at(stage));
        // A report proves nothing that was said after it.
        return is_sound && accurate >= project.reported && (code == LightCode::OnSchedule || shows_the_aim);
    }
    // The office may have said it again since.
    last.is_none() || is_sound || project.reported > last
}

fn judged(project: &Project, plan: &Plan, rule: &LightRule, evidence: Evidence, today: Date) -> LightReading {
    let reading = LightReading::of(project, evidence);
    let stage = project.stage;
    match stage {
        Stage::NotReported => return reading.says(Light::Grey, LightCode::NotReported),
        Stage::Cancelled => return reading.says(Light::Grey, LightCode::Cancelled),
        Stage::Suspended => return reading.says(Light::Yellow, LightCode::Suspended),
        _ if project.aim.reached_at(stage) => return reading.says(Light::Green, LightCode::AimReached),
        _ => {}
    }
    // "Moved on markedly" is a matter of progress once work is under way: without a reading nobody can say.
    let only_progress_tells = project.aim == Aim::Advance && stage == Stage::Building;
    if today > project.due && (project.progress.is_some() || !only_progress_tells) {
        let days_overdue = Some((today - project.due).get_days());
        let reading = LightReading { days_overdue, scheduled: Some(100.0), ..reading };
        return reading.says(Light::Red, LightCode::Overdue);
    }
    let scheduled = against_schedule(project, plan, rule, evidence, today);
    match not_started(project, rule, evidence, today) {
        Some(unstarted) if unstarted.colour <= scheduled.colour => {
            LightReading { scheduled: scheduled.scheduled, ..unstarted }
        }
        _ => scheduled,
    }
}

/// None while the start is not due or was made, or too few months have ended since.
fn not_started(project: &Project, rule: &LightRule, evidence: Evidence, today: Date) -> Option<LightReading> {
    let start = project.start.filter(|start| today >= *start)?;
    project.stage.step().filter(|step| Some(*step) < Stage::Building.step())?;
    let months = months_between(start, today);
    let after = |limit: u32| i64::from(months) >= i64::from(limit);
    let (colour, limit) = match (after(rule.unstarted_red_months), after(rule.unstarted_yellow_months)) {
        (true, _) => (Light::Red, rule.unstarted_red_months),
        (false, true) => (Light::Yellow, rule.unstarted_yellow_months),
        (false, false) => return None,
    };
    let months_unstarted = Some(months);
    let reading =
        LightReading { months_unstarted, limit: Some(f64::from(limit)), ..LightReading::of(project, evidence) };
    Some(reading.says(colour, LightCode::NotStarted))
}

fn against_schedule(project: &Project, plan: &Plan, rule: &LightRule, evidence: Evidence, today: Date) -> LightReading {
    let scheduled = scheduled_percent(project, plan, today);
    let reading = LightReading { scheduled: Some(scheduled), ..LightReading::of(project, evidence) };
    let (yellow, red) = (rule.behind_yellow_points, rule.behind_red_points);
    let (colour, code, limit) = match reading.points_behind() {
        None => return reading.says(Light::Grey, LightCode::NoProgress),
        Some(behind) if behind > red => (Light::Red, LightCode::Behind, red),
        Some(behind) if behind >= yellow => (Light::Yellow, LightCode::Behind, yellow),
        Some(_) => (Light::Green, LightCode::OnSchedule, yellow),
    };
    if code == LightCode::OnSchedule
        && let Some(days) = rule.evidence_days
    {
        // What only the plan's words say is as old as the plan.
        let proof = if rule.needs_inspection { evidence.accurate } else { project.reported.max(evidence.accurate) };
        let age_days = (today - proof.unwrap_or(plan.start)).get_days();
        let is_proven = is_proven(project, rule, evidence, code);
        if is_proven && i64::from(age_days) > i64::from(days) {
            let reading = LightReading { evidence_age_days: Some(age_days), limit: Some(f64::from(days)), ..reading };
            return reading.says(Light::Yellow, LightCode::Stale);
        }
    }
    LightReading { limit: Some(limit), ..reading }.says(colour, code)
}

impl LightReading {
    /// What every reading of a project tells.
    fn of(project: &Project, evidence: Evidence) -> LightReading {
        LightReading {
            colour: Light::Grey,
            code: LightCode::NotReported,
            aim: project.aim,
            due: project.due,
            start: project.start,
            reported: project.reported,
            inspected: evidence.accurate,
            days_overdue: None,
            months_unstarted: None,
            evidence_age_days: None,
            progress: project.progress,
            scheduled: None,
            limit: None,
        }
    }

    fn says(self, colour: Light, code: LightCode) -> LightReading {
        LightReading { colour, code, ..self }
    }

    /// Points by which progress falls short of the schedule; negative when ahead.
    pub fn points_behind(&self) -> Option<f64> {
        Some(self.scheduled? - self.progress?)
    }
}

#[cfg(test)]
mod tests;
