//! What would become of a file's rows, each with its reason, made by the rules that a commit is held to.

use std::io::{Read, Seek};

use geo::Rect;

use super::MAX_IMPORT_RECORDS;
use super::candidate::{Candidate, ImportRow, Outcome, settle};
use super::checked::{CheckedLayer, check};
use super::features::FeatureReading;
use super::layers::Source;
use super::mapping::Mapping;
use super::offset::Suspicion;
use super::shelf::ImportError;
use super::suggest::Inspection;
use crate::atlas::Atlas;
use crate::formats::layer::EncodingEvidence;
use crate::plan::{Edit, Text};
use crate::services::edits::Author;
use crate::services::workbook::{self, Fault};
use crate::spatial::{Offset, union};

/// What would become of a file.
#[derive(Debug)]
pub struct Preview {
    /// The change of the log that it was held against.
    pub seq: u64,
    pub counts: Counts,
    /// Around all that would be added, changed or removed.
    pub rect: Option<Rect>,
    pub warnings: Vec<Warning>,
    pub rows: Vec<ImportRow>,
}

/// Rows by what becomes of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub removed: usize,
    pub rejected: usize,
}

/// Something to look at before a commit; nothing is done about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    pub code: WarningCode,
    pub layer: String,
    pub detail: Text,
    pub offset: Option<Offset>,
    pub distance_m: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningCode {
    /// Coordinates seem to be moved off, or not to be, other than the mapping says.
    OffsetSuspected,
    /// The encoding of text was found by looking at its bytes.
    EncodingAssumed,
    /// A sheet of a workbook that is none of a plan's.
    SheetIgnored,
    /// A layer that goes into no collection.
    LayerLeftOut,
}

impl WarningCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            WarningCode::OffsetSuspected => "offset_suspected",
            WarningCode::EncodingAssumed => "encoding_assumed",
            WarningCode::SheetIgnored => "sheet_ignored",
            WarningCode::LayerLeftOut => "layer_left_out",
        }
    }
}

impl Counts {
    fn of(rows: &[ImportRow]) -> Counts {
        let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
        Counts {
            added: count(Outcome::Added),
            changed: count(Outcome::Changed),
            unchanged: count(Outcome::Unchanged),
            removed: count(Outcome::Removed),
            rejected: count(Outcome::Rejected),
        }
    }

    /// Records that a commit would change.
    pub fn edits(&self) -> usize {
        self.added + self.changed + self.removed
    }
}

impl Preview {
    /// What a commit does.
    pub fn edits(&self) -> Vec<Edit> {
        self.rows.iter().filter_map(ImportRow::edit).collect()
    }
}

/// Makes a preview.
///
/// Cost: reading the file once for each of its layers, and holding all its rows against the rules together.
///
/// # Errors
/// [`ImportError::Mapping`] with the members that cannot be done; [`ImportError::Refused`] for a file that cannot be read.
pub fn preview<F: Read + Seek>(
    source: &mut Source<F>,
    inspection: &Inspection,
    mapping: &Mapping,
    atlas: &Atlas,
    author: &Author,
) -> Result<Preview, ImportError> {
    let layers = check(mapping, inspection, atlas).map_err(ImportError::Mapping)?;
    let (mut candidates, mut warnings) = (Vec::new(), Vec::new());
    if let Some(mapped) = mapping.workbook {
        let tables = source.tables()?;
        sheets(&tables, atlas, mapped.absent, &mut candidates, &mut warnings)?;
        // A sheet of features is a layer, of which it is said where it goes.
        warnings.retain(|warning: &Warning| inspection.layers.iter().all(|layer| layer.name != warning.layer));
    }
    let left_out =
        inspection.layers.iter().filter(|found| layers.iter().all(|checked| checked.layer.name != found.name));
    warnings.extend(left_out.map(|found| nowhere(&found.name)));
    for checked in &layers {
        warnings.extend(assumed(checked));
        let mut reading = FeatureReading::new(checked, atlas);
        source.read(&checked.layer.name, &checked.options, &mut |row| reading.take(&row))?;
        let read = reading.finish().map_err(|fault| {
            let at = mapping.layers.iter().position(|layer| layer.layer == checked.layer.name).unwrap_or_default();
            ImportError::Mapping(vec![Fault { field: format!("layers[{at}].{}", fault.field), ..fault }])
        })?;
        warnings.extend(read.suspicion.map(|suspicion| suspected(&checked.layer.name, suspicion)));
        candidates.extend(read.candidates);
    }
    if candidates.len() > MAX_IMPORT_RECORDS {
        let count = candidates.len();
        let detail = Text::new(format!("共有 {count} 条记录"), format!("there are {count} records in all"));
        let expected = Text::new(
            format!("一次最多 {MAX_IMPORT_RECORDS} 条；请分几次导入"),
            format!("at most {MAX_IMPORT_RECORDS} at a time; bring them in parts"),
        );
        return Err(ImportError::Mapping(vec![Fault::new("layers", detail, expected)]));
    }
    let rows = settle(atlas, candidates, author);
    let touched = rows.iter().filter(|row| !matches!(row.outcome, Outcome::Unchanged | Outcome::Rejected));
    let rect = touched.filter_map(|row| row.shape()).map(|shape| shape.rect()).reduce(union);
    Ok(Preview { seq: atlas.seq(), counts: Counts::of(&rows), rect, warnings, rows })
}

fn nowhere(layer: &str) -> Warning {
    Warning {
        code: WarningCode::LayerLeftOut,
        layer: layer.to_owned(),
        detail: Text::new(
            format!("{layer} 没有指定图层，不会导入"),
            format!("{layer} goes into no collection, so nothing of it comes in; say which"),
        ),
        offset: None,
        distance_m: None,
    }
}

fn sheets(
    tables: &[crate::formats::table::ReadTable],
    atlas: &Atlas,
    absent: workbook::Absent,
    candidates: &mut Vec<Candidate>,
    warnings: &mut Vec<Warning>,
) -> Result<(), ImportError> {
    let count: usize =
        tables.iter().filter(|table| workbook::is_sheet(&table.name)).map(|table| table.rows.len()).sum();
    if count > MAX_IMPORT_RECORDS {
        let detail = Text::new(format!("共有 {count} 行"), format!("the sheets have {count} rows"));
        let expected = Text::new(format!("最多 {MAX_IMPORT_RECORDS} 行"), format!("at most {MAX_IMPORT_RECORDS}"));
        return Err(ImportError::Mapping(vec![Fault::new("workbook", detail, expected)]));
    }
    let taken = workbook::take(tables, atlas, absent).map_err(|fault| ImportError::Mapping(fault.0))?;
    warnings.extend(taken.ignored.into_iter().map(|layer| Warning {
        code: WarningCode::SheetIgnored,
        detail: Text::new(
            format!("工作表 {layer} 不是计划的工作表，没有读"),
            format!("the sheet {layer} is none of a plan's and was not read"),
        ),
        layer,
        offset: None,
        distance_m: None,
    }));
    candidates.extend(taken.wanted.into_iter().map(|mut wanted| Candidate {
        layer: wanted.sheet.into(),
        place: wanted.place(),
        record_type: wanted.record_type,
        collection: None,
        id: wanted.id.clone(),
        name: None,
        before: wanted.before.take(),
        after: wanted.after.take(),
        faults: std::mem::take(&mut wanted.faults),
        shape: None,
        cells: Some(Box::new(wanted)),
    }));
    Ok(())
}

fn assumed(checked: &CheckedLayer) -> Option<Warning> {
    let found = checked.layer.encoding.as_ref()?;
    if found.how != EncodingEvidence::Recognised || checked.options.encoding.is_some() {
        return None;
    }
    let name = match found.encoding {
        crate::formats::layer::Encoding::Utf8 => "UTF-8",
        crate::formats::layer::Encoding::Gbk => "GBK",
    };
    Some(Warning {
        code: WarningCode::EncodingAssumed,
        layer: checked.layer.name.clone(),
        detail: Text::new(
            format!("文件没有说明文字编码；从内容看是 {name}"),
            format!("the file does not tell the encoding of its text; its bytes are {name}"),
        ),
        offset: None,
        distance_m: None,
    })
}

fn suspected(layer: &str, suspicion: Suspicion) -> Warning {
    let Suspicion { offset, distance_m, remaining_m } = suspicion;
    let detail = match offset {
        Some(offset) => {
            let name = offset.name();
            Text::new(
                format!("坐标像是 {name}：与现有位置相差约 {distance_m:.0} 米，移回之后约 {remaining_m:.0} 米"),
                format!(
                    "coordinates look like {name}: about {distance_m:.0} m from the places that are here, and {remaining_m:.0} m once moved back"
                ),
            )
        }
        None => Text::new(
            format!("坐标像是没有偏移：移动之后与现有位置相差约 {distance_m:.0} 米，不移动约 {remaining_m:.0} 米"),
            format!(
                "coordinates look as if they were not moved off: about {distance_m:.0} m from the places that are here, and {remaining_m:.0} m as they stand"
            ),
        ),
    };
    Warning {
        code: WarningCode::OffsetSuspected,
        layer: layer.to_owned(),
        detail,
        offset,
        distance_m: Some(distance_m),
    }
}
