//! The plan itself, its chapters, and its commitments without a number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Body, BodyError, order_of};
use crate::plan::{Date, Plan, Record, RecordKey, Section, Slug, Text, Theme};

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanBody {
    district: Text,
    city: Text,
    year: i16,
    #[schemars(with = "String")]
    start: Date,
    #[schemars(with = "String")]
    due: Date,
    /// West, south, east, north in degrees (WGS 84): every coordinate of the plan lies inside.
    extent: [f64; 4],
}

impl Body for PlanBody {
    fn of(record: &Record) -> Option<PlanBody> {
        let Record::Plan(Plan { district, city, year, start, due, extent, .. }) = record.clone() else { return None };
        Some(PlanBody { district, city, year, start, due, extent })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, _order: u32) -> Result<Record, BodyError> {
        let PlanBody { district, city, year, start, due, extent } = self;
        let simulated = matches!(before, Some(Record::Plan(plan)) if plan.simulated);
        Ok(Record::Plan(Plan { id: key.id.clone(), district, city, year, start, due, extent, simulated }))
    }
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionBody {
    name: Text,
    #[serde(default)]
    order: Option<u32>,
}

impl Body for SectionBody {
    fn of(record: &Record) -> Option<SectionBody> {
        let Record::Section(Section { name, order, .. }) = record.clone() else { return None };
        Some(SectionBody { name, order: Some(order) })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        let order = self.order.unwrap_or_else(|| order_of(before, order));
        Ok(Record::Section(Section { id: key.id.clone(), order, name: self.name }))
    }
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThemeBody {
    name: Text,
    section: Slug,
    item: u8,
    #[serde(default)]
    note: Option<Text>,
}

impl Body for ThemeBody {
    fn of(record: &Record) -> Option<ThemeBody> {
        let Record::Theme(Theme { section, item, name, note, .. }) = record.clone() else { return None };
        Some(ThemeBody { name, section, item, note })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        let ThemeBody { name, section, item, note } = self;
        Ok(Record::Theme(Theme { id: key.id.clone(), order: order_of(before, order), section, item, name, note }))
    }
}
