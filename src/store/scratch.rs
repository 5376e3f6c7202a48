//! A folder for files that go with the server that made them, and files in it: what is being exported. Keeps nothing.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A folder that is there and empty, whatever an earlier run left in it.
///
/// # Errors
/// When the folder cannot be cleared or made.
pub fn empty_folder(path: &Path) -> io::Result<PathBuf> {
    match fs::remove_dir_all(path) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
        _ => {}
    }
    fs::create_dir_all(path)?;
    Ok(path.to_owned())
}

/// # Errors
/// When the file is not there or cannot be read.
pub fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// A new file, to be written and read.
///
/// # Errors
/// When it cannot be made.
pub fn create(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(true).open(path)
}
