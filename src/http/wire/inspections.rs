//! Reports from the field: as they come, as they are told to staff and to anybody, and what was decided about several.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::projects::round1;
use super::tally::Tallied;
use crate::atlas::Row;
use crate::plan::{Date, FixSource, Inspection, InspectionState, Mark, Photo, Slug, Stage, Text, Timestamp};
use crate::services::inspections::InspectionPage;
use crate::services::{Audience, View};

/// A report from the field. What it says is told once and never altered.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionReport {
    /// Made by whoever reports; the same for a report that is sent again.
    pub id: Slug,
    /// Id of the project.
    pub project: Slug,
    /// By the clock of the device.
    #[schemars(with = "String")]
    pub observed_at: Timestamp,
    pub stage: Stage,
    /// Percent.
    #[serde(default)]
    pub progress: Option<f64>,
    /// 1 to 1000 characters.
    #[serde(default)]
    pub note: Option<String>,
    /// Where the device was.
    #[serde(default)]
    pub fix: Option<FixBody>,
    /// Whoever reports was told what speaks against it.
    #[serde(default)]
    pub confirmed: bool,
    /// Ids of finished uploads, at most ten.
    #[serde(default)]
    pub photos: Vec<Slug>,
}

/// A position of WGS 84.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FixReport")]
pub struct FixBody {
    pub lon: f64,
    pub lat: f64,
    /// Metres by which it may be off.
    #[serde(default)]
    pub accuracy_m: Option<f64>,
    pub source: FixSource,
}

/// A report as a GeoJSON feature; its geometry is where the device was.
#[derive(Serialize, JsonSchema)]
pub struct InspectionFeature {
    #[serde(rename = "type")]
    feature_type: &'static str,
    id: Slug,
    /// Null for a report without a position, and for those who are not signed in.
    geometry: Option<PointWire>,
    properties: InspectionWire,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "InspectionPoint")]
struct PointWire {
    #[serde(rename = "type")]
    geometry_type: &'static str,
    /// Longitude, latitude (WGS 84).
    coordinates: [f64; 2],
}

/// A report. Who made it, where, what was said and what speaks against it is null for those who are not signed in.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Inspection")]
struct InspectionWire {
    project: Slug,
    /// Null for a project that is gone.
    project_name: Option<Text>,
    version: u64,
    #[schemars(with = "String")]
    observed_at: Timestamp,
    #[schemars(with = "String")]
    received_at: Timestamp,
    /// The day of the report where the plan is.
    #[schemars(with = "String")]
    day: Date,
    stage: Stage,
    progress: Option<f64>,
    simulated: bool,
    photos: Vec<PhotoWire>,
    state: InspectionState,
    /// It was accepted when later word was there already, so that it changed nothing.
    superseded: bool,
    inspector: Option<String>,
    note: Option<String>,
    fix: Option<FixWire>,
    /// From the fix to the nearest place of the project.
    distance_m: Option<f64>,
    /// What speaks against it; null for those who are not signed in.
    marks: Option<Vec<Mark>>,
    confirmed: Option<bool>,
    /// Null while nobody has decided, and where the plan's rule accepted it as it came.
    decided_by: Option<String>,
    #[schemars(with = "Option<String>")]
    decided_at: Option<Timestamp>,
    /// Why it was rejected.
    reason: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Fix")]
struct FixWire {
    accuracy_m: Option<f64>,
    source: FixSource,
}

/// A photo; its bytes are at `/api/v1/photos/{id}`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "InspectionPhoto")]
struct PhotoWire {
    id: Slug,
    /// Pixels, upright.
    width: u32,
    height: u32,
    bytes: u64,
    /// Of the bytes as they came.
    sha256: Option<String>,
    /// By its EXIF; without a zone unless the camera wrote one.
    taken_at: Option<String>,
    /// Longitude, latitude by its EXIF.
    position: Option<[f64; 2]>,
}

impl InspectionFeature {
    pub fn new(view: &View, row: &Row<Inspection>) -> InspectionFeature {
        let inspection = row.value.clone();
        let is_staff = view.audience == Audience::Staff;
        let project_name = view.atlas.projects.get(&inspection.project).map(|row| row.value.name.clone());
        let state = inspection.state();
        let geometry = inspection.fix.filter(|_| is_staff);
        let geometry = geometry.map(|fix| PointWire { geometry_type: "Point", coordinates: [fix.lon, fix.lat] });
        let superseded = inspection.decision.as_ref().is_some_and(|decision| decision.superseded);
        let decision = inspection.decision.filter(|_| is_staff);
        InspectionFeature {
            feature_type: "Feature",
            id: inspection.id,
            geometry,
            properties: InspectionWire {
                project: inspection.project,
                project_name,
                version: row.version,
                observed_at: inspection.observed_at,
                received_at: inspection.received_at,
                day: inspection.day,
                stage: inspection.stage,
                progress: inspection.progress,
                simulated: inspection.simulated,
                photos: inspection.photos.into_iter().map(|photo| PhotoWire::new(photo, is_staff)).collect(),
                state,
                superseded,
                inspector: Some(inspection.inspector).filter(|_| is_staff),
                note: inspection.note.filter(|_| is_staff),
                fix: inspection
                    .fix
                    .filter(|_| is_staff)
                    .map(|fix| FixWire { accuracy_m: fix.accuracy_m, source: fix.source }),
                distance_m: inspection.distance_m.filter(|_| is_staff).map(round1),
                marks: Some(inspection.marks).filter(|_| is_staff),
                confirmed: Some(inspection.confirmed).filter(|_| is_staff),
                decided_at: decision.as_ref().map(|decision| decision.at),
                decided_by: decision.as_ref().and_then(|decision| decision.by.clone()),
                reason: decision.and_then(|decision| decision.reason),
            },
        }
    }
}

impl PhotoWire {
    fn new(photo: Photo, is_staff: bool) -> PhotoWire {
        let Photo { id, sha256, media_type: _, bytes, width, height, taken, position } = photo;
        PhotoWire {
            id,
            width,
            height,
            bytes,
            sha256: Some(sha256).filter(|_| is_staff),
            taken_at: taken.filter(|_| is_staff).map(|taken| taken.to_string()),
            position: position.filter(|_| is_staff),
        }
    }
}

/// A page of reports, newest first.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "InspectionPage")]
pub struct InspectionPageWire {
    #[serde(rename = "type")]
    collection_type: &'static str,
    features: Vec<InspectionFeature>,
    number_matched: usize,
    number_returned: usize,
    /// Reports by state, with every other filter applied.
    counts: Tallied<InspectionState>,
    /// Address of the next page; null on the last.
    next: Option<String>,
}

impl InspectionPageWire {
    pub fn new(view: &View, page: &InspectionPage, next: Option<String>) -> InspectionPageWire {
        InspectionPageWire {
            collection_type: "FeatureCollection",
            features: page.rows.iter().map(|row| InspectionFeature::new(view, row)).collect(),
            number_matched: page.matched,
            number_returned: page.rows.len(),
            counts: Tallied::from(&page.states),
            next,
        }
    }
}

/// Why a report is rejected.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// 1 to 500 characters, for whoever made the report.
    pub reason: String,
}

/// Reports that are accepted one after the other, the oldest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptances {
    /// Ids of reports, at most 200.
    pub accept: Vec<Slug>,
}

#[derive(Serialize, JsonSchema)]
pub struct DecisionResults {
    pub results: Vec<DecisionResult>,
}

/// What became of one of several reports.
#[derive(Serialize, JsonSchema)]
pub struct DecisionResult {
    pub id: Slug,
    pub state: DecisionState,
    /// Why it could not be accepted.
    pub detail: Option<String>,
    /// The same in Chinese, where the plan's rules refuse it.
    pub detail_zh: Option<String>,
}

#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionState {
    Accepted,
    Refused,
}
