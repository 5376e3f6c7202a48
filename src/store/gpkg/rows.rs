//! One attributes table for each type of record: puts, finds, lists and removes rows. Checks no versions and writes no log.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::cells::{Cell, Cells};
use super::fault::Fault;
use crate::atlas::Row;
use crate::plan::Slug;

/// A record that has a table of its own, with `fid`, `id` and `version` before its columns.
pub(super) trait Kept: Sized {
    const TABLE: &'static str;
    /// As they stand in SQL.
    const COLUMNS: &'static [&'static str];

    fn id(&self) -> &Slug;

    /// The values of [`Kept::COLUMNS`].
    fn values(&self) -> Vec<Value>;

    /// Reads what [`Kept::values`] wrote.
    fn read(id: Slug, cells: &mut Cells) -> Cell<Self>;

    /// Writes the lists that have a table of their own, in place of those that are there.
    fn put_parts(&self, _connection: &Connection) -> Result<(), Fault> {
        Ok(())
    }

    fn read_parts(&mut self, _connection: &Connection) -> Result<(), Fault> {
        Ok(())
    }
}

pub(super) fn put<T: Kept>(connection: &Connection, version: u64, record: &T) -> Result<(), Fault> {
    let columns = T::COLUMNS.join(", ");
    let places = vec!["?"; T::COLUMNS.len()].join(", ");
    let updates: Vec<String> = T::COLUMNS.iter().map(|column| format!("{column} = excluded.{column}")).collect();
    let sql = format!(
        "INSERT INTO {} (id, version, {columns}) VALUES (?, ?, {places})
         ON CONFLICT (id) DO UPDATE SET version = excluded.version, {}",
        T::TABLE,
        updates.join(", ")
    );
    let head = [Value::Text(record.id().to_string()), Value::Integer(integer(version))];
    connection.prepare_cached(&sql)?.execute(params_from_iter(head.into_iter().chain(record.values())))?;
    record.put_parts(connection)
}

pub(super) fn find<T: Kept>(connection: &Connection, id: &Slug) -> Result<Option<Row<T>>, Fault> {
    let sql = format!("SELECT fid, id, version, {} FROM {} WHERE id = ?", T::COLUMNS.join(", "), T::TABLE);
    let mut statement = connection.prepare_cached(&sql)?;
    let row = statement.query_row([id.as_str()], |row| Ok(read(row))).optional()?.transpose()?;
    row.map(|row| with_parts(connection, row)).transpose()
}

pub(super) fn is_empty<T: Kept>(connection: &Connection) -> Result<bool, Fault> {
    let sql = format!("SELECT NOT EXISTS (SELECT 1 FROM {})", T::TABLE);
    Ok(connection.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
}

/// In the order of the rows, which is that of their first commit.
pub(super) fn list<T: Kept>(connection: &Connection) -> Result<Vec<Row<T>>, Fault> {
    let sql = format!("SELECT fid, id, version, {} FROM {} ORDER BY fid", T::COLUMNS.join(", "), T::TABLE);
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([], |row| Ok(read(row)))?;
    rows.map(|row| with_parts(connection, row??)).collect()
}

pub(super) fn delete<T: Kept>(connection: &Connection, id: &Slug) -> Result<(), Fault> {
    let sql = format!("DELETE FROM {} WHERE id = ?", T::TABLE);
    connection.prepare_cached(&sql)?.execute(params![id.as_str()])?;
    Ok(())
}

fn read<T: Kept>(row: &rusqlite::Row) -> Result<Row<T>, Fault> {
    let record = |cells: &mut Cells| {
        let (id, version) = (cells.parsed()?, cells.count()?);
        Ok(Row { version, value: T::read(id, cells)? })
    };
    let fid = row.get(0)?;
    record(&mut Cells::new(row, 1)).map_err(|reason| Fault::Row { table: T::TABLE.into(), fid, reason })
}

fn with_parts<T: Kept>(connection: &Connection, mut row: Row<T>) -> Result<Row<T>, Fault> {
    row.value.read_parts(connection)?;
    Ok(row)
}

/// The list of one record, from a query whose first column is the fid.
pub(super) fn parts<T>(
    connection: &Connection,
    table: &str,
    sql: &str,
    id: &Slug,
    read: impl Fn(&mut Cells) -> Cell<T>,
) -> Result<Vec<T>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.as_str()])?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        let fid = row.get(0)?;
        let part = read(&mut Cells::new(row, 1));
        parts.push(part.map_err(|reason| Fault::Row { table: table.into(), fid, reason })?);
    }
    Ok(parts)
}

/// SQLite's integers are signed.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).expect("numbers are checked to fit before they are written")
}
