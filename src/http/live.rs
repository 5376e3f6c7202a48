//! What is told to all who listen: each message is written once, however many they are, and never before it is known who may hear it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::sync::{broadcast, broadcast::error::RecvError, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::wire::{kind_word, project_of};
use crate::plan::{Caller, Change, Record, Right, Slug};
use crate::services::accounts::Accounts;
use crate::services::writer::{Event, Writer};
use crate::store::{ServerStore, Store};

/// Messages that a slow listener may fall behind before it is told to read everything anew.
const MESSAGES_KEPT: usize = 256;

/// How often to look whether another process (`guatu user`) or server has shut somebody out; also before each message.
const LOOK: Duration = Duration::from_secs(1);

/// Tells what happens to whoever listens.
pub struct Live {
    messages: broadcast::Sender<Told>,
    pub edition: Edition,
}

/// Something to tell.
#[derive(Clone, Debug)]
pub enum Told {
    Changes(Message),
    /// The database went out of reach, or is back.
    Store {
        is_stale: bool,
    },
    /// There was more than could be told.
    TooMuch,
}

/// Changes that were published together, in the words of each audience.
#[derive(Clone, Debug)]
pub struct Message {
    pub seq: u64,
    staff: Arc<str>,
    public: Arc<str>,
}

/// Tells listeners that somebody may have lost or got something, so that each looks at itself.
#[derive(Clone)]
pub struct Edition {
    accounts: Arc<Accounts>,
    known: watch::Sender<u64>,
    /// Whether the last look was in vain, so that a long outage is told once.
    in_doubt: Arc<AtomicBool>,
}

impl Live {
    pub fn start(writer: &Writer, store: Arc<ServerStore>, accounts: Arc<Accounts>) -> Live {
        let (messages, _) = broadcast::channel(MESSAGES_KEPT);
        let (known, _) = watch::channel(accounts.edition());
        let edition = Edition { accounts, known, in_doubt: Arc::default() };
        tokio::spawn(tell(writer.listen(), messages.clone(), edition.clone()));
        tokio::spawn(tell_outages(store, messages.clone()));
        Live { messages, edition }
    }

    pub fn messages(&self) -> broadcast::Receiver<Told> {
        self.messages.subscribe()
    }
}

async fn tell(mut events: broadcast::Receiver<Event>, messages: broadcast::Sender<Told>, edition: Edition) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let told = tokio::select! {
            event = events.recv() => match event {
                Ok(changes) if changes.is_empty() => Some(Told::TooMuch),
                Ok(changes) => Message::new(&changes).map(Told::Changes),
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "there were more events than could be told");
                    Some(Told::TooMuch)
                }
                Err(RecvError::Closed) => return,
            },
            _ = looks.tick() => None,
        };
        // A message that nobody hears needs no look; the time does, as what another server decided counts for whoever comes next.
        if told.is_some() && messages.receiver_count() == 0 {
            continue;
        }
        edition.look().await;
        // The last listener may have gone meanwhile.
        told.map(|told| messages.send(told));
    }
}

/// Tells when the database goes and comes, for as long as the server lives.
async fn tell_outages(store: Arc<ServerStore>, messages: broadcast::Sender<Told>) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = false;
    loop {
        looks.tick().await;
        let is_stale = store.outage().is_some();
        if is_stale != told {
            told = is_stale;
            // Nobody may be listening; who comes later is told at once.
            let _ = messages.send(Told::Store { is_stale });
        }
    }
}

impl Edition {
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.known.subscribe()
    }

    /// Tells what this process did to the accounts. Touches no disk.
    pub fn notice(&self) {
        let now = self.accounts.edition();
        self.known.send_if_modified(|known| now > std::mem::replace(known, now.max(*known)));
    }

    /// Tells also what other processes and servers did.
    async fn look(&self) {
        let accounts = Arc::clone(&self.accounts);
        match tokio::task::spawn_blocking(move || accounts.look()).await {
            Ok(Ok(_)) => {
                if self.in_doubt.swap(false, Ordering::AcqRel) {
                    tracing::info!("the accounts can be looked at again");
                }
                self.notice();
            }
            // Nobody knows who may hear what, so each listener looks at itself, and ends when it cannot.
            Ok(Err(fault)) => self.doubt(&fault),
            Err(fault) => self.doubt(&fault),
        }
    }

    fn doubt(&self, fault: &dyn std::fmt::Display) {
        if !self.in_doubt.swap(true, Ordering::AcqRel) {
            tracing::error!(%fault, "the accounts cannot be looked at");
        }
        self.known.send_modify(|_| {});
    }
}

impl Message {
    /// None for no changes.
    pub fn new(changes: &[Change]) -> Option<Message> {
        let seq = changes.last()?.seq;
        let staff: Vec<&Change> = changes.iter().collect();
        let public: Vec<&Change> = changes.iter().filter(|change| !change.internal).collect();
        Some(Message { seq, staff: told(changes, &staff, true).into(), public: told(changes, &public, false).into() })
    }

    pub fn for_caller(&self, caller: &Caller) -> Arc<str> {
        Arc::clone(if caller.has(Right::Read) { &self.staff } else { &self.public })
    }
}

/// One message's data. Who may not see a record learns that something changed, so that what vanished from view goes away.
fn told(all: &[Change], visible: &[&Change], with_actor: bool) -> String {
    let (first, last) = (all.first().map_or(0, |change| change.seq), all.last());
    let actor =
        all.first().map(|change| &change.actor).filter(|actor| all.iter().all(|change| change.actor == **actor));
    let records: Vec<_> = visible
        .iter()
        .map(|change| {
            json!({
                "type": change.key.record_type,
                "collection": change.key.collection,
                "id": change.key.id,
                "kind": kind_word(change.kind()),
                "version": change.version,
            })
        })
        .collect();
    let of = |record: &Option<Record>| record.as_ref().and_then(project_of);
    let mut projects: Vec<Slug> =
        visible.iter().flat_map(|change| [of(&change.before), of(&change.after)]).flatten().collect();
    projects.sort();
    projects.dedup();
    json!({
        "seq": last.map(|change| change.seq),
        "first": first,
        "at": last.map(|change| change.at),
        "actor": actor.filter(|_| with_actor),
        "records": records,
        "projects": projects,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::accounts::AccountsStore;

    fn edition() -> Edition {
        let store = AccountsStore::in_memory().unwrap_or_else(|fault| panic!("{fault}"));
        let accounts = Arc::new(Accounts::new(store).unwrap_or_else(|fault| panic!("{fault}")));
        let (known, _) = watch::channel(accounts.edition());
        Edition { accounts, known, in_doubt: Arc::default() }
    }

    #[tokio::test]
    async fn when_more_happens_than_can_be_told_that_is_told() {
        let (events, heard) = broadcast::channel(1);
        for _ in 0..3 {
            assert!(events.send(Event::default()).is_ok());
        }
        let (messages, mut listener) = broadcast::channel(8);
        let telling = tokio::spawn(tell(heard, messages, edition()));
        assert!(matches!(listener.recv().await, Ok(Told::TooMuch)));
        drop(events);
        assert!(telling.await.is_ok(), "it ends when nothing can happen any more");
    }

    #[tokio::test]
    async fn a_change_of_accounts_is_noticed_once() {
        let edition = edition();
        let mut listener = edition.listen();
        edition.notice();
        assert_eq!(listener.has_changed().ok(), Some(false));
        let settings = edition.accounts.settings();
        assert!(edition.accounts.replace_settings(settings).is_ok());
        edition.look().await;
        assert_eq!(listener.has_changed().ok(), Some(true));
        listener.mark_unchanged();
        edition.look().await;
        assert_eq!(listener.has_changed().ok(), Some(false));
    }
}
