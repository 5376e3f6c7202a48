//! The light of a project on a given day, and why: the written rule, and nothing that is not in it.
//!
//! Schedule runs in a straight line from the plan's start to the project's due date. Ten to thirty points behind is
//! yellow, more is red; past the due date short of the aim is red. What cannot be judged is grey and says what is missing.

use super::{Aim, Date, Light, Plan, Project, Stage, Text};

/// Points behind schedule from which a light is yellow, and above which it is red.
const YELLOW_FROM_POINTS: f64 = 10.0;
const RED_ABOVE_POINTS: f64 = 30.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LightCode {
    NotReported,
    Cancelled,
    Suspended,
    AimReached,
    Overdue,
    Behind,
    OnSchedule,
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
            LightCode::Behind => "behind",
            LightCode::OnSchedule => "on_schedule",
            LightCode::NoProgress => "no_progress",
        }
    }
}

/// A light with its reason in both languages and the numbers behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct LightReading {
    pub colour: Light,
    pub code: LightCode,
    pub reason: Text,
    /// Days past the due date, when past it.
    pub days_overdue: Option<i32>,
    /// Percent that the schedule asks for on the day.
    pub scheduled: Option<f64>,
    /// Points by which progress falls short of it.
    pub points_behind: Option<f64>,
}

/// Applies the rule to a project of `plan` as it stands on `today`.
pub fn light(project: &Project, plan: &Plan, today: Date) -> LightReading {
    let (zh, en) = basis(project);
    match project.stage {
        Stage::NotReported => grey(LightCode::NotReported, "尚无报告，无法判断。", "Nothing has been reported yet, so it cannot be judged."),
        Stage::Cancelled => grey(LightCode::Cancelled, format!("项目已取消{zh}。"), format!("Cancelled{en}.")),
        Stage::Suspended => LightReading {
            colour: Light::Yellow,
            ..grey(LightCode::Suspended, format!("项目已暂停{zh}。"), format!("Suspended{en}."))
        },
        stage if project.aim.reached_at(stage) => LightReading {
            colour: Light::Green,
            ..grey(LightCode::AimReached, format!("已达到计划目标{zh}。"), format!("The plan's aim is reached{en}."))
        },
        stage => {
            // "Moved on markedly" is a matter of progress once work is under way: without a reading nobody can say.
            let needs_progress = project.aim == Aim::Advance && stage == Stage::Building;
            match project.progress {
                None if today > project.due && !needs_progress => overdue(project, today),
                Some(_) if today > project.due => overdue(project, today),
                progress => on_the_way(progress, scheduled_percent(plan.start, project.due, today), &zh, &en),
            }
        }
    }
}

fn grey(code: LightCode, zh: impl Into<String>, en: impl Into<String>) -> LightReading {
    LightReading {
        colour: Light::Grey,
        code,
        reason: Text::new(zh, en),
        days_overdue: None,
        scheduled: None,
        points_behind: None,
    }
}

/// Who says that the stage is what it is.
fn basis(project: &Project) -> (String, String) {
    match project.reported {
        Some(date) => (format!("（{date} 报告）"), format!(" (reported {date})")),
        None => ("（阶段由计划文字推定，尚无报告）".into(), " (the stage is what the plan's words imply; no report yet)".into()),
    }
}

fn overdue(project: &Project, today: Date) -> LightReading {
    let (zh, en) = basis(project);
    let days = (today - project.due).get_days();
    let due = project.due;
    LightReading {
        colour: Light::Red,
        days_overdue: Some(days),
        scheduled: Some(100.0),
        points_behind: project.progress.map(|progress| 100.0 - progress),
        ..grey(
            LightCode::Overdue,
            format!("应于 {due} 达到目标，已逾期 {days} 天{zh}。"),
            format!("The aim was due {due}, {days} days ago{en}."),
        )
    }
}

fn on_the_way(progress: Option<f64>, scheduled: f64, zh: &str, en: &str) -> LightReading {
    let Some(progress) = progress else {
        return LightReading {
            scheduled: Some(scheduled),
            ..grey(
                LightCode::NoProgress,
                format!("没有进度读数，无法与时间进度 {scheduled:.0}% 比较{zh}。"),
                format!("No progress reading to hold against the schedule's {scheduled:.0} %{en}."),
            )
        };
    };
    let points_behind = scheduled - progress;
    let colour = match points_behind {
        behind if behind > RED_ABOVE_POINTS => Light::Red,
        behind if behind >= YELLOW_FROM_POINTS => Light::Yellow,
        _ => Light::Green,
    };
    let code = if colour == Light::Green { LightCode::OnSchedule } else { LightCode::Behind };
    LightReading {
        colour,
        scheduled: Some(scheduled),
        points_behind: Some(points_behind),
        ..grey(
            code,
            format!("进度 {progress:.0}%，时间进度 {scheduled:.0}%，相差 {:.0} 个百分点{zh}。", -points_behind),
            format!("Progress {progress:.0} % against a schedule of {scheduled:.0} %: {:+.0} points{en}.", -points_behind),
        )
    }
}

/// Percent that a straight line from `start` to `due` asks for on `today`.
fn scheduled_percent(start: Date, due: Date, today: Date) -> f64 {
    let days = |from: Date, to: Date| f64::from((to - from).get_days());
    let whole = days(start, due);
    if whole <= 0.0 {
        return if today >= due { 100.0 } else { 0.0 };
    }
    (days(start, today) / whole * 100.0).clamp(0.0, 100.0)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::plan::{Kind, Relations};

    fn plan() -> Plan {
        Plan {
            id: "p".parse().expect("slug"),
            district: Text::default(),
            city: Text::default(),
            year: 2019,
            start: date(2019, 1, 1),
            due: date(2019, 12, 31),
            extent: [0.0, 0.0, 1.0, 1.0],
        }
    }

    fn project(aim: Aim, stage: Stage, progress: Option<f64>) -> Project {
        Project {
            id: "x".parse().expect("slug"),
            order: 1,
            kind: Kind::Road,
            section: "s1".parse().expect("slug"),
            item: 1,
            name: Text::default(),
            aim,
            due: date(2019, 12, 31),
            stage,
            progress,
            reported: None,
            relations: Relations::default(),
            note: None,
        }
    }

    #[test]
    fn the_rule_gives_the_light_and_its_code() {
        let check = |aim, stage, progress, today, colour, code| {
            let reading = light(&project(aim, stage, progress), &plan(), today);
            assert_eq!((reading.colour, reading.code), (colour, code), "{aim} {stage} {progress:?} {today}");
            assert!(!reading.reason.zh.is_empty() && !reading.reason.en.is_empty());
        };
        let (june, july, later) = (date(2019, 6, 1), date(2019, 7, 2), date(2020, 1, 1));
        check(Aim::Connect, Stage::NotReported, None, later, Light::Grey, LightCode::NotReported);
        check(Aim::Connect, Stage::Cancelled, None, later, Light::Grey, LightCode::Cancelled);
        check(Aim::Connect, Stage::Suspended, None, june, Light::Yellow, LightCode::Suspended);
        check(Aim::Start, Stage::Building, None, june, Light::Green, LightCode::AimReached);
        check(Aim::Start, Stage::Planned, None, june, Light::Grey, LightCode::NoProgress);
        check(Aim::Start, Stage::Planned, None, later, Light::Red, LightCode::Overdue);
        check(Aim::Advance, Stage::Building, None, later, Light::Grey, LightCode::NoProgress);
        check(Aim::Advance, Stage::Building, Some(60.0), later, Light::Red, LightCode::Overdue);
        check(Aim::Advance, Stage::Planned, None, later, Light::Red, LightCode::Overdue);
        // On 2 July the straight line stands at 50 %.
        check(Aim::Complete, Stage::Building, Some(41.0), july, Light::Green, LightCode::OnSchedule);
        check(Aim::Complete, Stage::Building, Some(40.0), july, Light::Yellow, LightCode::Behind);
        check(Aim::Complete, Stage::Building, Some(20.0), july, Light::Yellow, LightCode::Behind);
        check(Aim::Complete, Stage::Building, Some(19.0), july, Light::Red, LightCode::Behind);
    }

    #[test]
    fn a_project_is_not_overdue_on_its_due_date() {
        let reading = light(&project(Aim::Open, Stage::Building, None), &plan(), date(2019, 12, 31));
        assert_eq!(reading.code, LightCode::NoProgress);
        let reading = light(&project(Aim::Open, Stage::Building, None), &plan(), date(2020, 1, 10));
        assert_eq!(reading.days_overdue, Some(10));
    }
}
