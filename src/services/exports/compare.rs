//! Reads an exported file back and tells how far its coordinates are from those that were meant.

use std::ops::ControlFlow;
use std::path::Path;

use geo::{CoordsIter, Geometry};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Export, ExportError, Progress};
use crate::formats::layer::{ReadOptions, ReadRow, ReadValue};
use crate::formats::read;
use crate::services::View;
use crate::spatial::Unit;
use crate::store::scratch;

/// Features that are compared: beyond so many, one more says nothing new.
pub const MAX_COMPARED: u64 = 100_000;

/// The largest difference of a coordinate between what was meant and what the file says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LargestError {
    pub value: f64,
    pub unit: ErrorUnit,
    /// Features that were compared.
    pub compared: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorUnit {
    Degree,
    Metre,
}

/// None for formats that nobody here reads.
pub(super) fn read_back(
    export: &Export,
    view: &View,
    path: &Path,
    progress: &Progress,
) -> Result<Option<LargestError>, ExportError> {
    let unreadable = |fault: &dyn std::fmt::Display| ExportError::ReadBack(fault.to_string());
    let Some(format) = export.format.source() else { return Ok(None) };
    let mut file = scratch::open(path).map_err(|fault| unreadable(&fault))?;
    let inspected = read::inspect(format, &mut file, path).map_err(|fault| unreadable(&fault))?;
    let (mut value, mut compared, mut wrong) = (0.0_f64, 0_u64, None);
    for layer in &inspected.layers {
        let field = |name: &str| layer.fields.iter().position(|field| field.name.eq_ignore_ascii_case(name));
        let (id_at, collection_at) = (field("id"), field("collection"));
        let mut visit = |row: ReadRow| {
            let text = |at: Option<usize>| match at.map(|at| &row.values[at]) {
                Some(ReadValue::Text(text)) => Some(text.clone()),
                // Ids that are all digits are numbers to a reader of tables.
                Some(ReadValue::Number(number)) => Some(number.to_string()),
                _ => None,
            };
            let collection = text(collection_at).and_then(|id| view.atlas.collection(&id));
            let id = text(id_at).or_else(|| row.id.clone());
            let found = collection.zip(id).and_then(|(collection, id)| view.atlas.feature(collection, &id));
            let meant = found.and_then(|row| export.placed(&row.value).ok());
            match (meant, row.geometry) {
                // A row of one of the plan's tables.
                (None, Ok(None)) => return ControlFlow::Continue(()),
                (Some(meant), Ok(Some(read))) => value = value.max(difference(&meant, &read)),
                // Longer geometries than a cell takes are left out, and said so in a note.
                (Some(_), Ok(None)) => {}
                (_, geometry) => wrong = Some(format!("{} {}: {geometry:?}", layer.name, row.place)),
            }
            compared += 1;
            progress.step();
            if wrong.is_some() || compared >= MAX_COMPARED || progress.is_stopped() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let options = ReadOptions { encoding: Some(export.encoding) };
        let done = read::read(format, &mut file, path, &layer.name, &options, &mut visit);
        done.map_err(|fault| unreadable(&fault))?;
    }
    progress.check()?;
    if let Some(wrong) = wrong {
        return Err(ExportError::ReadBack(wrong));
    }
    let unit = match export.crs.unit() {
        Unit::Degree => ErrorUnit::Degree,
        Unit::Metre => ErrorUnit::Metre,
    };
    Ok(Some(LargestError { value, unit, compared }))
}

/// The largest difference of a coordinate. Formats turn rings around and put parts in another order, so where the order is another one,
/// each vertex is held against its neighbour in a sorted list.
fn difference(meant: &Geometry, read: &Geometry) -> f64 {
    if meant.coords_count() != read.coords_count() {
        return f64::INFINITY;
    }
    let in_order = largest(meant.coords_iter(), read.coords_iter());
    if in_order < CLOSE {
        return in_order;
    }
    let sorted = |geometry: &Geometry| {
        let mut all: Vec<_> = geometry.coords_iter().collect();
        // What rounding moves is below the step, so it does not change places but for what lies on the same step.
        let step = |number: f64| (number / CLOSE).round();
        all.sort_by(|a, b| step(a.x).total_cmp(&step(b.x)).then(step(a.y).total_cmp(&step(b.y))));
        all
    };
    in_order.min(largest(sorted(meant).into_iter(), sorted(read).into_iter()))
}

/// Less than this is rounding: a tenth of a millimetre in metres, and far below it in degrees.
const CLOSE: f64 = 1e-4;

fn largest(a: impl Iterator<Item = geo::Coord>, b: impl Iterator<Item = geo::Coord>) -> f64 {
    a.zip(b).map(|(a, b)| (a.x - b.x).abs().max((a.y - b.y).abs())).fold(0.0, f64::max)
}
