//! The one way by which the plan changes: requests are prepared in turn, committed in groups, published, and told to listeners.
//!
//! Whoever waits for an edit gets its answer when the edit is on the disk and every new reader sees it.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::{broadcast, mpsc, oneshot};

use super::edits::EditError;
use super::publish::Published;
use crate::atlas::{Atlas, AtlasError};
use crate::plan::{Batch, Change, Edit, Photo, Record, RecordKey, RecordType, RequestKey, Slug};
use crate::store::{ServerStore, Store, StoreError};

/// Requests that wait for their turn; more are told to come again.
const QUEUE: usize = 1_024;

/// Batches that share one sync of the disk.
const MAX_GROUP: usize = 256;

/// Groups of changes that a slow listener may fall behind before it has to read the log.
const EVENTS_KEPT: usize = 1_024;

/// Prepares a batch against what is there when its turn comes; it may be asked again.
type Prepare = Box<dyn Fn(&Atlas) -> Result<Batch, EditError> + Send>;

/// What became of a request to change the plan.
#[derive(Clone, Debug)]
pub struct Landed {
    pub changes: Vec<Change>,
    /// The request landed before, and nothing was changed now.
    pub repeated: bool,
    /// The last change that every new reader sees.
    pub seq: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Come again soon.
    #[error("too many changes are waiting")]
    Overloaded,
    #[error("the server is stopping")]
    Stopping,
}

struct Job {
    prepare: Prepare,
    /// The actor and the key by which a request that is sent again is known.
    request: Option<(String, RequestKey)>,
    answer: oneshot::Sender<Result<Landed, WriteError>>,
}

/// Changes that were published together.
pub type Event = Arc<Vec<Change>>;

/// Hands requests to the task that changes the plan.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
    events: broadcast::Sender<Event>,
}

impl Writer {
    /// Starts the task; it ends when the last writer is dropped.
    pub fn start(store: Arc<ServerStore>, published: Arc<Published>) -> Writer {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let (events, _) = broadcast::channel(EVENTS_KEPT);
        let desk = Desk { store, published, events: events.clone() };
        tokio::spawn(desk.run(jobs));
        Writer { queue, events }
    }

    /// Changes the plan by what `prepare` makes of it when its turn comes.
    ///
    /// # Errors
    /// What `prepare` says, or what the store does; nothing was changed then.
    pub async fn write(
        &self,
        request: Option<(String, RequestKey)>,
        prepare: impl Fn(&Atlas) -> Result<Batch, EditError> + Send + 'static,
    ) -> Result<Landed, WriteError> {
        let (answer, landed) = oneshot::channel();
        let job = Job { prepare: Box::new(prepare), request, answer };
        self.queue.try_send(job).map_err(|fault| match fault {
            mpsc::error::TrySendError::Full(_) => WriteError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => WriteError::Stopping,
        })?;
        landed.await.map_err(|_| WriteError::Stopping)?
    }

    /// All that is published from now on.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}

struct Desk {
    store: Arc<ServerStore>,
    published: Arc<Published>,
    events: broadcast::Sender<Event>,
}

/// Batches that are ready to land together.
#[derive(Default)]
struct Group {
    batches: Vec<Batch>,
    answers: Vec<oneshot::Sender<Result<Landed, WriteError>>>,
    /// Records that its batches change, and those that they were judged by.
    written: HashSet<RecordKey>,
    read: HashSet<RecordKey>,
    keys: HashSet<(String, String)>,
    is_full: bool,
}

impl Desk {
    async fn run(self, mut jobs: mpsc::Receiver<Job>) {
        let mut held: Option<Job> = None;
        loop {
            let first = match held.take() {
                Some(job) => job,
                None => match jobs.recv().await {
                    Some(job) => job,
                    None => return,
                },
            };
            let mut group = Group::default();
            held = self.admit(&mut group, first).await;
            while held.is_none() && !group.is_full {
                let Ok(job) = jobs.try_recv() else { break };
                held = self.admit(&mut group, job).await;
            }
            if !group.batches.is_empty() {
                self.land(group).await;
            }
        }
    }

    /// Takes a job into the group, answers it, or gives it back because the group must land first.
    async fn admit(&self, group: &mut Group, job: Job) -> Option<Job> {
        if let Some((actor, request)) = &job.request
            && group.keys.contains(&(actor.clone(), request.key.clone()))
        {
            return Some(job);
        }
        let atlas = self.published.current();
        let prepared = tokio::task::spawn_blocking(move || {
            let prepared = (job.prepare)(&atlas).map(|batch| {
                let (written, read) = touched(&atlas, &batch);
                Prepared { batch, written, read }
            });
            (job, prepared)
        });
        let (job, prepared) = match prepared.await {
            Ok(done) => done,
            Err(fault) => {
                // The job went with its panic, and with it whoever waits is told that there is no answer.
                tracing::error!(%fault, "an edit cannot be prepared");
                return None;
            }
        };
        match prepared {
            // A request that does not fit what is published may yet fit what its group brings.
            Err(_) if !group.batches.is_empty() => Some(job),
            Err(fault) => {
                self.refuse(job, fault).await;
                None
            }
            Ok(Prepared { batch, written, read }) => {
                let goes_alone = goes_alone(&batch);
                let meets = |keys: &HashSet<RecordKey>, others: &HashSet<RecordKey>| !keys.is_disjoint(others);
                let must_wait = goes_alone
                    || meets(&written, &group.written)
                    || meets(&written, &group.read)
                    || meets(&read, &group.written);
                if must_wait && !group.batches.is_empty() {
                    return Some(job);
                }
                group.written.extend(written);
                group.read.extend(read);
                group.keys.extend(job.request.map(|(actor, request)| (actor, request.key)));
                group.batches.push(batch);
                group.answers.push(job.answer);
                group.is_full = goes_alone || group.batches.len() >= MAX_GROUP;
                None
            }
        }
    }

    /// Answers what cannot land, unless it landed before: then it no longer fits, and yet its answer is what it changed.
    async fn refuse(&self, job: Job, fault: EditError) {
        let before = match job.request {
            Some((actor, request)) => self.store.landed(actor, request).await,
            None => Ok(None),
        };
        let said = match before {
            Ok(None) => Err(fault.into()),
            Ok(Some(changes)) => Ok(Landed { changes, repeated: true, seq: self.published.current().seq() }),
            Err(fault) => Err(fault.into()),
        };
        answer(job.answer, said);
    }

    async fn land(&self, group: Group) {
        let Group { batches, answers, .. } = group;
        let committed = match self.store.commit_all(batches).await {
            Ok(committed) => committed,
            Err(fault) => {
                tracing::error!(%fault, "changes cannot be kept");
                let said = fault.to_string();
                for waiting in answers {
                    answer(waiting, Err(again(&fault, &said).into()));
                }
                return;
            }
        };
        let fresh = committed.iter().flatten().filter(|committed| !committed.repeated);
        let changes: Vec<Change> = fresh.flat_map(|committed| committed.changes.iter().cloned()).collect();
        if !changes.is_empty() {
            self.publish(&changes).await;
        }
        let seq = self.published.current().seq();
        for (waiting, committed) in answers.into_iter().zip(committed) {
            let landed = committed.map(|done| Landed { changes: done.changes, repeated: done.repeated, seq });
            answer(waiting, landed.map_err(WriteError::from));
        }
        if !changes.is_empty() {
            // Nobody may be listening.
            let _ = self.events.send(Arc::new(changes));
        }
    }

    /// Lets every new reader see what is on the disk.
    async fn publish(&self, changes: &[Change]) {
        match self.published.publish(changes) {
            Ok(true) => {
                let published = Arc::clone(&self.published);
                tokio::task::spawn_blocking(move || {
                    if let Err(fault) = published.rebuild() {
                        tracing::error!(%fault, "an index cannot be rebuilt");
                    }
                });
            }
            Ok(false) => {}
            Err(fault) => self.reload(&fault).await,
        }
    }

    /// The log and the atlas have parted: what is on the disk is true.
    async fn reload(&self, fault: &AtlasError) {
        tracing::error!(%fault, "changes do not follow on what is published; reading the store anew");
        match self.store.load().await {
            Ok(loaded) => match Atlas::build(loaded.seq, loaded.records) {
                Ok(atlas) => self.published.replace(atlas),
                Err(fault) => tracing::error!(%fault, "the store cannot be published"),
            },
            Err(fault) => tracing::error!(%fault, "the store cannot be read"),
        }
    }
}

/// A batch, the records that it changes, and those that it was judged by.
struct Prepared {
    batch: Batch,
    written: HashSet<RecordKey>,
    read: HashSet<RecordKey>,
}

/// What a batch changes and is judged by, where it need not go alone: a place or a report is judged by its project, before and after.
fn touched(atlas: &Atlas, batch: &Batch) -> (HashSet<RecordKey>, HashSet<RecordKey>) {
    let (mut written, mut read) = (HashSet::new(), HashSet::new());
    let project = |id: &Slug| RecordKey { record_type: RecordType::Project, collection: None, id: id.clone() };
    for edit in &batch.edits {
        let key = edit.key();
        if matches!(key.record_type, RecordType::Feature | RecordType::Inspection) {
            let before = atlas.record(&key);
            let after = if let Edit::Put { record, .. } = edit { Some(record) } else { None };
            let both = [before.as_ref().map(|row| &row.value), after];
            read.extend(both.into_iter().flatten().filter_map(Record::project).map(project));
        }
        // A photo belongs to one report: two that name it cannot be prepared beside each other.
        if let Edit::Put { record: Record::Inspection(report), .. } = edit {
            let photo = |photo: &Photo| RecordKey { id: photo.id.clone(), ..key.clone() };
            written.extend(report.photos.iter().map(photo));
        }
        written.insert(key);
    }
    (written, read)
}

/// Whether a batch changes what other records refer to, so that no other may be prepared beside it.
fn goes_alone(batch: &Batch) -> bool {
    batch.edits.iter().any(|edit| match edit {
        Edit::Delete { .. } => true,
        Edit::Put { record, .. } => {
            use RecordType as T;
            !matches!(record.key().record_type, T::Project | T::Target | T::Feature | T::Inspection)
        }
    })
}

/// The same fault for each of those who wait.
fn again(fault: &StoreError, said: &str) -> StoreError {
    match fault {
        StoreError::Full(reason) => StoreError::Full(reason.clone()),
        StoreError::Busy(reason) => StoreError::Busy(reason.clone()),
        StoreError::Unreachable(reason) => StoreError::Unreachable(reason.clone()),
        StoreError::Unknown(reason) => StoreError::Unknown(reason.clone()),
        _ => StoreError::Failed(said.to_owned()),
    }
}

fn answer(waiting: oneshot::Sender<Result<Landed, WriteError>>, what: Result<Landed, WriteError>) {
    // Whoever asked may have gone; the change stands all the same.
    let _ = waiting.send(what);
}
