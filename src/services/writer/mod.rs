//! The one way by which the plan changes: requests are prepared in turn, committed in groups, published, and told to listeners.
//!
//! With many servers, the store's turn goes round among them, and what one lands the others take in, in the order of the log.
//! Whoever waits for an edit gets its answer when the edit is on the disk and every new reader sees it.

mod desk;
mod group;

use std::sync::Arc;

use tokio::sync::{broadcast, mpsc, oneshot};

use super::edits::EditError;
use super::publish::Published;
use crate::atlas::Atlas;
use crate::plan::{Batch, Change, RequestKey};
use crate::store::{ServerStore, StoreError};
use desk::Desk;

/// Requests that wait for their turn; more are told to come again.
const QUEUE: usize = 1_024;

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

/// Changes that were published together; none when everything had to be read anew, and whoever listens should do the same.
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
        let desk = Desk { store, published, events: events.clone(), last: None };
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
