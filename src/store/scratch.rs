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

/// Bytes of all files below a folder. What goes meanwhile counts as nothing.
pub fn bytes_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => bytes_in(&entry.path()),
        about => about.map_or(0, |about| about.len()),
    };
    entries.map(size).sum()
}

#[cfg(test)]
mod tests {
    use super::bytes_in;

    #[test]
    fn what_is_being_made_takes_room_with_all_that_its_writer_keeps() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("file"), [0; 100]).expect("room");
        let beside = folder.path().join("beside");
        std::fs::create_dir(&beside).expect("room");
        std::fs::write(beside.join("index"), [0; 20]).expect("room");
        assert_eq!(bytes_in(folder.path()), 120);
        assert_eq!(bytes_in(&folder.path().join("gone")), 0);
    }
}
