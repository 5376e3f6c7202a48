//! Folders for files that come and go: what is being exported and imported. What is in them is nobody's only copy.

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
