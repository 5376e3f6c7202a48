//! Which change an answer follows on, and how a client reads its own write from any server: `X-Guatu-Sequence` and `min_sequence`.
//!
//! Also tells on every answer when the database is out of reach, so that nobody takes what is old for what is new.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State as Extract};
use axum::http::{HeaderName, HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::answer::Problem;
use super::params::{Param, ParamShape};
use super::state::State;
use crate::store::Store;

/// The number of a change that the answer has in it, with all changes before it; it may have later ones.
pub const SEQUENCE: HeaderName = HeaderName::from_static("x-guatu-sequence");

/// For how many seconds the database has been out of reach; absent while it is not. The answer is from memory then.
pub const STALE: HeaderName = HeaderName::from_static("x-guatu-stale");

/// On every read.
pub const MIN_SEQUENCE: Param = Param::new(
    "min_sequence",
    ParamShape::Form("the number of a change, such as an X-Guatu-Sequence that was answered"),
    "Answers with this change in it, or with 503 when the server does not get it within 5 seconds: so a client reads what it wrote also \
     from another server.",
);

/// How long a read waits for its change.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads that may wait at the same time: each holds a connection.
static WAITING: Semaphore = Semaphore::const_new(256);

/// Waits for the change that the caller knows of, and tells which one the answer has.
pub async fn follow(Extract(state): Extract<Arc<State>>, mut request: Request, next: Next) -> Response {
    let is_read = request.method().is_safe();
    // A write waits for no change: it names the version that it was made from.
    let checked = if is_read { take_min_sequence(&mut request) } else { Ok(None) };
    let response = match checked {
        Err(problem) => problem.into_response(),
        Ok(wanted) => match reach(&state, wanted).await {
            Err(problem) => problem.into_response(),
            Ok(()) => {
                // Before a read, as it may take its atlas at once; after a write, as it is in what is published then.
                let before = state.published.seq();
                let mut response = next.run(request).await;
                let seq = if is_read { before } else { state.published.seq() };
                response.headers_mut().entry(SEQUENCE).or_insert_with(|| HeaderValue::from(seq));
                response
            }
        },
    };
    told_if_stale(response, &state)
}

async fn reach(state: &State, wanted: Option<u64>) -> Result<(), Problem> {
    let Some(wanted) = wanted.filter(|wanted| *wanted > state.published.seq()) else { return Ok(()) };
    let not_now = |why: &str| Problem::unavailable(format!("min_sequence: {why}")).about(MIN_SEQUENCE.name);
    if state.store.outage().is_some() {
        return Err(not_now("the database is out of reach, and nothing new comes from it"));
    }
    let _place = WAITING.try_acquire().map_err(|_| not_now("too many wait for changes already"))?;
    let reached = tokio::time::timeout(PATIENCE, state.published.reached(wanted)).await;
    reached.map_err(|_| {
        let seq = state.published.seq();
        Problem::unavailable(format!("min_sequence: change {wanted} is not here yet; the last one here is {seq}"))
            .about(MIN_SEQUENCE.name)
    })
}

fn told_if_stale(mut response: Response, state: &State) -> Response {
    if let Some(outage) = state.store.outage() {
        response.headers_mut().insert(STALE, HeaderValue::from(outage.since.elapsed().as_secs()));
    }
    response
}

/// Takes the parameter out of the query: it is the same for every read, and no handler's.
fn take_min_sequence(request: &mut Request) -> Result<Option<u64>, Problem> {
    let query = request.uri().query().unwrap_or_default();
    let mine = |pair: &str| pair.split_once('=').map_or(pair, |(name, _)| name) == MIN_SEQUENCE.name;
    if !query.split('&').any(mine) {
        return Ok(None);
    }
    let refuse = |said: String| Problem::parameter(MIN_SEQUENCE.name, said, MIN_SEQUENCE.expected());
    let values: Vec<&str> = query
        .split('&')
        .filter(|pair| mine(pair))
        .map(|pair| pair.split_once('=').map_or("", |(_, value)| value))
        .collect();
    let &[value] = values.as_slice() else { return Err(refuse("min_sequence: is there more than once".to_owned())) };
    let wanted =
        value.parse().map_err(|_| refuse(format!("min_sequence: {value:?} is not a whole number from 0 on")))?;
    let rest = query.split('&').filter(|pair| !mine(pair)).collect::<Vec<_>>().join("&");
    let path = request.uri().path();
    let address = if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") };
    *request.uri_mut() = address.parse::<Uri>().map_err(|_| Problem::unreadable("the address cannot be read"))?;
    Ok(Some(wanted))
}
