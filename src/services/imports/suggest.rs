//! What a file holds, and what would be done with it if nobody said otherwise: fields by their names, collections by name or geometry.

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use super::layers::Source;
use super::mapping::{FieldNames, LayerMapping, Mapping, Matching, WorkbookMapping};
use crate::atlas::Atlas;
use crate::formats::layer::{InspectedLayer, ReadError, ReadOptions};
use crate::plan::{Collection, Slug};
use crate::services::workbook::is_sheet;

/// What a file holds.
#[derive(Debug)]
pub struct Inspection {
    pub layers: Vec<InspectedLayer>,
    /// Sheets of a plan's workbook are among what it holds.
    pub has_sheets: bool,
    /// What would be done with it.
    pub suggested: Mapping,
}

/// Rows that are looked at to see whether the file's own ids are ours.
const LOOKED_AT: usize = 100;

/// Names that fields have elsewhere, by what they are here; compared without case, blanks, dashes and underscores.
const ALIASES: [(&str, &[&str]); 9] = [
    ("id", &["id", "guatuid", "编号", "标识"]),
    ("project", &["project", "projectid", "项目", "项目编号", "项目标识"]),
    ("name_zh", &["namezh", "namecn", "name", "名称", "中文名", "中文名称", "mc"]),
    ("name_en", &["nameen", "nameeng", "engname", "英文名", "英文名称"]),
    ("class", &["class", "分类", "类别"]),
    ("accuracy_m", &["accuracym", "accuracy", "精度", "误差"]),
    ("position", &["position", "位置精度"]),
    ("basis_zh", &["basiszh", "依据"]),
    ("basis_en", &["basisen"]),
];

/// Where exports say which collection a feature is in.
const COLLECTION_FIELD: &str = "collection";

/// Ends of layer names that other programs add.
const ENDINGS: [&str; 6] = ["points", "lines", "polygons", "point", "line", "polygon"];

/// Looks at a file.
///
/// # Errors
/// A file that cannot be read.
pub fn inspect<F: Read + Seek>(
    source: &mut Source<F>,
    file_name: &str,
    atlas: &Atlas,
) -> Result<Inspection, ReadError> {
    let mut layers = source.inspect()?.layers;
    let has_sheets =
        source.format.may_hold_tables() && source.tables()?.iter().any(|table| is_sheet(table.name.trim()));
    if has_sheets {
        layers.retain(|layer| !is_sheet(layer.name.trim()));
    }
    let mut suggested = Mapping { layers: Vec::new(), workbook: has_sheets.then(WorkbookMapping::default) };
    let alone = layers.len() == 1;
    for layer in &layers {
        let collection = collection_for(layer, file_name.split('.').next().filter(|_| alone), atlas);
        let fields = fields_of(layer);
        let by = match collection {
            _ if fields.id.is_some() => Matching::Id,
            Some(collection) if has_our_ids(source, layer, atlas, collection)? => Matching::Id,
            _ => Matching::Name,
        };
        suggested.layers.push(LayerMapping {
            layer: layer.name.clone(),
            collection: collection.map(|collection| collection.id.clone()),
            crs: None,
            offset: None,
            encoding: None,
            by,
            fields,
            defaults: super::Defaults::default(),
            absent: crate::services::workbook::Absent::Keep,
        });
    }
    Ok(Inspection { layers, has_sheets, suggested })
}

/// As names are compared.
fn bare(name: &str) -> String {
    name.to_lowercase().chars().filter(|c| !c.is_whitespace() && !['_', '-'].contains(c)).collect()
}

fn fields_of(layer: &InspectedLayer) -> FieldNames {
    let mut fields = FieldNames::default();
    for (name, aliases) in ALIASES {
        // The better name wins, wherever it stands.
        let found = aliases.iter().find_map(|alias| layer.fields.iter().find(|field| bare(&field.name) == *alias));
        if let (Some(place), Some(field)) = (fields.get_mut(name), found) {
            *place = Some(field.name.clone());
        }
    }
    fields
}

/// The collection that features say they are in, that a layer's or file's name names, or the only one that the geometry fits.
fn collection_for<'a>(layer: &InspectedLayer, file_stem: Option<&str>, atlas: &'a Atlas) -> Option<&'a Collection> {
    let by_name = |name: &str| {
        let whole = bare(name);
        let short = ENDINGS.iter().find_map(|ending| whole.strip_suffix(ending)).filter(|rest| !rest.is_empty());
        let is_it = |collection: &&Collection| {
            let names = [bare(collection.id.as_str()), bare(&collection.title.zh), bare(&collection.title.en)];
            names.contains(&whole) || short.is_some_and(|short| names.iter().any(|name| name == short))
        };
        atlas.collections().find(is_it)
    };
    let single = |collection: &&Collection| {
        layer.geometry_type.is_some_and(|found| {
            let (found, own) = (found.to_string(), collection.geometry_type.to_string());
            found.trim_start_matches("Multi") == own.trim_start_matches("Multi")
        })
    };
    // Our own exports say it of every feature; samples differ from each other, so a single one is all there is.
    let said = layer.fields.iter().find(|field| field.name == COLLECTION_FIELD);
    let said = said.and_then(|field| match field.samples.as_slice() {
        [one] => atlas.collection(one),
        _ => None,
    });
    said.or_else(|| by_name(&layer.name)).or_else(|| file_stem.and_then(by_name)).or_else(|| {
        let mut fitting = atlas.plan_collections().filter(single);
        fitting.next().filter(|_| fitting.next().is_none())
    })
}

/// Whether one of the first rows has the id of a feature of ours.
fn has_our_ids<F: Read + Seek>(
    source: &mut Source<F>,
    layer: &InspectedLayer,
    atlas: &Atlas,
    collection: &Collection,
) -> Result<bool, ReadError> {
    let (mut looked_at, mut found) = (0, false);
    source.read(&layer.name, &ReadOptions::default(), &mut |row| {
        looked_at += 1;
        let id = row.id.as_deref().and_then(|id| id.parse::<Slug>().ok());
        found = id.is_some_and(|id| atlas.feature(collection, id.as_str()).is_some());
        if found || looked_at >= LOOKED_AT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(found)
}
