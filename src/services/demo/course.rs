//! One project's year: when it is meant to begin and end, when it really does, and what is reported on the way.

use super::random::Random;
use super::{days_between, plus};
use crate::plan::{Aim, Date, Milestone, Plan, Project, Stage, Text};

/// Days between two reports on a project.
const REPORT_EVERY_DAYS: (i64, i64) = (11, 17);

/// Percent of reports that take back some progress, after a recount.
const RECOUNTED_PERCENT: f64 = 3.0;

/// What will become of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    OnTime,
    Early,
    Late,
    /// Late, and its due date is moved.
    Slipping,
    /// Stopped for some months.
    Interrupted,
    Cancelled,
    /// On its way, but the reports end.
    FallsSilent,
    /// Nobody ever reports.
    Silent,
}

/// Fates with the number of projects among a hundred that have them.
const FATES: [(Fate, f64); 8] = [
    (Fate::OnTime, 40.0),
    (Fate::Early, 12.0),
    (Fate::Late, 20.0),
    (Fate::Slipping, 8.0),
    (Fate::Interrupted, 8.0),
    (Fate::Cancelled, 2.0),
    (Fate::FallsSilent, 6.0),
    (Fate::Silent, 4.0),
];

pub(super) struct Course {
    project: Project,
    fate: Fate,
    random: Random,
    /// What the office hands in at the beginning of the year.
    planned_start: Option<Date>,
    is_scheduled: bool,
    plan_start: Date,
    /// What really happens: preparations, work, its end, and percent at the end.
    prepares: Date,
    begins: Date,
    ends: Date,
    goal: f64,
    /// When something goes wrong, and until when.
    trouble: (Date, Date),
    next_report: Option<Date>,
}

impl Course {
    pub(super) fn new(project: &Project, plan: &Plan, mut random: Random) -> Course {
        let fate = draw_fate(&mut random);
        let (due, span) = (project.due, days_between(plan.start, project.due).max(1));
        let is_under_way = project.stage.step() >= Stage::Building.step();
        let delay = match fate {
            Fate::Early => -random.days(10, 25),
            Fate::Late | Fate::Slipping => random.days(35, 110),
            _ => random.days(-8, 8),
        };
        let planned_start = match project.aim {
            _ if is_under_way => None,
            Aim::Design => Some(plus(due, -random.days(30, 60).min(span))),
            Aim::Start => Some(plus(plan.start, random.days(span * 35 / 100, span * 80 / 100))),
            _ => Some(plus(plan.start, random.days(span * 6 / 100, span * 25 / 100))),
        };
        let begins = match planned_start {
            None => plus(plan.start, -random.days(30, 150)),
            Some(start) => plus(start, delay),
        };
        let (prepares, begins, ends) = match project.aim {
            // A design is done when preparations begin; building is for another year.
            Aim::Design => (begins, plus(due, 200), plus(due, 600)),
            Aim::Start => (plus(begins, -random.days(40, 90)), begins, plus(begins, random.days(400, 700))),
            _ => (plus(begins, -random.days(20, 60)), begins, plus(due, delay - random.days(4, 30))),
        };
        let is_part_of_more = project.aim == Aim::Advance && !random.percent(25.0);
        let goal = if is_part_of_more { random.between(50.0, 92.0).round() } else { 100.0 };
        let trouble = plus(plan.start, random.days(span * 30 / 100, span * 60 / 100));
        let trouble = (trouble, plus(trouble, random.days(50, 110)));
        let next_report = (fate != Fate::Silent).then(|| plus(plan.start, random.days(8, 40)));
        let (project, plan_start) = (project.clone(), plan.start);
        Course {
            project,
            fate,
            random,
            planned_start,
            is_scheduled: false,
            plan_start,
            prepares,
            begins,
            ends: ends.max(plus(begins, 30)),
            goal,
            trouble,
            next_report,
        }
    }

    pub(super) fn project(&self) -> Project {
        self.project.clone()
    }

    /// Hands in the schedule: start, milestones, and a curve where the plan's year is only a part of the work. Once.
    pub(super) fn schedule(&mut self) -> bool {
        let is_over = self.project.aim.reached_at(self.project.stage) || self.project.stage == Stage::Cancelled;
        if self.is_scheduled || is_over || self.fate == Fate::Silent {
            return false;
        }
        self.is_scheduled = true;
        let due = self.project.due;
        self.project.start = self.project.start.or(self.planned_start).map(|start| start.min(due));
        let start = self.project.start;
        let middle =
            plus(start.unwrap_or(self.plan_start), days_between(start.unwrap_or(self.plan_start), due) * 55 / 100);
        let milestone = |zh: &str, en: &str, due| Milestone { name: Text::new(zh, en), due, done: None };
        self.project.milestones = start.map(|start| milestone("开工", "Work begun", start)).into_iter().collect();
        self.project.milestones.push(milestone("过半", "Half done", middle));
        self.project.milestones.push(milestone("达到目标", "Aim reached", due));
        if self.goal < 100.0 || self.random.percent(25.0) {
            self.project.curve = Some(self.curve(start.unwrap_or(self.plan_start)));
        }
        self.project.simulated = true;
        true
    }

    /// Percent at the end of each month on the way to the goal.
    fn curve(&self, start: Date) -> Vec<f64> {
        let due = self.project.due;
        let ends =
            std::iter::successors(Some(start.last_of_month()), |end| end.tomorrow().ok().map(Date::last_of_month));
        let mut curve = Vec::new();
        for end in ends {
            curve.push((self.goal * s_curve(start, due, end)).round());
            if end >= due {
                break;
            }
        }
        curve
    }

    /// The project after the day's report, if there is one.
    pub(super) fn report(&mut self, day: Date) -> Option<Project> {
        self.next_report.filter(|due| day >= *due)?;
        let is_last = match self.fate {
            Fate::FallsSilent => day >= self.trouble.1,
            _ => self.project.stage == Stage::Cancelled || self.is_finished(),
        };
        if is_last {
            self.next_report = None;
            return None;
        }
        self.next_report = Some(plus(day, self.random.days(REPORT_EVERY_DAYS.0, REPORT_EVERY_DAYS.1)));
        let stage = towards(self.project.stage, self.wanted(day));
        self.project.progress = self.progress(stage, day);
        self.project.stage = stage;
        self.project.reported = Some(day);
        self.project.simulated = true;
        if self.fate == Fate::Slipping && day >= self.trouble.1 {
            self.fate = Fate::Late;
            self.slip();
        }
        self.tick_milestones(day);
        Some(self.project())
    }

    fn is_finished(&self) -> bool {
        let last = if self.project.aim == Aim::Open { Stage::InUse } else { Stage::Completed };
        self.project.stage.step() >= last.step()
    }

    /// The stage that the work has on a day.
    fn wanted(&self, day: Date) -> Stage {
        let is_troubled = (self.trouble.0..self.trouble.1).contains(&day);
        let may_stop = self.project.stage.step() < Stage::Completed.step();
        match self.fate {
            Fate::Cancelled if may_stop && day >= self.trouble.0 => return Stage::Cancelled,
            Fate::Interrupted if may_stop && is_troubled => return Stage::Suspended,
            _ => {}
        }
        if day < self.prepares {
            Stage::Planned
        } else if day < self.begins {
            Stage::Preparing
        } else if day < self.ends || self.goal < 100.0 {
            Stage::Building
        } else if self.project.aim == Aim::Open {
            Stage::InUse
        } else {
            Stage::Completed
        }
    }

    fn progress(&mut self, stage: Stage, day: Date) -> Option<f64> {
        let before = self.project.progress.unwrap_or_default();
        match stage {
            Stage::Completed | Stage::InUse => Some(100.0),
            Stage::Suspended | Stage::Cancelled | Stage::NotReported => self.project.progress,
            Stage::Planned => Some(0.0),
            Stage::Preparing => Some(before),
            Stage::Building if before > 20.0 && self.random.percent(RECOUNTED_PERCENT) => {
                Some((before - self.random.between(2.0, 6.0)).round())
            }
            Stage::Building => {
                let done = self.goal * s_curve(self.begins, self.ends, day) + self.random.between(-2.5, 2.5);
                Some(done.round().clamp(before.max(1.0), 99.0_f64.max(before)))
            }
        }
    }

    /// Moves the due date, and what hangs on it.
    fn slip(&mut self) {
        self.project.due = plus(self.project.due, self.random.days(30, 75));
        if let Some(aim) = self.project.milestones.last_mut() {
            aim.due = self.project.due;
        }
        if self.project.curve.is_some() {
            self.project.curve = Some(self.curve(self.project.start.unwrap_or(self.plan_start)));
        }
    }

    fn tick_milestones(&mut self, day: Date) {
        let stage = self.project.stage;
        let has_begun = stage.step() >= Stage::Building.step();
        let is_half = self.project.progress.is_some_and(|progress| progress >= 50.0);
        let is_reached = self.project.aim.reached_at(stage);
        for milestone in self.project.milestones.iter_mut().filter(|milestone| milestone.done.is_none()) {
            let is_done = match milestone.name.en.as_str() {
                "Work begun" => has_begun,
                "Half done" => is_half,
                _ => is_reached,
            };
            milestone.done = is_done.then_some(day);
        }
    }
}

fn draw_fate(random: &mut Random) -> Fate {
    let mut left = random.between(0.0, FATES.iter().map(|(_, share)| share).sum());
    for (fate, share) in FATES {
        if left < share {
            return fate;
        }
        left -= share;
    }
    Fate::OnTime
}

/// The stage itself where one move leads there, or else the next one on the way.
fn towards(from: Stage, wanted: Stage) -> Stage {
    const LINE: [Stage; 5] = [Stage::Planned, Stage::Preparing, Stage::Building, Stage::Completed, Stage::InUse];
    // Nobody reports that work went back to paper: what has begun stays begun.
    let wanted = if wanted.step().is_some() && wanted.step() < from.step() { from } else { wanted };
    if from.may_become(wanted) {
        return wanted;
    }
    match from.step() {
        Some(step) => LINE.into_iter().find(|stage| stage.step() == Some(step + 1)).unwrap_or(from),
        // Work that was suspended goes on as work, and what was cancelled stays so.
        None if from == Stage::Suspended => Stage::Building,
        None => from,
    }
}

/// 0 to 1: slow at first, fast in the middle, slow at the end.
fn s_curve(from: Date, to: Date, day: Date) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "days of a year")]
    let part = days_between(from, day) as f64 / days_between(from, to).max(1) as f64;
    let part = part.clamp(0.0, 1.0);
    part * part * (3.0 - 2.0 * part)
}
