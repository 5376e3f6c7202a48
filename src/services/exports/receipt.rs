//! The receipt of an export: where a file comes from, what is in it, and what it could not carry. The same beside a file and on the wire.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::compare::LargestError;
use super::{Export, Made};
use crate::formats::layer::Encoding;
use crate::plan::{Collection, Date, Position, Text, Timestamp, Word};
use crate::services::View;

/// How well the places are known, in words, for whoever opens the file without this server.
const POSITION_NOTE: [&str; 2] = [
    "几何为示意，除 position 为 surveyed 者外均非测绘成果；accuracy_m 为可能的偏差（米）。",
    "Geometry is schematic unless position says surveyed; accuracy_m tells by how many metres a place may be off.",
];

/// What a file is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Receipt {
    pub file: String,
    pub bytes: u64,
    /// Of the whole file, in hexadecimal.
    pub sha256: String,
    #[schemars(with = "String")]
    pub created_at: Timestamp,
    pub format: &'static str,
    pub source: Source,
    /// The request as it was made.
    pub request: Value,
    pub count: u64,
    pub layers: Vec<ReceiptLayer>,
    pub crs: ReceiptCrs,
    pub offset: Option<&'static str>,
    /// Of text, where the format leaves it open.
    pub encoding: Option<&'static str>,
    pub renamed: Vec<ReceiptRenamed>,
    pub notes: Vec<String>,
    /// Null for formats that are not read back.
    pub largest_error: Option<LargestError>,
    pub position_note: Text,
}

/// Where features come from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Source {
    /// The server's address; null where none was asked.
    pub server: Option<String>,
    pub plan: String,
    pub district: Text,
    /// The last change that is in it.
    pub sequence: u64,
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Date>,
    pub simulated: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReceiptLayer {
    pub collection: String,
    pub title: Text,
    pub count: u64,
    /// How many places are known how well.
    pub positions: BTreeMap<&'static str, u64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReceiptCrs {
    pub code: String,
    pub name: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReceiptRenamed {
    pub layer: String,
    pub field: String,
    pub written: String,
}

/// What the caller knows of an export beside what is in it.
#[derive(Clone, Debug)]
pub struct Request {
    pub asked: Value,
    pub server: Option<String>,
    pub as_of: Option<Date>,
    pub at: Timestamp,
    pub today: Date,
}

impl ReceiptLayer {
    pub(super) fn new(collection: &Collection, count: u64, positions: &[u64]) -> ReceiptLayer {
        let counted = Position::ALL.iter().zip(positions).map(|(position, count)| (position.as_str(), *count));
        ReceiptLayer {
            collection: collection.id.to_string(),
            title: collection.title.clone(),
            count,
            positions: counted.collect(),
        }
    }
}

impl Receipt {
    pub fn new(export: &Export, view: &View, request: &Request, made: Made, bytes: u64, sha256: String) -> Receipt {
        let plan = view.atlas.plan();
        let renamed = made.written.renamed.into_iter();
        let [zh, en] = POSITION_NOTE;
        let mut notes = made.written.notes;
        if let Some(offset) = export.offset {
            notes.insert(
                0,
                format!("All coordinates are moved off on purpose, as {} wants it; they fit no survey.", offset.name()),
            );
        }
        Receipt {
            file: file_name(export, view, request.today, made.layers.len()),
            bytes,
            sha256,
            created_at: request.at,
            format: export.format.id(),
            source: Source {
                server: request.server.clone(),
                plan: plan.id.to_string(),
                district: plan.district.clone(),
                sequence: view.atlas.seq(),
                as_of: request.as_of,
                simulated: plan.simulated,
            },
            request: request.asked.clone(),
            count: made.layers.iter().map(|layer| layer.count).sum(),
            layers: made.layers,
            crs: ReceiptCrs { code: export.crs.code().to_string(), name: export.crs.name().to_owned() },
            offset: export.offset.map(crate::spatial::Offset::as_str),
            encoding: export.format.has_encodings().then_some(match export.encoding {
                Encoding::Utf8 => "utf-8",
                Encoding::Gbk => "gbk",
            }),
            renamed: renamed
                .map(|one| ReceiptRenamed { layer: one.layer, field: one.field, written: one.written })
                .collect(),
            notes,
            largest_error: made.largest_error,
            position_note: Text::new(zh, en),
        }
    }
}

/// A name that tells plan, what, system and day: `jiaxing-etdz-2019_roads_epsg4549_2026-11-24.zip`.
fn file_name(export: &Export, view: &View, today: Date, layers: usize) -> String {
    let what = match export.collections.as_deref() {
        Some([one]) => one.to_string(),
        Some(some) => format!("{}-layers", some.len()),
        None => "plan".to_owned(),
    };
    let crs = export.crs.code().to_string().to_lowercase().replace(':', "");
    let offset = export.offset.map(|offset| format!("_{}", offset.as_str())).unwrap_or_default();
    let ending = export.format.extension(layers > 1);
    format!("{}_{what}_{crs}{offset}_{today}.{ending}", view.atlas.plan().id)
}
