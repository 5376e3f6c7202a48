//! The numbers of the rule that gives a project its light, as the plan's people set them. What they mean is in `light`'s own page.

use serde::{Deserialize, Serialize};

use crate::plan::Slug;

/// The rule of a plan. A plan has one; its id is the plan's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LightRule {
    pub id: Slug,
    /// Points of progress behind schedule from which a light is yellow, and above which it is red.
    pub behind_yellow_points: f64,
    pub behind_red_points: f64,
    /// Months, counted from the one of the planned start, that may end without a start before a light is yellow, and red.
    pub unstarted_yellow_months: u32,
    pub unstarted_red_months: u32,
    /// Days after which a report is too old to prove that work is on schedule; none when age does not matter.
    pub evidence_days: Option<u32>,
    /// Whether a light is green only by a report from the field that nothing speaks against, and not by what an office says.
    #[serde(default)]
    pub needs_inspection: bool,
}

impl LightRule {
    /// The rule of a plan that brings none: ten and thirty points, one and three months, and reports that do not age.
    pub fn default_of(plan: &Slug) -> LightRule {
        LightRule {
            id: plan.clone(),
            behind_yellow_points: 10.0,
            behind_red_points: 30.0,
            unstarted_yellow_months: 1,
            unstarted_red_months: 3,
            evidence_days: None,
            needs_inspection: false,
        }
    }
}
