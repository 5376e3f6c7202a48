//! What `guatu import` takes, and the mapping that it makes of what the file suggests.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::place::PlaceArguments;
use crate::formats::layer::Encoding;
use crate::plan::{Slug, UserName};
use crate::services::imports::{Inspection, LayerMapping, Mapping, Matching, WorkbookMapping};
use crate::services::workbook::Absent;
use crate::spatial::Offset;

#[derive(Args)]
pub struct ImportArguments {
    /// File to import: GeoJSON, GeoPackage, Shapefile or CSV (zip), XLSX, KML, FlatGeobuf, or the plan's workbook.
    pub file: PathBuf,
    #[command(flatten)]
    pub place: PlaceArguments,
    /// Show what would become of each row, and change nothing; works beside a server.
    #[arg(long)]
    pub dry_run: bool,
    /// Import this layer of the file alone.
    #[arg(long)]
    layer: Option<String>,
    /// Collection that the layer goes into; found by name or geometry when absent.
    #[arg(long)]
    collection: Option<Slug>,
    /// Reference system, such as EPSG:4549; what the file says when absent.
    #[arg(long)]
    crs: Option<String>,
    /// The file's coordinates are moved off so, and are moved back.
    #[arg(long, value_enum)]
    offset: Option<OffsetWord>,
    /// Encoding of text; what is found out when absent.
    #[arg(long, value_enum)]
    encoding: Option<EncodingWord>,
    /// How features are known again.
    #[arg(long = "match", value_enum)]
    by: Option<MatchWord>,
    /// A field of the file by what it is here; nothing after = leaves it out. Again for several.
    #[arg(long = "field", value_name = "HERE=THERE")]
    fields: Vec<String>,
    /// What stands in where the file says nothing: a position, an accuracy, a project. Again for several.
    #[arg(long = "default", value_name = "FIELD=VALUE")]
    defaults: Vec<String>,
    /// What to do with what the file does not have.
    #[arg(long, value_enum)]
    absent: Option<AbsentWord>,
    /// Import the others where some rows are rejected.
    #[arg(long)]
    pub without_rejected: bool,
    /// In whose name, and by whose rights; all rights when absent.
    #[arg(long)]
    pub user: Option<UserName>,
    /// Configuration file.
    #[arg(long)]
    pub config: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum OffsetWord {
    #[value(name = "gcj-02")]
    Gcj02,
    #[value(name = "bd-09")]
    Bd09,
}

#[derive(Clone, Copy, ValueEnum)]
enum EncodingWord {
    #[value(name = "utf-8")]
    Utf8,
    Gbk,
}

#[derive(Clone, Copy, ValueEnum)]
enum MatchWord {
    Id,
    Name,
}

#[derive(Clone, Copy, ValueEnum)]
enum AbsentWord {
    Keep,
    Remove,
}

impl ImportArguments {
    /// What stands in the log.
    pub fn note(&self) -> String {
        let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned());
        format!("import {}", name.unwrap_or_default())
    }

    /// The suggested mapping with what was asked for.
    ///
    /// # Errors
    /// What cannot be done, in words.
    pub fn mapping(&self, inspection: &Inspection) -> Result<Mapping, String> {
        let mut mapping = inspection.suggested.clone();
        let names = || mapping.layers.iter().map(|layer| layer.layer.clone()).collect::<Vec<_>>().join(", ");
        if let Some(layer) = &self.layer
            && !mapping.layers.iter().any(|known| known.layer == *layer)
        {
            return Err(format!("--layer: the file has no layer {layer}, but {}", names()));
        }
        let is_asked = |layer: &LayerMapping| self.layer.as_ref().is_none_or(|asked| *asked == layer.layer);
        if self.collection.is_some() && mapping.layers.iter().filter(|layer| is_asked(layer)).count() != 1 {
            return Err(format!("--collection: goes with --layer, one of {}", names()));
        }
        for layer in &mut mapping.layers {
            if is_asked(layer) {
                self.change(layer)?;
            } else {
                layer.collection = None;
            }
        }
        if self.layer.is_some() {
            mapping.workbook = None;
        } else if let (Some(workbook), Some(absent)) = (&mut mapping.workbook, self.absent) {
            *workbook = WorkbookMapping { absent: absent.into() };
        }
        if mapping.workbook.is_none() && mapping.layers.iter().all(|layer| layer.collection.is_none()) {
            let names = mapping.layers.iter().map(|layer| layer.layer.clone()).collect::<Vec<_>>().join(", ");
            return Err(format!("no layer goes anywhere; say --layer and --collection for one of {names}"));
        }
        Ok(mapping)
    }

    fn change(&self, layer: &mut LayerMapping) -> Result<(), String> {
        if let Some(collection) = &self.collection {
            layer.collection = Some(collection.clone());
        }
        layer.crs.clone_from(&self.crs);
        layer.offset = self.offset.map(|word| match word {
            OffsetWord::Gcj02 => Offset::Gcj02,
            OffsetWord::Bd09 => Offset::Bd09,
        });
        layer.encoding = self.encoding.map(|word| match word {
            EncodingWord::Utf8 => Encoding::Utf8,
            EncodingWord::Gbk => Encoding::Gbk,
        });
        if let Some(word) = self.by {
            layer.by = match word {
                MatchWord::Id => Matching::Id,
                MatchWord::Name => Matching::Name,
            };
        }
        if let Some(absent) = self.absent {
            layer.absent = absent.into();
        }
        for pair in &self.fields {
            let (here, there) = pair.split_once('=').ok_or_else(|| format!("--field {pair}: say HERE=THERE"))?;
            let known = || layer.fields.iter().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
            let known = known();
            let place = layer.fields.get_mut(here);
            let place = place.ok_or_else(|| format!("--field {pair}: {here} is not one of {known}"))?;
            *place = Some(there.to_owned()).filter(|there| !there.is_empty());
        }
        for pair in &self.defaults {
            let (field, value) = pair.split_once('=').ok_or_else(|| format!("--default {pair}: say FIELD=VALUE"))?;
            let wrong = |fault: &dyn std::fmt::Display| format!("--default {pair}: {fault}");
            match field {
                "position" => layer.defaults.position = Some(value.parse().map_err(|fault| wrong(&fault))?),
                "accuracy_m" => layer.defaults.accuracy_m = Some(value.parse().map_err(|fault| wrong(&fault))?),
                "project" => layer.defaults.project = Some(value.parse().map_err(|fault| wrong(&fault))?),
                _ => return Err(wrong(&"one of position, accuracy_m, project")),
            }
        }
        Ok(())
    }
}

impl From<AbsentWord> for Absent {
    fn from(word: AbsentWord) -> Absent {
        match word {
            AbsentWord::Keep => Absent::Keep,
            AbsentWord::Remove => Absent::Remove,
        }
    }
}
