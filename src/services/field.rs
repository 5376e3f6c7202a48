//! What somebody takes along into the field: every project with its places, what is due a visit, and what is theirs to look after.

use std::collections::{BTreeMap, BTreeSet};

use super::View;
use super::projects::Summary;
use crate::atlas::Row;
use crate::plan::{Date, Feature, Identity, InspectionState, Patch, Project, Slug, Stage, Word};
use crate::spatial::{distance_m, window_around};

/// A project as it is seen from the street.
pub struct FieldProject<'a> {
    pub summary: Summary<'a>,
    /// The stages that a report may tell, the present one first.
    pub next_stages: Vec<Stage>,
    /// The day of the last report from the field that was not rejected.
    pub last_inspection: Option<Date>,
    pub due_visit: bool,
    pub mine: bool,
    /// Patches that it lies in.
    pub patches: Vec<&'a Slug>,
    pub places: Vec<&'a Feature>,
}

/// A patch with the projects at it.
pub struct FieldPatch<'a> {
    pub row: &'a Row<Patch>,
    pub projects: BTreeSet<Slug>,
}

impl View {
    /// Every project, in the plan's order, as `user` sees it from the street. Cost: O(projects and their places), and a search of
    /// the index for each patch.
    pub fn field(&self, user: &Identity) -> (Vec<FieldProject<'_>>, Vec<FieldPatch<'_>>) {
        let patches = self.patches();
        let mut at: BTreeMap<&Slug, Vec<&FieldPatch>> = BTreeMap::new();
        for patch in &patches {
            patch.projects.iter().for_each(|project| at.entry(project).or_default().push(patch));
        }
        let rule = &self.atlas.inspection_rule().value;
        let projects = self.atlas.projects.iter().map(|row| {
            let project = &row.value;
            let patches = at.get(&project.id).map(Vec::as_slice).unwrap_or_default();
            let last_inspection = self.last_inspection(&project.id);
            FieldProject {
                summary: self.summary(row),
                next_stages: next_stages(project.stage),
                last_inspection,
                due_visit: rule.is_due(project.stage, last_inspection, self.today),
                mine: is_warden(project, user) || patches.iter().any(|patch| is_mine(&patch.row.value, user)),
                patches: patches.iter().map(|patch| &patch.row.value.id).collect(),
                places: self.atlas.places_of(&project.id).collect(),
            }
        });
        let projects = projects.collect();
        (projects, patches)
    }

    /// The day of the last report from the field that was not rejected.
    pub fn last_inspection(&self, project: &Slug) -> Option<Date> {
        let mut standing =
            self.atlas.inspections.of_project(project).filter(|row| row.value.state() != InspectionState::Rejected);
        standing.next().map(|row| row.value.day)
    }

    /// Every patch with its projects, in order.
    pub fn patches(&self) -> Vec<FieldPatch<'_>> {
        self.atlas.patches.iter().map(|row| FieldPatch { row, projects: self.projects_at(&row.value) }).collect()
    }

    /// The projects with a place within reach of a patch.
    fn projects_at(&self, patch: &Patch) -> BTreeSet<Slug> {
        let window = window_around(patch.shape.rect(), patch.reach_m);
        let candidates = self.atlas.plan_collections().flat_map(|collection| self.atlas.in_window(collection, window));
        let at = candidates.filter(|place| distance_m(&patch.shape, &place.shape) <= patch.reach_m);
        at.filter_map(|place| place.project.clone()).collect()
    }
}

fn next_stages(stage: Stage) -> Vec<Stage> {
    let others = Stage::ALL.iter().copied().filter(|next| *next != stage && stage.may_become(*next));
    // That nothing is reported is nothing to report.
    std::iter::once(stage).chain(others).filter(|stage| *stage != Stage::NotReported).collect()
}

pub fn is_mine(patch: &Patch, user: &Identity) -> bool {
    patch.inspectors.iter().any(|name| name == user.name.as_str())
}

/// Plans name wardens as people do, by their display name.
fn is_warden(project: &Project, user: &Identity) -> bool {
    project.warden.as_deref().is_some_and(|warden| warden == user.display_name || warden == user.name.as_str())
}
