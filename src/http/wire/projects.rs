//! Projects: as a line of a list, as a page with counts, and one with all that is around it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::tally::Tallied;
use super::{FeatureCollection, ProjectBody};
use crate::plan::{Aim, Date, InspectionState, Kind, Light, LightReading, Position, Slug, Stage, Text};
use crate::services::View;
use crate::services::projects::{Facets, Neighbour, Page, Summary};
use crate::spatial::BBox;

/// A project with what a list shows of it.
#[derive(Serialize, JsonSchema)]
pub struct ProjectSummary {
    id: Slug,
    kind: Kind,
    section: Slug,
    item: u8,
    name: Text,
    aim: Aim,
    #[schemars(with = "String")]
    due: Date,
    stage: Stage,
    /// Percent; null until somebody reports it.
    progress: Option<f64>,
    light: LightWire,
    /// Id of the quota that the project is a named member of.
    quota: Option<Slug>,
    /// The best known of its places; null without a place.
    position: Option<Position>,
    /// West, south, east, north of its places.
    bbox: Option<[f64; 4]>,
    /// Rises by one with each change of the project.
    version: u64,
}

/// A light with its reason and the numbers behind it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LightReading")]
pub(super) struct LightWire {
    colour: Light,
    /// Which part of the rule spoke.
    code: &'static str,
    reason: Text,
    facts: LightFacts,
}

#[derive(Serialize, JsonSchema)]
struct LightFacts {
    #[schemars(with = "String")]
    due: Date,
    /// The planned start.
    #[schemars(with = "Option<String>")]
    start: Option<Date>,
    #[schemars(with = "Option<String>")]
    reported: Option<Date>,
    /// When somebody last reported from the field, and nothing spoke against it.
    #[schemars(with = "Option<String>")]
    inspected: Option<Date>,
    days_overdue: Option<i32>,
    /// Months that ended without a start, when that decides.
    months_unstarted: Option<i32>,
    /// Days since the last report, or the plan's start while there is none, when that decides.
    evidence_age_days: Option<i32>,
    /// Percent reported, percent that the schedule asks for, and the points between.
    progress: Option<f64>,
    scheduled: Option<f64>,
    points_behind: Option<f64>,
    /// The number of the rule that decided: points, months or days, by the code.
    limit: Option<f64>,
}

/// A page of projects with the counts of every filter value.
#[derive(Serialize, JsonSchema)]
pub struct ProjectPage {
    projects: Vec<ProjectSummary>,
    number_matched: usize,
    number_returned: usize,
    facets: FacetsWire,
    /// Address of the next page; null on the last.
    next: Option<String>,
}

/// Counts for each value of a filter, with every other filter applied but not its own.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Facets")]
struct FacetsWire {
    kind: Tallied<Kind>,
    stage: Tallied<Stage>,
    light: Tallied<Light>,
    position: Tallied<Position>,
    section: BTreeMap<Slug, u64>,
    quota: BTreeMap<Slug, u64>,
}

/// A project with its places, its plan reference and its neighbours.
#[derive(Serialize, JsonSchema)]
pub struct ProjectDetail {
    #[serde(flatten)]
    summary: ProjectSummary,
    plan: Slug,
    section_name: Option<Text>,
    quota_name: Option<Text>,
    note: Option<Text>,
    /// As the plan names them: a road's ends, a bridge's road and river.
    from: Option<Text>,
    to: Option<Text>,
    carries: Option<Text>,
    crosses: Option<Text>,
    stage_basis: StageBasis,
    #[schemars(with = "FeatureCollection<'static>")]
    features: serde_json::Value,
    /// Nearest first.
    neighbours: Vec<NeighbourWire>,
    links: Vec<Link>,
    /// What of the project can be set.
    record: ProjectBody,
    simulated: bool,
    inspections: InspectionCounts,
}

/// How much was reported from the field.
#[derive(Serialize, JsonSchema)]
struct InspectionCounts {
    accepted: usize,
    /// 0 for those who are not signed in.
    pending: usize,
    /// The day of the last report that was not rejected.
    #[schemars(with = "Option<String>")]
    last: Option<Date>,
}

/// Where a stage comes from.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum StageBasis {
    /// Nobody has said anything.
    None,
    /// The plan's words imply it.
    Plan,
    Report,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Neighbour")]
struct NeighbourWire {
    id: Slug,
    name: Text,
    kind: Kind,
    stage: Stage,
    light: Light,
    distance_m: f64,
    /// Degrees clockwise from north; null where the two meet.
    bearing_deg: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
struct Link {
    rel: &'static str,
    href: String,
    #[serde(rename = "type")]
    media_type: &'static str,
}

impl ProjectSummary {
    pub fn new(summary: &Summary) -> ProjectSummary {
        let project = &summary.row.value;
        ProjectSummary {
            id: project.id.clone(),
            kind: project.kind,
            section: project.section.clone(),
            item: project.item,
            name: project.name.clone(),
            aim: project.aim,
            due: project.due,
            stage: project.stage,
            progress: project.progress,
            light: LightWire::new(&summary.light),
            quota: summary.quota.map(|quota| quota.id.clone()),
            position: summary.position,
            bbox: summary.rect.map(|rect| BBox::from(rect).into()),
            version: summary.row.version,
        }
    }
}

impl LightWire {
    pub(super) fn new(light: &LightReading) -> LightWire {
        LightWire {
            colour: light.colour,
            code: light.code.as_str(),
            reason: light.reason(),
            facts: LightFacts {
                due: light.due,
                start: light.start,
                reported: light.reported,
                inspected: light.inspected,
                days_overdue: light.days_overdue,
                months_unstarted: light.months_unstarted,
                evidence_age_days: light.evidence_age_days,
                progress: light.progress,
                scheduled: light.scheduled.map(round1),
                points_behind: light.points_behind().map(round1),
                limit: light.limit,
            },
        }
    }
}

impl ProjectPage {
    /// `next` is the address of the page that the cursor leads to.
    pub fn new(page: &Page, next: Option<String>) -> ProjectPage {
        ProjectPage {
            projects: page.projects.iter().map(ProjectSummary::new).collect(),
            number_matched: page.matched,
            number_returned: page.projects.len(),
            facets: FacetsWire::new(&page.facets),
            next,
        }
    }
}

impl FacetsWire {
    fn new(facets: &Facets) -> FacetsWire {
        FacetsWire {
            kind: Tallied::from(&facets.kind),
            stage: Tallied::from(&facets.stage),
            light: Tallied::from(&facets.light),
            position: Tallied::from(&facets.position),
            section: facets.section.clone(),
            quota: facets.quota.clone(),
        }
    }
}

impl ProjectDetail {
    /// # Errors
    /// When its places cannot be written as GeoJSON, which checked shapes never cause.
    pub fn new(view: &View, summary: &Summary) -> Result<ProjectDetail, serde_json::Error> {
        let project = &summary.row.value;
        let relations = &project.relations;
        let section = view.atlas.sections.get(&project.section);
        let places: Vec<_> = view.atlas.places_of(&project.id).collect();
        let item = |place: &crate::plan::Feature| format!("/ogc/collections/{}/items/{}", place.collection, place.id);
        let mut links = vec![Link {
            rel: "self",
            href: format!("/api/v1/projects/{}", project.id),
            media_type: "application/json",
        }];
        links.extend(places.iter().map(|place| Link {
            rel: "item",
            href: item(place),
            media_type: "application/geo+json",
        }));
        Ok(ProjectDetail {
            plan: view.atlas.plan().id.clone(),
            section_name: section.map(|row| row.value.name.clone()),
            quota_name: summary.quota.map(|quota| quota.name.clone()),
            note: project.note.clone(),
            from: relations.from.clone(),
            to: relations.to.clone(),
            carries: relations.carries.clone(),
            crosses: relations.crosses.clone(),
            stage_basis: match (project.stage, project.reported) {
                (Stage::NotReported, _) => StageBasis::None,
                (_, None) => StageBasis::Plan,
                (_, Some(_)) => StageBasis::Report,
            },
            features: serde_json::to_value(FeatureCollection::of_places(view, places))?,
            neighbours: view.neighbours(project).iter().map(NeighbourWire::new).collect(),
            links,
            record: ProjectBody::from_project(project),
            simulated: project.simulated,
            inspections: InspectionCounts::new(view, &project.id),
            summary: ProjectSummary::new(summary),
        })
    }
}

impl InspectionCounts {
    fn new(view: &View, project: &Slug) -> InspectionCounts {
        let count = |state| view.atlas.inspections.of_project(project).filter(|row| row.value.state() == state).count();
        InspectionCounts {
            accepted: count(InspectionState::Accepted),
            pending: count(InspectionState::Pending),
            last: view.last_inspection(project),
        }
    }
}

impl NeighbourWire {
    fn new(neighbour: &Neighbour) -> NeighbourWire {
        let project = &neighbour.summary.row.value;
        NeighbourWire {
            id: project.id.clone(),
            name: project.name.clone(),
            kind: project.kind,
            stage: project.stage,
            light: neighbour.summary.light.colour,
            distance_m: round1(neighbour.distance_m),
            bearing_deg: neighbour.bearing_deg.map(round1),
        }
    }
}

/// To a tenth: finer than any place is known.
pub(super) fn round1(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
