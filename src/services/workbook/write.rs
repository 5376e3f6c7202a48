//! The sheets with all that an atlas holds.

use serde_json::Value;

use super::cells::to_cell;
use super::record::{get, value_of};
use super::sheets::{List, SHEETS, Sheet};
use crate::atlas::Atlas;
use crate::formats::table::{Cell, Table};
use crate::plan::{Record, RecordType};

/// The whole plan as sheets. Cost: O(records).
pub fn tables(atlas: &Atlas) -> Vec<Table> {
    SHEETS.iter().map(|sheet| Table { rows: rows(atlas, sheet), ..empty(sheet) }).collect()
}

/// The same sheets without rows.
pub fn template() -> Vec<Table> {
    SHEETS.iter().map(empty).collect()
}

fn empty(sheet: &Sheet) -> Table {
    let columns = sheet.columns.iter().map(|column| column.heading()).collect();
    Table { name: sheet.name.to_owned(), columns, rows: Vec::new() }
}

fn rows(atlas: &Atlas, sheet: &Sheet) -> Vec<Vec<Cell>> {
    let records = records(atlas, sheet.record_type);
    let values = records.iter().map(value_of);
    match &sheet.list {
        None => values.map(|value| row(sheet, &value)).collect(),
        Some(list) => values.flat_map(|value| list_rows(sheet, list, &value)).collect(),
    }
}

fn row(sheet: &Sheet, value: &Value) -> Vec<Cell> {
    sheet.columns.iter().map(|column| to_cell(column, get(value, column))).collect()
}

fn list_rows(sheet: &Sheet, list: &List, value: &Value) -> Vec<Vec<Cell>> {
    let members = value.get(list.member).and_then(Value::as_array);
    let id = || value.get("id").and_then(Value::as_str).map_or(Cell::Empty, |id| Cell::Text(id.to_owned()));
    let row = |member| {
        let others = sheet.columns.iter().skip(1).map(|column| to_cell(column, get(member, column)));
        std::iter::once(id()).chain(others).collect()
    };
    members.into_iter().flatten().map(row).collect()
}

/// All records of a type in the plan's order.
pub(super) fn records(atlas: &Atlas, record_type: RecordType) -> Vec<Record> {
    match record_type {
        RecordType::Plan => vec![Record::Plan(atlas.plan().clone())],
        RecordType::Section => atlas.sections.iter().map(|row| Record::Section(row.value.clone())).collect(),
        RecordType::Target => atlas.targets.iter().map(|row| Record::Target(row.value.clone())).collect(),
        RecordType::Quota => atlas.quotas.iter().map(|row| Record::Quota(row.value.clone())).collect(),
        RecordType::Project => atlas.projects.iter().map(|row| Record::Project(row.value.clone())).collect(),
        RecordType::Theme => atlas.themes.iter().map(|row| Record::Theme(row.value.clone())).collect(),
        RecordType::Collection => atlas.collections().cloned().map(Record::Collection).collect(),
        // Their places and people are no table's matter.
        RecordType::Feature
        | RecordType::Patch
        | RecordType::LightRule
        | RecordType::InspectionRule
        | RecordType::Inspection => Vec::new(),
    }
}
