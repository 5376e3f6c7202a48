//! Records as they are edited: what a caller may set, and nothing that is computed. Read strictly; converted here and nowhere else.

mod collection;
mod feature;
mod inspection_rule;
mod light_rule;
mod patch;
mod project;
mod target;
mod texts;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use collection::CollectionBody;
pub use feature::FeatureBody;
pub use inspection_rule::{InspectionRuleBody, InspectionRuleWire};
pub use light_rule::{LightPreviewWire, LightRuleBody, LightRuleWire};
pub use patch::PatchBody;
pub use project::ProjectBody;
pub use target::{QuotaBody, TargetBody};
pub use texts::{PlanBody, SectionBody, ThemeBody};

use crate::plan::{Collection, Patch, Project, Quota, Record, RecordKey, Section, Target, Text, Theme, Visibility};

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
    pub detail: Text,
    pub expected: Text,
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
        Record::InspectionRule(_) => value::<InspectionRuleBody>(record),
        Record::Patch(_) => value::<PatchBody>(record),
        // No body makes one: what is told of it is the record.
        Record::Inspection(inspection) => serde_json::to_value(inspection).unwrap_or(Value::Null),
    }
}

/// A record keeps its place; a new one takes the next.
fn order_of(before: Option<&Record>, next: u32) -> u32 {
    match before {
        Some(
            Record::Section(Section { order, .. })
            | Record::Target(Target { order, .. })
            | Record::Quota(Quota { order, .. })
            | Record::Project(Project { order, .. })
            | Record::Theme(Theme { order, .. })
            | Record::Collection(Collection { order, .. })
            | Record::Patch(Patch { order, .. }),
        ) => *order,
        _ => next,
    }
}

/// Nothing that is internal becomes public by being left unsaid.
fn visibility_of(said: Option<Visibility>, before: Option<&Record>) -> Visibility {
    said.or_else(|| before.and_then(Record::visibility)).unwrap_or_default()
}
