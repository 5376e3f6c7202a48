//! What a phone takes along into the field, and patches with the projects at them.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::projects::LightWire;
use super::records::InspectionRuleBody;
use crate::plan::{Aim, Date, Feature, Identity, Kind, PatchRole, Position, Slug, Stage, Text, Visibility};
use crate::services::View;
use crate::services::field::{FieldPatch, FieldProject, is_mine};

/// All that a phone needs to work without a network.
#[derive(Serialize, JsonSchema)]
pub struct FieldKit {
    seq: u64,
    /// The server's day.
    #[schemars(with = "String")]
    today: Date,
    user: FieldUser,
    plan: FieldPlan,
    rule: InspectionRuleBody,
    /// In the plan's order.
    projects: Vec<FieldProjectWire>,
    patches: Vec<FieldPatchWire>,
}

#[derive(Serialize, JsonSchema)]
struct FieldUser {
    name: String,
    display_name: String,
}

#[derive(Serialize, JsonSchema)]
struct FieldPlan {
    id: Slug,
    district: Text,
    year: i16,
    #[schemars(with = "String")]
    start: Date,
    #[schemars(with = "String")]
    due: Date,
    /// West, south, east, north.
    extent: [f64; 4],
    simulated: bool,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FieldProject")]
#[expect(clippy::struct_excessive_bools, reason = "each says another thing of a project, and none excludes another")]
struct FieldProjectWire {
    id: Slug,
    kind: Kind,
    name: Text,
    aim: Aim,
    #[schemars(with = "String")]
    due: Date,
    stage: Stage,
    /// The stages that a report may tell, the present one first.
    next_stages: Vec<Stage>,
    progress: Option<f64>,
    light: LightWire,
    #[schemars(with = "Option<String>")]
    reported: Option<Date>,
    /// The day of the last report from the field that was not rejected.
    #[schemars(with = "Option<String>")]
    last_inspection: Option<Date>,
    due_visit: bool,
    /// In a patch of the caller's, or the caller is its warden.
    mine: bool,
    warden: Option<String>,
    /// Ids of the patches that it lies in.
    patches: Vec<Slug>,
    internal: bool,
    simulated: bool,
    places: Vec<FieldPlace>,
}

#[derive(Serialize, JsonSchema)]
struct FieldPlace {
    collection: Slug,
    id: Slug,
    name: Text,
    position: Position,
    /// Metres by which the drawn place may be off.
    accuracy_m: f64,
    /// A GeoJSON geometry, longitude before latitude (WGS 84).
    geometry: Value,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FieldPatch")]
struct FieldPatchWire {
    id: Slug,
    version: u64,
    name: Text,
    role: PatchRole,
    /// User names of those who look after it.
    inspectors: Vec<String>,
    reach_m: f64,
    /// A GeoJSON geometry, longitude before latitude (WGS 84).
    geometry: Value,
    /// The caller looks after it.
    mine: bool,
}

impl FieldKit {
    /// # Errors
    /// When a shape cannot be written as GeoJSON, which checked ones never cause.
    pub fn new(view: &View, user: &Identity) -> Result<FieldKit, serde_json::Error> {
        let (projects, patches) = view.field(user);
        let plan = view.atlas.plan();
        Ok(FieldKit {
            seq: view.atlas.seq(),
            today: view.today,
            user: FieldUser { name: user.name.to_string(), display_name: user.display_name.clone() },
            plan: FieldPlan {
                id: plan.id.clone(),
                district: plan.district.clone(),
                year: plan.year,
                start: plan.start,
                due: plan.due,
                extent: plan.extent,
                simulated: plan.simulated,
            },
            rule: InspectionRuleBody::from_rule(&view.atlas.inspection_rule().value),
            projects: projects.iter().map(FieldProjectWire::new).collect::<Result<_, _>>()?,
            patches: patches.iter().map(|patch| FieldPatchWire::new(patch, user)).collect::<Result<_, _>>()?,
        })
    }
}

impl FieldProjectWire {
    fn new(found: &FieldProject) -> Result<FieldProjectWire, serde_json::Error> {
        let project = &found.summary.row.value;
        Ok(FieldProjectWire {
            id: project.id.clone(),
            kind: project.kind,
            name: project.name.clone(),
            aim: project.aim,
            due: project.due,
            stage: project.stage,
            next_stages: found.next_stages.clone(),
            progress: project.progress,
            light: LightWire::new(&found.summary.light),
            reported: project.reported,
            last_inspection: found.last_inspection,
            due_visit: found.due_visit,
            mine: found.mine,
            warden: project.warden.clone(),
            patches: found.patches.iter().map(|id| (*id).clone()).collect(),
            internal: project.visibility == Visibility::Internal,
            simulated: project.simulated,
            places: found.places.iter().map(|place| FieldPlace::new(place)).collect::<Result<_, _>>()?,
        })
    }
}

impl FieldPlace {
    fn new(place: &Feature) -> Result<FieldPlace, serde_json::Error> {
        Ok(FieldPlace {
            collection: place.collection.clone(),
            id: place.id.clone(),
            name: place.name.clone(),
            position: place.position,
            accuracy_m: place.accuracy_m,
            geometry: serde_json::to_value(place.shape.to_geojson())?,
        })
    }
}

impl FieldPatchWire {
    fn new(found: &FieldPatch, user: &Identity) -> Result<FieldPatchWire, serde_json::Error> {
        let patch = &found.row.value;
        Ok(FieldPatchWire {
            id: patch.id.clone(),
            version: found.row.version,
            name: patch.name.clone(),
            role: patch.role,
            inspectors: patch.inspectors.clone(),
            reach_m: patch.reach_m,
            geometry: serde_json::to_value(patch.shape.to_geojson())?,
            mine: is_mine(patch, user),
        })
    }
}

/// Patches as a GeoJSON FeatureCollection.
#[derive(Serialize, JsonSchema)]
pub struct PatchCollection {
    #[serde(rename = "type")]
    collection_type: &'static str,
    features: Vec<PatchFeature>,
}

#[derive(Serialize, JsonSchema)]
struct PatchFeature {
    #[serde(rename = "type")]
    feature_type: &'static str,
    id: Slug,
    /// A GeoJSON geometry, longitude before latitude (WGS 84).
    geometry: Value,
    properties: PatchProperties,
}

#[derive(Serialize, JsonSchema)]
struct PatchProperties {
    name_zh: String,
    name_en: String,
    role: PatchRole,
    /// User names of those who look after it.
    inspectors: Vec<String>,
    /// Projects within this distance of the shape belong to it.
    reach_m: f64,
    version: u64,
    /// The caller looks after it.
    mine: bool,
    /// Ids of the projects at it.
    projects: Vec<Slug>,
}

impl PatchCollection {
    /// # Errors
    /// When a shape cannot be written as GeoJSON, which checked ones never cause.
    pub fn new(patches: &[FieldPatch], user: &Identity) -> Result<PatchCollection, serde_json::Error> {
        let features = patches.iter().map(|found| {
            let patch = &found.row.value;
            Ok(PatchFeature {
                feature_type: "Feature",
                id: patch.id.clone(),
                geometry: serde_json::to_value(patch.shape.to_geojson())?,
                properties: PatchProperties {
                    name_zh: patch.name.zh.clone(),
                    name_en: patch.name.en.clone(),
                    role: patch.role,
                    inspectors: patch.inspectors.clone(),
                    reach_m: patch.reach_m,
                    version: found.row.version,
                    mine: is_mine(patch, user),
                    projects: found.projects.iter().cloned().collect(),
                },
            })
        });
        Ok(PatchCollection { collection_type: "FeatureCollection", features: features.collect::<Result<_, _>>()? })
    }
}
