//! Writes layers into a GeoPackage of their own: a table each, with its R-tree, in one transaction. It is no store and keeps nothing else.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use geo::Rect;
use rusqlite::{Connection, ErrorCode, params};

use super::rtree::{index_sql, quoted, triggers_sql};
use super::{bulk, encode_into, schema};
use crate::formats::Value;
use crate::formats::coordinate::offset_note;
use crate::formats::layer::{FeatureRow, FieldKind, Layer, LayerWriter, Renamed, WriteError, Written};
use crate::plan::Timestamp;
use crate::spatial::union;

/// Kibibytes of pages that SQLite keeps in memory.
const CACHE_KIB: i32 = 32 << 10;

/// Writes a new file.
///
/// Memory: SQLite's cache of 32 MiB, and 40 bytes a feature of the layer at hand for its R-tree.
pub struct FileWriter {
    connection: Connection,
    /// When the layers were as they are, as the file tells it.
    at: Timestamp,
    layer: Option<Open>,
    written: Written,
}

/// The layer that is being written.
struct Open {
    table: String,
    srs_id: i32,
    insert: String,
    blob: Vec<u8>,
    boxes: bulk::Boxes,
    extent: Option<Rect>,
}

impl FileWriter {
    /// Begins a file at `path`, where nothing or an empty file is. If anything fails, what is there is of no use: there is no journal.
    ///
    /// # Errors
    /// [`WriteError::Io`].
    pub fn create(path: &Path, at: Timestamp) -> Result<FileWriter, WriteError> {
        let begin = || {
            let connection = Connection::open(path)?;
            connection.pragma_update(None, "page_size", 4096)?;
            connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            // Nobody else has the file, and a half-written one is thrown away.
            connection.query_row("PRAGMA journal_mode = OFF", [], |_| Ok(()))?;
            connection.pragma_update(None, "synchronous", "OFF")?;
            connection.execute_batch("BEGIN EXCLUSIVE")?;
            schema::create(&connection)?;
            Ok(connection)
        };
        let connection = begin().map_err(failed)?;
        Ok(FileWriter { connection, at, layer: None, written: Written::default() })
    }

    fn make_table(&self, layer: &Layer, columns: &[String]) -> rusqlite::Result<i32> {
        let srs_id = schema::put_crs(&self.connection, &layer.crs)?;
        let table = &layer.name;
        let geometry_type = layer.geometry_type.to_string().to_uppercase();
        let mut sql = format!(
            "CREATE TABLE {} (\n  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,\n  geom {geometry_type} NOT NULL,\n  id TEXT NOT NULL",
            quoted(table)
        );
        for (field, column) in layer.fields.iter().zip(columns) {
            let kind = match field.kind {
                FieldKind::Text => "TEXT",
                FieldKind::Number => "DOUBLE",
                FieldKind::Date => "DATE",
            };
            sql += ",\n  ";
            sql += &quoted(column);
            sql += " ";
            sql += kind;
        }
        self.connection.execute_batch(&(sql + "\n);"))?;
        let description = layer.offset.map(offset_note).unwrap_or_default();
        self.connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
             VALUES (?, 'features', ?, ?, ?, ?)",
            params![table, self.identifier(layer)?, description, datetime(self.at), srs_id],
        )?;
        self.connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
            params![table, geometry_type, srs_id],
        )?;
        self.connection.execute(
            "INSERT INTO gpkg_extensions VALUES
               (?, 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
            [table],
        )?;
        Ok(srs_id)
    }

    /// What people see in the list of layers; it must be unique in the file.
    fn identifier(&self, layer: &Layer) -> rusqlite::Result<String> {
        let title = format!("{} {}", layer.title.zh, layer.title.en);
        let is_taken: bool = self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM gpkg_contents WHERE identifier = ?)",
            [&title],
            |row| row.get(0),
        )?;
        Ok(if is_taken { format!("{title} ({})", layer.name) } else { title })
    }

    fn put(&mut self, row: &FeatureRow) -> rusqlite::Result<()> {
        let layer = self.layer.as_mut().expect("features come after the beginning of their layer");
        let number = i64::try_from(row.number).expect("numbers of features count from 1");
        layer.blob.clear();
        let Some(rect) = encode_into(row.geometry, layer.srs_id, &mut layer.blob) else {
            return Err(rusqlite::Error::ToSqlConversionFailure("it is none of the six types of geometry".into()));
        };
        let mut insert = self.connection.prepare_cached(&layer.insert)?;
        insert.raw_bind_parameter(1, number)?;
        insert.raw_bind_parameter(2, layer.blob.as_slice())?;
        insert.raw_bind_parameter(3, row.id)?;
        for (place, value) in row.values.iter().enumerate() {
            match value {
                Value::Text(text) => insert.raw_bind_parameter(place + 4, text)?,
                Value::Number(number) => insert.raw_bind_parameter(place + 4, number)?,
                Value::Date(date) => insert.raw_bind_parameter(place + 4, date.to_string())?,
                Value::Absent => insert.raw_bind_parameter(place + 4, rusqlite::types::Null)?,
            }
        }
        insert.raw_execute()?;
        layer.boxes.push(number, rect);
        layer.extent = Some(layer.extent.map_or(rect, |extent| union(extent, rect)));
        Ok(())
    }

    fn complete(&self, layer: Open) -> rusqlite::Result<()> {
        let table = &layer.table;
        let index = quoted(&format!("{table}_id"));
        self.connection.execute_batch(&format!("CREATE UNIQUE INDEX {index} ON {} (id);", quoted(table)))?;
        self.connection.execute_batch(&index_sql(table))?;
        layer.boxes.write(&self.connection, table)?;
        self.connection.execute_batch(&triggers_sql(table))?;
        if let Some(extent) = layer.extent {
            self.connection.execute(
                "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
                params![extent.min().x, extent.min().y, extent.max().x, extent.max().y, table],
            )?;
        }
        Ok(())
    }
}

impl LayerWriter for FileWriter {
    fn begin(&mut self, layer: &Layer) -> Result<(), WriteError> {
        let lower = layer.name.to_lowercase();
        if lower.is_empty() || ["gpkg_", "sqlite_", "rtree_"].iter().any(|beginning| lower.starts_with(beginning)) {
            let reason = format!("a GeoPackage cannot have a layer called {:?}; give it another name", layer.name);
            return Err(WriteError::CannotHold(reason));
        }
        let columns = columns_of(layer);
        for (field, column) in layer.fields.iter().zip(&columns).filter(|(field, column)| field.name != **column) {
            self.written.renamed.push(Renamed {
                layer: layer.name.clone(),
                field: field.name.clone(),
                written: column.clone(),
            });
        }
        let srs_id = self.make_table(layer, &columns).map_err(|fault| said(&layer.name, fault))?;
        let marks = ", ?".repeat(columns.len());
        self.layer = Some(Open {
            insert: format!("INSERT INTO {} VALUES (?, ?, ?{marks})", quoted(&layer.name)),
            table: layer.name.clone(),
            srs_id,
            blob: Vec::new(),
            boxes: bulk::Boxes::default(),
            extent: None,
        });
        Ok(())
    }

    fn feature(&mut self, row: &FeatureRow) -> Result<(), WriteError> {
        self.put(row).map_err(|fault| said(&format!("feature {}", row.id), fault))
    }

    fn end(&mut self) -> Result<(), WriteError> {
        let Some(layer) = self.layer.take() else { return Ok(()) };
        let name = layer.table.clone();
        self.complete(layer).map_err(|fault| said(&format!("layer {name}"), fault))
    }

    fn finish(self: Box<Self>) -> Result<Written, WriteError> {
        self.connection.execute_batch("COMMIT").map_err(failed)?;
        self.connection.close().map_err(|(_, fault)| failed(fault))?;
        Ok(self.written)
    }
}

/// Names of the columns: SQLite knows no upper and lower case, and three names are the table's own.
fn columns_of(layer: &Layer) -> Vec<String> {
    let mut taken: HashSet<String> = ["fid", "geom", "id"].map(str::to_owned).into();
    let mut columns = Vec::with_capacity(layer.fields.len());
    for field in &layer.fields {
        let mut column = field.name.clone();
        let mut number = 2;
        while !taken.insert(column.to_lowercase()) {
            column = format!("{}_{number}", field.name);
            number += 1;
        }
        columns.push(column);
    }
    columns
}

fn datetime(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn said(at: &str, fault: rusqlite::Error) -> WriteError {
    match fault.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => {
            WriteError::CannotHold(format!("{at}: two of its ids or numbers are the same: {fault}"))
        }
        None if matches!(fault, rusqlite::Error::ToSqlConversionFailure(_)) => {
            WriteError::CannotHold(format!("{at}: {fault}"))
        }
        _ => failed(fault),
    }
}

fn failed(fault: rusqlite::Error) -> WriteError {
    WriteError::Io(io::Error::other(fault))
}
