//! Reads the layers of a stranger's GeoPackage: tables that `gpkg_contents` lists as features, and nothing else of it.

use std::ops::ControlFlow;
use std::path::Path;

use geo::{CoordsIter, Geometry};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::decode_foreign;
use super::open::{fault_at, open};
use super::rtree::quoted;
use super::tables::{Column, Holds, Table, describe, names};
use crate::formats::found::{Budget, add_sample, check_value, date_of, too_many_vertices};
use crate::formats::layer::{
    FieldKind, FoundField, Inspected, InspectedLayer, MAX_FEATURES, ReadError, ReadOptions, ReadRow, ReadValue, Visitor,
};
use crate::spatial::{MAX_VERTICES, ShapeError};

/// Rows from which samples of values are taken.
const SAMPLED_ROWS: u32 = 20;

/// Integers beyond this have no number of their own in a double.
const MAX_EXACT: u64 = 1 << 53;

/// Lists the layers of features, with their counts. Columns of bytes are left out, as no field carries them.
///
/// Cost: counting reads the whole file once.
///
/// # Errors
/// [`ReadError`], naming the table.
pub fn inspect(path: &Path) -> Result<Inspected, ReadError> {
    let connection = open(path)?;
    let mut layers = Vec::new();
    for name in names(&connection)? {
        let failed = |fault| fault_at(&format!("table {name}"), &fault);
        let table = describe(&connection, &name)?;
        let sql = format!("SELECT count(*) FROM {}", quoted(&name));
        let count: i64 = connection.query_row(&sql, [], |row| row.get(0)).map_err(failed)?;
        let count = count.unsigned_abs();
        if count > MAX_FEATURES {
            let reason = format!("it has {count} rows; a file may have {MAX_FEATURES} features; take a part of it");
            return Err(ReadError::refused(format!("table {name}"), reason));
        }
        let fields = sample(&connection, &table)?;
        let (geometry_type, crs) = (table.geometry_type, table.crs);
        layers.push(InspectedLayer { name, geometry_type, count, crs, encoding: None, fields });
    }
    if layers.is_empty() {
        return Err(ReadError::refused("gpkg_contents", "it lists no table of features"));
    }
    Ok(Inspected { layers })
}

/// Reads the rows of a layer in the order of its table. The id of a row is its key, `fid` in most files. Heights are dropped.
///
/// Cost: one pass; memory for one row.
///
/// # Errors
/// As [`inspect`], naming the row.
pub fn read(path: &Path, layer: &str, _options: &ReadOptions, visitor: Visitor) -> Result<(), ReadError> {
    let connection = open(path)?;
    if !names(&connection)?.iter().any(|name| name == layer) {
        return Err(ReadError::refused("gpkg_contents", format!("it lists no table of features called {layer:?}")));
    }
    let table = describe(&connection, layer)?;
    let mut budget = Budget::default();
    let failed = |fault| fault_at(&format!("table {layer}"), &fault);
    let mut statement = connection.prepare(&table.select()).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    loop {
        let place = budget.features() + 1;
        let at = || format!("table {layer}, row {place}");
        let Some(row) = rows.next().map_err(|fault| fault_at(&at(), &fault))? else { return Ok(()) };
        budget.feature(at)?;
        let geometry = geometry_of(row, &mut budget, &at)?;
        let values = (0..table.columns.len()).map(|column| {
            let Column { name, holds } = &table.columns[column];
            value_of(row, column + 2, *holds)
                .map_err(|reason| ReadError::refused(format!("{}, column {name}", at()), reason))
        });
        let values = values.collect::<Result<Vec<_>, _>>()?;
        let id = match row.get_ref(0).map_err(|fault| fault_at(&at(), &fault))? {
            ValueRef::Integer(number) => Some(number.to_string()),
            _ => None,
        };
        if visitor(ReadRow { place, id, geometry, values }) == ControlFlow::Break(()) {
            return Ok(());
        }
    }
}

fn sample(connection: &Connection, table: &Table) -> Result<Vec<FoundField>, ReadError> {
    let at = format!("table {}", table.name);
    let failed = |fault| fault_at(&at, &fault);
    let kind = |holds| match holds {
        Holds::Text | Holds::Bool => FieldKind::Text,
        Holds::Number => FieldKind::Number,
        Holds::Date => FieldKind::Date,
    };
    let columns = table.columns.iter();
    let mut fields: Vec<_> = columns
        .map(|column| FoundField { name: column.name.clone(), kind: kind(column.holds), samples: Vec::new() })
        .collect();
    let mut statement = connection.prepare(&format!("{} LIMIT {SAMPLED_ROWS}", table.select())).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        for (place, (field, column)) in fields.iter_mut().zip(&table.columns).enumerate() {
            let text = match value_of(row, place + 2, column.holds) {
                Ok(ReadValue::Text(text)) => text,
                Ok(ReadValue::Number(number)) => number.to_string(),
                Ok(ReadValue::Date(date)) => date.to_string(),
                // What is wrong is told when the row is read.
                Ok(ReadValue::Absent) | Err(_) => continue,
            };
            add_sample(&mut field.samples, &text);
        }
    }
    Ok(fields)
}

fn geometry_of(
    row: &Row,
    budget: &mut Budget,
    at: &impl Fn() -> String,
) -> Result<Result<Option<Geometry>, String>, ReadError> {
    let blob = match row.get_ref(1).map_err(|fault| fault_at(&at(), &fault))? {
        ValueRef::Null => return Ok(Ok(None)),
        ValueRef::Blob(blob) => blob,
        other => return Ok(Err(format!("its geometry is {}, not a blob", other.data_type()))),
    };
    let geometry = match decode_foreign(blob) {
        Ok(Some(geometry)) => geometry,
        Ok(None) => return Ok(Ok(None)),
        Err(fault) => return Ok(Err(fault.to_string())),
    };
    let count = geometry.coords_count();
    budget.vertices(count, at)?;
    if count > MAX_VERTICES {
        return Ok(Err(too_many_vertices(count)));
    }
    let is_finite = geometry.coords_iter().all(|at| at.x.is_finite() && at.y.is_finite());
    Ok(if is_finite { Ok(Some(geometry)) } else { Err(ShapeError::NotFinite.to_string()) })
}

#[expect(clippy::cast_precision_loss, reason = "what has no number of its own stays text")]
fn value_of(row: &Row, place: usize, holds: Holds) -> Result<ReadValue, String> {
    Ok(match row.get_ref(place).map_err(|fault| fault.to_string())? {
        ValueRef::Null => ReadValue::Absent,
        ValueRef::Integer(number) if holds == Holds::Bool => ReadValue::Text((number != 0).to_string()),
        ValueRef::Integer(number) if holds == Holds::Number && number.unsigned_abs() <= MAX_EXACT => {
            ReadValue::Number(number as f64)
        }
        ValueRef::Integer(number) => ReadValue::Text(number.to_string()),
        ValueRef::Real(number) if holds == Holds::Number && number.is_finite() => ReadValue::Number(number),
        ValueRef::Real(number) => ReadValue::Text(number.to_string()),
        ValueRef::Text(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|_| "its text is not UTF-8".to_owned())?;
            check_value(text)?;
            match date_of(text) {
                Some(date) if holds == Holds::Date => ReadValue::Date(date),
                _ => ReadValue::Text(text.to_owned()),
            }
        }
        ValueRef::Blob(_) => return Err("it holds bytes where the column's type promises a value".to_owned()),
    })
}
