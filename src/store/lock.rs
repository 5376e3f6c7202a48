//! One program at a time changes what is in a data folder: it holds the folder's lock while it lives. Readers need none.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::StoreError;

/// The file that is locked; there is nothing in it, and it stays.
const LOCK_FILE: &str = "guatu.lock";

/// The right to change what is in a data folder; it ends with the program, however that ends.
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the lock of a folder that is there.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another program has it; [`StoreError::Failed`] when it cannot be made.
    pub fn take(folder: &Path) -> Result<FolderLock, StoreError> {
        let path = folder.join(LOCK_FILE);
        let failed = |fault: std::io::Error| StoreError::Failed(format!("{}: {fault}", path.display()));
        let file = File::options().create(true).write(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(FolderLock { _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(StoreError::Busy(format!("another guatu is at work on {}", folder.display())))
            }
            Err(TryLockError::Error(fault)) => Err(failed(fault)),
        }
    }
}
