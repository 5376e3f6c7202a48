//! What happens, told as it happens: one stream of server-sent events for each open map, resumed by the number of the last change.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use serde_json::json;
use tokio::sync::broadcast::{self, error::RecvError};

use super::answer::Problem;
use super::asked::Asked;
use super::params::{Param, ParamShape};
use super::wire::{kind_word, project_of};
use crate::plan::{Caller, Change, Record, Right, Slug};
use crate::services::writer::Writer;
use crate::store::{ChangeQuery, Store};

pub const SINCE: Param = Param::new(
    "since",
    ParamShape::Form("the number of a change"),
    "Tells what came after this change first; the header Last-Event-ID says the same and wins.",
);

/// How often a quiet stream shows that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A listener who missed more changes than this had better read everything anew.
const MAX_MISSED: u64 = 1_000;

/// Messages that a slow listener may fall behind before it is told to read everything anew.
const MESSAGES_KEPT: usize = 256;

/// Changes that were published together, in the words of each audience.
#[derive(Clone, Debug)]
struct Message {
    seq: u64,
    staff: Arc<str>,
    public: Arc<str>,
}

/// Writes each message once, however many listen.
pub struct Live {
    messages: broadcast::Sender<Message>,
}

impl Live {
    pub fn start(writer: &Writer) -> Live {
        let (messages, _) = broadcast::channel(MESSAGES_KEPT);
        let mut events = writer.listen();
        let sender = messages.clone();
        tokio::spawn(async move {
            loop {
                match events.recv().await {
                    // Nobody may be listening.
                    Ok(changes) => drop(Message::new(&changes).map(|message| sender.send(message))),
                    Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "events were not told"),
                    Err(RecvError::Closed) => return,
                }
            }
        });
        Live { messages }
    }
}

impl Message {
    /// None for no changes.
    fn new(changes: &[Change]) -> Option<Message> {
        let seq = changes.last()?.seq;
        let staff: Vec<&Change> = changes.iter().collect();
        let public: Vec<&Change> = changes.iter().filter(|change| !change.internal).collect();
        Some(Message { seq, staff: told(changes, &staff, true).into(), public: told(changes, &public, false).into() })
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

/// What a listener is sent.
enum Sent {
    Hello(String),
    Change(u64, Arc<str>),
    Reset(u64),
}

impl Sent {
    fn event(self) -> Event {
        match self {
            Sent::Hello(data) => Event::default().event("hello").data(data),
            Sent::Change(seq, data) => Event::default().event("change").id(seq.to_string()).data(data),
            Sent::Reset(seq) => {
                Event::default().event("reset").id(seq.to_string()).data(json!({ "seq": seq }).to_string())
            }
        }
    }
}

pub async fn list_events(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&SINCE])?;
    // Before the log is read, so that nothing falls between.
    let messages = asked.state.live.messages.subscribe();
    let present = asked.state.published.current().seq();
    let since = last_seen(&asked.headers).map_or_else(|| params.parse::<u64>(&SINCE), |seen| Ok(Some(seen)))?;
    let missed = match since {
        Some(since) if since < present => missed(&asked, since, present).await?,
        // From a store that is not this one any more.
        Some(since) if since > present => Some(Sent::Reset(present)),
        _ => None,
    };
    let hello = json!({ "seq": present, "today": asked.state.today() }).to_string();
    let begin = stream::iter([Some(Sent::Hello(hello)), missed].into_iter().flatten());
    let caller = asked.caller.clone();
    let stopping = asked.state.stopping();
    let all = begin.chain(follow(messages, caller, present)).map(|sent| Ok::<_, Infallible>(sent.event()));
    let until_stop = all.take_until(stopping);
    Ok(Sse::new(until_stop).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("alive")).into_response())
}

fn last_seen(headers: &HeaderMap) -> Option<u64> {
    headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|text| text.trim().parse().ok())
}

/// What came after `since` in one message, or the advice to read everything anew.
async fn missed(asked: &Asked, since: u64, present: u64) -> Result<Option<Sent>, Problem> {
    if present - since > MAX_MISSED {
        return Ok(Some(Sent::Reset(present)));
    }
    let limit = usize::try_from(MAX_MISSED).unwrap_or(usize::MAX);
    let mut changes = asked.state.store.changes(since, limit).await.map_err(Problem::internal)?;
    if !asked.caller.has(Right::Read) {
        // What became internal since is not told any more.
        let query = ChangeQuery { after: Some(since), public_only: true, limit, ..ChangeQuery::default() };
        let public = asked.state.store.find_changes(query).await.map_err(Problem::internal)?;
        let public: HashSet<u64> = public.iter().map(|change| change.seq).collect();
        for change in &mut changes {
            change.internal = !public.contains(&change.seq);
        }
    }
    Ok(Message::new(&changes).map(|message| Sent::Change(message.seq, message.for_caller(&asked.caller))))
}

impl Message {
    fn for_caller(&self, caller: &Caller) -> Arc<str> {
        Arc::clone(if caller.has(Right::Read) { &self.staff } else { &self.public })
    }
}

/// All messages after change number `seen`.
fn follow(messages: broadcast::Receiver<Message>, caller: Caller, seen: u64) -> impl Stream<Item = Sent> {
    stream::unfold((messages, caller, seen), |(mut messages, caller, seen)| async move {
        loop {
            match messages.recv().await {
                Ok(message) if message.seq <= seen => {}
                Ok(message) => {
                    let sent = Sent::Change(message.seq, message.for_caller(&caller));
                    return Some((sent, (messages, caller, message.seq)));
                }
                Err(RecvError::Lagged(_)) => return Some((Sent::Reset(seen), (messages, caller, seen))),
                Err(RecvError::Closed) => return None,
            }
        }
    })
}
