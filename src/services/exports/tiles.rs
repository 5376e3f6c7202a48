//! A set of vector tiles in one file (PMTiles): every tile that something which goes out lies in, from the first zoom to the last.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::Ordering;

use geo::Rect;
use serde_json::json;

use super::{Export, ExportError, Measured, Progress};
use crate::formats::layer::WriteError;
use crate::formats::pmtiles::{self, TileSet};
use crate::plan::Slug;
use crate::services::tiles::{MARGIN, TileLayer};
use crate::services::{Facts, FieldType, View, plan_fields};
use crate::spatial::{TileId, union};
use crate::store::scratch;

/// Writes the tiles and tells what should be known of them. The progress counts tiles.
pub(super) fn write(
    export: &Export,
    view: &View,
    measured: &[Measured],
    path: &Path,
    progress: &Progress,
) -> Result<Vec<String>, ExportError> {
    let features = || measured.iter().flat_map(|layer| layer.features.iter().copied());
    let rects: Vec<Rect> = features().map(|feature| feature.shape.rect()).collect();
    let Some(bounds) = rects.iter().copied().reduce(union) else { return Ok(Vec::new()) };
    let chosen: HashSet<(&Slug, u64)> = features().map(|feature| (&feature.collection, feature.number)).collect();
    let wanted = |facts: &Facts| chosen.contains(&(&facts.feature.collection, facts.feature.number));
    let layers: Vec<TileLayer> = export.chosen(view).map(TileLayer::of).collect();
    let (first, last) = export.zooms;
    let tiles = pmtiles::tiles(&rects, first..=last, MARGIN)?;
    progress.total.store(tiles.len() as u64, Ordering::Relaxed);
    let mut writer =
        pmtiles::Writer::new(scratch::create(path).map_err(WriteError::Io)?, &about(export, view, bounds))?;
    let mut written = 0_u64;
    for (zoom, x, y) in tiles {
        progress.check()?;
        let tile = TileId::new(zoom, x, y).map_err(|fault| WriteError::CannotHold(fault.to_string()))?;
        let bytes = view.tile_of(&layers, tile, wanted);
        let bytes = bytes.map_err(|fault| WriteError::CannotHold(fault.to_string()))?;
        // A box that touches a tile may hold a shape that does not.
        if !bytes.is_empty() {
            writer.tile(zoom, x, y, &bytes)?;
            written += 1;
        }
        progress.step();
    }
    writer.finish()?;
    Ok(vec![format!(
        "{written} tiles, zoom {first} to {last}, 4096 units each; shapes are simplified below the last zoom."
    )])
}

fn about(export: &Export, view: &View, bounds: Rect) -> TileSet {
    let plan = view.atlas.plan();
    let field = |field_type| if matches!(field_type, FieldType::Number) { "Number" } else { "String" };
    let fields: serde_json::Map<_, _> = std::iter::once(("id".to_owned(), json!("String")))
        .chain(plan_fields().iter().map(|one| (one.name.to_owned(), json!(field(one.field_type)))))
        .collect();
    let layers = export.chosen(view).map(
        |collection| json!({ "id": collection.id.as_str(), "description": collection.title.en, "fields": fields }),
    );
    TileSet {
        name: format!("{} {} {}", plan.district.zh, plan.district.en, plan.year),
        attribution: "Guatu; schematic unless surveyed 示意位置".to_owned(),
        description: format!("Places of the plan {}", plan.id),
        bounds,
        min_zoom: export.zooms.0,
        max_zoom: export.zooms.1,
        vector_layers: layers.collect(),
    }
}
