//! Exports on the wire: what is asked for, and how far it is. The receipt is a document of its own (`services::exports`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::formats::file::{CrsChoice, CsvGeometry, FileFormat, Formulas};
use crate::plan::{Date, Kind, Slug, Text};
use crate::services::exports::Receipt;
use crate::spatial::{Crs, Offset, Unit};

/// What is to go out. All conditions hold together; only the format must be named.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    pub format: FileFormat,
    /// Ids of the plan's collections; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collections: Option<Vec<Slug>>,
    /// Only places of these projects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<Slug>,
    /// Only these features.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<FeatureRef>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
    /// West, south, east, north in degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bbox: Option<[f64; 4]>,
    /// CQL2 text over the collections' queryables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The plan as it was known at the end of this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Date>,
    /// One of the offered systems, such as EPSG:4549; the format's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crs: Option<String>,
    /// Moves all coordinates off on purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Offset>,
    /// Of text, where the format leaves it open; utf-8 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<EncodingWord>,
    /// CSV: a byte order mark before the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bom: Option<bool>,
    /// CSV: how places are written; wkt when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geometry: Option<CsvGeometry>,
    /// CSV: what becomes of texts that begin with = + - @, a tab or a line break, which spreadsheets take for formulas. With keep, which is so when absent, they
    /// stay as they are; with escape they get an apostrophe before them. The receipt tells how many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formulas: Option<Formulas>,
    /// Workbook: the plan's tables as sheets too; true when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<bool>,
    /// Tiles: from this zoom; 0 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 16))]
    pub min_zoom: Option<u8>,
    /// Tiles: to this zoom; 14 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 16))]
    pub max_zoom: Option<u8>,
}

#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeatureRef {
    pub collection: Slug,
    pub id: Slug,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Encoding")]
pub enum EncodingWord {
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "gbk")]
    Gbk,
}

/// How far an export is.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Export")]
pub struct ExportWire {
    pub id: String,
    pub state: ExportState,
    /// Steps that are done, of those that there are: each feature is written and read back; of a tile set, each tile is written.
    pub done: u64,
    pub total: u64,
    /// Why it failed.
    pub problem: Option<String>,
    pub receipt: Option<Receipt>,
    /// Where the file is once it is done.
    pub file: String,
    #[schemars(with = "String")]
    pub expires_at: crate::plan::Timestamp,
}

#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportState {
    Running,
    Done,
    Failed,
}

/// What goes out and comes in, and how.
#[derive(Serialize, JsonSchema)]
pub struct Formats {
    pub formats: Vec<FormatWire>,
    /// Reference systems that are offered; CRS84, in which features are kept, first.
    pub crs: Vec<CrsWire>,
    pub offsets: Vec<OffsetWire>,
    pub max_upload_bytes: u64,
    pub max_import_records: usize,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Format")]
pub struct FormatWire {
    id: FileFormat,
    title: Text,
    extension: &'static str,
    reads: bool,
    writes: bool,
    crs: CrsChoiceWord,
    encodings: Vec<EncodingWord>,
    options: Vec<&'static str>,
    note: Text,
}

/// In which systems a format holds coordinates.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum CrsChoiceWord {
    Any,
    Wgs84,
    WebMercator,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Crs")]
pub struct CrsWire {
    code: String,
    uri: String,
    name: String,
    unit: UnitWord,
    /// In the order in which its authority writes them.
    axes: [&'static str; 2],
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum UnitWord {
    Degree,
    Metre,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OffsetCoordinates")]
pub struct OffsetWire {
    id: Offset,
    name: &'static str,
}

impl From<FileFormat> for FormatWire {
    fn from(format: FileFormat) -> FormatWire {
        let about = format.about();
        let [zh, en] = about.note;
        FormatWire {
            id: format,
            title: format.title(),
            extension: format.extension(false),
            reads: format.reads(),
            writes: true,
            crs: match about.crs {
                CrsChoice::Any => CrsChoiceWord::Any,
                CrsChoice::Wgs84 => CrsChoiceWord::Wgs84,
                CrsChoice::WebMercator => CrsChoiceWord::WebMercator,
            },
            encodings: match format {
                _ if about.has_encodings => vec![EncodingWord::Utf8, EncodingWord::Gbk],
                // As CAD programs in China expect it.
                FileFormat::Dxf => vec![EncodingWord::Gbk],
                _ => vec![EncodingWord::Utf8],
            },
            options: about.options.to_vec(),
            note: Text::new(zh, en),
        }
    }
}

impl From<&Crs> for CrsWire {
    fn from(crs: &Crs) -> CrsWire {
        let (unit, [east, north]) = match crs.unit() {
            Unit::Degree => (UnitWord::Degree, ["longitude", "latitude"]),
            Unit::Metre => (UnitWord::Metre, ["east", "north"]),
        };
        CrsWire {
            code: crs.code().to_string(),
            uri: crs.code().uri(),
            name: crs.name().to_owned(),
            unit,
            axes: if crs.is_northing_first() { [north, east] } else { [east, north] },
        }
    }
}

impl From<Offset> for OffsetWire {
    fn from(offset: Offset) -> OffsetWire {
        OffsetWire { id: offset, name: offset.name() }
    }
}
