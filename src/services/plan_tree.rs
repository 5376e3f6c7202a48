//! The plan as a tree of sections and items, with the roll-ups of quotas and of the whole.

use std::collections::BTreeMap;

use super::View;
use super::projects::Summary;
use crate::plan::{Quota, Rollup, Section, Target, Theme};

/// A section with its items by number; item 0 is the section as a whole.
pub struct Branch<'a> {
    pub section: &'a Section,
    pub items: BTreeMap<u8, Item<'a>>,
}

#[derive(Default)]
pub struct Item<'a> {
    pub targets: Vec<&'a Target>,
    pub quotas: Vec<QuotaCount<'a>>,
    pub projects: Vec<Summary<'a>>,
    pub themes: Vec<&'a Theme>,
}

/// A quota with the count of its named members; `unnamed` are promised, but have no name.
pub struct QuotaCount<'a> {
    pub quota: &'a Quota,
    pub rollup: Rollup,
    pub unnamed: u64,
}

impl View {
    /// The whole tree in the plan's order. Cost: O(sections · records).
    pub fn tree(&self) -> Vec<Branch<'_>> {
        self.atlas.sections.iter().map(|row| self.branch(&row.value)).collect()
    }

    fn branch<'a>(&'a self, section: &'a Section) -> Branch<'a> {
        let mut items: BTreeMap<u8, Item<'a>> = BTreeMap::new();
        let atlas = &self.atlas;
        for row in atlas.targets.iter().filter(|row| row.value.section == section.id) {
            items.entry(row.value.item).or_default().targets.push(&row.value);
        }
        for row in atlas.quotas.iter().filter(|row| row.value.section == section.id) {
            items.entry(row.value.item).or_default().quotas.push(self.quota_count(&row.value));
        }
        for row in atlas.projects.iter().filter(|row| row.value.section == section.id) {
            items.entry(row.value.item).or_default().projects.push(self.summary(row));
        }
        for row in atlas.themes.iter().filter(|row| row.value.section == section.id) {
            items.entry(row.value.item).or_default().themes.push(&row.value);
        }
        Branch { section, items }
    }

    pub fn quota_count<'a>(&'a self, quota: &'a Quota) -> QuotaCount<'a> {
        let members = quota.members.iter().filter_map(|id| self.atlas.projects.get(id)).map(|row| &row.value);
        let rollup: Rollup = members.map(|project| (project.stage, self.colour(project))).collect();
        QuotaCount { quota, unnamed: u64::from(quota.count).saturating_sub(rollup.total), rollup }
    }

    /// All projects by stage and by light.
    pub fn rollup(&self) -> Rollup {
        self.atlas.projects.iter().map(|row| (row.value.stage, self.colour(&row.value))).collect()
    }
}
