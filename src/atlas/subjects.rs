//! What can be found by name: projects, targets, quotas, themes, and the places of the context.

use super::{Atlas, Names};
use crate::index::NameIndex;
use crate::plan::{Record, Role, Slug, Text};

/// Something with a name. A place is a context feature.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    Project(Slug),
    Target(Slug),
    Quota(Slug),
    Theme(Slug),
    Place { collection: Slug, id: Slug },
}

/// What the index of names takes from a record: its place in the order and its name.
pub(super) fn name_of(record: &Record) -> Option<(u32, &Text)> {
    match record {
        Record::Project(project) => Some((project.order, &project.name)),
        Record::Target(target) => Some((target.order, &target.name)),
        Record::Quota(quota) => Some((quota.order, &quota.name)),
        Record::Theme(theme) => Some((theme.order, &theme.name)),
        // Places come in the order of their collections.
        Record::Collection(collection) => Some((collection.order, &collection.title)),
        // A place stands in the order of its number, which never changes; a project's feature is found by its project.
        Record::Feature(feature) if feature.project.is_none() => Some((0, &feature.name)),
        Record::Feature(_)
        | Record::Plan(_)
        | Record::Section(_)
        | Record::LightRule(_)
        | Record::InspectionRule(_)
        | Record::Patch(_)
        | Record::Inspection(_) => None,
    }
}

/// Subjects in the order in which equally good matches are told: projects first, places last.
pub(super) fn collect(atlas: &Atlas) -> Names {
    let mut named: Vec<(Subject, &Text)> = Vec::new();
    named.extend(atlas.projects.iter().map(|row| (Subject::Project(row.value.id.clone()), &row.value.name)));
    named.extend(atlas.quotas.iter().map(|row| (Subject::Quota(row.value.id.clone()), &row.value.name)));
    named.extend(atlas.targets.iter().map(|row| (Subject::Target(row.value.id.clone()), &row.value.name)));
    named.extend(atlas.themes.iter().map(|row| (Subject::Theme(row.value.id.clone()), &row.value.name)));
    for collection in atlas.collections().filter(|collection| collection.role == Role::Context) {
        named.extend(atlas.features_after(collection, 0).map(|row| {
            let place = Subject::Place { collection: collection.id.clone(), id: row.value.id.clone() };
            (place, &row.value.name)
        }));
    }
    let index = NameIndex::build(named.iter().map(|(_, name)| *name));
    Names { index, subjects: named.into_iter().map(|(subject, _)| subject).collect() }
}
