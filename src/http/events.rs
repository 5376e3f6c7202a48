//! What happens, told as it happens: one stream of server-sent events for each open map, resumed by the number of the last change.
//!
//! A stream goes on for as long as its listener may hear what it tells: who is shut out hears nothing more, and who may see more or
//! less than before comes again.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use serde_json::json;
use tokio::sync::{broadcast, broadcast::error::RecvError, watch};

use super::State;
use super::answer::Problem;
use super::asked::Asked;
use super::door;
use super::live::{Message, Told};
use super::params::{Param, ParamShape};
use crate::plan::{Caller, Right, Timestamp};
use crate::store::{ChangeQuery, Store};

pub const SINCE: Param = Param::new(
    "since",
    ParamShape::Form("the number of a change"),
    "Tells what came after this change first; the header Last-Event-ID says the same and wins.",
);

/// How often a quiet stream shows that it is alive, and how old the knowledge of who listens may get: sessions and tokens end by time too.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A listener who missed more changes than this had better read everything anew.
const MAX_MISSED: u64 = 1_000;

/// What a listener is sent.
enum Sent {
    Hello(String),
    Change(u64, Arc<str>),
    Reset(u64),
    Store(bool),
}

impl Sent {
    fn event(self) -> Event {
        match self {
            Sent::Hello(data) => Event::default().event("hello").data(data),
            Sent::Change(seq, data) => Event::default().event("change").id(seq.to_string()).data(data),
            Sent::Store(is_stale) => Event::default().event("store").data(json!({ "stale": is_stale }).to_string()),
            Sent::Reset(seq) => {
                Event::default().event("reset").id(seq.to_string()).data(json!({ "seq": seq }).to_string())
            }
        }
    }
}

pub async fn list_events(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&SINCE])?;
    // Before the log is read, so that nothing falls between.
    let mut listener = Listener::new(&asked);
    let present = listener.seen;
    let since = last_seen(&asked.headers).map_or_else(|| params.whole(&SINCE), |seen| Ok(Some(seen)))?;
    let missed = match since {
        Some(since) if since < present => missed(&asked, since, present).await?,
        // From a store that is not this one any more.
        Some(since) if since > present => Some(Sent::Reset(present)),
        _ => None,
    };
    // Somebody may have been shut out since the door let them in.
    if !listener.may_go_on().await {
        return Err(Problem::not_signed_in("what you may see has just changed; come again"));
    }
    let hello = json!({ "seq": present, "today": asked.state.today(), "stale": asked.state.store.outage().is_some() })
        .to_string();
    let begin = stream::iter([Some(Sent::Hello(hello)), missed].into_iter().flatten());
    let stopping = asked.state.stopping();
    let all = begin.chain(follow(listener)).map(|sent| Ok::<_, Infallible>(sent.event()));
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
    let mut changes = asked.state.store.changes(since, limit).await?;
    if !asked.caller.has(Right::Read) {
        // What became internal since is not told any more.
        let query = ChangeQuery { after: Some(since), public_only: true, limit, ..ChangeQuery::default() };
        let public = asked.state.store.find_changes(query).await?;
        let public: HashSet<u64> = public.iter().map(|change| change.seq).collect();
        for change in &mut changes {
            change.internal = !public.contains(&change.seq);
        }
    }
    Ok(Message::new(&changes).map(|message| Sent::Change(message.seq, message.for_caller(&asked.caller))))
}

/// One open stream.
struct Listener {
    state: Arc<State>,
    /// What shows who listens, to look at it again.
    headers: HeaderMap,
    caller: Caller,
    messages: broadcast::Receiver<Told>,
    editions: watch::Receiver<u64>,
    /// When, and at which edition of the accounts, the caller was last looked at.
    looked: (Timestamp, u64),
    /// The last change that was told.
    seen: u64,
}

impl Listener {
    /// Hears everything from now on; not looked at yet.
    fn new(asked: &Asked) -> Listener {
        let state = Arc::clone(&asked.state);
        let (messages, editions) = (state.live.messages(), state.live.edition.listen());
        let (headers, caller) = (asked.headers.clone(), asked.caller.clone());
        let seen = state.published.current().seq();
        Listener { state, headers, caller, messages, editions, looked: (Timestamp::MIN, 0), seen }
    }

    /// What to send next, when there is something; nothing ever more when the caller may not hear it.
    async fn next(&mut self) -> Option<Sent> {
        loop {
            let told = tokio::select! {
                told = self.messages.recv() => Some(told),
                changed = self.editions.changed() => changed.map(|()| None).ok()?,
                () = tokio::time::sleep(HEARTBEAT) => None,
            };
            if !self.may_go_on().await {
                return None;
            }
            match told {
                Some(Ok(Told::Changes(message))) if message.seq > self.seen => {
                    self.seen = message.seq;
                    return Some(Sent::Change(message.seq, message.for_caller(&self.caller)));
                }
                Some(Ok(Told::Store { is_stale })) => return Some(Sent::Store(is_stale)),
                Some(Ok(Told::TooMuch) | Err(RecvError::Lagged(_))) => return Some(Sent::Reset(self.seen)),
                Some(Err(RecvError::Closed)) => return None,
                Some(Ok(Told::Changes(_))) | None => {}
            }
        }
    }

    /// Looks at the caller again when the accounts have changed, and from time to time.
    async fn may_go_on(&mut self) -> bool {
        let (now, edition) = (self.state.now(), *self.editions.borrow());
        let (then, known) = self.looked;
        if edition == known && now.duration_since(then).unsigned_abs() < HEARTBEAT {
            return true;
        }
        self.looked = (now, edition);
        door::is_still(&self.state, &self.headers, &self.caller).await
    }
}

/// All that happens from now on.
fn follow(listener: Listener) -> impl Stream<Item = Sent> {
    stream::unfold(listener, |mut listener| async move { listener.next().await.map(|sent| (sent, listener)) })
}
