//! The table of a collection's features as GIS programs expect it: columns, R-tree with its triggers, entries in the
//! GeoPackage's own tables. Puts no features.

use rusqlite::{Connection, params};

use super::fault::Fault;
use crate::formats::gpkg::SRS_ID;
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
    connection.execute_batch(&rtree_sql(id))?;
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

/// The index and its triggers as GeoPackage 1.4 words them. 1.3's own set fails under UPSERT, which QGIS uses; 1.4 itself
/// is not announced in `user_version`, since GDAL before 3.7 warns of it.
fn rtree_sql(id: &Slug) -> String {
    let rtree = format!("\"rtree_{id}_geom\"");
    let trigger = |name: &str, event: &str, when: &str, body: &str| {
        format!("CREATE TRIGGER \"rtree_{id}_geom_{name}\" AFTER {event} ON \"{id}\" WHEN {when} BEGIN {body}; END;\n")
    };
    let new_is_there = "NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom)";
    let new_is_empty = "NEW.geom ISNULL OR ST_IsEmpty(NEW.geom)";
    let bounds = "NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)";
    let put = format!("INSERT OR REPLACE INTO {rtree} VALUES ({bounds})");
    let remove = format!("DELETE FROM {rtree} WHERE id = OLD.fid");
    [
        format!("CREATE VIRTUAL TABLE {rtree} USING rtree(id, minx, maxx, miny, maxy);\n"),
        trigger("insert", "INSERT", &format!("({new_is_there})"), &put),
        trigger("update2", "UPDATE OF geom", &format!("OLD.fid = NEW.fid AND ({new_is_empty})"), &remove),
        trigger(
            "update4",
            "UPDATE",
            &format!("OLD.fid != NEW.fid AND ({new_is_empty})"),
            &format!("DELETE FROM {rtree} WHERE id IN (OLD.fid, NEW.fid)"),
        ),
        trigger("update5", "UPDATE", &format!("OLD.fid != NEW.fid AND ({new_is_there})"), &format!("{remove}; {put}")),
        trigger(
            "update6",
            "UPDATE OF geom",
            &format!("OLD.fid = NEW.fid AND ({new_is_there}) AND (OLD.geom NOTNULL AND NOT ST_IsEmpty(OLD.geom))"),
            &format!(
                "UPDATE {rtree} SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), \
                 maxy = ST_MaxY(NEW.geom) WHERE id = NEW.fid"
            ),
        ),
        trigger(
            "update7",
            "UPDATE OF geom",
            &format!("OLD.fid = NEW.fid AND ({new_is_there}) AND (OLD.geom ISNULL OR ST_IsEmpty(OLD.geom))"),
            &format!("INSERT INTO {rtree} VALUES ({bounds})"),
        ),
        trigger("delete", "DELETE", "OLD.geom NOT NULL", &remove),
    ]
    .concat()
}
