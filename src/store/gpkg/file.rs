//! Opens the file, makes it when it is missing, and leaves alone whatever is not ours. Reads no records.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::fault::not_a_store;
use super::functions;
use crate::store::StoreError;

mod schema {
    refinery::embed_migrations!("src/store/gpkg/migrations");
}

/// "GPKG", the application id of every GeoPackage.
const APPLICATION_ID: i32 = 0x4750_4B47;

/// Statements kept ready: some for each table, and several for each collection.
const STATEMENT_CACHE: usize = 256;

/// Opens the store at `path` for writing, or makes a new one where there is no file or an empty one.
///
/// SQLite alone touches the file: if we opened and closed it beside SQLite, the process would lose SQLite's locks on it.
pub(super) fn open(path: &Path, busy_timeout: Duration) -> Result<Connection, StoreError> {
    let failed = |fault: &dyn std::fmt::Display| StoreError::Failed(format!("{}: {fault}", path.display()));
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && metadata.len() == 0 => create(path)?,
        Ok(_) => {}
        Err(fault) if fault.kind() == ErrorKind::NotFound => create(path)?,
        Err(fault) => return Err(failed(&fault)),
    }
    let version = inspect(path, busy_timeout)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(|fault| failed(&fault))?;
    prepare(&connection, busy_timeout).map_err(|fault| failed(&fault))?;
    if version < latest_version() {
        migrate(&mut connection, path)?;
    }
    Ok(connection)
}

/// Opens a store that [`open`] has opened, for reading beside it.
pub(super) fn open_reader(path: &Path, busy_timeout: Duration) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(busy_timeout)?;
        Ok(connection)
    };
    open().map_err(|fault: rusqlite::Error| StoreError::Failed(format!("{}: {fault}", path.display())))
}

fn prepare(connection: &Connection, busy_timeout: Duration) -> rusqlite::Result<()> {
    connection.busy_timeout(busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    connection.pragma_update(None, "foreign_keys", true)?;
    // Readers such as QGIS go on while we write; with FULL a commit is on the disk before it is answered.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    functions::register(connection)
}

/// The schema version of a file that is ours. Opens it for reading only, so that a stranger's file stays as it is
/// (beside one in WAL mode SQLite may leave an empty `-wal`; opened for writing it would play a full one into the file).
pub(super) fn inspect(path: &Path, busy_timeout: Duration) -> Result<i32, StoreError> {
    let refuse = |fault: rusqlite::Error| match fault.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => not_a_store(path, "it is not an SQLite file"),
        _ => not_a_store(path, fault.to_string()),
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(refuse)?;
    connection.busy_timeout(busy_timeout).map_err(refuse)?;
    let application_id: i32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(refuse)?;
    if application_id != APPLICATION_ID {
        return Err(not_a_store(path, "it is an SQLite file, but not a GeoPackage"));
    }
    let is_ours = "SELECT count(*) = 2 FROM sqlite_schema WHERE name IN ('refinery_schema_history', 'changes')";
    if !connection.query_row(is_ours, [], |row| row.get(0)).map_err(refuse)? {
        return Err(not_a_store(path, "it is a GeoPackage, but not one that Guatu made"));
    }
    let version: i32 = connection
        .query_row("SELECT coalesce(max(version), 0) FROM refinery_schema_history", [], |row| row.get(0))
        .map_err(refuse)?;
    let latest = latest_version();
    if version > latest {
        let reason = format!("a newer Guatu wrote it: its schema is {version}, and this program knows {latest}");
        return Err(not_a_store(path, reason));
    }
    let known = "SELECT count(*) FROM refinery_schema_history WHERE version = ? AND name = ? AND checksum = ?";
    for step in schema::migrations::runner().get_migrations().iter().filter(|step| step.version() <= version) {
        let identity = (step.version(), step.name(), step.checksum().to_string());
        if connection.query_row(known, identity, |row| row.get::<_, u32>(0)).map_err(refuse)? != 1 {
            let reason = format!("its schema {} is not the one that this program knows", step.version());
            return Err(not_a_store(path, reason));
        }
    }
    Ok(version)
}

/// Makes the whole file under another name first: a store is there complete or not at all.
fn create(path: &Path) -> Result<(), StoreError> {
    let beside = |suffix: &str| {
        let mut name = OsString::from(path.as_os_str());
        name.push(suffix);
        PathBuf::from(name)
    };
    let failed = |fault: String| StoreError::Failed(format!("{} cannot be made: {fault}", path.display()));
    for suffix in ["-wal", "-journal"] {
        // SQLite would play a left-over journal into the new file.
        if beside(suffix).exists() {
            let reason =
                format!("the file is missing or empty, but its {suffix} is there; bring it back or move that away");
            return Err(not_a_store(path, reason));
        }
    }
    let partial = beside(".partial");
    for left_over in [&partial, &beside(".partial-journal")] {
        match fs::remove_file(left_over) {
            Err(fault) if fault.kind() != ErrorKind::NotFound => return Err(failed(fault.to_string())),
            _ => {}
        }
    }
    let mut connection = Connection::open(&partial).map_err(|fault| failed(fault.to_string()))?;
    migrate(&mut connection, path)?;
    connection.close().map_err(|(_, fault)| failed(fault.to_string()))?;
    fs::rename(&partial, path).map_err(|fault| failed(fault.to_string()))?;
    // The new name must outlast a power cut as the content does.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|fault| failed(fault.to_string()))
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let report = schema::migrations::runner().set_grouped(true).run(connection);
    let fault = |fault| StoreError::Failed(format!("{} cannot be brought to this schema: {fault}", path.display()));
    report.map(|_| ()).map_err(fault)
}

pub(super) fn latest_version() -> i32 {
    let runner = schema::migrations::runner();
    runner.get_migrations().iter().map(|migration| migration.version()).max().unwrap_or(0)
}
