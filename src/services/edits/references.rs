//! That nothing which a batch leaves behind refers to what is not there.

use geo::Rect;

use crate::atlas::Atlas;
use crate::plan::{
    Change, Collection, Feature, Inspection, Photo, Plan, Project, Quota, Record, RecordType, Role, Slug, Text,
    Violation, is_reserved_collection,
};
use crate::spatial::union;

/// Records that are told by name when they stand in the way.
const TOLD: usize = 5;

/// References of a record to what is not there, or of another kind.
pub(super) fn broken_references(draft: &Atlas, before: Option<&Record>, after: &Record) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut section = |id: &Slug| {
        if draft.sections.get(id).is_none() {
            found.push(absent("section", id, "篇章", "section"));
        }
    };
    match after {
        Record::Target(target) => section(&target.section),
        Record::Theme(theme) => section(&theme.section),
        Record::Project(project) => {
            section(&project.section);
            found.extend(places_of_another_kind(draft, project));
        }
        Record::Quota(quota) => {
            section(&quota.section);
            found.extend(broken_members(draft, quota));
        }
        Record::Feature(feature) => found.extend(broken_home(draft, feature)),
        Record::Inspection(inspection) => {
            if draft.projects.get(&inspection.project).is_none() {
                found.push(absent("project", &inspection.project, "项目", "project"));
            }
            found.extend(photos_of_others(draft, inspection));
        }
        Record::Collection(collection) => found.extend(broken_collection(draft, before, collection)),
        Record::Plan(plan) => found.extend(left_outside(draft, plan)),
        _ => {}
    }
    found
}

/// A photo proves what one report says.
fn photos_of_others(draft: &Atlas, inspection: &Inspection) -> Vec<Violation> {
    let is_anothers =
        |photo: &Photo| draft.inspections.photo(&photo.id).is_some_and(|(owner, _)| owner.value.id != inspection.id);
    let told = inspection.photos.iter().enumerate().filter(|(_, photo)| is_anothers(photo)).map(|(at, _)| {
        let detail = Text::new("照片已属于另一份报告", "the photo belongs to another report already");
        let expected = Text::new("为这份报告传的照片", "a photo that was sent for this report");
        Violation::new(&format!("photos[{at}]"), detail, expected)
    });
    told.collect()
}

fn absent(field: &str, id: &Slug, zh: &str, en: &str) -> Violation {
    let detail = Text::new(format!("没有{zh} {id}"), format!("there is no {en} {id}"));
    Violation::new(field, detail, Text::new(format!("{zh}的标识"), format!("the id of a {en}")))
}

/// What a plan's new extent and dates would leave outside: its next edit would be refused, and nobody would know why.
fn left_outside(draft: &Atlas, plan: &Plan) -> Vec<Violation> {
    let mut found = Vec::new();
    let [west, south, east, north] = plan.extent;
    // What is no extent at all is told by the rules.
    let is_extent = west < east && south < north;
    let is_outside =
        |rect: &Rect| rect.min().x < west || rect.min().y < south || rect.max().x > east || rect.max().y > north;
    let outside: Vec<(&str, Rect)> = draft
        .collections()
        .filter_map(|collection| Some((collection.id.as_str(), draft.extent(collection).filter(is_outside)?)))
        .collect();
    if let Some(all) = outside.iter().map(|(_, rect)| *rect).reduce(union).filter(|_| is_extent) {
        let names = outside.iter().take(TOLD).map(|(id, _)| *id).collect::<Vec<_>>().join(", ");
        let reach = [all.min().x, all.min().y, all.max().x, all.max().y];
        let detail = Text::new(format!("把 {names} 等图层的位置留在了外面"), format!("leaves out places of {names}"));
        let expected = Text::new(format!("包含 {reach:?} 的范围"), format!("an extent around {reach:?}"));
        found.push(Violation::new("extent", detail, expected));
    }
    if let Some(early) = draft.projects.iter().find(|row| row.value.due < plan.start) {
        let (id, due) = (&early.value.id, early.value.due);
        let detail = Text::new(
            format!("{id} 的期限 {due} 会早于计划开始"),
            format!("{id} is due on {due}, before the plan would start"),
        );
        let expected = Text::new(format!("{due} 或以前"), format!("{due} or earlier"));
        found.push(Violation::new("start", detail, expected));
    }
    found
}

fn places_of_another_kind(draft: &Atlas, project: &Project) -> Option<Violation> {
    let fits = |feature: &Feature| {
        draft.collection(feature.collection.as_str()).is_some_and(|c| c.role == Role::Plan { kind: project.kind })
    };
    let place = draft.places_of(&project.id).find(|place| !fits(place))?;
    Some(Violation::new(
        "kind",
        Text::new(
            format!("它的位置 {}/{} 在另一类的图层里", place.collection, place.id),
            format!("its place {}/{} is in a collection of another kind", place.collection, place.id),
        ),
        Text::new("它的位置所在图层的类别", "the kind of the collection that its places are in"),
    ))
}

fn broken_members(draft: &Atlas, quota: &Quota) -> Vec<Violation> {
    let mut found = Vec::new();
    for member in &quota.members {
        if draft.projects.get(member).is_none() {
            found.push(absent("members", member, "项目", "project"));
        }
        let others = draft.quotas.iter().filter(|other| other.value.id != quota.id);
        for other in others.filter(|other| other.value.members.contains(member)) {
            let other = &other.value.id;
            let detail =
                Text::new(format!("{member} 已经算在 {other} 里"), format!("{member} is a member of {other} already"));
            let expected = Text::new("没有算在别处的项目", "projects that no other quota counts");
            found.push(Violation::new("members", detail, expected));
        }
    }
    found
}

fn broken_home(draft: &Atlas, feature: &Feature) -> Option<Violation> {
    let home = draft.collection(feature.collection.as_str())?;
    let project = feature.project.as_ref().map(|id| (id, draft.projects.get(id)));
    match (home.role, project) {
        (Role::Context, None) => None,
        (Role::Context, Some(_)) => Some(Violation::new(
            "project",
            Text::new("背景图层的要素不属于项目", "a feature of the context belongs to no project"),
            Text::new("不填项目", "no project"),
        )),
        (Role::Plan { .. }, None) => Some(Violation::new(
            "project",
            Text::new("计划的位置属于一个项目", "a place of the plan belongs to a project"),
            Text::new("项目的标识", "the id of a project"),
        )),
        (Role::Plan { .. }, Some((id, None))) => Some(absent("project", id, "项目", "project")),
        (Role::Plan { kind }, Some((id, Some(row)))) => (row.value.kind != kind).then(|| {
            let detail = Text::new(
                format!("{id} 与图层 {} 的类别不同", home.id),
                format!("{id} is a {}, and {} holds places of {kind}s", row.value.kind, home.id),
            );
            Violation::new("project", detail, Text::new("与图层同类的项目", "a project of the collection's kind"))
        }),
    }
}

fn broken_collection(draft: &Atlas, before: Option<&Record>, collection: &Collection) -> Vec<Violation> {
    let mut found = Vec::new();
    if before.is_none() && is_reserved_collection(&collection.id) {
        let id = &collection.id;
        let detail = Text::new(format!("{id} 另有所指"), format!("{id} stands for something else"));
        found.push(Violation::new("id", detail, Text::new("别的标识", "another id")));
    }
    if let Some(Record::Collection(before)) = before
        && !draft.set(collection).is_empty()
    {
        if before.geometry_type != collection.geometry_type {
            found.push(Violation::new(
                "geometry_type",
                Text::new("图层里有原来类型的要素", "it has features of the old type"),
                Text::new(before.geometry_type.to_string(), before.geometry_type.to_string()),
            ));
        }
        if before.role != collection.role {
            let detail = Text::new("图层里有原来类别的项目的位置", "it has places of projects of the old kind");
            found.push(Violation::new("kind", detail, Text::new("原来的类别", "the kind as it is")));
        }
    }
    found
}

/// What refers to a record that would be gone.
pub(super) fn still_needed(atlas: &Atlas, draft: &Atlas, change: &Change, all: &[Change]) -> Vec<String> {
    let id = &change.key.id;
    match change.key.record_type {
        RecordType::Plan => vec!["the server serves this plan".to_owned()],
        RecordType::Project => {
            let places = draft.places_of(id).map(|place| format!("feature {}/{}", place.collection, place.id));
            let quotas = draft.quotas.iter().filter(|row| row.value.members.contains(id));
            let reports = draft.inspections.of_project(id).take(TOLD);
            let reports = reports.map(|row| format!("inspection {}", row.value.id));
            places.chain(quotas.map(|row| format!("quota {}", row.value.id))).chain(reports).collect()
        }
        RecordType::Inspection => {
            // Evidence goes with its project and not before; who doubts it rejects it.
            let project =
                change.before.as_ref().and_then(Record::project).filter(|id| draft.projects.get(*id).is_some());
            project.map(|id| format!("project {id}, whose evidence it is; reject it instead")).into_iter().collect()
        }
        RecordType::Collection => {
            // In the draft its features went with it, so that they are looked for where it still is.
            let Some(collection) = atlas.collection(id.as_str()) else { return Vec::new() };
            let goes = |feature: &Feature| {
                all.iter().any(|other| {
                    other.after.is_none() && other.key.collection.as_ref() == Some(id) && other.key.id == feature.id
                })
            };
            let stays = atlas.features_after(collection, 0).filter(|row| !goes(&row.value));
            stays.take(TOLD).map(|row| format!("feature {id}/{}", row.value.id)).collect()
        }
        RecordType::Section => {
            let projects = draft.projects.iter().filter(|row| row.value.section == *id);
            let targets = draft.targets.iter().filter(|row| row.value.section == *id);
            let quotas = draft.quotas.iter().filter(|row| row.value.section == *id);
            let themes = draft.themes.iter().filter(|row| row.value.section == *id);
            let needed = projects.map(|row| format!("project {}", row.value.id));
            let needed = needed.chain(targets.map(|row| format!("target {}", row.value.id)));
            let needed = needed.chain(quotas.map(|row| format!("quota {}", row.value.id)));
            needed.chain(themes.map(|row| format!("theme {}", row.value.id))).collect()
        }
        _ => Vec::new(),
    }
}
