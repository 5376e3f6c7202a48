//! Imports on their shelf: files that were sent, for a day, with what was said and found out about each. Reads files and blocks on the
//! disk; what is in them is looked at elsewhere.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::ToSpan;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::MAX_UPLOAD_BYTES;
use super::layers::Source;
use super::mapping::Mapping;
use super::preview::{self, Preview};
use super::suggest::{Inspection, inspect};
use crate::atlas::Atlas;
use crate::formats::layer::ReadError;
use crate::formats::read::SourceFormat;
use crate::plan::{RequestKey, Slug, Timestamp};
use crate::services::edits::Author;
use crate::services::photos::hex;
use crate::services::workbook::Fault;
use crate::store::StoreError;
use crate::store::files::{FileStore, Incoming};

/// Hours that a file stays.
const KEPT_HOURS: i64 = 24;

/// Files of one user at a time, those that are on their way among them.
pub const MAX_IMPORTS: usize = 10;

/// Files of all users at a time, those that are on their way among them.
pub const MAX_ALL_IMPORTS: usize = 100;

/// Bytes of all users' files, those that are on their way among them.
pub const MAX_ALL_BYTES: u64 = 8 << 30;

/// Previews in memory, of all users; each may hold some 100 MB of shapes, and an older one is made anew when its mapping is sent again.
const MAX_PREVIEWS: usize = 4;

/// Why an import cannot go on, by what the caller should do.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Send it again.
    #[error("there is no import {0} of yours")]
    Absent(Slug),
    /// Delete one first.
    #[error("there are {MAX_IMPORTS} imports of yours already; delete one first")]
    TooMany,
    /// Come again later.
    #[error("the imports of all users together take all the room that there is for them")]
    Full,
    /// Bring it in parts.
    #[error("a file has at most {MAX_UPLOAD_BYTES} bytes")]
    TooLarge,
    /// Send another format.
    #[error("{0} is in no format that is read here")]
    UnknownFormat(String),
    /// Send another file.
    #[error("{0}")]
    Refused(String),
    /// Mend the mapping.
    #[error("the mapping cannot be done: {}", .0.iter().map(|fault| format!("{}: {}", fault.field, fault.detail.en)).collect::<Vec<_>>().join("; "))]
    Mapping(Vec<Fault>),
    /// Look at the import as it is now.
    #[error("{0}")]
    Conflict(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ReadError> for ImportError {
    fn from(fault: ReadError) -> ImportError {
        match fault {
            ReadError::Refused { .. } => ImportError::Refused(fault.to_string()),
            ReadError::Io(fault) => match fault.kind() {
                // Decoders tell so of bytes that are not what they should be.
                std::io::ErrorKind::InvalidData
                | std::io::ErrorKind::InvalidInput
                | std::io::ErrorKind::UnexpectedEof => ImportError::Refused(format!("the file is damaged: {fault}")),
                _ => ImportError::Store(StoreError::Failed(fault.to_string())),
            },
        }
    }
}

/// What landed of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {
    /// Its first change, and its last.
    pub batch: u64,
    pub sequence: u64,
    pub changes: usize,
}

/// A file that was sent, and how far its import is.
pub struct Import {
    pub id: Slug,
    pub owner: String,
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
    pub format: SourceFormat,
    pub created_at: Timestamp,
    inspection: OnceLock<Arc<Inspection>>,
    state: Mutex<State>,
}

#[derive(Clone, Debug, Default)]
struct State {
    mapping: Option<Mapping>,
    committed: Option<Committed>,
    /// The request that committed it.
    request: Option<(String, u64)>,
    is_committing: bool,
    /// The disk failed when this was to be noted beside the file.
    is_unwritten: bool,
}

impl State {
    fn check_open(&self) -> Result<(), ImportError> {
        match &self.committed {
            Some(committed) => Err(ImportError::Conflict(format!(
                "it was committed already, as batch {}; undo that, or send the file again",
                committed.batch
            ))),
            None if self.is_committing => Err(ImportError::Conflict("it is being committed".to_owned())),
            None => Ok(()),
        }
    }
}

/// An import as it is kept beside its file.
#[derive(Serialize, Deserialize)]
struct Note {
    owner: String,
    name: String,
    bytes: u64,
    sha256: String,
    format: String,
    created_at: Timestamp,
    mapping: Option<Mapping>,
    committed: Option<Committed>,
    request: Option<(String, u64)>,
}

impl Import {
    pub fn expires_at(&self) -> Timestamp {
        self.created_at + KEPT_HOURS.hours()
    }

    pub fn mapping(&self) -> Option<Mapping> {
        self.state().mapping.clone()
    }

    pub fn committed(&self) -> Option<Committed> {
        self.state().committed.clone()
    }

    /// Whether this very request has committed it.
    pub fn was_committed_by(&self, request: Option<&RequestKey>) -> bool {
        let state = self.state();
        request.is_some_and(|request| {
            state.committed.is_some() && state.request == Some((request.key.clone(), request.digest))
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self) -> Vec<u8> {
        let State { mapping, committed, request, .. } = self.state().clone();
        let note = Note {
            owner: self.owner.clone(),
            name: self.name.clone(),
            bytes: self.bytes,
            sha256: self.sha256.clone(),
            format: self.format.id().to_owned(),
            created_at: self.created_at,
            mapping,
            committed,
            request,
        };
        serde_json::to_vec(&note).unwrap_or_default()
    }

    fn of_note(id: Slug, note: &[u8]) -> Option<Import> {
        let note: Note = serde_json::from_slice(note).ok()?;
        let format = SourceFormat::ALL.into_iter().find(|format| format.id() == note.format)?;
        Some(Import {
            id,
            owner: note.owner,
            name: note.name,
            bytes: note.bytes,
            sha256: note.sha256,
            format,
            created_at: note.created_at,
            inspection: OnceLock::new(),
            state: Mutex::new(State {
                mapping: note.mapping,
                committed: note.committed,
                request: note.request,
                ..State::default()
            }),
        })
    }
}

/// A file on its way; dropped before it is finished, it leaves nothing behind.
pub struct Receiving {
    id: Slug,
    owner: String,
    incoming: Incoming,
    digest: Sha256,
    bytes: u64,
    place: Place,
}

/// Files that are being received.
#[derive(Debug, Default)]
struct OnTheWay {
    count_of: BTreeMap<String, usize>,
    bytes: u64,
}

/// A place among those that there are, for a user and for all, until the import takes it or the file breaks off.
struct Place {
    on_the_way: Arc<Mutex<OnTheWay>>,
    owner: String,
    bytes: u64,
    /// Bytes that all that is on its way may have together.
    room: u64,
}

impl Place {
    fn take(&mut self, bytes: u64) -> Result<(), ImportError> {
        let mut on_the_way = self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        if on_the_way.bytes + bytes > self.room {
            return Err(ImportError::Full);
        }
        on_the_way.bytes += bytes;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut on_the_way = self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        on_the_way.bytes -= self.bytes;
        if let Some(count) = on_the_way.count_of.get_mut(&self.owner) {
            *count = count.saturating_sub(1);
        }
    }
}

impl Receiving {
    /// # Errors
    /// [`ImportError::TooLarge`], [`ImportError::Full`], or what the disk says.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), ImportError> {
        self.bytes += bytes.len() as u64;
        if self.bytes > MAX_UPLOAD_BYTES {
            return Err(ImportError::TooLarge);
        }
        self.place.take(bytes.len() as u64)?;
        self.digest.update(bytes);
        Ok(self.incoming.append(bytes)?)
    }
}

/// Room for the imports of all users together.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub count: usize,
    pub bytes: u64,
}

impl Default for Room {
    fn default() -> Room {
        Room { count: MAX_ALL_IMPORTS, bytes: MAX_ALL_BYTES }
    }
}

/// All imports of a server.
pub struct Imports {
    files: FileStore,
    room: Room,
    known: Mutex<BTreeMap<Slug, Arc<Import>>>,
    on_the_way: Arc<Mutex<OnTheWay>>,
    /// The latest, the last made at the end.
    previews: Mutex<VecDeque<(Slug, Arc<Preview>)>>,
}

/// The right to commit an import, for one request at a time.
pub struct Committing<'a> {
    imports: &'a Imports,
    import: Arc<Import>,
    pub preview: Arc<Preview>,
}

impl Drop for Committing<'_> {
    fn drop(&mut self) {
        self.import.state().is_committing = false;
    }
}

impl Committing<'_> {
    /// Says what landed, and by which request. It has landed whatever the disk says: where that cannot be noted now, it is known until the server stops, and
    /// [`Imports::sweep`] notes it when the disk is well again.
    pub fn done(self, committed: Committed, request: Option<&RequestKey>) {
        {
            let mut state = self.import.state();
            state.committed = Some(committed);
            state.request = request.map(|request| (request.key.clone(), request.digest));
        }
        self.imports.forget_preview(&self.import.id);
        self.imports.note_commit(&self.import);
    }
}

impl Imports {
    /// Those that an earlier run left; a note that cannot be read any more goes with its file.
    ///
    /// # Errors
    /// What the disk says.
    pub fn new(files: FileStore) -> Result<Imports, StoreError> {
        Imports::within(files, Room::default())
    }

    /// As [`Imports::new`], in a room of another size.
    ///
    /// # Errors
    /// As [`Imports::new`].
    pub fn within(files: FileStore, room: Room) -> Result<Imports, StoreError> {
        let mut known = BTreeMap::new();
        for (id, note) in files.notes()? {
            match Import::of_note(id.clone(), &note) {
                Some(import) => drop(known.insert(id, Arc::new(import))),
                None => files.remove(&id)?,
            }
        }
        Ok(Imports { files, room, known: Mutex::new(known), on_the_way: Arc::default(), previews: Mutex::default() })
    }

    /// Begins to receive a file.
    ///
    /// # Errors
    /// [`ImportError::TooMany`], [`ImportError::Full`], or what the disk says.
    pub fn begin(&self, owner: &str, now: Timestamp) -> Result<Receiving, ImportError> {
        let mut on_the_way = self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        let coming = on_the_way.count_of.get(owner).copied().unwrap_or_default();
        if self.list(owner, now).len() + coming >= MAX_IMPORTS {
            return Err(ImportError::TooMany);
        }
        let (count, bytes) = self.known().values().fold((0, 0), |(count, bytes), one| (count + 1, bytes + one.bytes));
        let room = self.room.bytes.saturating_sub(bytes);
        if count + on_the_way.count_of.values().sum::<usize>() >= self.room.count || on_the_way.bytes >= room {
            return Err(ImportError::Full);
        }
        *on_the_way.count_of.entry(owner.to_owned()).or_default() += 1;
        drop(on_the_way);
        let place = Place { on_the_way: Arc::clone(&self.on_the_way), owner: owner.to_owned(), bytes: 0, room };
        let id: Slug = Uuid::now_v7().to_string().parse().expect("a UUID in lower case is an id");
        let incoming = self.files.begin(&id)?;
        Ok(Receiving { id, owner: owner.to_owned(), incoming, digest: Sha256::new(), bytes: 0, place })
    }

    /// Looks at a file that has come as a whole, and keeps it.
    ///
    /// # Errors
    /// [`ImportError::UnknownFormat`], [`ImportError::Refused`]; nothing is kept then.
    pub fn finish(
        &self,
        mut receiving: Receiving,
        name: &str,
        atlas: &Atlas,
        now: Timestamp,
    ) -> Result<Arc<Import>, ImportError> {
        let path = receiving.incoming.path().to_owned();
        let file = receiving.incoming.file();
        let format = SourceFormat::recognise(name, file)?.ok_or_else(|| ImportError::UnknownFormat(name.to_owned()))?;
        let inspection = inspect(&mut Source { format, file, path: &path }, name, atlas)?;
        let sha256 = hex(&receiving.digest.finalize());
        let import = Import {
            id: receiving.id.clone(),
            owner: receiving.owner.clone(),
            name: name.to_owned(),
            bytes: receiving.bytes,
            sha256,
            format,
            created_at: now,
            inspection: OnceLock::from(Arc::new(inspection)),
            state: Mutex::default(),
        };
        self.files.keep(&receiving.id, receiving.incoming, &import.note())?;
        let import = Arc::new(import);
        self.known().insert(import.id.clone(), Arc::clone(&import));
        Ok(import)
    }

    /// One's own, the oldest first.
    pub fn list(&self, owner: &str, now: Timestamp) -> Vec<Arc<Import>> {
        let is_there = |import: &&Arc<Import>| import.owner == owner && import.expires_at() > now;
        self.known().values().filter(is_there).cloned().collect()
    }

    /// # Errors
    /// [`ImportError::Absent`], also for those of others.
    pub fn find(&self, owner: &str, id: &Slug, now: Timestamp) -> Result<Arc<Import>, ImportError> {
        let known = self.known().get(id).cloned();
        let own = known.filter(|import| import.owner == owner && import.expires_at() > now);
        own.ok_or_else(|| ImportError::Absent(id.clone()))
    }

    /// # Errors
    /// As [`Imports::find`], or what the disk says.
    pub fn remove(&self, owner: &str, id: &Slug, now: Timestamp) -> Result<(), ImportError> {
        let import = self.find(owner, id, now)?;
        if import.state().is_committing {
            return Err(ImportError::Conflict(format!("the import {id} is being committed")));
        }
        Ok(self.drop_import(id)?)
    }

    /// What a file holds; looked at again after a restart.
    ///
    /// # Errors
    /// A file that cannot be read any more.
    pub fn inspection(&self, import: &Import, atlas: &Atlas) -> Result<Arc<Inspection>, ImportError> {
        if let Some(inspection) = import.inspection.get() {
            return Ok(Arc::clone(inspection));
        }
        let (mut file, path) = (self.files.read(&import.id)?, self.files.path(&import.id));
        let mut source = Source { format: import.format, file: &mut file, path: &path };
        let inspection = Arc::new(inspect(&mut source, &import.name, atlas)?);
        Ok(Arc::clone(import.inspection.get_or_init(|| inspection)))
    }

    /// The preview of the mapping as it is, where it is still in memory.
    pub fn preview(&self, id: &Slug) -> Option<Arc<Preview>> {
        let previews = self.previews.lock().unwrap_or_else(PoisonError::into_inner);
        previews.iter().find(|(known, _)| known == id).map(|(_, preview)| Arc::clone(preview))
    }

    /// Takes a mapping and makes its preview.
    ///
    /// # Errors
    /// As [`preview::preview`]; [`ImportError::Conflict`] for an import that was committed, or is being. The mapping is as before then.
    pub fn map(
        &self,
        import: &Arc<Import>,
        mapping: Mapping,
        atlas: &Atlas,
        author: &Author,
    ) -> Result<Arc<Preview>, ImportError> {
        import.state().check_open()?;
        let inspection = self.inspection(import, atlas)?;
        let (mut file, path) = (self.files.read(&import.id)?, self.files.path(&import.id));
        let mut source = Source { format: import.format, file: &mut file, path: &path };
        let preview = Arc::new(preview::preview(&mut source, &inspection, &mapping, atlas, author)?);
        {
            // Both at once, as a commit takes both.
            let mut state = import.state();
            state.check_open()?;
            state.mapping = Some(mapping);
            self.keep_preview(&import.id, &preview);
        }
        self.files.put_note(&import.id, &import.note())?;
        Ok(preview)
    }

    fn keep_preview(&self, id: &Slug, preview: &Arc<Preview>) {
        let mut previews = self.previews.lock().unwrap_or_else(PoisonError::into_inner);
        previews.retain(|(known, _)| known != id);
        previews.push_back((id.clone(), Arc::clone(preview)));
        while previews.len() > MAX_PREVIEWS {
            previews.pop_front();
        }
    }

    /// Takes the right to commit an import.
    ///
    /// # Errors
    /// [`ImportError::Conflict`] when it was committed, is being committed, or has no preview.
    pub fn begin_commit(&self, import: &Arc<Import>) -> Result<Committing<'_>, ImportError> {
        let mut state = import.state();
        state.check_open()?;
        let preview = self.preview(&import.id).ok_or_else(|| {
            ImportError::Conflict("there is no preview of it any more; send its mapping again".to_owned())
        })?;
        state.is_committing = true;
        drop(state);
        Ok(Committing { imports: self, import: Arc::clone(import), preview })
    }

    /// Removes what has been here for its day, and what belongs to nobody who `is_active`; notes what the disk did not take. Says how many went.
    ///
    /// # Errors
    /// What the disk says; what is left goes the next time.
    pub fn sweep(&self, now: Timestamp, is_active: impl Fn(&str) -> bool) -> Result<usize, StoreError> {
        let unwritten: Vec<_> = self.known().values().filter(|import| import.state().is_unwritten).cloned().collect();
        unwritten.iter().for_each(|import| self.note_commit(import));
        let is_over = |import: &&Arc<Import>| {
            (import.expires_at() <= now || !is_active(&import.owner)) && !import.state().is_committing
        };
        let over: Vec<Slug> = self.known().values().filter(is_over).map(|import| import.id.clone()).collect();
        for id in &over {
            self.drop_import(id)?;
        }
        Ok(over.len())
    }

    fn note_commit(&self, import: &Import) {
        let noted = self.files.put_note(&import.id, &import.note());
        if let Err(fault) = &noted {
            tracing::error!(import = %import.id, %fault, "an import landed, but that cannot be noted beside its file");
        }
        import.state().is_unwritten = noted.is_err();
    }

    fn drop_import(&self, id: &Slug) -> Result<(), StoreError> {
        self.forget_preview(id);
        self.files.remove(id)?;
        self.known().remove(id);
        Ok(())
    }

    fn forget_preview(&self, id: &Slug) {
        self.previews.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _)| known != id);
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Slug, Arc<Import>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
