//! A patch is what somebody looks after: a grid cell, a road, a river, a building. Projects at it are theirs to visit.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{Word, WordError, vocabulary};
use super::{Slug, Text};
use crate::spatial::Shape;

/// The most inspectors of one patch.
pub const MAX_INSPECTORS: usize = 50;

/// The farthest that a patch reaches beyond its shape.
pub const MAX_PATCH_REACH_M: f64 = 2_000.0;

vocabulary! {
    /// What is looked after.
    PatchRole, "role of a patch" {
        /// A cell of the district's grid (网格).
        Grid = "grid",
        /// A road, by its warden (路长).
        Road = "road",
        /// A river, by its warden (河长).
        River = "river",
        /// A building, by its warden (楼长).
        Building = "building",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Patch {
    pub id: Slug,
    pub order: u32,
    pub name: Text,
    pub role: PatchRole,
    /// User names of those who look after it.
    pub inspectors: Vec<String>,
    /// Projects within this distance of the shape belong to it.
    pub reach_m: f64,
    pub shape: Shape,
}
