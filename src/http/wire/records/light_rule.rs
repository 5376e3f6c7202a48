//! The rule by which lights are read, and what another would change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Body, BodyError};
use crate::atlas::Row;
use crate::http::wire::projects::LightWire;
use crate::http::wire::tally::Tallied;
use crate::plan::{Light, LightRule, Record, RecordKey, Slug, Text};
use crate::services::lights::LightPreview;

/// The rule by which lights are read.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LightRuleBody {
    /// Points behind schedule from which a light is yellow, and above which it is red.
    behind_yellow_points: f64,
    behind_red_points: f64,
    /// Months after the planned one in which a project that has not begun turns yellow, and red.
    unstarted_yellow_months: u32,
    unstarted_red_months: u32,
    /// Days after which a report no longer proves that a project is on schedule; null for never.
    #[serde(default)]
    evidence_days: Option<u32>,
    /// Whether green takes an accepted report from the field that nothing speaks against; false when absent.
    #[serde(default)]
    needs_inspection: bool,
}

/// The rule by which lights are read, with its version.
#[derive(Serialize, JsonSchema)]
pub struct LightRuleWire {
    /// 0 for the rule of a plan that brings none.
    version: u64,
    rule: LightRuleBody,
}

impl LightRuleWire {
    pub fn new(row: &Row<LightRule>) -> LightRuleWire {
        LightRuleWire { version: row.version, rule: LightRuleBody::from_rule(&row.value) }
    }
}

/// What another rule would change.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LightPreview")]
pub struct LightPreviewWire {
    changed: Vec<ChangedLight>,
    before: Tallied<Light>,
    after: Tallied<Light>,
}

#[derive(Serialize, JsonSchema)]
struct ChangedLight {
    project: Slug,
    name: Text,
    before: LightWire,
    after: LightWire,
}

impl LightPreviewWire {
    pub fn new(preview: &LightPreview) -> LightPreviewWire {
        let changed = preview.changed.iter().map(|changed| ChangedLight {
            project: changed.row.value.id.clone(),
            name: changed.row.value.name.clone(),
            before: LightWire::new(&changed.before),
            after: LightWire::new(&changed.after),
        });
        LightPreviewWire {
            changed: changed.collect(),
            before: Tallied::from(&preview.before),
            after: Tallied::from(&preview.after),
        }
    }
}

impl Body for LightRuleBody {
    fn of(record: &Record) -> Option<LightRuleBody> {
        let Record::LightRule(rule) = record else { return None };
        Some(LightRuleBody::from_rule(rule))
    }

    fn into_record(self, key: &RecordKey, _before: Option<&Record>, _order: u32) -> Result<Record, BodyError> {
        Ok(Record::LightRule(self.rule(key.id.clone())))
    }
}

impl LightRuleBody {
    fn from_rule(rule: &LightRule) -> LightRuleBody {
        LightRuleBody {
            behind_yellow_points: rule.behind_yellow_points,
            behind_red_points: rule.behind_red_points,
            unstarted_yellow_months: rule.unstarted_yellow_months,
            unstarted_red_months: rule.unstarted_red_months,
            evidence_days: rule.evidence_days,
            needs_inspection: rule.needs_inspection,
        }
    }

    pub fn rule(self, id: Slug) -> LightRule {
        LightRule {
            id,
            behind_yellow_points: self.behind_yellow_points,
            behind_red_points: self.behind_red_points,
            unstarted_yellow_months: self.unstarted_yellow_months,
            unstarted_red_months: self.unstarted_red_months,
            evidence_days: self.evidence_days,
            needs_inspection: self.needs_inspection,
        }
    }
}
