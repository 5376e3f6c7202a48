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
        let is_share = self.target.unit.zh.contains('%') || self.target.unit.zh.contains('％');
        let wobble = if day == last { 1.0 } else { self.random.between(0.96, 1.04) };
        let value = match self.target.op {
            // What should stay below comes down to its value in the course of the year.
            Op::AtMost | Op::Below => self.end * (1.3 - 0.3 * passed) * wobble,
            _ if is_share => self.end * (0.9 + 0.1 * passed) * wobble,
            // All else adds up, and a sum does not fall.
            _ => (self.end * passed * wobble).max(latest.unwrap_or_default()),
        };
        let value = self.rounded(value);
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
