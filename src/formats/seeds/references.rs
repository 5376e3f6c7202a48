//! What records promise each other: every reference points at something, every project has its place.

use std::collections::{HashMap, HashSet};

use super::places::Places;
use super::tables::Rows;
use super::{Problems, SeedPlan};
use crate::plan::{Role, Slug};

/// Checks a plan that was read; `paths` are the collections' files. What points at something refused is let pass.
pub(super) fn check(seed: &SeedPlan, paths: &[String], rows: &Rows, places: &Places, problems: &mut Problems) {
    let in_section = |file: &'static str, id: &Slug, section: &Slug, problems: &mut Problems| {
        if !rows.may_hold("sections.csv", section) {
            let message = format!("{section} is not among the sections of sections.csv");
            problems.add(file, rows.line(file, id), Some("section"), message);
        }
    };
    seed.targets.iter().for_each(|t| in_section("targets.csv", &t.id, &t.section, problems));
    seed.quotas.iter().for_each(|q| in_section("quotas.csv", &q.id, &q.section, problems));
    check_members(seed, rows, problems);
    seed.projects.iter().for_each(|p| in_section("projects.csv", &p.id, &p.section, problems));
    seed.themes.iter().for_each(|t| in_section("themes.csv", &t.id, &t.section, problems));
    check_places(seed, paths, rows, places, problems);
}

fn check_members(seed: &SeedPlan, rows: &Rows, problems: &mut Problems) {
    let mut quota_of: HashMap<&Slug, &Slug> = HashMap::new();
    for quota in &seed.quotas {
        let mut complain = |message: String| {
            problems.add("quotas.csv", rows.line("quotas.csv", &quota.id), Some("members"), message);
        };
        for member in &quota.members {
            if !rows.may_hold("projects.csv", member) {
                complain(format!("{member} is not among the projects of projects.csv"));
            }
            if let Some(other) = quota_of.insert(member, &quota.id) {
                complain(format!("{member} is already a member of {other}; a project counts in one quota"));
            }
        }
    }
}

fn check_places(seed: &SeedPlan, paths: &[String], rows: &Rows, places: &Places, problems: &mut Problems) {
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
