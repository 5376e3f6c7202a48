//! A patch as it is edited.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, BodyError, order_of};
use crate::plan::{Patch, PatchRole, Record, RecordKey, Text};
use crate::spatial::{MAX_VERTICES, Shape};

/// What somebody looks after: a grid cell, a road, a river, a building.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchBody {
    name: Text,
    role: PatchRole,
    /// User names of those who look after it.
    inspectors: Vec<String>,
    /// Metres, 0 to 2000: projects within this distance of the shape belong to it.
    reach_m: f64,
    /// A GeoJSON geometry, longitude before latitude (WGS 84); a polygon for a grid cell.
    geometry: Value,
}

impl Body for PatchBody {
    fn of(record: &Record) -> Option<PatchBody> {
        let Record::Patch(Patch { name, role, inspectors, reach_m, shape, .. }) = record.clone() else { return None };
        let geometry = serde_json::to_value(shape.to_geojson()).ok()?;
        Some(PatchBody { name, role, inspectors, reach_m, geometry })
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        let PatchBody { name, role, inspectors, reach_m, geometry } = self;
        let shape = Shape::from_flat_json(geometry, MAX_VERTICES).map_err(|fault| BodyError {
            member: "geometry",
            detail: Text::new("图形无效", fault.to_string()),
            expected: Text::new(
                "有效的 GeoJSON 图形，先经度后纬度",
                "a valid GeoJSON geometry, longitude before latitude",
            ),
        })?;
        let (id, order) = (key.id.clone(), order_of(before, order));
        Ok(Record::Patch(Patch { id, order, name, role, inspectors, reach_m, shape }))
    }
}
