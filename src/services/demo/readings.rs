//! One target's readings, at the end of each month.

use super::days_between;
use super::random::Random;
use crate::plan::{Date, Op, Reading, Target};

/// Who says so; shown beside every reading.
const SOURCE: &str = "模拟 simulated";

/// Units of things that are counted, so that their readings are whole.
const COUNTED: [&str; 12] = ["个", "家", "人", "万人", "户", "项", "套", "座", "条", "所", "次", "名"];

pub(super) struct Gauge {
    target: Target,
    random: Random,
    /// The value at the end of the year.
    end: f64,
}

impl Gauge {
    pub(super) fn new(target: &Target, mut random: Random) -> Gauge {
        let end = match target.op {
            Op::AtLeast | Op::Above => target.value * random.between(0.9, 1.15),
            Op::AtMost | Op::Below => target.value * random.between(0.85, 1.1),
            Op::Equal => target.value,
        };
        Gauge { target: target.clone(), random, end }
    }

    /// The target with a reading of the day.
    pub(super) fn read(&mut self, day: Date, first: Date, last: Date) -> Target {
        #[expect(clippy::cast_precision_loss, reason = "days of a year")]
        let passed = days_between(first, day) as f64 / days_between(first, last).max(1) as f64;
        let latest = self.target.readings.last().map(|reading| reading.value);
        let is_percentage = ['%', '％'].iter().any(|sign| self.target.unit.zh.contains(*sign));
        // A level is there from the first day on; all else begins at nothing and adds up.
        let is_level = is_percentage || self.target.name.zh.contains("总数");
        let wobble = if day == last { 1.0 } else { self.random.between(0.96, 1.04) };
        let value = match self.target.op {
            // What should stay below comes down to its value in the course of the year.
            Op::AtMost | Op::Below => self.end * (1.3 - 0.3 * passed) * wobble,
            _ if is_level => self.end * (0.85 + 0.15 * passed) * wobble,
            // A sum does not fall.
            _ => (self.end * passed * wobble).max(latest.unwrap_or_default()),
        };
        let value = self.rounded(if is_percentage && self.target.value <= 100.0 { value.min(100.0) } else { value });
        self.target.readings.push(Reading { date: day, value, source: SOURCE.to_owned() });
        self.target.clone()
    }

    fn rounded(&self, value: f64) -> f64 {
        if COUNTED.contains(&self.target.unit.zh.as_str()) || self.target.value.abs() >= 1_000.0 {
            value.round()
        } else {
            (value * 100.0).round() / 100.0
        }
    }
}
