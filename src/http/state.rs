//! What every handler shares: the published atlas, the day, the tiles, and a bounded place for CPU work.

use std::sync::Arc;

use axum::http::HeaderMap;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Semaphore, watch};

use super::Options;
use super::answer::Problem;
use super::forwarded;
use super::live::Live;
use super::oidc::Oidc;
use crate::plan::{Caller, Date, Right, Timestamp};
use crate::services::accounts::{Accounts, AccountsError};
use crate::services::exports::desk::Exports;
use crate::services::imports::Imports;
use crate::services::past::{Past, PastError};
use crate::services::photos::Photos;
use crate::services::publish::Published;
use crate::services::scan::Stop;
use crate::services::tiles::Tiles;
use crate::services::timeline::Timeline;
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

/// What outlasts the server.
pub struct Kept {
    pub store: Arc<ServerStore>,
    pub accounts: Accounts,
    pub photos: Photos,
    pub exports: Exports,
    pub imports: Imports,
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
    pub accounts: Arc<Accounts>,
    pub photos: Arc<Photos>,
    pub exports: Arc<Exports>,
    pub imports: Imports,
    /// Where else users sign in.
    pub oidc: Option<Oidc>,
    past: Past,
    pub timeline: Timeline,
    stopping: watch::Receiver<bool>,
    clock: Clock,
    computing: Arc<Semaphore>,
    hashing: Arc<Semaphore>,
}

impl State {
    pub fn new(
        published: Arc<Published>,
        kept: Kept,
        clock: Clock,
        stopping: watch::Receiver<bool>,
        metrics: PrometheusHandle,
        options: Options,
    ) -> State {
        let Kept { store, accounts, photos, exports, imports } = kept;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let writer = Writer::start(Arc::clone(&store), Arc::clone(&published));
        let accounts = Arc::new(accounts);
        State {
            published,
            tiles: Tiles::default(),
            oidc: options.oidc.clone().zip(options.public_url.as_deref()).map(|(oidc, url)| Oidc::new(oidc, url)),
            options,
            metrics,
            live: Live::start(&writer, Arc::clone(&store), Arc::clone(&accounts)),
            writer,
            store,
            past: Past::default(),
            timeline: Timeline::default(),
            stopping,
            clock,
            accounts,
            photos: Arc::new(photos),
            exports: Arc::new(exports),
            imports,
            hashing: Arc::new(Semaphore::new(cores)),
            computing: Arc::new(Semaphore::new(cores * COMPUTING_PER_CORE)),
        }
    }

    /// Ends when the server begins to stop, so that streams do not hold it.
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.stopping.clone();
        async move {
            // A server whose switch is gone stops too.
            let _ = stopping.wait_for(|stop| *stop).await;
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
        let is_staff = caller.has(Right::Read);
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
                    PastError::Store(fault) => Problem::from(fault),
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

    /// As [`State::compute`], and tells the work by `stop` when nobody waits for it any more: when this future is gone, as that of a request is whose caller
    /// has gone or that took too long.
    ///
    /// # Errors
    /// As [`State::compute`].
    pub async fn compute_until<T: Send + 'static>(
        self: &Arc<Self>,
        stop: &Stop,
        compute: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let _stop = stop.on_drop();
        self.compute(compute).await
    }

    /// Asks something of the accounts, on a thread that may block.
    ///
    /// # Errors
    /// What the accounts say.
    pub async fn ask_accounts<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Accounts, Timestamp) -> Result<T, AccountsError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (accounts, edition, now) = (Arc::clone(&self.accounts), self.live.edition.clone(), self.now());
        let asked = tokio::task::spawn_blocking(move || {
            let answer = ask(&accounts, now);
            // Before anybody is answered, so that whoever is shut out hears nothing more.
            edition.notice();
            answer
        });
        asked.await.map_err(Problem::internal)?.map_err(Problem::from)
    }

    /// As [`State::ask_accounts`], for what checks or takes a password: as many at a time as there are cores, the others wait.
    pub async fn ask_with_password<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Accounts, Timestamp) -> Result<T, AccountsError> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.hashing).acquire_owned().await.map_err(Problem::internal)?;
        self.ask_accounts(move |accounts, now| {
            // The turn ends with the work, also when nobody waits for the answer any more.
            let _turn = turn;
            ask(accounts, now)
        })
        .await
    }

    /// The address of this server's root as the caller knows it, without a slash at the end.
    pub fn base_url(&self, headers: &HeaderMap) -> String {
        forwarded::base_url(headers, &self.options)
    }
}
