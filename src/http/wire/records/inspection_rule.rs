//! The rule by which reports from the field are judged, as it is edited.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Body, BodyError};
use crate::plan::{InspectionRule, Record, RecordKey};

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
        let InspectionRule { id: _, fix_limit_m, reach_m, visit_days, accept_at_once } = rule.clone();
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
