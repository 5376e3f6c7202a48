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

/// A light, its code, and the numbers behind it. [`LightReading::reason`] puts them into words.
#[derive(Clone, Debug, PartialEq)]
pub struct LightReading {
    pub colour: Light,
    pub code: LightCode,
    pub due: Date,
    /// When the stage was last reported; none while the plan's words imply it.
    pub reported: Option<Date>,
    /// Days past the due date, when past it.
    pub days_overdue: Option<i32>,
    /// Percent reported, and percent that the schedule asks for on the day.
    pub progress: Option<f64>,
    pub scheduled: Option<f64>,
}

/// Applies the rule to a project of `plan` as it stands on `today`.
pub fn light(project: &Project, plan: &Plan, today: Date) -> LightReading {
    let reading = |colour, code| LightReading {
        colour,
        code,
        due: project.due,
        reported: project.reported,
        days_overdue: None,
        progress: project.progress,
        scheduled: None,
    };
    let stage = project.stage;
    match stage {
        Stage::NotReported => return reading(Light::Grey, LightCode::NotReported),
        Stage::Cancelled => return reading(Light::Grey, LightCode::Cancelled),
        Stage::Suspended => return reading(Light::Yellow, LightCode::Suspended),
        _ if project.aim.reached_at(stage) => return reading(Light::Green, LightCode::AimReached),
        _ => {}
    }
    // "Moved on markedly" is a matter of progress once work is under way: without a reading nobody can say.
    let only_progress_tells = project.aim == Aim::Advance && stage == Stage::Building;
    if today > project.due && (project.progress.is_some() || !only_progress_tells) {
        let days_overdue = Some((today - project.due).get_days());
        return LightReading { days_overdue, scheduled: Some(100.0), ..reading(Light::Red, LightCode::Overdue) };
    }
    let scheduled = scheduled_percent(plan.start, project.due, today);
    let (colour, code) = match project.progress.map(|progress| scheduled - progress) {
        None => (Light::Grey, LightCode::NoProgress),
        Some(behind) if behind > RED_ABOVE_POINTS => (Light::Red, LightCode::Behind),
        Some(behind) if behind >= YELLOW_FROM_POINTS => (Light::Yellow, LightCode::Behind),
        Some(_) => (Light::Green, LightCode::OnSchedule),
    };
    LightReading { scheduled: Some(scheduled), ..reading(colour, code) }
}

impl LightReading {
    /// Points by which progress falls short of the schedule; negative when ahead.
    pub fn points_behind(&self) -> Option<f64> {
        Some(self.scheduled? - self.progress?)
    }

    /// The reason as a sentence in each language.
    pub fn reason(&self) -> Text {
        let (zh, en) = match self.code {
            LightCode::NotReported => {
                return Text::new("尚无报告，无法判断。", "Nothing has been reported yet, so it cannot be judged.");
            }
            LightCode::Cancelled => ("项目已取消".to_owned(), "Cancelled".to_owned()),
            LightCode::Suspended => ("项目已暂停".to_owned(), "Suspended".to_owned()),
            LightCode::AimReached => ("已达到计划目标".to_owned(), "The plan's aim is reached".to_owned()),
            LightCode::Overdue => {
                let days = self.days_overdue.unwrap_or_default();
                let due = self.due;
                (format!("应于 {due} 达到目标，已逾期 {days} 天"), format!("The aim was due {due}, {days} days ago"))
            }
            LightCode::NoProgress => {
                let scheduled = self.scheduled.unwrap_or_default();
                (
                    format!("没有进度读数，无法与时间进度 {scheduled:.0}% 比较"),
                    format!("No progress reading to hold against the schedule's {scheduled:.0} %"),
                )
            }
            LightCode::Behind | LightCode::OnSchedule => self.against_schedule(),
        };
        match self.reported {
            Some(date) => Text::new(format!("{zh}（{date} 报告）。"), format!("{en} (reported {date}).")),
            None => Text::new(
                format!("{zh}（阶段由计划文字推定，尚无报告）。"),
                format!("{en} (the stage is what the plan's words imply; no report yet)."),
            ),
        }
    }

    fn against_schedule(&self) -> (String, String) {
        let (progress, scheduled) = (self.progress.unwrap_or_default(), self.scheduled.unwrap_or_default());
        let behind = scheduled - progress;
        let (zh_word, en_word) = if behind > 0.0 { ("落后", "behind") } else { ("领先", "ahead") };
        let points = behind.abs();
        (
            format!("进度 {progress:.0}%，时间进度 {scheduled:.0}%，{zh_word} {points:.0} 个百分点"),
            format!("Progress {progress:.0} % against a schedule of {scheduled:.0} %, {points:.0} points {en_word}"),
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
    use crate::plan::{Kind, Relations, Visibility};

    fn plan() -> Plan {
        Plan {
            id: "p".parse().expect("slug"),
            district: Text::default(),
            city: Text::default(),
            year: 2019,
            start: date(2019, 1, 1),
            due: date(2019, 12, 31),
            extent: [0.0, 0.0, 1.0, 1.0],
            simulated: false,
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
            start: None,
            due: date(2019, 12, 31),
            stage,
            progress,
            reported: None,
            owner: None,
            warden: None,
            investment: None,
            milestones: Vec::new(),
            curve: None,
            relations: Relations::default(),
            note: None,
            visibility: Visibility::Public,
            simulated: false,
        }
    }

    #[test]
    fn the_rule_gives_the_light_and_its_code() {
        let check = |aim, stage, progress, today, colour, code| {
            let reading = light(&project(aim, stage, progress), &plan(), today);
            assert_eq!((reading.colour, reading.code), (colour, code), "{aim} {stage} {progress:?} {today}");
            let reason = reading.reason();
            assert!(reason.zh.ends_with('。') && reason.en.ends_with('.'), "{reason:?}");
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
