//! Files that stay for a while: each under an id, with a note beside it that says what it is. Knows no formats and no users.
//!
//! `{id}.part` is being received, `{id}.file` is whole, `{id}.json` is its note and is written last: what has none is swept away.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::StoreError;
use crate::plan::Slug;

pub struct FileStore {
    folder: PathBuf,
}

/// A file that is being received; dropped before it is kept, it leaves nothing behind.
pub struct Incoming {
    file: File,
    path: PathBuf,
    is_kept: bool,
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.is_kept {
            // What cannot be removed now is swept at the next start.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Incoming {
    /// # Errors
    /// [`StoreError::Full`] when there is no room.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(bytes).map_err(|fault| failed(&self.path, fault))
    }

    /// The bytes so far, to be read from the beginning.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl FileStore {
    /// Opens a folder, makes it where it is not there, and removes what a stop left half-received.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the folder cannot be used.
    pub fn open(folder: &Path) -> Result<FileStore, StoreError> {
        fs::create_dir_all(folder).map_err(|fault| failed(folder, fault))?;
        let store = FileStore { folder: folder.to_owned() };
        for entry in fs::read_dir(folder).map_err(|fault| failed(folder, fault))? {
            let path = entry.map_err(|fault| failed(folder, fault))?.path();
            let is_whole = path.extension().is_some_and(|ending| ending == "json")
                || (path.extension().is_some_and(|ending| ending == "file") && path.with_extension("json").exists());
            if !is_whole && path.is_file() {
                fs::remove_file(&path).map_err(|fault| failed(&path, fault))?;
            }
        }
        Ok(store)
    }

    /// Begins to receive a file.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when it cannot be made.
    pub fn begin(&self, id: &Slug) -> Result<Incoming, StoreError> {
        let path = self.folder.join(format!("{id}.part"));
        let file = File::options().read(true).write(true).create_new(true).open(&path);
        Ok(Incoming { file: file.map_err(|fault| failed(&path, fault))?, path, is_kept: false })
    }

    /// Keeps a file that was received, with its note.
    ///
    /// # Errors
    /// As [`Incoming::append`]; nothing is kept then.
    pub fn keep(&self, id: &Slug, mut incoming: Incoming, note: &[u8]) -> Result<(), StoreError> {
        let path = self.path(id);
        fs::rename(&incoming.path, &path).map_err(|fault| failed(&path, fault))?;
        incoming.is_kept = true;
        self.put_note(id, note).inspect_err(|_| {
            let _ = fs::remove_file(&path);
        })
    }

    /// Writes a note anew, whole or not at all.
    ///
    /// # Errors
    /// As [`Incoming::append`].
    pub fn put_note(&self, id: &Slug, note: &[u8]) -> Result<(), StoreError> {
        let (path, beside) = (self.note_path(id), self.folder.join(format!("{id}.note")));
        fs::write(&beside, note).map_err(|fault| failed(&beside, fault))?;
        fs::rename(&beside, &path).map_err(|fault| failed(&path, fault))
    }

    /// All notes with their ids, in the order of the ids.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the folder cannot be read.
    pub fn notes(&self) -> Result<Vec<(Slug, Vec<u8>)>, StoreError> {
        let mut notes = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(|fault| failed(&self.folder, fault))? {
            let path = entry.map_err(|fault| failed(&self.folder, fault))?.path();
            let id = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<Slug>().ok());
            if let Some(id) = id.filter(|_| path.extension().is_some_and(|ending| ending == "json")) {
                notes.push((id, fs::read(&path).map_err(|fault| failed(&path, fault))?));
            }
        }
        notes.sort();
        Ok(notes)
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when it is not there.
    pub fn read(&self, id: &Slug) -> Result<File, StoreError> {
        let path = self.path(id);
        File::open(&path).map_err(|fault| failed(&path, fault))
    }

    pub fn path(&self, id: &Slug) -> PathBuf {
        self.folder.join(format!("{id}.file"))
    }

    fn note_path(&self, id: &Slug) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    /// Removes a file and its note; what is not there is gone already.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when it cannot be removed.
    pub fn remove(&self, id: &Slug) -> Result<(), StoreError> {
        for path in [self.note_path(id), self.path(id)] {
            match fs::remove_file(&path) {
                Err(fault) if fault.kind() != ErrorKind::NotFound => return Err(failed(&path, fault)),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Opens a file that somebody names, for reading.
///
/// # Errors
/// [`StoreError::Failed`] when it cannot be opened.
pub fn open(path: &Path) -> Result<File, StoreError> {
    File::open(path).map_err(|fault| failed(path, fault))
}

#[expect(clippy::needless_pass_by_value, reason = "faults are handed over where they happen")]
fn failed(path: &Path, fault: std::io::Error) -> StoreError {
    let told = format!("{}: {fault}", path.display());
    match fault.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full(told),
        _ => StoreError::Failed(told),
    }
}
