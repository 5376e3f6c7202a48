//! Opens the accounts' file, makes it when it is missing, and leaves alone whatever is not ours.

use std::fs::{self, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::store::StoreError;

mod schema {
    refinery::embed_migrations!("src/store/accounts/file/migrations");
}

/// "GTAC", so that no other SQLite file is taken for ours.
const APPLICATION_ID: i32 = 0x4754_4143;

/// Read and written by its owner alone; SQLite gives the files beside it the same mode.
const MODE: u32 = 0o600;

/// How long to wait for another process, such as `guatu user`.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    let failed = |fault: &dyn std::fmt::Display| StoreError::Failed(format!("{}: {fault}", path.display()));
    let not_ours = |reason: String| StoreError::NotAStore { path: path.display().to_string(), reason };
    // Made with its mode before SQLite sees it, so that it is never readable by others, not even while it is empty.
    match OpenOptions::new().write(true).create_new(true).mode(MODE).open(path) {
        Err(fault) if fault.kind() != ErrorKind::AlreadyExists => return Err(failed(&fault)),
        _ => {}
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(|fault| failed(&fault))?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(|fault| failed(&fault))?;
    let tables = |connection: &Connection| {
        let application_id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let tables: u32 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok::<_, rusqlite::Error>((application_id, tables))
    };
    let (application_id, tables) = tables(&connection).map_err(|fault| not_ours(fault.to_string()))?;
    if tables > 0 && application_id != APPLICATION_ID {
        return Err(not_ours("it is an SQLite file, but not one with accounts".to_owned()));
    }
    fs::set_permissions(path, Permissions::from_mode(MODE)).map_err(|fault| failed(&fault))?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(|fault| failed(&fault))?;
    prepare(&mut connection).map_err(not_ours)?;
    Ok(connection)
}

pub(super) fn in_memory() -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory().map_err(failed)?;
    prepare(&mut connection).map_err(StoreError::Failed)?;
    Ok(connection)
}

/// Brings the schema up to this program's. A step that this program does not know is a newer program's.
fn prepare(connection: &mut Connection) -> Result<(), String> {
    let told = |fault: rusqlite::Error| fault.to_string();
    connection.pragma_update(None, "foreign_keys", true).map_err(told)?;
    // A session that was ended or a token that was revoked stays so after a power cut.
    connection.pragma_update(None, "synchronous", "FULL").map_err(told)?;
    schema::migrations::runner().set_grouped(true).run(connection).map_err(|fault| fault.to_string())?;
    Ok(())
}

/// SQLite's word for what other connections have committed; ours do not count in it.
pub(super) fn others(connection: &Connection) -> Result<i64, StoreError> {
    connection.pragma_query_value(None, "data_version", |row| row.get(0)).map_err(failed)
}

/// A fault of the file. Never holds what a statement was given.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
pub(super) fn failed(fault: rusqlite::Error) -> StoreError {
    let said = format!("accounts: {fault}");
    match fault.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(said),
        _ => StoreError::Failed(said),
    }
}
