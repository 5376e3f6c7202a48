//! Inspections: what somebody saw at a project, where they stood, and what speaks against it. A report proposes; it changes nothing.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{Word, WordError, vocabulary};
use super::{Date, Slug, Stage, Text, Timestamp};

/// The most photos of one report.
pub const MAX_PHOTOS: usize = 10;

/// The longest note of a report.
pub const MAX_NOTE_CHARS: usize = 1_000;

/// A photo that was taken farther than this from where its report was made speaks against it.
const PHOTO_REACH_M: f64 = 500.0;

/// A photo that was taken longer than this before or after its report speaks against it.
const PHOTO_HOURS: f64 = 24.0;

/// Phones whose clocks are ahead by less than this are right.
const CLOCK_MINUTES: f64 = 5.0;

/// A report from the field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// Made by whoever reports, so that a report that is sent again is the same one.
    pub id: Slug,
    pub project: Slug,
    /// The user name of whoever reports.
    pub inspector: String,
    /// By the clock of the device.
    pub observed_at: Timestamp,
    /// By ours.
    pub received_at: Timestamp,
    /// The day of `observed_at` where the plan is.
    pub day: Date,
    pub stage: Stage,
    pub progress: Option<f64>,
    pub note: Option<String>,
    pub fix: Option<Fix>,
    /// From the fix to the nearest place of the project, as it was drawn then.
    pub distance_m: Option<f64>,
    /// In the order in which they were chosen.
    pub photos: Vec<Photo>,
    pub marks: Vec<Mark>,
    /// Whoever reports was told of the marks and reported all the same.
    pub confirmed: bool,
    pub decision: Option<Decision>,
    /// It comes from a simulation.
    #[serde(default)]
    pub simulated: bool,
}

/// Where somebody stood.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    pub lon: f64,
    pub lat: f64,
    /// How far off it may be; none where nobody can say.
    pub accuracy_m: Option<f64>,
    pub source: FixSource,
}

vocabulary! {
    /// Where a position comes from.
    FixSource, "source of a fix" {
        /// The device measured it.
        Device = "device",
        /// Somebody pointed at a map.
        Chosen = "chosen",
    }
}

/// A photo of a report; its bytes are kept elsewhere, by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Photo {
    pub id: Slug,
    /// Of the bytes as they came.
    pub sha256: String,
    pub media_type: PhotoType,
    pub bytes: u64,
    /// Pixels, upright.
    pub width: u32,
    pub height: u32,
    /// When it was taken, by its EXIF.
    pub taken: Option<PhotoTime>,
    /// Longitude and latitude where it was taken, by its EXIF.
    pub position: Option<[f64; 2]>,
}

vocabulary! {
    /// Formats in which photos come.
    PhotoType, "format of a photo" { Jpeg = "image/jpeg", Png = "image/png", WebP = "image/webp" }
}

/// When a photo was taken; most cameras write no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PhotoTime {
    Exact(Timestamp),
    Local(jiff::civil::DateTime),
}

impl fmt::Display for PhotoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PhotoTime::Exact(at) => at.fmt(f),
            PhotoTime::Local(at) => at.fmt(f),
        }
    }
}

impl FromStr for PhotoTime {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<PhotoTime, jiff::Error> {
        text.parse().map(PhotoTime::Exact).or_else(|_| text.parse().map(PhotoTime::Local))
    }
}

vocabulary! {
    /// What speaks against a report.
    Mark, "mark" {
        /// The device did not say where it was.
        NoFix = "no_fix",
        /// The fix is worse than the rule allows.
        PoorFix = "poor_fix",
        /// Farther from the project than its drawn place, what is known of it, and the rule allow.
        Far = "far",
        /// A photo was taken elsewhere.
        PhotoElsewhere = "photo_elsewhere",
        /// A photo was taken at another time.
        PhotoOld = "photo_old",
        /// The device's clock was ahead of ours.
        ClockAhead = "clock_ahead",
    }
}

impl Mark {
    /// In words, as a part of a sentence.
    pub fn text(self) -> Text {
        match self {
            Mark::NoFix => Text::new("没有设备定位", "the device has no position"),
            Mark::PoorFix => Text::new("定位不准", "the position is too unsure"),
            Mark::Far => Text::new("离项目太远", "too far from the project"),
            Mark::PhotoElsewhere => Text::new("照片不在此处拍摄", "a photo was taken elsewhere"),
            Mark::PhotoOld => Text::new("照片不是这一天前后拍摄", "a photo was taken at another time"),
            Mark::ClockAhead => Text::new("手机时间偏快", "the phone's clock is ahead"),
        }
    }
}

vocabulary! {
    /// What has become of a report.
    InspectionState, "state of an inspection" { Pending = "pending", Accepted = "accepted", Rejected = "rejected" }
}

/// What was decided about a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub accepted: bool,
    /// The user name of whoever decided; none where the plan's rule accepted it as it came.
    pub by: Option<String>,
    pub at: Timestamp,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// It was accepted when a later report had already told more, so that it changed nothing.
    #[serde(default)]
    pub superseded: bool,
}

impl Inspection {
    pub fn state(&self) -> InspectionState {
        match &self.decision {
            None => InspectionState::Pending,
            Some(decision) if decision.accepted => InspectionState::Accepted,
            Some(_) => InspectionState::Rejected,
        }
    }

    /// Whether nothing speaks against it, and its place could be held against the project's.
    pub fn is_in_tolerance(&self) -> bool {
        self.marks.is_empty() && self.distance_m.is_some()
    }

    /// When it was seen, as far as both clocks can tell: a device whose clock is ahead puts no report behind its own.
    pub fn seen_at(&self) -> Timestamp {
        self.observed_at.min(self.received_at)
    }
}

/// The numbers by which reports are judged, as the plan's people set them. A plan has one; its id is the plan's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InspectionRule {
    pub id: Slug,
    /// A fix that may be farther off is marked.
    pub fix_limit_m: f64,
    /// How far from a project's place one may stand, beyond what is unsure of both.
    pub reach_m: f64,
    /// Days after which a project is due another visit.
    pub visit_days: u32,
    /// Reports that nothing speaks against are accepted as they come.
    pub accept_at_once: bool,
}

impl InspectionRule {
    /// The rule of a plan that brings none.
    pub fn default_of(plan: &Slug) -> InspectionRule {
        InspectionRule { id: plan.clone(), fix_limit_m: 50.0, reach_m: 50.0, visit_days: 30, accept_at_once: false }
    }

    /// Whether a project at a stage is due a visit on a day, `last` being the day of its last report.
    pub fn is_due(&self, stage: Stage, last: Option<Date>, today: Date) -> bool {
        let is_over = matches!(stage, Stage::InUse | Stage::Cancelled);
        !is_over && last.is_none_or(|last| i64::from((today - last).get_days()) > i64::from(self.visit_days))
    }
}

/// How a fix stands to a project's places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// To the nearest of its places.
    pub distance_m: f64,
    /// Metres by which the nearest place, with how far off it may be, is out of reach; negative where it is in reach.
    pub beyond_m: f64,
}

impl Standing {
    /// How far a place is that may be off by `accuracy_m`, from where somebody may be off by `unsure_m`.
    pub fn new(distance_m: f64, accuracy_m: f64, unsure_m: f64) -> Standing {
        Standing { distance_m, beyond_m: distance_m - accuracy_m - unsure_m }
    }
}

/// What speaks against a report, worst first. `standing` is none without a fix or without a place; `offsets_m` tells for each
/// photo with a position how far it was taken from the fix; `taken` are the moments of photos whose time is known.
pub fn marks(
    rule: &InspectionRule,
    fix: Option<&Fix>,
    standing: Option<Standing>,
    offsets_m: impl IntoIterator<Item = f64>,
    taken: impl IntoIterator<Item = Timestamp>,
    (observed_at, received_at): (Timestamp, Timestamp),
) -> Vec<Mark> {
    let mut marks = Vec::new();
    match fix {
        None | Some(Fix { source: FixSource::Chosen, .. }) => marks.push(Mark::NoFix),
        // No accuracy is no better than a bad one; NaN is none.
        Some(fix) if !fix.accuracy_m.is_some_and(|accuracy| accuracy <= rule.fix_limit_m) => marks.push(Mark::PoorFix),
        Some(_) => {}
    }
    if standing.is_some_and(|standing| standing.beyond_m > rule.reach_m) {
        marks.push(Mark::Far);
    }
    if offsets_m.into_iter().any(|offset| offset > PHOTO_REACH_M) {
        marks.push(Mark::PhotoElsewhere);
    }
    let hours = |from: Timestamp, to: Timestamp| (to - from).as_secs_f64() / 3_600.0;
    if taken.into_iter().any(|at| hours(at, observed_at).abs() > PHOTO_HOURS) {
        marks.push(Mark::PhotoOld);
    }
    if hours(received_at, observed_at) * 60.0 > CLOCK_MINUTES {
        marks.push(Mark::ClockAhead);
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn fix(accuracy_m: Option<f64>, source: FixSource) -> Fix {
        Fix { lon: 120.7, lat: 30.7, accuracy_m, source }
    }

    #[test]
    fn a_report_is_marked_for_all_that_speaks_against_it() {
        let rule = InspectionRule::default_of(&"plan".parse().expect("an id"));
        let noon = at("2019-06-01T12:00:00Z");
        let check =
            |fix: Option<Fix>, beyond_m: Option<f64>, offset: f64, taken: &str, received: &str, expected: &[Mark]| {
                let standing = beyond_m.map(|beyond_m| Standing { distance_m: 0.0, beyond_m });
                let found = marks(&rule, fix.as_ref(), standing, [offset], [at(taken)], (noon, at(received)));
                assert_eq!(found, expected, "{fix:?} {beyond_m:?} {offset} {taken} {received}");
            };
        let good = Some(fix(Some(50.0), FixSource::Device));
        let (then, later) = ("2019-06-01T11:00:00Z", "2019-06-03T12:00:00Z");
        check(good, Some(50.0), 500.0, then, later, &[]);
        check(None, None, 0.0, then, later, &[Mark::NoFix]);
        check(Some(fix(Some(5.0), FixSource::Chosen)), Some(0.0), 0.0, then, later, &[Mark::NoFix]);
        check(Some(fix(None, FixSource::Device)), Some(0.0), 0.0, then, later, &[Mark::PoorFix]);
        check(Some(fix(Some(50.1), FixSource::Device)), Some(0.0), 0.0, then, later, &[Mark::PoorFix]);
        check(good, Some(50.1), 0.0, then, later, &[Mark::Far]);
        check(good, Some(-900.0), 500.1, then, later, &[Mark::PhotoElsewhere]);
        check(good, Some(0.0), 0.0, "2019-05-31T11:59:00Z", later, &[Mark::PhotoOld]);
        check(good, Some(0.0), 0.0, "2019-06-02T12:01:00Z", later, &[Mark::PhotoOld]);
        check(good, Some(0.0), 0.0, then, "2019-06-01T11:54:00Z", &[Mark::ClockAhead]);
        check(good, Some(0.0), 0.0, then, "2019-06-01T11:55:00Z", &[]);
    }

    #[test]
    fn a_visit_is_due_when_the_last_one_is_too_long_ago() {
        let rule = InspectionRule::default_of(&"plan".parse().expect("an id"));
        let day = |text: &str| text.parse::<Date>().expect("a date");
        let today = day("2019-06-30");
        let check =
            |stage, last: Option<&str>, expected| assert_eq!(rule.is_due(stage, last.map(day), today), expected);
        check(Stage::Building, None, true);
        check(Stage::Building, Some("2019-05-31"), false);
        check(Stage::Building, Some("2019-05-30"), true);
        check(Stage::Completed, None, true);
        check(Stage::InUse, None, false);
        check(Stage::Cancelled, None, false);
    }

    #[test]
    fn a_photo_tells_its_time_with_or_without_a_zone() {
        for text in ["2019-06-01T12:00:00Z", "2019-06-01T12:00:00"] {
            let time: PhotoTime = text.parse().expect("a time");
            assert_eq!(time.to_string(), text);
            let json = serde_json::to_string(&time).expect("JSON");
            assert_eq!(serde_json::from_str::<PhotoTime>(&json).expect("it again"), time, "{json}");
        }
    }
}
