//! The table of a collection's features as GIS programs expect it: columns, R-tree with its triggers, entries in the
//! GeoPackage's own tables. Puts no features.

use rusqlite::{Connection, params};

use super::fault::Fault;
use crate::formats::gpkg::{SRS_ID, index_sql, triggers_sql};
use crate::plan::{Collection, RecordKey, Role, Slug, is_reserved_collection};

pub(super) fn is_reserved(connection: &Connection, id: &Slug) -> Result<bool, Fault> {
    let taken: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?)")?
        .query_row([id.as_str()], |row| row.get(0))?;
    Ok(taken || is_reserved_collection(id))
}

pub(super) fn create(connection: &Connection, collection: &Collection) -> Result<(), Fault> {
    let id = &collection.id;
    let geometry_type = collection.geometry_type.to_string().to_uppercase();
    connection.execute_batch(&format!(
        "CREATE TABLE \"{id}\" (
           fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
           geom {geometry_type} NOT NULL,
           id TEXT NOT NULL UNIQUE,
           version INTEGER NOT NULL DEFAULT 1,
           project TEXT,
           name_zh TEXT NOT NULL,
           name_en TEXT NOT NULL,
           class TEXT,
           accuracy_m DOUBLE NOT NULL,
           position TEXT NOT NULL,
           basis_zh TEXT,
           basis_en TEXT
         );"
    ))?;
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES (?, 'features', ?)",
        params![id.as_str(), SRS_ID],
    )?;
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
        params![id.as_str(), geometry_type, SRS_ID],
    )?;
    connection.execute(
        "INSERT INTO gpkg_extensions VALUES
           (?, 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
        [id.as_str()],
    )?;
    connection.execute_batch(&[index_sql(id.as_str()), triggers_sql(id.as_str())].concat())?;
    entitle(connection, collection)
}

/// Writes the title that people see in the list of layers; it must be unique in the file.
pub(super) fn entitle(connection: &Connection, collection: &Collection) -> Result<(), Fault> {
    let Collection { id, title, role, .. } = collection;
    let mut identifier = format!("{} {}", title.zh, title.en);
    let is_taken: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM gpkg_contents WHERE identifier = ? AND table_name <> ?)",
        params![identifier, id.as_str()],
        |row| row.get(0),
    )?;
    if is_taken {
        identifier = format!("{identifier} ({id})");
    }
    let description = match role {
        Role::Plan { kind } => format!("计划项目的位置 Places of the plan's projects: {kind}"),
        Role::Context => "底图要素 Context under the map".to_owned(),
    };
    connection.execute(
        "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
        params![identifier, description, id.as_str()],
    )?;
    Ok(())
}

pub(super) fn drop(connection: &Connection, id: &Slug) -> Result<(), Fault> {
    connection.execute_batch(&format!("DROP TABLE \"rtree_{id}_geom\"; DROP TABLE \"{id}\";"))?;
    for table in ["gpkg_extensions", "gpkg_geometry_columns", "gpkg_contents"] {
        connection.execute(&format!("DELETE FROM {table} WHERE table_name = ?"), [id.as_str()])?;
    }
    Ok(())
}

pub(super) fn is_empty(connection: &Connection, id: &Slug) -> Result<bool, Fault> {
    let sql = format!("SELECT NOT EXISTS (SELECT 1 FROM \"{id}\")");
    Ok(connection.query_row(&sql, [], |row| row.get(0))?)
}

/// Refuses a change of geometry type under features; an empty table is made anew.
pub(super) fn replace(
    connection: &Connection,
    key: &RecordKey,
    before: &Collection,
    after: &Collection,
) -> Result<(), Fault> {
    if before.geometry_type == after.geometry_type {
        return entitle(connection, after);
    }
    if !is_empty(connection, &after.id)? {
        let reason =
            format!("its features are {}s; delete them before it holds {}s", before.geometry_type, after.geometry_type);
        return Err(Fault::invalid(key, reason));
    }
    drop(connection, &after.id)?;
    create(connection, after)
}
