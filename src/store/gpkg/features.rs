//! Features in the table of their collection. The R-tree follows by itself, by the table's triggers.

use rusqlite::{Connection, OptionalExtension, params};

use super::cells::{Cell, Cells, optional_text};
use super::fault::Fault;
use super::rows::integer;
use crate::atlas::Row;
use crate::formats::gpkg;
use crate::plan::{Collection, Feature, Slug};
use crate::spatial::Shape;

const COLUMNS: &str =
    "fid, id, version, project, name_zh, name_en, class, accuracy_m, position, basis_zh, basis_en, geom";

pub(super) fn put(connection: &Connection, version: u64, feature: &Feature, is_new: bool) -> Result<(), Fault> {
    let table = &feature.collection;
    let sql = if is_new {
        format!("INSERT INTO \"{table}\" ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")
    } else {
        format!(
            "UPDATE \"{table}\" SET version = ?3, project = ?4, name_zh = ?5, name_en = ?6, class = ?7, accuracy_m = ?8,
               position = ?9, basis_zh = ?10, basis_en = ?11, geom = ?12 WHERE fid = ?1 AND id = ?2"
        )
    };
    let blob = gpkg::encode(feature.shape.geometry()).expect("a shape has one of the six types since it was checked");
    let [basis_zh, basis_en] = optional_text(feature.basis.as_ref());
    connection.prepare_cached(&sql)?.execute(params![
        integer(feature.number),
        feature.id.as_str(),
        integer(version),
        feature.project.as_ref().map(Slug::as_str),
        feature.name.zh,
        feature.name.en,
        feature.class.as_ref().map(Slug::as_str),
        feature.accuracy_m,
        feature.position.as_str(),
        basis_zh,
        basis_en,
        blob,
    ])?;
    Ok(())
}

/// None when the collection has no such feature; the collection itself must be there.
pub(super) fn find(connection: &Connection, collection: &Collection, id: &Slug) -> Result<Option<Row<Feature>>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM \"{}\" WHERE id = ?", collection.id);
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_row([id.as_str()], |row| Ok(read(row, collection))).optional()?.transpose()
}

/// By number.
pub(super) fn list(
    connection: &Connection,
    collection: &Collection,
    mut visit: impl FnMut(Row<Feature>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let sql = format!("SELECT {COLUMNS} FROM \"{}\" ORDER BY fid", collection.id);
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        visit(read(row, collection)?)?;
    }
    Ok(())
}

pub(super) fn delete(connection: &Connection, feature: &Feature) -> Result<(), Fault> {
    let sql = format!("DELETE FROM \"{}\" WHERE fid = ?", feature.collection);
    connection.prepare_cached(&sql)?.execute([integer(feature.number)])?;
    Ok(())
}

/// The next number that no feature has or had.
pub(super) fn next_number(connection: &Connection) -> Result<u64, Fault> {
    let last: i64 = connection
        .prepare_cached("SELECT coalesce(max(number), 0) FROM feature_numbers")?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(last).unwrap_or(0) + 1)
}

/// Gives a number to a feature for ever; false when another feature has or had it.
pub(super) fn claim_number(connection: &Connection, feature: &Feature) -> Result<bool, Fault> {
    let (number, collection, id) = (integer(feature.number), feature.collection.as_str(), feature.id.as_str());
    connection
        .prepare_cached("INSERT INTO feature_numbers VALUES (?, ?, ?) ON CONFLICT DO NOTHING")?
        .execute(params![number, collection, id])?;
    Ok(connection
        .prepare_cached("SELECT collection = ? AND id = ? FROM feature_numbers WHERE number = ?")?
        .query_row(params![collection, id, number], |row| row.get(0))?)
}

/// Shapes are checked as if they came from a stranger: other programs may write the file too.
fn read(row: &rusqlite::Row, collection: &Collection) -> Result<Row<Feature>, Fault> {
    let fid = row.get(0)?;
    let feature = |cells: &mut Cells| -> Cell<Row<Feature>> {
        let (number, id, version) = (cells.count()?, cells.parsed()?, cells.count()?);
        let feature = Feature {
            number,
            id,
            collection: collection.id.clone(),
            project: cells.optional()?,
            name: cells.text()?,
            class: cells.optional()?,
            accuracy_m: cells.number()?,
            position: cells.parsed()?,
            basis: cells.optional_text()?,
            shape: shape(&cells.get::<Vec<u8>>()?, collection)?,
        };
        Ok(Row { version, value: feature })
    };
    feature(&mut Cells::new(row, 0)).map_err(|reason| Fault::Row { table: collection.id.to_string(), fid, reason })
}

fn shape(blob: &[u8], collection: &Collection) -> Cell<Shape> {
    let geometry = gpkg::decode(blob).map_err(|fault| format!("column geom: {fault}"))?;
    let shape = Shape::new(geometry).map_err(|fault| format!("column geom: {fault}"))?;
    match (shape.geometry_type(), collection.geometry_type) {
        (found, declared) if found == declared => Ok(shape),
        (found, declared) => Err(format!("column geom: is a {found}, but the collection holds {declared}s")),
    }
}
