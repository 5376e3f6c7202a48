//! What of a file goes where, as the person who imports it says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::formats::layer::Encoding;
use crate::plan::{Position, Slug};
use crate::services::workbook::Absent;
use crate::spatial::Offset;

/// What of a file goes where.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportMapping")]
pub struct Mapping {
    #[serde(default)]
    pub layers: Vec<LayerMapping>,
    /// For the plan's own sheets.
    #[serde(default)]
    pub workbook: Option<WorkbookMapping>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkbookMapping {
    /// What to do with records that a sheet does not have.
    #[serde(default)]
    pub absent: Absent,
}

/// Where a layer of the file goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerMapping {
    /// Its name in the file.
    pub layer: String,
    /// Null leaves it out.
    #[serde(default)]
    pub collection: Option<Slug>,
    /// Reference system such as EPSG:4549; null for what the file says.
    #[serde(default)]
    pub crs: Option<String>,
    /// The file's coordinates are moved off so; they are moved back.
    #[serde(default)]
    pub offset: Option<Offset>,
    /// Of text; null for what was found out.
    #[serde(default)]
    pub encoding: Option<Encoding>,
    #[serde(rename = "match", default)]
    pub by: Matching,
    #[serde(default)]
    pub fields: FieldNames,
    #[serde(default)]
    pub defaults: Defaults,
    /// What to do with features of the collection that the layer does not have.
    #[serde(default)]
    pub absent: Absent,
}

/// How a feature is known again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    #[default]
    Id,
    /// By name in either language, within the collection and so within the kind.
    Name,
}

/// The file's fields by what they are here; null keeps what a feature has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FieldNames {
    pub id: Option<String>,
    pub project: Option<String>,
    pub name_zh: Option<String>,
    pub name_en: Option<String>,
    pub class: Option<String>,
    pub accuracy_m: Option<String>,
    pub position: Option<String>,
    pub basis_zh: Option<String>,
    pub basis_en: Option<String>,
}

/// What stands in where the file says nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    pub position: Option<Position>,
    pub accuracy_m: Option<f64>,
    pub project: Option<Slug>,
}

impl FieldNames {
    /// Every field with its name here.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        let all = [
            ("id", &self.id),
            ("project", &self.project),
            ("name_zh", &self.name_zh),
            ("name_en", &self.name_en),
            ("class", &self.class),
            ("accuracy_m", &self.accuracy_m),
            ("position", &self.position),
            ("basis_zh", &self.basis_zh),
            ("basis_en", &self.basis_en),
        ];
        all.into_iter().map(|(name, field)| (name, field.as_deref()))
    }

    /// The place of a field by its name here.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "id" => &mut self.id,
            "project" => &mut self.project,
            "name_zh" => &mut self.name_zh,
            "name_en" => &mut self.name_en,
            "class" => &mut self.class,
            "accuracy_m" => &mut self.accuracy_m,
            "position" => &mut self.position,
            "basis_zh" => &mut self.basis_zh,
            "basis_en" => &mut self.basis_en,
            _ => return None,
        })
    }
}
