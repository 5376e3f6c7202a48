//! `lights.toml`: the numbers of the plan's light rule. A plan without the file has the default rule.

use serde::Deserialize;

use super::Problems;
use crate::plan::rules::check_light_rule;
use crate::plan::{LightRule, Slug};

pub(super) const FILE: &str = "lights.toml";

/// The edition of the file's format that this reader knows.
const VERSION: u32 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    version: u32,
    behind_yellow_points: f64,
    behind_red_points: f64,
    unstarted_yellow_months: u32,
    unstarted_red_months: u32,
    evidence_days: Option<u32>,
    #[serde(default)]
    needs_inspection: bool,
}

/// None when the file cannot be read or its numbers break a rule, which has been said then.
pub(super) fn read(text: &str, plan: &Slug, problems: &mut Problems) -> Option<LightRule> {
    let wire: Wire = match toml::from_str(text) {
        Ok(wire) => wire,
        Err(fault) => {
            let row = fault.span().map(|span| format!("line {}", 1 + text[..span.start].matches('\n').count()));
            problems.add(FILE, row, None, fault.message());
            return None;
        }
    };
    if wire.version != VERSION {
        let message = format!("{} is not known; this program reads version {VERSION}", wire.version);
        problems.add(FILE, None, Some("version"), message);
        return None;
    }
    let rule = LightRule {
        id: plan.clone(),
        behind_yellow_points: wire.behind_yellow_points,
        behind_red_points: wire.behind_red_points,
        unstarted_yellow_months: wire.unstarted_yellow_months,
        unstarted_red_months: wire.unstarted_red_months,
        evidence_days: wire.evidence_days,
        needs_inspection: wire.needs_inspection,
    };
    let violations = check_light_rule(&rule);
    for violation in &violations {
        let expected = violation.expected.as_ref().map(|right| format!("; it takes {}", right.en)).unwrap_or_default();
        problems.add(FILE, None, Some(&violation.field), format_args!("{}{expected}", violation.detail.en));
    }
    violations.is_empty().then_some(rule)
}
