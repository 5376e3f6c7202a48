//! Records as they are edited: what a caller may set, and nothing that is computed. Read strictly; converted here and nowhere else.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::projects::LightWire;
use super::tally::Tallied;
use crate::atlas::Row;
use crate::plan::{
    Aim, Collection, Date, Feature, Investment, Kind, Light, LightRule, Milestone, Op, Plan, Position, Project, Quota,
    Reading, Record, RecordKey, Relations, Role, Section, Slug, Stage, Target, Text, Theme, Visibility,
};
use crate::services::lights::LightPreview;
use crate::spatial::{GeometryType, MAX_VERTICES, Shape};
use crate::store::UNNUMBERED;

/// What of a record a caller may set.
pub trait Body: Serialize + DeserializeOwned + JsonSchema {
    /// None for a record of another type.
    fn of(record: &Record) -> Option<Self>;

    /// # Errors
    /// The member that cannot be taken, and what is wrong with it.
    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError>;
}

/// A member that reads well and yet cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyError {
    pub member: &'static str,
    pub detail: String,
    pub expected: &'static str,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanBody {
    district: Text,
    city: Text,
    year: i16,
    #[schemars(with = "String")]
    start: Date,
    #[schemars(with = "String")]
    due: Date,
    /// West, south, east, north in degrees (WGS 84): every coordinate of the plan lies inside.
    extent: [f64; 4],
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionBody {
    name: Text,
    #[serde(default)]
    order: Option<u32>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetBody {
    name: Text,
    section: Slug,
    item: u8,
    op: Op,
    value: f64,
    unit: Text,
    #[serde(default)]
    stretch: Option<f64>,
    /// Oldest first.
    #[serde(default)]
    readings: Vec<ReadingBody>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadingBody {
    #[schemars(with = "String")]
    pub date: Date,
    pub value: f64,
    /// Who says so.
    pub source: String,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotaBody {
    name: Text,
    section: Slug,
    item: u8,
    count: u32,
    aim: Aim,
    /// Ids of projects.
    #[serde(default)]
    members: Vec<Slug>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThemeBody {
    name: Text,
    section: Slug,
    item: u8,
    #[serde(default)]
    note: Option<Text>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectBody {
    name: Text,
    kind: Kind,
    section: Slug,
    item: u8,
    aim: Aim,
    /// When it is planned to begin.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    start: Option<Date>,
    #[schemars(with = "String")]
    due: Date,
    #[serde(default = "not_reported")]
    stage: Stage,
    /// Percent; null until somebody reports it.
    #[serde(default)]
    progress: Option<f64>,
    /// When the stage was last reported; null while the plan's words imply it.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    reported: Option<Date>,
    /// The unit that answers for it.
    #[serde(default)]
    owner: Option<Text>,
    /// The named person in charge.
    #[serde(default)]
    warden: Option<String>,
    #[serde(default)]
    investment: Option<InvestmentBody>,
    #[serde(default)]
    milestones: Vec<MilestoneBody>,
    /// Percent that the schedule asks for at the end of each month from the start; a straight line when null.
    #[serde(default)]
    curve: Option<Vec<f64>>,
    #[serde(default)]
    from: Option<Text>,
    #[serde(default)]
    to: Option<Text>,
    #[serde(default)]
    carries: Option<Text>,
    #[serde(default)]
    crosses: Option<Text>,
    #[serde(default)]
    note: Option<Text>,
    #[serde(default)]
    visibility: Visibility,
}

fn not_reported() -> Stage {
    Stage::NotReported
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct InvestmentBody {
    /// Yuan.
    planned_cny: f64,
    #[serde(default)]
    paid_cny: Option<f64>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MilestoneBody {
    name: Text,
    #[schemars(with = "String")]
    due: Date,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    done: Option<Date>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionBody {
    title: Text,
    /// The kind of projects whose places it holds; null for a collection of the context.
    #[serde(default)]
    kind: Option<Kind>,
    geometry_type: GeometryType,
    #[serde(default)]
    visibility: Visibility,
}

/// The rule by which lights are read.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LightRuleBody {
    /// Points behind schedule from which a light is yellow, and above which it is red.
    behind_yellow_points: f64,
    behind_red_points: f64,
    /// Months after the planned one in which a project that has not begun turns yellow, and red.
    unstarted_yellow_months: u32,
    unstarted_red_months: u32,
    /// Days after which a report no longer proves that a project is on schedule; null for never.
    #[serde(default)]
    evidence_days: Option<u32>,
}

/// A GeoJSON feature. Properties that are computed from the project (stage, light …) are taken and left alone.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct FeatureBody {
    #[serde(rename = "type")]
    feature_type: FeatureType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Slug>,
    /// Longitude before latitude (WGS 84).
    geometry: Value,
    properties: FeatureProperties,
}

#[derive(Serialize, Deserialize, JsonSchema)]
enum FeatureType {
    Feature,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "EditableProperties")]
struct FeatureProperties {
    /// Id of the project that it is a place of.
    #[serde(default)]
    project: Option<Slug>,
    name_zh: String,
    name_en: String,
    /// Metres by which the drawn place may be off.
    accuracy_m: f64,
    position: Position,
    #[serde(default)]
    basis_zh: Option<String>,
    #[serde(default)]
    basis_en: Option<String>,
    #[serde(default)]
    class: Option<Slug>,
}

/// The rule by which lights are read, with its version.
#[derive(Serialize, JsonSchema)]
pub struct LightRuleWire {
    /// 0 for the rule of a plan that brings none.
    version: u64,
    rule: LightRuleBody,
}

impl LightRuleWire {
    pub fn new(row: &Row<LightRule>) -> LightRuleWire {
        LightRuleWire { version: row.version, rule: LightRuleBody::from_rule(&row.value) }
    }
}

/// What another rule would change.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LightPreview")]
pub struct LightPreviewWire {
    changed: Vec<ChangedLight>,
    before: Tallied<Light>,
    after: Tallied<Light>,
}

#[derive(Serialize, JsonSchema)]
struct ChangedLight {
    project: Slug,
    name: Text,
    before: LightWire,
    after: LightWire,
}

impl LightPreviewWire {
    pub fn new(preview: &LightPreview) -> LightPreviewWire {
        let changed = preview.changed.iter().map(|changed| ChangedLight {
            project: changed.row.value.id.clone(),
            name: changed.row.value.name.clone(),
            before: LightWire::new(&changed.before),
            after: LightWire::new(&changed.after),
        });
        LightPreviewWire {
            changed: changed.collect(),
            before: Tallied::from(&preview.before),
            after: Tallied::from(&preview.after),
        }
    }
}

impl Body for PlanBody {
    fn of(record: &Record) -> Option<PlanBody> {
        let Record::Plan(Plan { district, city, year, start, due, extent, .. }) = record.clone() else { return None };
        Some(PlanBody { district, city, year, start, due, extent })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, _order: u32) -> Result<Record, BodyError> {
        let PlanBody { district, city, year, start, due, extent } = self;
        let simulated = matches!(before, Some(Record::Plan(plan)) if plan.simulated);
        Ok(Record::Plan(Plan { id: key.id.clone(), district, city, year, start, due, extent, simulated }))
    }
}

impl Body for SectionBody {
    fn of(record: &Record) -> Option<SectionBody> {
        let Record::Section(Section { name, order, .. }) = record.clone() else { return None };
        Some(SectionBody { name, order: Some(order) })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        let order = self.order.unwrap_or_else(|| order_of(before, order));
        Ok(Record::Section(Section { id: key.id.clone(), order, name: self.name }))
    }
}

impl Body for TargetBody {
    fn of(record: &Record) -> Option<TargetBody> {
        let Record::Target(Target { section, item, name, op, value, unit, stretch, readings, .. }) = record.clone()
        else {
            return None;
        };
        let readings = readings.into_iter().map(|Reading { date, value, source }| ReadingBody { date, value, source });
        Some(TargetBody { name, section, item, op, value, unit, stretch, readings: readings.collect() })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        let TargetBody { name, section, item, op, value, unit, stretch, readings } = self;
        let readings = readings.into_iter().map(|ReadingBody { date, value, source }| Reading { date, value, source });
        let (id, order) = (key.id.clone(), order_of(before, order));
        let readings = readings.collect();
        Ok(Record::Target(Target { id, order, section, item, name, op, value, unit, stretch, readings }))
    }
}

impl Body for QuotaBody {
    fn of(record: &Record) -> Option<QuotaBody> {
        let Record::Quota(Quota { section, item, name, count, aim, members, .. }) = record.clone() else { return None };
        Some(QuotaBody { name, section, item, count, aim, members })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        let QuotaBody { name, section, item, count, aim, members } = self;
        let (id, order) = (key.id.clone(), order_of(before, order));
        Ok(Record::Quota(Quota { id, order, section, item, name, count, aim, members }))
    }
}

impl Body for ThemeBody {
    fn of(record: &Record) -> Option<ThemeBody> {
        let Record::Theme(Theme { section, item, name, note, .. }) = record.clone() else { return None };
        Some(ThemeBody { name, section, item, note })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        let ThemeBody { name, section, item, note } = self;
        Ok(Record::Theme(Theme { id: key.id.clone(), order: order_of(before, order), section, item, name, note }))
    }
}

impl ProjectBody {
    pub fn from_project(project: &Project) -> ProjectBody {
        let project = project.clone();
        let Relations { from, to, carries, crosses } = project.relations;
        ProjectBody {
            name: project.name,
            kind: project.kind,
            section: project.section,
            item: project.item,
            aim: project.aim,
            start: project.start,
            due: project.due,
            stage: project.stage,
            progress: project.progress,
            reported: project.reported,
            owner: project.owner,
            warden: project.warden,
            investment: project
                .investment
                .map(|Investment { planned_cny, paid_cny }| InvestmentBody { planned_cny, paid_cny }),
            milestones: project
                .milestones
                .into_iter()
                .map(|Milestone { name, due, done }| MilestoneBody { name, due, done })
                .collect(),
            curve: project.curve,
            from,
            to,
            carries,
            crosses,
            note: project.note,
            visibility: project.visibility,
        }
    }
}

impl Body for ProjectBody {
    fn of(record: &Record) -> Option<ProjectBody> {
        let Record::Project(project) = record else { return None };
        Some(ProjectBody::from_project(project))
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        // A stage that somebody says is no longer simulated.
        let simulated = match before {
            Some(Record::Project(before)) => {
                before.simulated
                    && (before.stage, before.progress, before.reported) == (self.stage, self.progress, self.reported)
            }
            _ => false,
        };
        Ok(Record::Project(Project {
            id: key.id.clone(),
            order: order_of(before, order),
            kind: self.kind,
            section: self.section,
            item: self.item,
            name: self.name,
            aim: self.aim,
            start: self.start,
            due: self.due,
            stage: self.stage,
            progress: self.progress,
            reported: self.reported,
            owner: self.owner,
            warden: self.warden,
            investment: self
                .investment
                .map(|InvestmentBody { planned_cny, paid_cny }| Investment { planned_cny, paid_cny }),
            milestones: self
                .milestones
                .into_iter()
                .map(|MilestoneBody { name, due, done }| Milestone { name, due, done })
                .collect(),
            curve: self.curve,
            relations: Relations { from: self.from, to: self.to, carries: self.carries, crosses: self.crosses },
            note: self.note,
            visibility: self.visibility,
            simulated,
        }))
    }
}

impl Body for CollectionBody {
    fn of(record: &Record) -> Option<CollectionBody> {
        let Record::Collection(Collection { title, geometry_type, role, visibility, .. }) = record.clone() else {
            return None;
        };
        let kind = match role {
            Role::Plan { kind } => Some(kind),
            Role::Context => None,
        };
        Some(CollectionBody { title, kind, geometry_type, visibility })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        let CollectionBody { title, kind, geometry_type, visibility } = self;
        let role = kind.map_or(Role::Context, |kind| Role::Plan { kind });
        let (id, order) = (key.id.clone(), order_of(before, order));
        Ok(Record::Collection(Collection { id, order, title, geometry_type, role, visibility }))
    }
}

impl Body for LightRuleBody {
    fn of(record: &Record) -> Option<LightRuleBody> {
        let Record::LightRule(rule) = record else { return None };
        Some(LightRuleBody::from_rule(rule))
    }

    fn into_record(self, key: &RecordKey, _before: Option<&Record>, _order: u32) -> Result<Record, BodyError> {
        Ok(Record::LightRule(self.rule(key.id.clone())))
    }
}

impl LightRuleBody {
    fn from_rule(rule: &LightRule) -> LightRuleBody {
        LightRuleBody {
            behind_yellow_points: rule.behind_yellow_points,
            behind_red_points: rule.behind_red_points,
            unstarted_yellow_months: rule.unstarted_yellow_months,
            unstarted_red_months: rule.unstarted_red_months,
            evidence_days: rule.evidence_days,
        }
    }

    pub fn rule(self, id: Slug) -> LightRule {
        LightRule {
            id,
            behind_yellow_points: self.behind_yellow_points,
            behind_red_points: self.behind_red_points,
            unstarted_yellow_months: self.unstarted_yellow_months,
            unstarted_red_months: self.unstarted_red_months,
            evidence_days: self.evidence_days,
        }
    }
}

impl Body for FeatureBody {
    fn of(record: &Record) -> Option<FeatureBody> {
        let Record::Feature(feature) = record.clone() else { return None };
        let geometry = serde_json::to_value(feature.shape.to_geojson()).ok()?;
        let (basis_zh, basis_en) = feature.basis.map(|basis| (basis.zh, basis.en)).unzip();
        Some(FeatureBody {
            feature_type: FeatureType::Feature,
            id: Some(feature.id),
            geometry,
            properties: FeatureProperties {
                project: feature.project,
                name_zh: feature.name.zh,
                name_en: feature.name.en,
                accuracy_m: feature.accuracy_m,
                position: feature.position,
                basis_zh,
                basis_en,
                class: feature.class,
            },
        })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, _order: u32) -> Result<Record, BodyError> {
        let wrong = |member, detail, expected| BodyError { member, detail, expected };
        if let Some(id) = self.id.filter(|id| *id != key.id) {
            let detail = format!("is {id}, but the address says {}", key.id);
            return Err(wrong("id", detail, "the id of the address, or none"));
        }
        let shape = Shape::from_json(self.geometry, MAX_VERTICES).map_err(|fault| {
            wrong("geometry", fault.to_string(), "a valid GeoJSON geometry, longitude before latitude")
        })?;
        let properties = self.properties;
        let basis = match (properties.basis_zh, properties.basis_en) {
            (None, None) => None,
            (Some(zh), Some(en)) => Some(Text { zh, en }),
            _ => {
                let detail = "basis is there in one language only".to_owned();
                return Err(wrong("properties.basis_zh", detail, "both basis_zh and basis_en, or neither"));
            }
        };
        let Some(collection) = key.collection.clone() else {
            return Err(wrong("collection", "a feature is in a collection".to_owned(), "the id of a collection"));
        };
        let number = match before {
            Some(Record::Feature(before)) => before.number,
            _ => UNNUMBERED,
        };
        Ok(Record::Feature(Feature {
            number,
            id: key.id.clone(),
            collection,
            project: properties.project,
            name: Text { zh: properties.name_zh, en: properties.name_en },
            class: properties.class,
            accuracy_m: properties.accuracy_m,
            position: properties.position,
            basis,
            shape,
        }))
    }
}

fn order_of(before: Option<&Record>, next: u32) -> u32 {
    match before {
        Some(
            Record::Section(Section { order, .. })
            | Record::Target(Target { order, .. })
            | Record::Quota(Quota { order, .. })
            | Record::Project(Project { order, .. })
            | Record::Theme(Theme { order, .. })
            | Record::Collection(Collection { order, .. }),
        ) => *order,
        _ => next,
    }
}

/// A record as its body, whatever its type.
pub fn body_of(record: &Record) -> Value {
    fn value<B: Body>(record: &Record) -> Value {
        B::of(record).and_then(|body| serde_json::to_value(body).ok()).unwrap_or(Value::Null)
    }
    match record {
        Record::Plan(_) => value::<PlanBody>(record),
        Record::Section(_) => value::<SectionBody>(record),
        Record::Target(_) => value::<TargetBody>(record),
        Record::Quota(_) => value::<QuotaBody>(record),
        Record::Project(_) => value::<ProjectBody>(record),
        Record::Theme(_) => value::<ThemeBody>(record),
        Record::Collection(_) => value::<CollectionBody>(record),
        Record::Feature(_) => value::<FeatureBody>(record),
        Record::LightRule(_) => value::<LightRuleBody>(record),
    }
}
