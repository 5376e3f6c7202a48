//! A feature with its project's facts beside it, flat: what tiles, GeoJSON and tables carry, so that a GIS can style by it.

use super::View;
use crate::atlas::Row;
use crate::formats::Value;
use crate::plan::{Aim, Collection, Feature, Kind, Light, Position, Project, Role, Slug, Stage, Word};
use crate::spatial::filter::{Lookup, Operand};

/// A feature, its project, and that project's light on the day.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    pub feature: &'a Feature,
    pub project: Option<&'a Row<Project>>,
    pub kind: Option<Kind>,
    pub light: Option<Light>,
    quota: Option<&'a Slug>,
}

/// What a property holds, in the words of JSON Schema.
#[derive(Clone, Copy, Debug)]
pub enum FieldType {
    Text,
    /// A word of a vocabulary.
    Word(fn() -> Vec<&'static str>),
    Number,
    Date,
}

/// A property that features carry, with its meaning.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub field_type: FieldType,
    pub meaning: &'static str,
}

fn words<W: Word>() -> Vec<&'static str> {
    W::ALL.iter().map(|word| (*word).into()).collect()
}

const fn field(name: &'static str, field_type: FieldType, meaning: &'static str) -> Field {
    Field { name, field_type, meaning }
}

const PLAN_FIELDS: [Field; 19] = [
    field("collection", FieldType::Text, "collection that the feature is in"),
    field("project", FieldType::Text, "id of the project that the feature is a place of"),
    field(
        "kind",
        FieldType::Word(words::<Kind>),
        "kind of project: road, bridge, park, school, hospital, estate, industry, hotel, zone, service",
    ),
    field("name_zh", FieldType::Text, "name in Chinese"),
    field("name_en", FieldType::Text, "name in English"),
    field("project_zh", FieldType::Text, "name of the project in Chinese"),
    field("project_en", FieldType::Text, "name of the project in English"),
    field("section", FieldType::Text, "id of the plan's section"),
    field("quota", FieldType::Text, "id of the quota that the project is a named member of"),
    field(
        "aim",
        FieldType::Word(words::<Aim>),
        "stage that the plan wants by the due date: design, start, advance, connect, renovate, complete, open",
    ),
    field("due", FieldType::Date, "date by which the aim is due"),
    field(
        "stage",
        FieldType::Word(words::<Stage>),
        "stage reached: not_reported, planned, preparing, building, completed, in_use, suspended, cancelled",
    ),
    field("progress", FieldType::Number, "percent reported; absent until somebody reports it"),
    field("light", FieldType::Word(words::<Light>), "red, yellow, green, or grey where it cannot be judged"),
    field("accuracy_m", FieldType::Number, "metres by which the drawn place may be off"),
    field(
        "position",
        FieldType::Word(words::<Position>),
        "how well the place is known: surveyed, approximate, rough, placeholder",
    ),
    field("basis_zh", FieldType::Text, "why it is drawn where it is, in Chinese"),
    field("basis_en", FieldType::Text, "why it is drawn where it is, in English"),
    field("class", FieldType::Text, "finer class of the feature, where it has one"),
];

const CONTEXT_FIELDS: [Field; 5] = [
    field("collection", FieldType::Text, "collection that the feature is in"),
    field("name_zh", FieldType::Text, "name in Chinese"),
    field("name_en", FieldType::Text, "name in English"),
    field("class", FieldType::Text, "finer class: city, town, station"),
    field("accuracy_m", FieldType::Number, "metres by which the drawn place may be off"),
];

/// The properties of a plan collection's features, in order.
pub fn plan_fields() -> &'static [Field] {
    &PLAN_FIELDS
}

/// The properties of a context collection's features, in order.
pub fn context_fields() -> &'static [Field] {
    &CONTEXT_FIELDS
}

impl View {
    pub fn facts<'a>(&'a self, collection: &Collection, feature: &'a Feature) -> Facts<'a> {
        let project = self.atlas.project_of(feature);
        let kind = match collection.role {
            Role::Plan { kind } => Some(kind),
            Role::Context => None,
        };
        Facts {
            feature,
            project,
            kind,
            light: project.map(|row| self.colour(&row.value)),
            quota: feature.project.as_ref().and_then(|id| self.atlas.quota_of(id)).map(|quota| &quota.id),
        }
    }
}

impl<'a> Facts<'a> {
    /// The value of a field of [`plan_fields`] or [`context_fields`], or the feature's `id`; absent for any other.
    pub fn value(&self, name: &str) -> Value<'a> {
        let project = self.project.map(|row| &row.value);
        let feature = self.feature;
        let text = |text: Option<&'a str>| text.map_or(Value::Absent, Value::Text);
        match name {
            "id" => Value::Text(feature.id.as_str()),
            "collection" => Value::Text(feature.collection.as_str()),
            "project" => text(feature.project.as_ref().map(Slug::as_str)),
            "kind" => text(self.kind.map(Kind::as_str)),
            "name_zh" => Value::Text(&feature.name.zh),
            "name_en" => Value::Text(&feature.name.en),
            "project_zh" => text(project.map(|project| project.name.zh.as_str())),
            "project_en" => text(project.map(|project| project.name.en.as_str())),
            "section" => text(project.map(|project| project.section.as_str())),
            "quota" => text(self.quota.map(Slug::as_str)),
            "aim" => text(project.map(|project| project.aim.as_str())),
            "due" => project.map_or(Value::Absent, |project| Value::Date(project.due)),
            "stage" => text(project.map(|project| project.stage.as_str())),
            "progress" => project.and_then(|project| project.progress).map_or(Value::Absent, Value::Number),
            "light" => text(self.light.map(Light::as_str)),
            "accuracy_m" => Value::Number(feature.accuracy_m),
            "position" => Value::Text(feature.position.as_str()),
            "basis_zh" => text(feature.basis.as_ref().map(|basis| basis.zh.as_str())),
            "basis_en" => text(feature.basis.as_ref().map(|basis| basis.en.as_str())),
            "class" => text(feature.class.as_ref().map(Slug::as_str)),
            _ => Value::Absent,
        }
    }

    /// All properties in the order of their fields.
    pub fn values(self) -> impl Iterator<Item = (&'static str, Value<'a>)> {
        let fields = if self.kind.is_some() { plan_fields() } else { context_fields() };
        fields.iter().map(move |field| (field.name, self.value(field.name)))
    }
}

impl Lookup for Facts<'_> {
    fn property(&self, name: &str) -> Operand<'_> {
        if name == "geometry" {
            return Operand::Geometry(&self.feature.shape);
        }
        match self.value(name) {
            Value::Text(text) => Operand::Text(text),
            Value::Number(number) => Operand::Number(number),
            Value::Date(date) => Operand::Date(date),
            Value::Absent => Operand::Null,
        }
    }
}
