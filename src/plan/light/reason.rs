//! A light's reason as a sentence in each language: the aim, its date, and every number behind the light.

use super::{LightCode, LightReading};
use crate::plan::{Light, Text};

impl LightReading {
    /// The reason as a sentence in each language.
    pub fn reason(&self) -> Text {
        let Text { zh: aim_zh, en: aim_en } = self.aim.text();
        let (zh, en) = self.finding();
        let (told_zh, told_en) = self.source();
        let due = self.due;
        Text::new(
            format!("目标：{aim_zh}，期限 {due}；{zh}{told_zh}。"),
            format!("Aim: {aim_en}, due {due}; {en}{told_en}."),
        )
    }

    fn finding(&self) -> (String, String) {
        let limit = number(self.limit.unwrap_or_default());
        match self.code {
            LightCode::NotReported => {
                ("尚无报告，无法判断".to_owned(), "nothing has been reported yet, so it cannot be judged".to_owned())
            }
            LightCode::Cancelled => ("项目已取消".to_owned(), "the project is cancelled".to_owned()),
            LightCode::Suspended => ("项目已暂停".to_owned(), "the project is suspended".to_owned()),
            LightCode::AimReached => ("已达到".to_owned(), "reached".to_owned()),
            LightCode::Overdue => {
                let days = self.days_overdue.unwrap_or_default();
                let (zh, en) = self.progress.map_or_else(Default::default, |progress| {
                    (format!("，进度 {}%", number(progress)), format!(", with progress at {} %", number(progress)))
                });
                (format!("未达到，已逾期 {days} 天{zh}"), format!("not reached, {} overdue{en}", counted(days, "day")))
            }
            LightCode::NoProgress => {
                let scheduled = number(self.scheduled.unwrap_or_default());
                (
                    format!("没有进度读数，无法与应达的 {scheduled}% 比较"),
                    format!("no progress reading to hold against the schedule's {scheduled} %"),
                )
            }
            LightCode::NotStarted => {
                let (start, months) = (self.start.unwrap_or(self.due), self.months_unstarted.unwrap_or_default());
                let (zh, en) = if self.colour == Light::Red { ("红灯", "red") } else { ("黄灯", "yellow") };
                (
                    format!("计划 {start} 开工，尚未开工，已过 {months} 个月末（满 {limit} 个为{zh}）"),
                    format!(
                        "planned to start {start} and not started, {} ended since ({en} from {limit})",
                        counted(months, "month")
                    ),
                )
            }
            LightCode::Behind | LightCode::OnSchedule => {
                let (zh, en) = self.against_schedule();
                let (zh_limit, en_limit) = match self.colour {
                    Light::Red => (format!("超过 {limit} 个为红灯"), format!("red above {limit}")),
                    _ => (format!("落后 {limit} 个起为黄灯"), format!("yellow from {limit} behind")),
                };
                (format!("{zh}（{zh_limit}）"), format!("{en} ({en_limit})"))
            }
            LightCode::Unproven => {
                let (zh, en) = match self.scheduled {
                    Some(_) => self.against_schedule(),
                    None => ("已达到".to_owned(), "reached".to_owned()),
                };
                (
                    format!("{zh}，但没有可靠的现场报告证明（有了才为绿灯）"),
                    format!("{en}, but no sound report from the field proves it (green once one does)"),
                )
            }
            LightCode::Stale => {
                let (zh, en) = self.against_schedule();
                let days = self.evidence_age_days.unwrap_or_default();
                (
                    format!("{zh}，但最近一次报告在 {days} 天前（超过 {limit} 天为黄灯）"),
                    format!("{en}, but last report {} ago (yellow after {limit})", counted(days, "day")),
                )
            }
        }
    }

    fn against_schedule(&self) -> (String, String) {
        let (progress, scheduled) = (self.progress.unwrap_or_default(), self.scheduled.unwrap_or_default());
        let behind = scheduled - progress;
        let (zh_word, en_word) = if behind > 0.0 { ("落后", "behind") } else { ("领先", "ahead") };
        let (progress, scheduled, points) = (number(progress), number(scheduled), number(behind.abs()));
        let unit = if points == "1" { "point" } else { "points" };
        (
            format!("进度 {progress}%，应达 {scheduled}%，{zh_word} {points} 个百分点"),
            format!("progress {progress} % against a schedule of {scheduled} %, {points} {unit} {en_word}"),
        )
    }

    /// Who says so.
    fn source(&self) -> (String, String) {
        match (self.code, self.reported) {
            (LightCode::NotReported, _) => Default::default(),
            (LightCode::Stale, None) => (
                "（尚无报告，自计划开始起算）".to_owned(),
                " (no report yet; counted from the plan's start)".to_owned(),
            ),
            (_, Some(date)) => (format!("（{date} 报告）"), format!(" (reported {date})")),
            (_, None) => (
                "（阶段由计划文字推定，尚无报告）".to_owned(),
                " (the stage is what the plan's words imply; no report yet)".to_owned(),
            ),
        }
    }
}

/// To a tenth, without a tenth that is zero.
fn number(number: f64) -> String {
    let rounded = (number * 10.0).round() / 10.0;
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}

fn counted(count: i32, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}
