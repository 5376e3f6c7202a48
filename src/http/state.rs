//! What every handler shares: the published atlas, the day, the tiles, and a bounded place for CPU work.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;

use super::Options;
use super::answer::Problem;
use super::events::Live;
use crate::plan::{Caller, Date, Timestamp};
use crate::services::past::{Past, PastError};
use crate::services::publish::Published;
use crate::services::tiles::Tiles;
use crate::services::writer::Writer;
use crate::services::{Audience, View};
use crate::store::ServerStore;

/// Requests that may compute at the same time, for each core; the others wait their turn.
const COMPUTING_PER_CORE: usize = 2;

/// Where the time comes from: the edge hands it in.
pub struct Clock {
    /// The day that lights are read for, asked anew for each request.
    pub today: Box<dyn Fn() -> Date + Send + Sync>,
    pub now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

/// What the handlers of one server share.
pub struct State {
    pub published: Arc<Published>,
    pub tiles: Tiles,
    pub options: Options,
    pub metrics: PrometheusHandle,
    pub store: Arc<ServerStore>,
    pub writer: Writer,
    pub live: Live,
    past: Past,
    clock: Clock,
    computing: Arc<Semaphore>,
}

impl State {
    pub fn new(
        published: Arc<Published>,
        store: Arc<ServerStore>,
        clock: Clock,
        metrics: PrometheusHandle,
        options: Options,
    ) -> State {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let writer = Writer::start(Arc::clone(&store), Arc::clone(&published));
        State {
            published,
            tiles: Tiles::default(),
            options,
            metrics,
            live: Live::start(&writer),
            writer,
            store,
            past: Past::default(),
            clock,
            computing: Arc::new(Semaphore::new(cores * COMPUTING_PER_CORE)),
        }
    }

    pub fn now(&self) -> Timestamp {
        (self.clock.now)()
    }

    /// The day that lights are read for.
    pub fn today(&self) -> Date {
        (self.clock.today)()
    }

    /// The plan as the caller may see it, on a day; as it stands now when the day is absent, today or to come.
    ///
    /// # Errors
    /// 404 for a day before the first change.
    pub async fn view(&self, caller: &Caller, as_of: Option<Date>) -> Result<View, Problem> {
        let today = self.today();
        let is_staff = caller.identity().is_some();
        let present = self.published.current().seq();
        let audience = if is_staff { Audience::Staff } else { Audience::Public { known_at: present } };
        let atlas = match as_of.filter(|day| *day < today) {
            None if is_staff => self.published.current(),
            None => self.published.public(),
            Some(day) => {
                let zone = &self.options.time_zone;
                let earlier = match audience {
                    Audience::Staff => self.past.on(day, zone, &self.store, &self.published).await,
                    Audience::Public { .. } => self.past.public_on(day, zone, &self.store, &self.published).await,
                };
                earlier.map_err(|fault| match fault {
                    PastError::BeforeFirst { .. } => Problem::not_found("as_of", fault.to_string()),
                    other => Problem::internal(other),
                })?
            }
        };
        let audience = match audience {
            // What is hidden goes by what was published when the atlas was taken.
            Audience::Public { .. } if as_of.is_none_or(|day| day >= today) => {
                Audience::Public { known_at: atlas.seq() }
            }
            audience => audience,
        };
        Ok(View { atlas, today: as_of.unwrap_or(today), audience })
    }

    /// Everything as it stands now, whoever asks: for what the caller never sees as such.
    pub fn present(&self) -> View {
        View { atlas: self.published.current(), today: self.today(), audience: Audience::Staff }
    }

    /// Computes an answer on a thread that may block.
    ///
    /// # Errors
    /// What `compute` says, or a fault of ours when it panicked.
    pub async fn compute<T: Send + 'static>(
        self: &Arc<Self>,
        compute: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.computing).acquire_owned().await.map_err(Problem::internal)?;
        let computed = tokio::task::spawn_blocking(move || {
            // The turn ends with the work, also when nobody waits for the answer any more.
            let _turn = turn;
            compute()
        });
        computed.await.map_err(Problem::internal)?
    }

    /// The address of this server's root as the caller knows it, without a slash at the end.
    pub fn base_url(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.options.public_url {
            return url.clone();
        }
        let host =
            headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| host.parse::<Authority>().is_ok());
        format!("http://{}", host.unwrap_or("localhost"))
    }
}
