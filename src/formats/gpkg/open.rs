//! Opens a stranger's GeoPackage so that nothing in it can run, write, or take more time and memory than a file may.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use super::schema::APPLICATION_ID;
use crate::formats::layer::ReadError;

/// Bytes of one row: more than the longest geometry and values of text that are read have.
const MAX_ROW_BYTES: i32 = 64 << 20;

/// Bytes of one statement, of which the file's own schema is made.
const MAX_SQL_BYTES: i32 = 1 << 20;

/// Steps of SQLite's machine for everything that is asked of a file: a million rows of 256 columns take a third of it.
const MAX_STEPS: u64 = 1_000_000_000;

/// Steps after which they are counted.
const STEPS_AT_ONCE: u16 = 50_000;

/// Application ids that a GeoPackage has had: 1.0, 1.1, and since 1.2.
const APPLICATION_IDS: [i32; 3] = [0x4750_3130, 0x4750_3131, APPLICATION_ID];

/// Opens for reading alone, as a file that nobody changes; views and triggers of it are dead.
pub(super) fn open(path: &Path) -> Result<Connection, ReadError> {
    let uri = uri_of(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let prepare = || {
        let connection = Connection::open_with_flags(uri, flags)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_ROW_BYTES)?;
        connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, MAX_SQL_BYTES)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        let mut steps = 0_u64;
        let count = move || {
            steps += u64::from(STEPS_AT_ONCE);
            steps > MAX_STEPS
        };
        connection.progress_handler(i32::from(STEPS_AT_ONCE), Some(count))?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        Ok((connection, id))
    };
    let (connection, id) = prepare().map_err(|fault| fault_at("the file", &fault))?;
    if !APPLICATION_IDS.contains(&id) {
        let reason = format!("it is an SQLite file, but its application id {id:#x} is not that of a GeoPackage");
        return Err(ReadError::refused("the file", reason));
    }
    Ok(connection)
}

/// `immutable` keeps SQLite from locks and journals beside the file.
fn uri_of(path: &Path) -> Result<String, ReadError> {
    let text = path.to_str().ok_or_else(|| ReadError::refused("the file", "its path is not UTF-8"))?;
    let path = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    Ok(format!("file:{}?mode=ro&immutable=1", path.replace("%2F", "/")))
}

/// Whether the file has a table of that name: no view, nothing virtual.
pub(super) fn is_table(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT type = 'table' AND upper(substr(sql, 1, 14)) <> 'CREATE VIRTUAL' FROM sqlite_schema
               WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')";
    let found: Option<Option<bool>> = connection.query_row(sql, [name], |row| row.get(0)).optional()?;
    Ok(found.flatten().unwrap_or(false))
}

pub(super) fn fault_at(at: &str, fault: &rusqlite::Error) -> ReadError {
    let reason = match fault.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "it is no SQLite file, so no GeoPackage".to_owned(),
        Some(ErrorCode::OperationInterrupted) => "reading it takes more steps than a file may".to_owned(),
        Some(ErrorCode::CannotOpen) => return ReadError::Io(std::io::Error::other(fault.to_string())),
        Some(ErrorCode::DatabaseCorrupt) => format!("the file is damaged: {fault}"),
        _ => fault.to_string(),
    };
    ReadError::refused(at, reason)
}
