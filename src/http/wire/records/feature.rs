//! A feature as it is edited: GeoJSON, with the properties that can be set.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, BodyError};
use crate::plan::{Feature, Position, Record, RecordKey, Slug, Text};
use crate::spatial::{MAX_VERTICES, Shape};
use crate::store::UNNUMBERED;

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
        let wrong = |member, detail, (zh, en)| BodyError { member, detail, expected: Text::new(zh, en) };
        if let Some(id) = self.id.filter(|id| *id != key.id) {
            let here = &key.id;
            let detail =
                Text::new(format!("是 {id}，而地址是 {here}"), format!("is {id}, but the address says {here}"));
            return Err(wrong("id", detail, ("与地址相同，或不填", "the id of the address, or none")));
        }
        let shape = Shape::from_flat_json(self.geometry, MAX_VERTICES).map_err(|fault| {
            let expected = ("有效的 GeoJSON 图形，先经度后纬度", "a valid GeoJSON geometry, longitude before latitude");
            wrong("geometry", Text::new("图形无效", fault.to_string()), expected)
        })?;
        let properties = self.properties;
        let basis = match (properties.basis_zh, properties.basis_en) {
            (None, None) => None,
            (Some(zh), Some(en)) => Some(Text { zh, en }),
            _ => {
                let detail = Text::new("依据只有一种语言", "basis is there in one language only");
                let expected = ("basis_zh 和 basis_en 都填，或都不填", "both basis_zh and basis_en, or neither");
                return Err(wrong("properties.basis_zh", detail, expected));
            }
        };
        let Some(collection) = key.collection.clone() else {
            let detail = Text::new("要素在一个图层里", "a feature is in a collection");
            return Err(wrong("collection", detail, ("图层的标识", "the id of a collection")));
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
