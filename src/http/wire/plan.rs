//! The plan, its tree, targets and quotas.

use schemars::JsonSchema;
use serde::Serialize;

use super::ProjectSummary;
use super::tally::Tallied;
use crate::plan::{Aim, Date, Light, Op, Reading, Rollup, Slug, Stage, Target, TargetStatus, Text, Theme};
use crate::services::View;
use crate::services::plan_tree::{Branch, Item, QuotaCount};
use crate::spatial::BBox;

#[derive(Serialize, JsonSchema)]
pub struct PlanList {
    pub plans: Vec<PlanSummary>,
}

/// A plan with the counts of what it promises.
#[derive(Serialize, JsonSchema)]
pub struct PlanSummary {
    id: Slug,
    district: Text,
    city: Text,
    year: i16,
    #[schemars(with = "String")]
    start: Date,
    #[schemars(with = "String")]
    due: Date,
    /// West, south, east, north of all the plan's places.
    extent: [f64; 4],
    counts: Counts,
    /// Its reports come from a simulation.
    simulated: bool,
    /// The last change that is in this answer.
    seq: u64,
    /// Of the plan's own record.
    version: u64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlanCounts")]
struct Counts {
    sections: usize,
    targets: usize,
    quotas: usize,
    projects: usize,
    themes: usize,
}

/// A plan as a tree of sections and items, with roll-ups.
#[derive(Serialize, JsonSchema)]
pub struct PlanTree {
    #[serde(flatten)]
    plan: PlanSummary,
    /// The day that lights are read for.
    #[schemars(with = "String")]
    as_of: Date,
    sections: Vec<SectionWire>,
    rollup: RollupWire,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Section")]
struct SectionWire {
    id: Slug,
    name: Text,
    items: Vec<ItemWire>,
}

/// What the plan promises under one item of a section; item 0 is the section as a whole.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlanItem")]
struct ItemWire {
    item: u8,
    targets: Vec<TargetWire>,
    quotas: Vec<QuotaWire>,
    projects: Vec<ProjectSummary>,
    themes: Vec<ThemeWire>,
}

/// Projects counted; every word is there, zeros included.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Rollup")]
pub struct RollupWire {
    total: u64,
    by_stage: Tallied<Stage>,
    by_light: Tallied<Light>,
}

#[derive(Serialize, JsonSchema)]
pub struct TargetList {
    pub targets: Vec<TargetWire>,
}

/// A promised number with its readings.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Target")]
pub struct TargetWire {
    id: Slug,
    section: Slug,
    item: u8,
    name: Text,
    op: Op,
    value: f64,
    unit: Text,
    stretch: Option<f64>,
    /// Oldest first; empty when there is no reading yet.
    readings: Vec<ReadingWire>,
    status: StatusWire,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Reading")]
struct ReadingWire {
    #[schemars(with = "String")]
    date: Date,
    value: f64,
    source: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TargetStatus")]
enum StatusWire {
    NoReading,
    Met,
    NotMet,
}

#[derive(Serialize, JsonSchema)]
pub struct QuotaList {
    pub quotas: Vec<QuotaWire>,
}

/// "N projects like these": named members, and the rest that is counted but has no name.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Quota")]
pub struct QuotaWire {
    id: Slug,
    section: Slug,
    item: u8,
    name: Text,
    count: u32,
    aim: Aim,
    /// Ids of the named projects.
    members: Vec<Slug>,
    named: u64,
    unnamed: u64,
    by_stage: Tallied<Stage>,
    by_light: Tallied<Light>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Theme")]
struct ThemeWire {
    id: Slug,
    section: Slug,
    item: u8,
    name: Text,
    note: Option<Text>,
}

impl PlanSummary {
    pub fn new(view: &View) -> PlanSummary {
        let (atlas, plan) = (&view.atlas, view.atlas.plan());
        PlanSummary {
            id: plan.id.clone(),
            district: plan.district.clone(),
            city: plan.city.clone(),
            year: plan.year,
            start: plan.start,
            due: plan.due,
            extent: atlas.plan_rect().map_or(plan.extent, |rect| BBox::from(rect).into()),
            counts: Counts {
                sections: atlas.sections.len(),
                targets: atlas.targets.len(),
                quotas: atlas.quotas.len(),
                projects: atlas.projects.len(),
                themes: atlas.themes.len(),
            },
            simulated: plan.simulated,
            seq: atlas.seq(),
            version: atlas.plan_version(),
        }
    }
}

impl PlanTree {
    pub fn new(view: &View) -> PlanTree {
        PlanTree {
            plan: PlanSummary::new(view),
            as_of: view.today,
            sections: view.tree().into_iter().map(SectionWire::from).collect(),
            rollup: view.rollup().into(),
        }
    }
}

impl From<Branch<'_>> for SectionWire {
    fn from(branch: Branch<'_>) -> SectionWire {
        SectionWire {
            id: branch.section.id.clone(),
            name: branch.section.name.clone(),
            items: branch.items.into_iter().map(|(number, item)| ItemWire::new(number, &item)).collect(),
        }
    }
}

impl ItemWire {
    fn new(number: u8, item: &Item) -> ItemWire {
        ItemWire {
            item: number,
            targets: item.targets.iter().map(|target| TargetWire::new(target)).collect(),
            quotas: item.quotas.iter().map(QuotaWire::new).collect(),
            projects: item.projects.iter().map(ProjectSummary::new).collect(),
            themes: item.themes.iter().map(|theme| ThemeWire::new(theme)).collect(),
        }
    }
}

impl From<Rollup> for RollupWire {
    fn from(rollup: Rollup) -> RollupWire {
        RollupWire {
            total: rollup.total,
            by_stage: Tallied::from(&rollup.by_stage),
            by_light: Tallied::from(&rollup.by_light),
        }
    }
}

impl TargetWire {
    pub fn new(target: &Target) -> TargetWire {
        TargetWire {
            id: target.id.clone(),
            section: target.section.clone(),
            item: target.item,
            name: target.name.clone(),
            op: target.op,
            value: target.value,
            unit: target.unit.clone(),
            stretch: target.stretch,
            readings: target.readings.iter().map(ReadingWire::new).collect(),
            status: match target.status() {
                TargetStatus::NoReading => StatusWire::NoReading,
                TargetStatus::Met => StatusWire::Met,
                TargetStatus::NotMet => StatusWire::NotMet,
            },
        }
    }
}

impl ReadingWire {
    fn new(reading: &Reading) -> ReadingWire {
        ReadingWire { date: reading.date, value: reading.value, source: reading.source.clone() }
    }
}

impl QuotaWire {
    pub fn new(counted: &QuotaCount) -> QuotaWire {
        let quota = counted.quota;
        QuotaWire {
            id: quota.id.clone(),
            section: quota.section.clone(),
            item: quota.item,
            name: quota.name.clone(),
            count: quota.count,
            aim: quota.aim,
            members: quota.members.clone(),
            named: counted.rollup.total,
            unnamed: counted.unnamed,
            by_stage: Tallied::from(&counted.rollup.by_stage),
            by_light: Tallied::from(&counted.rollup.by_light),
        }
    }
}

impl ThemeWire {
    fn new(theme: &Theme) -> ThemeWire {
        ThemeWire {
            id: theme.id.clone(),
            section: theme.section.clone(),
            item: theme.item,
            name: theme.name.clone(),
            note: theme.note.clone(),
        }
    }
}
