//! What records promise each other: every reference points at something, every project has its place.

use std::collections::{HashMap, HashSet};

use super::places::Places;
use super::tables::{Reference, Rows};
use super::{Problems, SeedPlan};
use crate::plan::{Role, Slug};

/// Checks the rows that were read, also those that were refused for something else. What points at something refused is let pass.
pub(super) fn check_rows(rows: &Rows, problems: &mut Problems) {
    let mut quota_of: HashMap<&Slug, &Reference> = HashMap::new();
    for reference in &rows.references {
        let Reference { file, line, column, names, .. } = reference;
        let mut complain = |message: String| problems.add(file, Some(format!("line {line}")), Some(column), message);
        let (target, records) =
            if *column == "members" { ("projects.csv", "projects") } else { ("sections.csv", "sections") };
        if !rows.may_hold(target, names) {
            complain(format!("{names} is not among the {records} of {target}"));
        }
        if *column != "members" {
            continue;
        }
        if let Some(earlier) = quota_of.insert(names, reference) {
            let other =
                earlier.id.as_ref().map_or_else(|| format!("the quota on line {}", earlier.line), Slug::to_string);
            complain(format!("{names} is already a member of {other}; a project counts in one quota"));
        }
    }
}

/// Checks that places belong to projects, and projects have places; `paths` are the collections' files.
pub(super) fn check_places(seed: &SeedPlan, paths: &[String], rows: &Rows, places: &Places, problems: &mut Problems) {
    let kinds: HashMap<&Slug, _> = seed.projects.iter().map(|project| (&project.id, project.kind)).collect();
    let mut placed: HashSet<&Slug> = HashSet::new();
    for (collection, path) in seed.collections.iter().zip(paths) {
        let Role::Plan { kind } = collection.role else { continue };
        for feature in seed.features.iter().filter(|feature| feature.collection == collection.id) {
            let Some(project) = &feature.project else { continue };
            let mut complain =
                |message: String| problems.add(path, Some(format!("feature {}", feature.id)), Some("project"), message);
            match kinds.get(project) {
                Some(other) if *other != kind => {
                    complain(format!("{project} is a {other}, but {} holds places of kind {kind}", collection.id));
                }
                None if !rows.may_hold("projects.csv", project) => {
                    complain(format!("{project} is not among the projects of projects.csv"));
                }
                Some(_) | None => {}
            }
            placed.insert(project);
        }
    }
    for project in seed.projects.iter().filter(|project| !placed.contains(&project.id)) {
        let of_its_kind =
            seed.collections.iter().filter(|collection| collection.role == Role::Plan { kind: project.kind });
        if places.may_hold(&project.id, of_its_kind.map(|collection| &collection.id)) {
            continue;
        }
        let message =
            format!("project {} has no feature in any collection, so it would be missing from the map", project.id);
        problems.add("projects.csv", rows.line("projects.csv", &project.id), Some("id"), message);
    }
}
