//! Patches and the rule of inspections as they are edited.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, BodyError, order_of};
use crate::plan::{InspectionRule, Patch, PatchRole, Record, RecordKey, Slug, Text};
use crate::spatial::{MAX_VERTICES, Shape};

/// What somebody looks after: a grid cell, a road, a river, a building.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchBody {
    name: Text,
    role: PatchRole,
    /// User names of those who look after it.
    inspectors: Vec<String>,
    /// Metres, 0 to 2000: projects within this distance of the shape belong to it.
    reach_m: f64,
    /// A GeoJSON geometry, longitude before latitude (WGS 84); a polygon for a grid cell.
    geometry: Value,
}

impl Body for PatchBody {
    fn of(record: &Record) -> Option<PatchBody> {
        let Record::Patch(Patch { name, role, inspectors, reach_m, shape, .. }) = record.clone() else { return None };
        let geometry = serde_json::to_value(shape.to_geojson()).ok()?;
        Some(PatchBody { name, role, inspectors, reach_m, geometry })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        let PatchBody { name, role, inspectors, reach_m, geometry } = self;
        let shape = Shape::from_json(geometry, MAX_VERTICES).map_err(|fault| BodyError {
            member: "geometry",
            detail: Text::new("图形无效", fault.to_string()),
            expected: Text::new(
                "有效的 GeoJSON 图形，先经度后纬度",
                "a valid GeoJSON geometry, longitude before latitude",
            ),
        })?;
        let (id, order) = (key.id.clone(), order_of(before, order));
        Ok(Record::Patch(Patch { id, order, name, role, inspectors, reach_m, shape }))
    }
}

/// The numbers by which reports from the field are judged.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InspectionRule")]
pub struct InspectionRuleBody {
    /// Metres: a fix that may be farther off is marked.
    fix_limit_m: f64,
    /// Metres that one may stand from a project's place, beyond what is unsure of both.
    reach_m: f64,
    /// Days after which a project is due another visit.
    visit_days: u32,
    /// Whether reports that nothing speaks against are accepted as they come.
    accept_at_once: bool,
}

/// The rule by which reports are judged, with its version.
#[derive(Serialize, JsonSchema)]
pub struct InspectionRuleWire {
    /// 0 for the rule of a plan that brings none.
    version: u64,
    rule: InspectionRuleBody,
}

impl InspectionRuleWire {
    pub fn new(version: u64, rule: &InspectionRule) -> InspectionRuleWire {
        InspectionRuleWire { version, rule: InspectionRuleBody::from_rule(rule) }
    }
}

impl InspectionRuleBody {
    pub fn from_rule(rule: &InspectionRule) -> InspectionRuleBody {
        let InspectionRule { id: Slug { .. }, fix_limit_m, reach_m, visit_days, accept_at_once } = rule.clone();
        InspectionRuleBody { fix_limit_m, reach_m, visit_days, accept_at_once }
    }
}

impl Body for InspectionRuleBody {
    fn of(record: &Record) -> Option<InspectionRuleBody> {
        let Record::InspectionRule(rule) = record else { return None };
        Some(InspectionRuleBody::from_rule(rule))
    }

    fn into_record(self, key: &RecordKey, _before: Option<&Record>, _order: u32) -> Result<Record, BodyError> {
        let InspectionRuleBody { fix_limit_m, reach_m, visit_days, accept_at_once } = self;
        Ok(Record::InspectionRule(InspectionRule {
            id: key.id.clone(),
            fix_limit_m,
            reach_m,
            visit_days,
            accept_at_once,
        }))
    }
}
