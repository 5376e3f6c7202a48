//! The task that changes the plan: it takes its turn, takes in what other servers did meanwhile, and lands what waits.

use std::sync::Arc;

use tokio::sync::{broadcast, mpsc, oneshot};

use super::group::{Group, Prepared};
use super::{Event, Job, Landed, WriteError};
use crate::atlas::Atlas;
use crate::plan::Change;
use crate::services::edits::EditError;
use crate::services::publish::Published;
use crate::store::{ServerStore, ServerTurn, Store, StoreError, Turn};

/// Changes of other servers that are read at a time.
const PAGE: usize = 1_000;

pub(super) struct Desk {
    pub store: Arc<ServerStore>,
    pub published: Arc<Published>,
    pub events: broadcast::Sender<Event>,
    /// The last change that is in what is published, as the log told it; none right after everything was read.
    pub last: Option<Change>,
}

impl Desk {
    pub async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut held: Option<Job> = None;
        loop {
            let first = match held.take() {
                Some(job) => job,
                None => tokio::select! {
                    job = jobs.recv() => match job {
                        Some(job) => job,
                        None => return,
                    },
                    () = self.store.news() => {
                        self.hear().await;
                        continue;
                    }
                },
            };
            match self.turn().await {
                Ok(turn) => held = self.serve(turn, first, &mut jobs).await,
                Err(fault) => send_away(first, &mut jobs, &fault),
            }
        }
    }

    /// Takes the turn and whatever came before it: what is prepared now is judged by all that ever landed, from any server.
    async fn turn(&mut self) -> Result<ServerTurn, StoreError> {
        loop {
            match self.store.turn(self.published.current().seq()).await {
                Err(StoreError::Behind { .. }) => self.follow().await?,
                Err(fault @ StoreError::Parted { .. }) => self.reload(&fault).await?,
                Err(fault) => return Err(fault),
                Ok(turn) => {
                    self.take_in(turn.missed()).await?;
                    return Ok(turn);
                }
            }
        }
    }

    /// Lands a job and those behind it that may land with it. Gives back the one that must wait for the next turn.
    async fn serve(&mut self, turn: ServerTurn, first: Job, jobs: &mut mpsc::Receiver<Job>) -> Option<Job> {
        let mut group = Group::default();
        let mut held = self.admit(&mut group, first).await;
        while held.is_none() && !group.is_full {
            let Ok(job) = jobs.try_recv() else { break };
            held = self.admit(&mut group, job).await;
        }
        if !group.batches.is_empty() {
            self.land(turn, group).await;
        }
        held
    }

    /// Takes a job into the group, answers it, or gives it back because the group must land first.
    async fn admit(&self, group: &mut Group, job: Job) -> Option<Job> {
        if job.answer.is_closed() {
            // Whoever asked has been told to come again, and must not find it done twice.
            return None;
        }
        if group.holds_key_of(&job) {
            return Some(job);
        }
        let atlas = self.published.current();
        let prepared = tokio::task::spawn_blocking(move || {
            let prepared = (job.prepare)(&atlas).map(|batch| Prepared::new(&atlas, batch));
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
            Ok(prepared) => group.take(job, prepared).err(),
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

    async fn land(&mut self, turn: ServerTurn, group: Group) {
        let Group { batches, answers, .. } = group;
        let committed = match turn.commit_all(batches).await {
            Ok(committed) => committed,
            Err(fault) => {
                tell_fault(&fault, "changes cannot be kept");
                for waiting in answers {
                    answer(waiting, Err(again(&fault).into()));
                }
                return;
            }
        };
        let fresh = committed.iter().flatten().filter(|committed| !committed.repeated);
        let changes: Vec<Change> = fresh.flat_map(|committed| committed.changes.iter().cloned()).collect();
        let is_told = match self.take_up(&changes).await {
            Ok(is_told) => is_told,
            Err(fault) => {
                tracing::error!(%fault, "what landed cannot be published");
                false
            }
        };
        let seq = self.published.current().seq();
        for (waiting, committed) in answers.into_iter().zip(committed) {
            let landed = committed.map(|done| Landed { changes: done.changes, repeated: done.repeated, seq });
            answer(waiting, landed.map_err(WriteError::from));
        }
        if is_told {
            self.tell(changes);
        }
    }

    /// Something may have happened elsewhere.
    async fn hear(&mut self) {
        match self.follow().await {
            // Told of where the database goes and comes, and not each second between.
            Ok(()) | Err(StoreError::Unreachable(_)) => {}
            Err(fault) => tell_fault(&fault, "changes of other servers cannot be read yet"),
        }
    }

    /// Takes in all that other servers have committed.
    ///
    /// # Errors
    /// What the store says, and [`StoreError::Failed`] when nothing that is there can be published.
    async fn follow(&mut self) -> Result<(), StoreError> {
        loop {
            let known = self.published.seq();
            // With the last one that is known: a log that was put back has another one there, or none.
            let mut changes = self.store.changes(known.saturating_sub(1), PAGE).await?;
            let is_full = changes.len() == PAGE;
            if known > 0 {
                let is_known =
                    |first: &Change| first.seq == known && self.last.as_ref().is_none_or(|last| last == first);
                if !changes.first().is_some_and(is_known) {
                    let last = changes.last().map_or(0, |change| change.seq);
                    return self.reload(&StoreError::Parted { last, known }).await;
                }
                self.last = Some(changes.remove(0));
            }
            self.take_in(&changes).await?;
            if !is_full {
                return Ok(());
            }
            if self.published.seq() == known {
                return Err(StoreError::Failed(format!("changes after {known} cannot be published")));
            }
        }
    }

    async fn take_in(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        if self.take_up(changes).await? {
            self.tell(changes.to_vec());
        }
        Ok(())
    }

    /// Publishes changes. Whether they are still to be told: who is told to read everything anew needs no more.
    async fn take_up(&mut self, changes: &[Change]) -> Result<bool, StoreError> {
        let Some(last) = changes.last() else { return Ok(false) };
        match self.published.publish(changes) {
            Ok(needs_rebuild) => {
                self.last = Some(last.clone());
                if needs_rebuild {
                    self.rebuild();
                }
                Ok(true)
            }
            Err(fault) => {
                self.reload(&fault).await?;
                Ok(false)
            }
        }
    }

    fn tell(&self, changes: Vec<Change>) {
        // Nobody may be listening.
        let _ = self.events.send(Arc::new(changes));
    }

    fn rebuild(&self) {
        let published = Arc::clone(&self.published);
        tokio::task::spawn_blocking(move || {
            if let Err(fault) = published.rebuild() {
                tracing::error!(%fault, "an index cannot be rebuilt");
            }
        });
    }

    /// The log and the atlas have parted: what is on the disk is true, and all who listen read it anew.
    async fn reload(&mut self, fault: &(impl std::fmt::Display + Sync)) -> Result<(), StoreError> {
        tracing::error!(%fault, "changes do not follow on what is published; reading the store anew");
        let loaded = self.store.load().await?;
        let built = tokio::task::spawn_blocking(move || Atlas::build(loaded.seq, loaded.records)).await;
        let built = built.map_err(|fault| StoreError::Failed(fault.to_string()))?;
        let atlas = built.map_err(|fault| StoreError::Failed(format!("the store cannot be published: {fault}")))?;
        self.published.replace(atlas);
        self.last = None;
        // No changes: there is more than could be told.
        self.tell(Vec::new());
        Ok(())
    }
}

/// There is no turn to be had: whoever waits now is told so, in place of trying one by one.
fn send_away(first: Job, jobs: &mut mpsc::Receiver<Job>, fault: &StoreError) {
    tell_fault(fault, "there is no turn to write");
    answer(first.answer, Err(again(fault).into()));
    while let Ok(job) = jobs.try_recv() {
        answer(job.answer, Err(again(fault).into()));
    }
}

/// A database that is away is told of once, where it is noticed; the rest is a fault of its own.
fn tell_fault(fault: &StoreError, what: &'static str) {
    match fault {
        StoreError::Unreachable(_) | StoreError::Busy(_) => tracing::warn!(%fault, "{what}"),
        _ => tracing::error!(%fault, "{what}"),
    }
}

/// The same fault for each of those who wait.
fn again(fault: &StoreError) -> StoreError {
    match fault {
        StoreError::Full(reason) => StoreError::Full(reason.clone()),
        StoreError::Busy(reason) => StoreError::Busy(reason.clone()),
        StoreError::Unreachable(reason) => StoreError::Unreachable(reason.clone()),
        StoreError::Unknown(reason) => StoreError::Unknown(reason.clone()),
        _ => StoreError::Failed(fault.to_string()),
    }
}

fn answer(waiting: oneshot::Sender<Result<Landed, WriteError>>, what: Result<Landed, WriteError>) {
    // Whoever asked may have gone; the change stands all the same.
    let _ = waiting.send(what);
}
