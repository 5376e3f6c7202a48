//! Imports as they are told: what a file holds, what would become of it, row by row.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::formats::layer::{
    Encoding, EncodingEvidence, FieldKind, FoundCrs, FoundEncoding, FoundField, InspectedLayer,
};
use crate::plan::{Record, RecordType, Slug, Text, Timestamp};
use crate::services::imports::{
    Committed, Counts, Import, ImportRow, Inspection, LayerMapping, Mapping, Outcome, Preview, Warning,
};
use crate::services::workbook::Fault;
use crate::spatial::{BBox, GeometryType, Offset, Shape};

/// A file that was sent, and how far its import is.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Import")]
pub struct ImportWire {
    id: Slug,
    /// The file's name.
    name: String,
    bytes: u64,
    sha256: String,
    /// Its format; `workbook` where it has the plan's own sheets.
    format: &'static str,
    #[schemars(with = "String")]
    expires_at: Timestamp,
    committed: Option<CommittedWire>,
    layers: Vec<ImportLayer>,
    mapping: Option<Mapping>,
    /// Null until a mapping was sent, and when it is not in memory any more: send the mapping again.
    preview: Option<PreviewWire>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportCommitted")]
struct CommittedWire {
    /// The first change; its batch is undone by this number.
    batch: u64,
    /// The last change.
    sequence: u64,
    changes: usize,
}

#[derive(Serialize, JsonSchema)]
struct ImportLayer {
    name: String,
    /// Null where the layer has several or none.
    geometry_type: Option<GeometryType>,
    count: u64,
    crs: FoundCrsWire,
    encoding: Option<FoundEncodingWire>,
    fields: Vec<FoundFieldWire>,
    /// What would be done if nobody said otherwise.
    suggested: Option<LayerMapping>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FoundCrs")]
struct FoundCrsWire {
    state: CrsState,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum CrsState {
    Stated,
    Unknown,
    Missing,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FoundEncoding")]
struct FoundEncodingWire {
    encoding: Encoding,
    how: Evidence,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Evidence {
    Stated,
    Recognised,
    Either,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FoundField")]
struct FoundFieldWire {
    name: String,
    kind: FoundKind,
    samples: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum FoundKind {
    Text,
    Number,
    Date,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportPreview")]
struct PreviewWire {
    /// The change of the log that it was held against.
    sequence: u64,
    counts: CountsWire,
    /// Around all that would change on the map.
    bbox: Option<[f64; 4]>,
    warnings: Vec<WarningWire>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportCounts")]
struct CountsWire {
    added: usize,
    changed: usize,
    unchanged: usize,
    removed: usize,
    rejected: usize,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportWarning")]
struct WarningWire {
    /// Of `offset_suspected`, `encoding_assumed`, `sheet_ignored`, `changed_since`.
    code: &'static str,
    layer: String,
    detail: Text,
    offset: Option<Offset>,
    distance_m: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
pub struct ImportList {
    pub imports: Vec<ImportWire>,
}

/// What a commit is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportCommit {
    /// Why, in your words; "import" and the file's name when absent.
    #[serde(default)]
    pub note: Option<String>,
    /// Commit the others where some rows are rejected.
    #[serde(default)]
    pub without_rejected: bool,
}

/// Rows of a preview, page by page.
#[derive(Serialize, JsonSchema)]
pub struct ImportRows {
    pub rows: Vec<ImportRowWire>,
    /// All that fit the question.
    pub matched: usize,
    /// The next page's cursor; null on the last.
    pub next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportRow")]
pub struct ImportRowWire {
    layer: String,
    place: String,
    outcome: &'static str,
    record_type: RecordType,
    collection: Option<Slug>,
    id: Option<Slug>,
    name: Option<Text>,
    reasons: Vec<ReasonWire>,
    changes: Vec<FieldChangeWire>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportReason")]
struct ReasonWire {
    field: String,
    place: Option<String>,
    detail: Text,
    expected: Option<Text>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportChange")]
struct FieldChangeWire {
    field: String,
    before: Value,
    after: Value,
}

/// Rows of a preview on the map.
#[derive(Serialize, JsonSchema)]
pub struct ImportFeatures {
    #[serde(rename = "type")]
    collection_type: &'static str,
    features: Vec<ImportFeature>,
    /// There are more than are told.
    truncated: bool,
}

#[derive(Serialize, JsonSchema)]
struct ImportFeature {
    #[serde(rename = "type")]
    feature_type: &'static str,
    #[schemars(with = "Value")]
    geometry: Shape,
    properties: ImportProperties,
}

#[derive(Serialize, JsonSchema)]
struct ImportProperties {
    outcome: &'static str,
    layer: String,
    place: String,
    collection: Option<Slug>,
    id: Option<Slug>,
    name_zh: Option<String>,
    name_en: Option<String>,
    /// Why it is rejected.
    reason: Option<Text>,
}

impl ImportWire {
    pub fn id(&self) -> &Slug {
        &self.id
    }

    /// `present` is the last change of the plan as it is now.
    pub fn new(import: &Import, inspection: &Inspection, preview: Option<&Preview>, present: u64) -> ImportWire {
        let suggested = |name: &str| inspection.suggested.layers.iter().find(|mapping| mapping.layer == name).cloned();
        ImportWire {
            id: import.id.clone(),
            name: import.name.clone(),
            bytes: import.bytes,
            sha256: import.sha256.clone(),
            format: if inspection.has_sheets { "workbook" } else { import.format.id() },
            expires_at: import.expires_at(),
            committed: import.committed().map(|Committed { batch, sequence, changes }| CommittedWire {
                batch,
                sequence,
                changes,
            }),
            layers: inspection.layers.iter().map(|layer| ImportLayer::new(layer, suggested(&layer.name))).collect(),
            mapping: import.mapping(),
            preview: preview.map(|preview| PreviewWire::new(preview, present)),
        }
    }
}

impl ImportLayer {
    fn new(layer: &InspectedLayer, suggested: Option<LayerMapping>) -> ImportLayer {
        let crs = match &layer.crs {
            FoundCrs::Stated(crs) => FoundCrsWire {
                state: CrsState::Stated,
                code: Some(crs.code().to_string()),
                name: Some(crs.name().to_owned()),
            },
            FoundCrs::Unknown(name) => FoundCrsWire { state: CrsState::Unknown, code: None, name: Some(name.clone()) },
            FoundCrs::Missing => FoundCrsWire { state: CrsState::Missing, code: None, name: None },
        };
        let field = |FoundField { name, kind, samples }: &FoundField| FoundFieldWire {
            name: name.clone(),
            kind: match kind {
                FieldKind::Text => FoundKind::Text,
                FieldKind::Number => FoundKind::Number,
                FieldKind::Date => FoundKind::Date,
            },
            samples: samples.clone(),
        };
        ImportLayer {
            name: layer.name.clone(),
            geometry_type: layer.geometry_type,
            count: layer.count,
            crs,
            encoding: layer.encoding.as_ref().map(|FoundEncoding { encoding, how }| FoundEncodingWire {
                encoding: *encoding,
                how: match how {
                    EncodingEvidence::Stated => Evidence::Stated,
                    EncodingEvidence::Recognised => Evidence::Recognised,
                    EncodingEvidence::Either => Evidence::Either,
                },
            }),
            fields: layer.fields.iter().map(field).collect(),
            suggested,
        }
    }
}

impl PreviewWire {
    fn new(preview: &Preview, present: u64) -> PreviewWire {
        let Counts { added, changed, unchanged, removed, rejected } = preview.counts;
        let told = |Warning { code, layer, detail, offset, distance_m }: &Warning| WarningWire {
            code: code.as_str(),
            layer: layer.clone(),
            detail: detail.clone(),
            offset: *offset,
            distance_m: *distance_m,
        };
        let since = (preview.seq < present).then(|| WarningWire {
            code: "changed_since",
            layer: String::new(),
            detail: Text::new(
                "预览之后计划有了变化；再次发送对应关系可以更新预览",
                "the plan changed since the preview; send the mapping again for a fresh one",
            ),
            offset: None,
            distance_m: None,
        });
        PreviewWire {
            sequence: preview.seq,
            counts: CountsWire { added, changed, unchanged, removed, rejected },
            bbox: preview.rect.map(|rect| BBox::from(rect).into()),
            warnings: preview.warnings.iter().map(told).chain(since).collect(),
        }
    }
}

impl ImportRowWire {
    pub fn new(row: &ImportRow) -> ImportRowWire {
        let reason = |Fault { field, place, detail, expected }: &Fault| ReasonWire {
            field: field.clone(),
            place: place.clone(),
            detail: detail.clone(),
            expected: expected.as_deref().cloned(),
        };
        let changes = row.changes().into_iter();
        ImportRowWire {
            layer: row.layer.to_string(),
            place: row.place.clone(),
            outcome: row.outcome.as_str(),
            record_type: row.record_type,
            collection: row.collection.clone(),
            id: row.id.clone(),
            name: row.name.clone(),
            reasons: row.faults.iter().map(reason).collect(),
            changes: changes
                .map(|change| FieldChangeWire { field: change.field, before: change.before, after: change.after })
                .collect(),
        }
    }
}

impl ImportFeatures {
    /// What changes on the map and what is rejected, at most `limit` of them.
    pub fn new(preview: &Preview, limit: usize) -> ImportFeatures {
        let told = preview.rows.iter().filter(|row| row.outcome != Outcome::Unchanged);
        let mut placed = told.filter_map(|row| Some((row, row.shape()?)));
        let features = placed.by_ref().take(limit).map(|(row, shape)| ImportFeature::new(row, shape)).collect();
        ImportFeatures { collection_type: "FeatureCollection", features, truncated: placed.next().is_some() }
    }
}

impl ImportFeature {
    fn new(row: &ImportRow, shape: &Shape) -> ImportFeature {
        let name = row.name.clone().or_else(|| match row.after.as_ref() {
            Some(Record::Feature(feature)) => Some(feature.name.clone()),
            _ => None,
        });
        let (name_zh, name_en) = name.map(|Text { zh, en }| (zh, en)).unzip();
        ImportFeature {
            feature_type: "Feature",
            geometry: shape.clone(),
            properties: ImportProperties {
                outcome: row.outcome.as_str(),
                layer: row.layer.to_string(),
                place: row.place.clone(),
                collection: row.collection.clone(),
                id: row.id.clone(),
                name_zh,
                name_en,
                reason: row.faults.first().map(|fault| fault.detail.clone()),
            },
        }
    }
}
