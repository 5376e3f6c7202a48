//! Exports that run and that wait to be fetched. Each has a file in a folder of its own that goes after a while; a server that starts finds none.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::ToSpan;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

use super::{Export, ExportError, Progress, Receipt, Request};
use crate::formats::file::FileFormat;
use crate::plan::Timestamp;
use crate::services::photos::hex;
use crate::services::{Audience, View};
use crate::store::scratch;

/// Exports of staff that run at once; more are told to come again.
pub const MAX_RUNNING: usize = 4;

/// The same for whoever is not signed in: apart, so that strangers keep no office from its files.
pub const MAX_RUNNING_FOR_PUBLIC: usize = 2;

/// Bytes of all files of staff, those that are being made among them; of those that wait to be fetched the oldest go first.
pub const MAX_KEPT_BYTES: u64 = 2 << 30;

/// The same for whoever is not signed in: apart, so that strangers push no office's files out.
pub const MAX_KEPT_BYTES_FOR_PUBLIC: u64 = 1 << 30;

/// Minutes that a file waits to be fetched.
pub const KEPT_MINUTES: i64 = 60;

/// Where an export is.
#[derive(Clone, Debug)]
pub enum Stage {
    Running,
    Done(Arc<Receipt>),
    Failed(Arc<ExportError>),
}

/// An export that somebody asked for.
pub struct Job {
    pub id: String,
    /// Whose eyes it was made for: what staff may see is for staff.
    pub audience: Audience,
    pub format: FileFormat,
    pub expires_at: Timestamp,
    pub progress: Arc<Progress>,
    stage: watch::Receiver<Stage>,
    folder: TempDir,
}

/// Room for exports: those of staff, and those of anybody.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub bytes_of_staff: u64,
    pub bytes_of_public: u64,
}

impl Default for Room {
    fn default() -> Room {
        Room { bytes_of_staff: MAX_KEPT_BYTES, bytes_of_public: MAX_KEPT_BYTES_FOR_PUBLIC }
    }
}

/// All exports of a server.
pub struct Exports {
    folder: PathBuf,
    room: Room,
    for_staff: Arc<Semaphore>,
    for_public: Arc<Semaphore>,
    jobs: Mutex<Vec<Arc<Job>>>,
}

#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Come again soon.
    #[error("as many exports as there is room for are being made already")]
    Busy,
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error("the folder of exports cannot be used: {0}")]
    Io(#[from] io::Error),
}

const FILE: &str = "file";

impl Job {
    pub fn stage(&self) -> Stage {
        self.stage.borrow().clone()
    }

    /// Waits until it has come to its end.
    pub async fn ended(&self) {
        let mut stage = self.stage.clone();
        // A sender that is gone has said its last word.
        let _ = stage.wait_for(|stage| !matches!(stage, Stage::Running)).await;
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join(FILE)
    }

    /// What it takes on the disk. Of one that is being made that is its file so far, and what its writer keeps beside it.
    fn bytes(&self) -> u64 {
        match &*self.stage.borrow() {
            Stage::Done(receipt) => receipt.bytes,
            Stage::Running => scratch::bytes_in(self.folder.path()),
            Stage::Failed(_) => 0,
        }
    }

    fn is_running(&self) -> bool {
        matches!(*self.stage.borrow(), Stage::Running)
    }

    fn is_of_staff(&self) -> bool {
        self.audience == Audience::Staff
    }
}

impl Exports {
    /// Keeps files below a folder, which is there and empty.
    pub fn new(folder: PathBuf) -> Exports {
        Exports::within(folder, Room::default())
    }

    /// As [`Exports::new`], in a room of another size.
    pub fn within(folder: PathBuf, room: Room) -> Exports {
        Exports {
            folder,
            room,
            for_staff: Arc::new(Semaphore::new(MAX_RUNNING)),
            for_public: Arc::new(Semaphore::new(MAX_RUNNING_FOR_PUBLIC)),
            jobs: Mutex::new(Vec::new()),
        }
    }

    /// Begins an export on a thread of its own.
    ///
    /// # Errors
    /// [`DeskError::Busy`]; [`ExportError::Request`] for what does not go together.
    pub fn begin(&self, export: Export, view: View, request: Request) -> Result<Arc<Job>, DeskError> {
        export.check(&view)?;
        self.sweep(request.at);
        let is_of_staff = view.audience == Audience::Staff;
        if self.bytes(is_of_staff) > self.room_of(is_of_staff) {
            // All that could go has gone: those that are being made have it all.
            return Err(DeskError::Busy);
        }
        let turns = if is_of_staff { &self.for_staff } else { &self.for_public };
        let turn = Arc::clone(turns).try_acquire_owned().map_err(|_| DeskError::Busy)?;
        let (told, stage) = watch::channel(Stage::Running);
        let job = Arc::new(Job {
            id: Uuid::new_v4().to_string(),
            audience: view.audience,
            format: export.format,
            expires_at: request.at.saturating_add(KEPT_MINUTES.minutes()).unwrap_or(Timestamp::MAX),
            progress: Arc::default(),
            stage,
            folder: tempfile::tempdir_in(&self.folder)?,
        });
        self.jobs().push(Arc::clone(&job));
        // The job itself is not held: whoever forgets it takes its folder away at once.
        let (folder, progress) = (job.folder.path().to_owned(), Arc::clone(&job.progress));
        let span = tracing::Span::current();
        tokio::task::spawn_blocking(move || {
            let _span = span.entered();
            let made = make(&export, &view, &request, &folder, &progress);
            // Whoever hears that it is done may ask for the next at once.
            drop(turn);
            told.send_replace(match made {
                Ok(receipt) => Stage::Done(Arc::new(receipt)),
                Err(fault) => Stage::Failed(Arc::new(fault)),
            });
        });
        Ok(job)
    }

    pub fn find(&self, id: &str, now: Timestamp) -> Option<Arc<Job>> {
        self.sweep(now);
        self.jobs().iter().find(|job| job.id == id).cloned()
    }

    /// Stops an export, or forgets its file.
    pub fn remove(&self, id: &str) {
        self.jobs().retain(|job| {
            if job.id == id {
                job.progress.stop.stop();
            }
            job.id != id
        });
    }

    /// Lets go of what has waited long enough, and of the oldest beyond the room that there is for staff, and for the public. What is being made takes room too,
    /// but only what is done goes. A file that is being fetched stays until it has been.
    pub fn sweep(&self, now: Timestamp) {
        let mut jobs = self.jobs();
        jobs.retain(|job| job.is_running() || job.expires_at > now);
        for is_of_staff in [true, false] {
            let sizes = jobs.iter().filter(|job| job.is_of_staff() == is_of_staff).map(|job| job.bytes());
            let mut bytes: u64 = sizes.sum();
            jobs.retain(|job| {
                let may_go = job.is_of_staff() == is_of_staff && !job.is_running();
                let goes = may_go && bytes > self.room_of(is_of_staff) && job.bytes() > 0;
                bytes = bytes.saturating_sub(if goes { job.bytes() } else { 0 });
                !goes
            });
        }
    }

    fn bytes(&self, is_of_staff: bool) -> u64 {
        self.jobs().iter().filter(|job| job.is_of_staff() == is_of_staff).map(|job| job.bytes()).sum()
    }

    fn room_of(&self, is_of_staff: bool) -> u64 {
        if is_of_staff { self.room.bytes_of_staff } else { self.room.bytes_of_public }
    }

    fn jobs(&self) -> MutexGuard<'_, Vec<Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes an export into a folder, with its receipt. Blocks.
fn make(
    export: &Export,
    view: &View,
    request: &Request,
    folder: &Path,
    progress: &Progress,
) -> Result<Receipt, ExportError> {
    let path = folder.join(FILE);
    let made = export.write(view, &path, folder, request.at, progress)?;
    let (bytes, sha256) = digest(&path).map_err(crate::formats::layer::WriteError::Io)?;
    Ok(Receipt::new(export, view, request, made, bytes, sha256))
}

/// As [`Exports::begin`] without a desk, for the command line: writes into a folder, and tells where the file is with its receipt.
///
/// # Errors
/// [`ExportError`]; what is in the folder then is of no use.
pub fn write_into(
    export: &Export,
    view: &View,
    request: &Request,
    folder: &Path,
    progress: &Progress,
) -> Result<(PathBuf, Receipt), ExportError> {
    export.check(view)?;
    Ok((folder.join(FILE), make(export, view, request, folder, progress)?))
}

fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut file = scratch::open(path)?;
    let (mut hasher, mut bytes, mut part) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        match file.read(&mut part)? {
            0 => break,
            read => {
                hasher.update(&part[..read]);
                bytes += read as u64;
            }
        }
    }
    Ok((bytes, hex(&hasher.finalize())))
}
