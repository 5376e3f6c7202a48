//! A collection as it is edited.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Body, BodyError, order_of, visibility_of};
use crate::plan::{Collection, Kind, Record, RecordKey, Role, Text, Visibility};
use crate::spatial::GeometryType;

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionBody {
    title: Text,
    /// The kind of projects whose places it holds; null for a collection of the context.
    #[serde(default)]
    kind: Option<Kind>,
    geometry_type: GeometryType,
    /// As it was when absent or null, and public for a new collection.
    #[serde(default)]
    visibility: Option<Visibility>,
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
        Some(CollectionBody { title, kind, geometry_type, visibility: Some(visibility) })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        let CollectionBody { title, kind, geometry_type, visibility } = self;
        let role = kind.map_or(Role::Context, |kind| Role::Plan { kind });
        let (id, order, visibility) = (key.id.clone(), order_of(before, order), visibility_of(visibility, before));
        Ok(Record::Collection(Collection { id, order, title, geometry_type, role, visibility }))
    }
}
