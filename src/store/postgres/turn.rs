//! The turn to write: a transaction that holds the lock of all writers, from before it reads where the log ends until its commit.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Object;
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_postgres::Error;

use super::desk::Desk;
use super::fault::{self, Fault};
use super::gather::{Named, gather};
use super::land::land;
use super::link::{Link, pause};
use super::log::{self, number, timestamp};
use super::steps::{Step, run, value};
use crate::plan::{Batch, Change, Edit, RecordType, RequestKey, Timestamp};
use crate::store::following::following;
use crate::store::{ChangeQuery, Committed, KNOWS_ALL, MAX_MISSED, StoreError, Turn};

/// Where writers queue, whichever server they are on: "guatuLog" as a number.
const WRITERS: i64 = 0x6775_6174_754c_6f67;

/// How long to look for what became of a commit whose connection went.
const FINDING_OUT: Duration = Duration::from_secs(5);

/// How long a transaction that is given up may take to say so.
const GIVING_UP: Duration = Duration::from_secs(2);

pub struct PostgresTurn {
    begun: Begun,
    link: Arc<Link>,
    last: (u64, Option<Timestamp>),
    missed: Vec<Change>,
    /// Writers of one server wait here, so that they hold no connections meanwhile.
    _alone: OwnedMutexGuard<()>,
}

impl PostgresTurn {
    pub(super) async fn begin(
        link: &Arc<Link>,
        alone: OwnedMutexGuard<()>,
        known: u64,
    ) -> Result<PostgresTurn, StoreError> {
        // A connection that lay idle may have died meanwhile without anybody's noticing; a fresh one is worth one more try.
        let begun = match Begun::begin(link, known).await {
            Err(StoreError::Unreachable(_)) => Begun::begin(link, known).await?,
            begun => begun?,
        };
        let (begun, last, missed) = begun;
        Ok(PostgresTurn { begun, link: Arc::clone(link), last, missed, _alone: alone })
    }

    /// Keeps changes of another store's log.
    pub(super) async fn replay(mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        let done = self.replay_all(&changes).await;
        done.map_err(|fault| self.begun.failed(&self.link, fault))
    }

    async fn replay_all(&mut self, changes: &[Change]) -> Result<(), Fault> {
        let edited = edited_collections(changes.iter().map(|change| &change.key));
        let mut desk = gather(self.begun.connection()?, &Named::by_changes(changes), edited, self.last).await?;
        for change in changes {
            let found = desk.rows.get(&change.key).cloned().flatten();
            following(change, (desk.now.seq, desk.now.at), found.as_ref()).map_err(Fault::Store)?;
            let before = found.map(|row| row.value);
            desk.write(&change.key, change.version, before.as_ref(), change.after.as_ref()).map_err(Fault::Store)?;
            (desk.now.seq, desk.now.at) = (change.seq, Some(change.at));
        }
        desk.touch(changes);
        let token = token()?;
        let all: Vec<&Change> = changes.iter().collect();
        land(self.begun.connection()?, &desk, &all, &[], &token)
            .await
            .map_err(|fault| refusal(fault, changes.first()))?;
        self.begun.commit(&self.link, &token).await
    }

    async fn commit_group(&mut self, batches: Vec<Batch>) -> Result<Vec<Result<Committed, StoreError>>, Fault> {
        let token = token()?;
        // A group of several may have to be written batch by batch, and then its batches are wanted again.
        let again = (batches.len() > 1).then(|| batches.clone());
        let answers = match (self.write(batches, &token).await, again) {
            (Err(fault), Some(batches)) if fault.is_refusal() => {
                let mut answers = Vec::with_capacity(batches.len());
                for batch in batches {
                    answers.extend(self.write(vec![batch], &self::token()?).await?);
                }
                // One mark for all, which is what is looked for.
                run(self.begun.connection()?, &log::mark(&token, self.last.0, self.last.0)).await?;
                answers
            }
            (done, _) => done?,
        };
        if answers.iter().flatten().all(|committed| committed.repeated || committed.changes.is_empty()) {
            self.begun.give_up().await;
            return Ok(answers);
        }
        self.begun.commit(&self.link, &token).await?;
        Ok(answers)
    }

    /// Decides on batches and writes them, all of them or none. What the database refuses of a single batch is that batch's answer.
    async fn write(&mut self, batches: Vec<Batch>, token: &str) -> Result<Vec<Result<Committed, StoreError>>, Fault> {
        let keys: Vec<_> = batches.iter().flat_map(|batch| batch.edits.iter().map(Edit::key)).collect();
        let edited = edited_collections(keys.iter());
        let named = Named::by_batches(&batches);
        let connection = self.begun.connection()?;
        let mut desk: Desk = gather(connection, &named, edited, self.last).await?;
        let requests: Vec<(String, Option<RequestKey>)> =
            batches.iter().map(|batch| (batch.actor.clone(), batch.request.clone())).collect();
        let answers: Vec<_> = batches.into_iter().map(|batch| desk.commit(batch)).collect();
        let fresh = || {
            answers.iter().zip(&requests).filter_map(|(answer, request)| match answer {
                Ok(committed) if !committed.repeated => Some((&committed.changes, request)),
                _ => None,
            })
        };
        let changes: Vec<&Change> = fresh().flat_map(|(changes, _)| changes).collect();
        let landed = fresh().filter_map(|(changes, (actor, request))| {
            let (request, first, last) = (request.as_ref()?, changes.first()?.seq, changes.last()?);
            Some(log::Landed { actor, request, first, last })
        });
        let landed: Vec<log::Landed> = landed.collect();
        if !changes.is_empty() {
            connection.batch_execute("SAVEPOINT guatu").await?;
            let landed = land(connection, &desk, &changes, &landed, token).await;
            if landed.as_ref().is_err_and(Fault::is_refusal) {
                connection.batch_execute("ROLLBACK TO SAVEPOINT guatu").await?;
                if answers.len() == 1 {
                    return match landed.map_err(|fault| refusal(fault, changes.first().copied())) {
                        Err(Fault::Store(refused)) => Ok(vec![Err(refused)]),
                        landed => landed.map(|()| answers),
                    };
                }
            }
            landed?;
        }
        self.last = (desk.now.seq, desk.now.at);
        Ok(answers)
    }
}

impl Turn for PostgresTurn {
    fn missed(&self) -> &[Change] {
        &self.missed
    }

    async fn commit_all(mut self, batches: Vec<Batch>) -> Result<Vec<Result<Committed, StoreError>>, StoreError> {
        // Each statement has a limit of the server's; this is for a server that hangs, and the commit itself has its own.
        let patience = self.link.longest_answer() * 2 + FINDING_OUT;
        let Ok(done) = timeout(patience, self.commit_group(batches)).await else {
            drop(self.begun.0.take().map(Object::take));
            return Err(StoreError::Unknown(self.link.silent().to_string()));
        };
        done.map_err(|fault| self.begun.failed(&self.link, fault))
    }
}

/// A value that a column or a check refuses is about the records that came with it.
fn refusal(fault: Fault, change: Option<&Change>) -> Fault {
    match (&fault, change) {
        (Fault::Database(cause), Some(change)) if fault.is_refusal() => Fault::invalid(&change.key, fault::said(cause)),
        _ => fault,
    }
}

fn edited_collections<'a>(keys: impl Iterator<Item = &'a crate::plan::RecordKey>) -> Vec<String> {
    keys.filter(|key| key.record_type == RecordType::Collection).map(|key| key.id.to_string()).collect()
}

/// What nobody else uses.
fn token() -> Result<String, Fault> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|fault| Fault::Store(StoreError::Failed(fault.to_string())))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// A transaction that has begun. It never goes back to the pool open: dropped, it is rolled back or its connection ends.
struct Begun(Option<Object>);

impl Begun {
    async fn begin(link: &Link, known: u64) -> Result<(Begun, (u64, Option<Timestamp>), Vec<Change>), StoreError> {
        let mut begun = Begun(Some(link.connection().await?));
        let Ok(told) = timeout(link.options.lock_timeout + link.longest_answer(), begun.lock(known)).await else {
            drop(begun.0.take().map(Object::take));
            return Err(link.silent());
        };
        let (last, missed) = told.map_err(|fault| begun.failed(link, fault))?;
        if known != KNOWS_ALL && last.0 < known {
            return Err(StoreError::Parted { last: last.0, known });
        }
        Ok((begun, last, missed))
    }

    async fn lock(&self, known: u64) -> Result<((u64, Option<Timestamp>), Vec<Change>), Fault> {
        let connection = self.connection()?;
        let query = ChangeQuery { after: Some(known), limit: MAX_MISSED + 1, ..ChangeQuery::default() };
        let (sql, values) = log::question(&query);
        connection.batch_execute("BEGIN").await?;
        // After the lock, each statement sees whatever the one before committed.
        let mut steps =
            vec![Step::new("SELECT pg_advisory_xact_lock($1)", vec![value(WRITERS)]), Step::new(log::LAST, Vec::new())];
        if known != KNOWS_ALL {
            steps.push(Step::new(sql, values));
        }
        let answers = run(connection, &steps).await?;
        let last = match answers.get(1).and_then(|rows| rows.first()) {
            Some(row) => (number(row.try_get(0)?), Some(timestamp(row.try_get(1)?)?)),
            None => (0, None),
        };
        let rows = answers.get(2).map_or(&[][..], |rows| rows);
        if rows.len() > MAX_MISSED {
            return Err(Fault::Store(StoreError::Behind { last: last.0 }));
        }
        let missed = rows.iter().map(log::change).collect::<Result<_, _>>()?;
        Ok((last, missed))
    }

    fn connection(&self) -> Result<&Object, Fault> {
        let over = || Fault::Store(StoreError::Failed("the transaction is over".to_owned()));
        self.0.as_ref().ok_or_else(over)
    }

    /// The fault in the store's words. A connection that is of no more use never goes back to the pool.
    fn failed(&mut self, link: &Link, fault: Fault) -> StoreError {
        if fault.is_of_connection() {
            drop(self.0.take().map(Object::take));
        }
        link.noted(fault)
    }

    async fn give_up(&mut self) {
        if let Some(connection) = self.0.take() {
            roll_back(connection).await;
        }
    }

    async fn commit(&mut self, link: &Link, token: &str) -> Result<(), Fault> {
        // The server's own limit ends no commit.
        let patience = link.options.statement_timeout;
        let committed = timeout(patience, self.connection()?.batch_execute("COMMIT")).await;
        let Some(connection) = self.0.take() else { return Ok(()) };
        let cause = match committed {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(cause)) if fault::is_of_connection(&cause) => fault::said(&cause),
            Ok(Err(cause)) => {
                drop(Object::take(connection));
                // The server itself says that nothing landed.
                return Err(Fault::Database(cause));
            }
            Err(_) => format!("no answer to the commit came in {patience:?}"),
        };
        drop(Object::take(connection));
        find_out(link, token, &cause).await.map_err(Fault::Store)
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let Some(connection) = self.0.take() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(roll_back(connection))),
            Err(_) => drop(Object::take(connection)),
        }
    }
}

/// Ends a transaction, or the connection with it.
pub(super) async fn roll_back(connection: Object) {
    let said = timeout(GIVING_UP, connection.batch_execute("ROLLBACK")).await;
    if !matches!(said, Ok(Ok(()))) {
        drop(Object::take(connection));
    }
}

/// Looks for the mark of a group whose connection went while it was committed.
async fn find_out(link: &Link, token: &str, cause: &str) -> Result<(), StoreError> {
    link.forget_connections();
    let until = Instant::now() + FINDING_OUT;
    let mut tries = 0;
    loop {
        match timeout_at(until, is_there(link, token)).await {
            Ok(Ok(true)) => return Ok(()),
            Ok(Ok(false)) => return Err(StoreError::Unreachable(cause.to_owned())),
            Ok(Err(fault)) if Instant::now() + pause(tries) >= until => {
                return Err(StoreError::Unknown(format!("{cause}; then {}", fault::said(&fault))));
            }
            Err(_) => return Err(StoreError::Unknown(cause.to_owned())),
            Ok(Err(_)) => sleep(pause(tries)).await,
        }
        tries += 1;
    }
}

/// Behind the writers' lock, so that whoever was committing is over.
async fn is_there(link: &Link, token: &str) -> Result<bool, Error> {
    let (client, connection) = link.config.connect(link.tls.clone()).await?;
    let runs = tokio::spawn(connection);
    let found = async {
        client.batch_execute("BEGIN").await?;
        client.execute("SELECT pg_advisory_xact_lock($1)", &[&WRITERS]).await?;
        // A standby may not have got it yet, so that nothing follows from what it lacks. This it refuses, being read-only.
        client.batch_execute("SELECT pg_current_wal_lsn()").await?;
        client.query_opt("SELECT FROM guatu.commits WHERE token = $1", &[&token]).await
    };
    let found = found.await;
    drop(client);
    runs.abort();
    Ok(found?.is_some())
}
