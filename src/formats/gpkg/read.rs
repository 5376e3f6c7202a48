//! Reads the layers of a stranger's GeoPackage: tables that `gpkg_contents` lists as features, and nothing else of it.

use std::ops::ControlFlow;
use std::path::Path;

use geo::{CoordsIter, Geometry};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};

use super::decode_foreign;
use super::open::{fault_at, is_table, open};
use super::rtree::quoted;
use crate::formats::found::{Budget, MAX_NAME_BYTES, add_sample, check_value, date_of, too_many_vertices};
use crate::formats::layer::{
    FieldKind, FoundCrs, FoundField, Inspected, InspectedLayer, MAX_FEATURES, MAX_FIELDS, ReadError, ReadOptions,
    ReadRow, ReadValue, Visitor,
};
use crate::spatial::{Crs, GeometryType, MAX_VERTICES, ShapeError};

/// Layers that are looked at; a file with more is no district's.
const MAX_LAYERS: u32 = 256;

/// Rows from which samples of values are taken.
const SAMPLED_ROWS: u32 = 20;

/// Integers beyond this have no number of their own in a double.
const MAX_EXACT: u64 = 1 << 53;

/// A table of features as its file describes it.
struct Table {
    name: String,
    geometry_column: String,
    geometry_type: Option<GeometryType>,
    crs: FoundCrs,
    /// The column that numbers the rows.
    key: Option<String>,
    columns: Vec<Column>,
}

struct Column {
    name: String,
    holds: Holds,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Number,
    Date,
    Bool,
}

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

/// The tables of features that the file lists.
fn names(connection: &Connection) -> Result<Vec<String>, ReadError> {
    let failed = |fault| fault_at("gpkg_contents", &fault);
    for table in ["gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"] {
        if !is_table(connection, table).map_err(|fault| fault_at(table, &fault))? {
            return Err(ReadError::refused("the file", format!("it has no table {table}, so it is no GeoPackage")));
        }
    }
    let sql = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features' ORDER BY rowid LIMIT ?";
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let names = statement.query_map([MAX_LAYERS + 1], |row| row.get(0)).map_err(failed)?;
    let names: Vec<String> = names.collect::<Result<_, _>>().map_err(failed)?;
    if names.len() > MAX_LAYERS as usize {
        return Err(ReadError::refused("gpkg_contents", format!("it lists more than {MAX_LAYERS} tables of features")));
    }
    if let Some(name) = names.iter().find(|name| name.len() > MAX_NAME_BYTES) {
        let reason = format!("a table's name has {} bytes; it may have {MAX_NAME_BYTES}", name.len());
        return Err(ReadError::refused("gpkg_contents", reason));
    }
    Ok(names)
}

fn describe(connection: &Connection, name: &str) -> Result<Table, ReadError> {
    let at = format!("table {name}");
    let failed = |fault| fault_at(&at, &fault);
    let refuse = |reason: String| ReadError::refused(at.clone(), reason);
    if !is_table(connection, name).map_err(failed)? {
        return Err(refuse("gpkg_contents lists it, but the file has no such table (views are not read)".to_owned()));
    }
    let sql = "SELECT column_name, geometry_type_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?";
    let found: Option<(String, String, i64)> = connection
        .query_row(sql, [name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()
        .map_err(failed)?;
    let Some((geometry_column, type_name, srs_id)) = found else {
        return Err(refuse("gpkg_geometry_columns does not say which column has its geometry".to_owned()));
    };
    let crs = crs_of(connection, srs_id).map_err(|fault| fault_at("gpkg_spatial_ref_sys", &fault))?;
    let geometry_type = type_named(&type_name);
    let mut table =
        Table { name: name.to_owned(), geometry_column, geometry_type, crs, key: None, columns: Vec::new() };
    // Hidden columns are computed by the file's own expressions.
    let sql = format!("SELECT name, type, pk FROM pragma_table_xinfo({}) WHERE hidden = 0", literal(name));
    let mut statement = connection.prepare(&sql).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut has_geometry = false;
    while let Some(row) = rows.next().map_err(failed)? {
        let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let (column, declared, key): (String, String, i64) = read().map_err(failed)?;
        if column.eq_ignore_ascii_case(&table.geometry_column) {
            has_geometry = true;
        } else if key > 0 && is_number(&declared) {
            table.key = Some(column);
        } else if let Some(holds) = holds(&declared) {
            table.columns.push(Column { name: column, holds });
        }
    }
    if !has_geometry {
        return Err(refuse(format!("it has no column {:?} for its geometry", table.geometry_column)));
    }
    if table.columns.len() > MAX_FIELDS {
        return Err(refuse(format!("it has {} columns; a layer may have {MAX_FIELDS}", table.columns.len())));
    }
    if let Some(column) = table.columns.iter().find(|column| column.name.len() > MAX_NAME_BYTES) {
        let bytes = column.name.len();
        return Err(refuse(format!("a column's name has {bytes} bytes; it may have {MAX_NAME_BYTES}")));
    }
    Ok(table)
}

impl Table {
    /// Key, geometry, then the columns.
    fn select(&self) -> String {
        let key = self.key.as_deref().map_or_else(|| "NULL".to_owned(), quoted);
        let mut sql = format!("SELECT {key}, {}", quoted(&self.geometry_column));
        for column in &self.columns {
            sql += ", ";
            sql += &quoted(&column.name);
        }
        sql + " FROM " + &quoted(&self.name)
    }
}

/// A text of SQL; pragmas that are tables take no parameters everywhere.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn is_number(declared: &str) -> bool {
    holds(declared) == Some(Holds::Number)
}

/// By the types that the standard knows (Table 1), and what SQLite makes of others; none for bytes and further geometries.
fn holds(declared: &str) -> Option<Holds> {
    let name = declared.split('(').next().unwrap_or_default().trim().to_ascii_uppercase();
    Some(match name.as_str() {
        "BLOB" | "GEOMETRY" => return None,
        "DATE" => Holds::Date,
        "BOOLEAN" | "BOOL" => Holds::Bool,
        "DOUBLE" | "DOUBLE PRECISION" | "FLOAT" | "REAL" | "NUMERIC" | "DECIMAL" => Holds::Number,
        name if type_named(name).is_some() => return None,
        name if name.contains("INT") => Holds::Number,
        _ => Holds::Text,
    })
}

fn type_named(name: &str) -> Option<GeometryType> {
    Some(match name.to_ascii_uppercase().as_str() {
        "POINT" => GeometryType::Point,
        "LINESTRING" => GeometryType::LineString,
        "POLYGON" => GeometryType::Polygon,
        "MULTIPOINT" => GeometryType::MultiPoint,
        "MULTILINESTRING" => GeometryType::MultiLineString,
        "MULTIPOLYGON" => GeometryType::MultiPolygon,
        _ => return None,
    })
}

/// By EPSG's number, else by what the definition says.
fn crs_of(connection: &Connection, srs_id: i64) -> rusqlite::Result<FoundCrs> {
    if srs_id == 0 || srs_id == -1 {
        return Ok(FoundCrs::Missing);
    }
    let sql = "SELECT srs_name, organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?";
    let found: Option<(String, String, i64, String)> = connection
        .query_row(sql, [srs_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let Some((name, organization, number, definition)) = found else {
        return Ok(FoundCrs::Unknown(format!("srs_id {srs_id}, which gpkg_spatial_ref_sys lacks")));
    };
    let by_number = || {
        let number = u32::try_from(number).ok().filter(|_| organization.eq_ignore_ascii_case("EPSG"))?;
        Crs::epsg(number)
    };
    let crs = by_number().or_else(|| Crs::from_wkt(&definition).ok());
    let unknown = || FoundCrs::Unknown(format!("{name} ({organization}:{number})").chars().take(200).collect());
    Ok(crs.map_or_else(unknown, FoundCrs::Stated))
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
