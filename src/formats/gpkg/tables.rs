//! What a stranger's GeoPackage says of its tables of features: which there are, their columns, their reference system. Reads no rows of them.

use rusqlite::{Connection, OptionalExtension};

use super::open::{fault_at, is_table};
use super::rtree::quoted;
use crate::formats::found::MAX_NAME_BYTES;
use crate::formats::layer::{FoundCrs, MAX_FIELDS, ReadError};
use crate::spatial::{Crs, GeometryType};

/// Layers that are looked at; a file with more is no district's.
const MAX_LAYERS: u32 = 256;

/// A table of features as its file describes it.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) geometry_column: String,
    pub(super) geometry_type: Option<GeometryType>,
    pub(super) crs: FoundCrs,
    /// The column that numbers the rows.
    pub(super) key: Option<String>,
    pub(super) columns: Vec<Column>,
}

pub(super) struct Column {
    pub(super) name: String,
    pub(super) holds: Holds,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Number,
    Date,
    Bool,
}

/// The tables of features that the file lists.
pub(super) fn names(connection: &Connection) -> Result<Vec<String>, ReadError> {
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

pub(super) fn describe(connection: &Connection, name: &str) -> Result<Table, ReadError> {
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
    pub(super) fn select(&self) -> String {
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
