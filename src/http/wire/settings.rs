//! What the web app needs to know before it draws anything.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{Date, Slug, Text};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Settings")]
pub struct SettingsWire {
    /// Id of the plan that is served.
    pub plan: Slug,
    /// Of the server.
    pub version: &'static str,
    /// The day that lights are read for.
    #[schemars(with = "String")]
    pub today: Date,
    pub basemaps: Vec<BaseMap>,
}

/// A map under the plan, from an origin that the operator chose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaseMap {
    pub id: Slug,
    pub title: Text,
    #[serde(rename = "type")]
    pub map_type: BaseMapType,
    /// `https://…/{z}/{x}/{y}.png` for xyz, the document's address for tilejson.
    pub url: String,
    /// Other origins that a tilejson document's tiles come from, such as `https://tiles.example.org`.
    #[serde(default)]
    pub origins: Vec<String>,
    /// What must be shown with the map, as plain text.
    pub attribution: String,
    #[serde(default = "default_tile_size")]
    pub tile_size: u16,
    #[serde(default = "default_max_zoom")]
    pub max_zoom: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BaseMapType {
    Xyz,
    Tilejson,
}

fn default_tile_size() -> u16 {
    256
}

fn default_max_zoom() -> u8 {
    19
}
