//! What the plan promises in numbers: targets with their readings, and counts of projects.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Body, BodyError, order_of};
use crate::plan::{Aim, Date, Op, Quota, Reading, Record, RecordKey, Slug, Target, Text};

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetBody {
    name: Text,
    section: Slug,
    item: u8,
    op: Op,
    value: f64,
    unit: Text,
    #[serde(default)]
    stretch: Option<f64>,
    /// Oldest first.
    #[serde(default)]
    readings: Vec<ReadingBody>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadingBody {
    #[schemars(with = "String")]
    pub date: Date,
    pub value: f64,
    /// Who says so.
    pub source: String,
}

impl Body for TargetBody {
    fn of(record: &Record) -> Option<TargetBody> {
        let Record::Target(Target { section, item, name, op, value, unit, stretch, readings, .. }) = record.clone()
        else {
            return None;
        };
        let readings = readings.into_iter().map(|Reading { date, value, source }| ReadingBody { date, value, source });
        Some(TargetBody { name, section, item, op, value, unit, stretch, readings: readings.collect() })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        let TargetBody { name, section, item, op, value, unit, stretch, readings } = self;
        let readings = readings.into_iter().map(|ReadingBody { date, value, source }| Reading { date, value, source });
        let (id, order) = (key.id.clone(), order_of(before, order));
        let readings = readings.collect();
        Ok(Record::Target(Target { id, order, section, item, name, op, value, unit, stretch, readings }))
    }
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotaBody {
    name: Text,
    section: Slug,
    item: u8,
    count: u32,
    aim: Aim,
    /// Ids of projects.
    #[serde(default)]
    members: Vec<Slug>,
}

impl Body for QuotaBody {
    fn of(record: &Record) -> Option<QuotaBody> {
        let Record::Quota(Quota { section, item, name, count, aim, members, .. }) = record.clone() else { return None };
        Some(QuotaBody { name, section, item, count, aim, members })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        let QuotaBody { name, section, item, count, aim, members } = self;
        let (id, order) = (key.id.clone(), order_of(before, order));
        Ok(Record::Quota(Quota { id, order, section, item, name, count, aim, members }))
    }
}
