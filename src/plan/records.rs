//! The records of a plan. Plain data: what they promise each other is checked where they are read (`formats::seeds`).

use serde::{Deserialize, Serialize};

use super::{Aim, Date, Kind, Op, Position, Slug, Stage, Text, Visibility};
use crate::spatial::{GeometryType, Shape};

/// A district's year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub id: Slug,
    pub district: Text,
    pub city: Text,
    pub year: i16,
    pub start: Date,
    pub due: Date,
    /// West, south, east, north: every coordinate of the plan lies inside.
    pub extent: [f64; 4],
    /// Its reports come from a simulation.
    #[serde(default)]
    pub simulated: bool,
}

/// A chapter of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    pub id: Slug,
    pub order: u32,
    pub name: Text,
}

/// A promised number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    pub id: Slug,
    pub order: u32,
    pub section: Slug,
    pub item: u8,
    pub name: Text,
    pub op: Op,
    pub value: f64,
    pub unit: Text,
    /// A second, more ambitious value.
    pub stretch: Option<f64>,
    /// Oldest first.
    pub readings: Vec<Reading>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub date: Date,
    pub value: f64,
    /// Who says so.
    pub source: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetStatus {
    NoReading,
    Met,
    NotMet,
}

impl Target {
    /// Judged by the latest reading.
    pub fn status(&self) -> TargetStatus {
        match self.readings.last() {
            None => TargetStatus::NoReading,
            Some(reading) if self.op.holds(reading.value, self.value) => TargetStatus::Met,
            Some(_) => TargetStatus::NotMet,
        }
    }
}

/// "N projects like these": the members are named, the rest is counted and never given a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quota {
    pub id: Slug,
    pub order: u32,
    pub section: Slug,
    pub item: u8,
    pub name: Text,
    pub count: u32,
    pub aim: Aim,
    pub members: Vec<Slug>,
}

/// A thing done at a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Project {
    pub id: Slug,
    pub order: u32,
    pub kind: Kind,
    pub section: Slug,
    pub item: u8,
    pub name: Text,
    pub aim: Aim,
    /// When work is to begin, where the plan says so.
    #[serde(default)]
    pub start: Option<Date>,
    pub due: Date,
    pub stage: Stage,
    /// Percent, 0 to 100; none until somebody reports it.
    pub progress: Option<f64>,
    /// When the stage was last reported; none while it is only what the plan's words imply.
    pub reported: Option<Date>,
    /// Who answers for it: an office, a company.
    #[serde(default)]
    pub owner: Option<Text>,
    /// The person who looks after it.
    #[serde(default)]
    pub warden: Option<String>,
    #[serde(default)]
    pub investment: Option<Investment>,
    #[serde(default)]
    pub milestones: Vec<Milestone>,
    /// Percent that should be done by the end of each month, from the month of the start on; never falls.
    #[serde(default)]
    pub curve: Option<Vec<f64>>,
    pub relations: Relations,
    pub note: Option<Text>,
    #[serde(default)]
    pub visibility: Visibility,
    /// Its stage, progress and reports come from a simulation.
    #[serde(default)]
    pub simulated: bool,
}

/// What a project costs, in yuan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Investment {
    pub planned_cny: f64,
    /// Paid so far; none while nobody says.
    pub paid_cny: Option<f64>,
}

/// A step on a project's way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Milestone {
    pub name: Text,
    pub due: Date,
    pub done: Option<Date>,
}

/// What else the plan names in a project's sentence: a road's ends, a bridge's road and river.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Relations {
    pub from: Option<Text>,
    pub to: Option<Text>,
    pub carries: Option<Text>,
    pub crosses: Option<Text>,
}

/// A commitment with neither number nor place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Theme {
    pub id: Slug,
    pub order: u32,
    pub section: Slug,
    pub item: u8,
    pub name: Text,
    pub note: Option<Text>,
}

/// What a collection holds and how it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "role")]
pub enum Role {
    /// Places of the plan's projects of one kind.
    Plan { kind: Kind },
    /// Rivers, roads, names under the map.
    Context,
}

/// Ids that no collection may have: words that stand for something else in addresses, and tables of the stores.
const RESERVED_COLLECTIONS: [&str; 24] = [
    "plan",
    "context",
    "places",
    "sections",
    "targets",
    "target_readings",
    "quotas",
    "quota_members",
    "projects",
    "project_milestones",
    "themes",
    "collections",
    "light_rules",
    "feature_numbers",
    "features",
    "changes",
    "project_changes",
    "requests",
    "hidden_records",
    "inspections",
    "inspection_photos",
    "inspection_rules",
    "patches",
    "patch_inspectors",
];

/// Beginnings of such ids: they belong to SQLite, to the GeoPackage and to the stores.
const RESERVED_BEGINNINGS: [&str; 4] = ["sqlite_", "gpkg_", "rtree_", "refinery_"];

/// Whether a collection's id stands for something else.
pub fn is_reserved_collection(id: &Slug) -> bool {
    RESERVED_COLLECTIONS.contains(&id.as_str())
        || RESERVED_BEGINNINGS.iter().any(|start| id.as_str().starts_with(start))
}

/// A set of features with one geometry type (OGC's word).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Collection {
    pub id: Slug,
    pub order: u32,
    pub title: Text,
    pub geometry_type: GeometryType,
    #[serde(flatten)]
    pub role: Role,
    #[serde(default)]
    pub visibility: Visibility,
}

/// A place: a shape, what is known of it, and the project it belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// Unique in the whole store and never used again: the id in vector tiles and the primary key in the GeoPackage.
    pub number: u64,
    /// Unique within the collection.
    pub id: Slug,
    pub collection: Slug,
    pub project: Option<Slug>,
    pub name: Text,
    /// A finer word for context features: city, town, station.
    pub class: Option<Slug>,
    /// How far off the drawn shape may be.
    pub accuracy_m: f64,
    pub position: Position,
    /// Why it is drawn where it is.
    pub basis: Option<Text>,
    pub shape: Shape,
}
