//! The formats that layers go out in: what each is called, what it can hold, and its writer.

use std::io::{self, Seek, Write};
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::layer::{Encoding, LayerWriter, WriteError};
use super::read::SourceFormat;
use super::table::Table;
use super::{csv, dxf, fgb, geojson, gpkg, kml, shp, xlsx};
use crate::plan::{Text, Timestamp};
use crate::spatial::{Crs, CrsCode};

/// A format of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    GeoJson,
    GeoJsonSeq,
    Gpkg,
    Shp,
    Csv,
    Xlsx,
    Kml,
    Fgb,
    Dxf,
    Pmtiles,
}

/// In which systems a format holds coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrsChoice {
    Any,
    Wgs84,
    WebMercator,
}

/// How a table of text holds places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CsvGeometry {
    /// Well-known text in one column.
    #[default]
    Wkt,
    /// Two columns, for points only.
    LonLat,
}

/// What becomes of texts in a table that a spreadsheet takes for formulas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Formulas {
    /// They stay as they are, and come back as they were.
    #[default]
    Keep,
    /// They get an apostrophe before them, by which spreadsheets show them as they are.
    Escape,
}

/// How a file is written.
#[derive(Clone, Debug)]
pub struct FileOptions {
    /// What the file calls itself.
    pub name: String,
    /// When what is in it was as it is.
    pub at: Timestamp,
    pub encoding: Encoding,
    /// A byte order mark before text, so that spreadsheets see that it is UTF-8.
    pub bom: bool,
    pub csv_geometry: CsvGeometry,
    pub formulas: Formulas,
    /// More than one layer: formats that hold one come as a zip of several.
    pub many: bool,
    /// Sheets before the layers, in a workbook.
    pub tables: Vec<Table>,
    /// Lines about them on the sheet that explains the others.
    pub rules: Vec<[String; 3]>,
}

/// What there is to say about a format.
pub struct About {
    pub id: &'static str,
    pub title: [&'static str; 2],
    pub crs: CrsChoice,
    pub has_encodings: bool,
    /// Choices of its own that a request may make.
    pub options: &'static [&'static str],
    pub note: [&'static str; 2],
    extension: &'static str,
    extension_of_many: &'static str,
    media_type: &'static str,
}

const ZIP: &str = "application/zip";

impl FileFormat {
    pub const ALL: [FileFormat; 10] = [
        FileFormat::Gpkg,
        FileFormat::GeoJson,
        FileFormat::Shp,
        FileFormat::Xlsx,
        FileFormat::Csv,
        FileFormat::Kml,
        FileFormat::Dxf,
        FileFormat::Fgb,
        FileFormat::GeoJsonSeq,
        FileFormat::Pmtiles,
    ];

    pub fn parse(id: &str) -> Option<FileFormat> {
        FileFormat::ALL.into_iter().find(|format| format.id() == id)
    }

    #[expect(clippy::too_many_lines, reason = "a table with an entry for each format")]
    pub fn about(self) -> About {
        let plain = About {
            id: "",
            title: ["", ""],
            crs: CrsChoice::Any,
            has_encodings: false,
            options: &[],
            note: ["", ""],
            extension: "",
            extension_of_many: "",
            media_type: "",
        };
        match self {
            FileFormat::GeoJson => About {
                id: "geojson",
                title: ["GeoJSON", "GeoJSON"],
                note: ["网页和大多数软件直接读取。", "Read by browsers and most programs."],
                extension: "geojson",
                extension_of_many: "geojson",
                media_type: "application/geo+json",
                ..plain
            },
            FileFormat::GeoJsonSeq => About {
                id: "geojsonseq",
                title: ["GeoJSON 文本序列", "GeoJSON text sequence"],
                crs: CrsChoice::Wgs84,
                note: ["一行一个要素，适合流式处理。", "One feature after another, for streams."],
                extension: "geojsons",
                extension_of_many: "geojsons",
                media_type: "application/geo+json-seq",
                ..plain
            },
            FileFormat::Gpkg => About {
                id: "gpkg",
                title: ["GeoPackage", "GeoPackage"],
                note: [
                    "QGIS 和 ArcGIS 的首选，一个文件装全部图层。",
                    "The best choice for QGIS and ArcGIS: all layers in one file.",
                ],
                extension: "gpkg",
                extension_of_many: "gpkg",
                media_type: "application/geopackage+sqlite3",
                ..plain
            },
            FileFormat::Shp => About {
                id: "shp",
                title: ["Shapefile（zip）", "Shapefile (zip)"],
                has_encodings: true,
                note: [
                    "旧软件通用；字段名最多十个字节，附对照表。",
                    "For older programs; field names have at most ten bytes, with a table of what was renamed.",
                ],
                extension: "zip",
                extension_of_many: "zip",
                media_type: ZIP,
                ..plain
            },
            FileFormat::Csv => About {
                id: "csv",
                title: ["CSV", "CSV"],
                has_encodings: true,
                options: &["bom", "geometry", "formulas"],
                note: ["纯表格，几何为 WKT 或经纬度。", "A table, with places as WKT or as two columns."],
                extension: "csv",
                extension_of_many: "zip",
                media_type: "text/csv",
                ..plain
            },
            FileFormat::Xlsx => About {
                id: "xlsx",
                title: ["Excel 工作簿", "Excel workbook"],
                options: &["tables"],
                note: ["可附计划的各张表。", "With the plan's tables as sheets, if wanted."],
                extension: "xlsx",
                extension_of_many: "xlsx",
                media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ..plain
            },
            FileFormat::Kml => About {
                id: "kml",
                title: ["KML", "KML"],
                crs: CrsChoice::Wgs84,
                note: ["Google Earth、奥维等。", "For Google Earth and the like."],
                extension: "kml",
                extension_of_many: "kml",
                media_type: "application/vnd.google-earth.kml+xml",
                ..plain
            },
            FileFormat::Fgb => About {
                id: "fgb",
                title: ["FlatGeobuf", "FlatGeobuf"],
                note: ["大图层，带空间索引。", "For large layers, with a spatial index."],
                extension: "fgb",
                extension_of_many: "zip",
                media_type: "application/flatgeobuf",
                ..plain
            },
            FileFormat::Dxf => About {
                id: "dxf",
                title: ["DXF", "DXF"],
                note: ["CAD：每类一层，附文字标注。", "For CAD: one layer for each kind, with labels."],
                extension: "dxf",
                extension_of_many: "dxf",
                media_type: "image/vnd.dxf",
                ..plain
            },
            FileFormat::Pmtiles => About {
                id: "pmtiles",
                title: ["PMTiles", "PMTiles"],
                crs: CrsChoice::WebMercator,
                options: &["zoom"],
                note: ["矢量瓦片集，可放在任何文件服务器上。", "A set of vector tiles that any file server can serve."],
                extension: "pmtiles",
                extension_of_many: "pmtiles",
                media_type: "application/vnd.pmtiles",
                ..plain
            },
        }
    }

    pub fn id(self) -> &'static str {
        self.about().id
    }

    pub fn has_encodings(self) -> bool {
        self.about().has_encodings
    }

    /// The reader of its files, where there is one.
    pub fn source(self) -> Option<SourceFormat> {
        match self {
            FileFormat::GeoJson | FileFormat::GeoJsonSeq => Some(SourceFormat::GeoJson),
            FileFormat::Gpkg => Some(SourceFormat::Gpkg),
            FileFormat::Shp => Some(SourceFormat::Shp),
            FileFormat::Csv => Some(SourceFormat::Csv),
            FileFormat::Xlsx => Some(SourceFormat::Xlsx),
            FileFormat::Kml => Some(SourceFormat::Kml),
            FileFormat::Fgb => Some(SourceFormat::Fgb),
            FileFormat::Dxf | FileFormat::Pmtiles => None,
        }
    }

    /// Whether files of it are read, too.
    pub fn reads(self) -> bool {
        self.source().is_some()
    }

    pub fn title(self) -> Text {
        let [zh, en] = self.about().title;
        Text::new(zh, en)
    }

    pub fn extension(self, many: bool) -> &'static str {
        let about = self.about();
        if many { about.extension_of_many } else { about.extension }
    }

    pub fn media_type(self, many: bool) -> &'static str {
        if self.extension(many) == "zip" { ZIP } else { self.about().media_type }
    }

    /// Whether it holds coordinates of a system.
    pub fn takes(self, crs: &Crs) -> bool {
        match self.about().crs {
            CrsChoice::Any => true,
            CrsChoice::Wgs84 => [CrsCode::Crs84, CrsCode::Epsg(4326)].contains(&crs.code()),
            CrsChoice::WebMercator => crs.code() == CrsCode::Epsg(3857),
        }
    }

    pub fn takes_words(self) -> &'static str {
        match self.about().crs {
            CrsChoice::Any => "any offered crs",
            CrsChoice::Wgs84 => "OGC:CRS84 or EPSG:4326",
            CrsChoice::WebMercator => "EPSG:3857, in which tiles are cut",
        }
    }

    /// The system that a file is in when nobody asks for another.
    pub fn default_crs(self) -> CrsCode {
        match self.about().crs {
            CrsChoice::Any | CrsChoice::Wgs84 => CrsCode::Crs84,
            CrsChoice::WebMercator => CrsCode::Epsg(3857),
        }
    }
}

/// A writer of one file: into `out`, or for a GeoPackage at `path`, where nothing is yet. What it cannot say at once it keeps below `scratch`.
///
/// # Errors
/// [`WriteError`] when the file cannot be begun.
pub fn writer<W: Write + Seek + Send + 'static>(
    format: FileFormat,
    out: impl FnOnce() -> io::Result<W>,
    path: &Path,
    scratch: &Path,
    options: &FileOptions,
) -> Result<Box<dyn LayerWriter>, WriteError> {
    let csv_options = csv::Options {
        places: match options.csv_geometry {
            CsvGeometry::Wkt => csv::Places::Wkt,
            CsvGeometry::LonLat => csv::Places::LonLat,
        },
        encoding: options.encoding,
        bom: options.bom,
        formulas: options.formulas,
    };
    Ok(match format {
        FileFormat::GeoJson => Box::new(geojson::Writer::new(out()?, options.name.as_str())),
        FileFormat::GeoJsonSeq => Box::new(geojson::SequenceWriter::new(out()?)),
        FileFormat::Gpkg => Box::new(gpkg::FileWriter::create(path, options.at)?),
        FileFormat::Shp => Box::new(shp::Writer::new(out()?, scratch, options.encoding)),
        FileFormat::Csv if options.many => Box::new(csv::ZipWriter::new(out()?, csv_options)),
        FileFormat::Csv => Box::new(csv::Writer::new(out()?, csv_options)),
        FileFormat::Xlsx => {
            let mut writer = xlsx::Writer::new(out()?, scratch)?;
            for table in &options.tables {
                writer.table(table)?;
            }
            options.rules.iter().for_each(|line| writer.explain(line.clone()));
            Box::new(writer)
        }
        FileFormat::Kml => Box::new(kml::Writer::new(out()?, options.name.as_str())),
        FileFormat::Fgb if options.many => Box::new(fgb::ZipWriter::new(out()?)),
        FileFormat::Fgb => Box::new(fgb::Writer::new(out()?)),
        FileFormat::Dxf => Box::new(dxf::Writer::new(out()?, scratch)),
        FileFormat::Pmtiles => return Err(WriteError::CannotHold("tiles hold no layers of features".to_owned())),
    })
}
