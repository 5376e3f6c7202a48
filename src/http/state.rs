//! What every handler shares: the published atlas, the day, the tiles, and a bounded place for CPU work.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;

use super::Options;
use super::answer::Problem;
use super::oidc::Oidc;
use crate::plan::{Date, Timestamp};
use crate::services::View;
use crate::services::accounts::{Accounts, AccountsError};
use crate::services::publish::Published;
use crate::services::tiles::Tiles;

/// Requests that may compute at the same time, for each core; the others wait their turn.
const COMPUTING_PER_CORE: usize = 2;

/// What the handlers of one server share.
pub struct State {
    pub published: Arc<Published>,
    pub tiles: Tiles,
    pub options: Options,
    pub metrics: PrometheusHandle,
    pub accounts: Arc<Accounts>,
    /// Where else users sign in.
    pub oidc: Option<Oidc>,
    /// The day that lights are read for, asked anew for each request.
    today: Box<dyn Fn() -> Date + Send + Sync>,
    computing: Arc<Semaphore>,
    /// Asked anew for each request.
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    hashing: Arc<Semaphore>,
}

impl State {
    pub fn new(
        published: Arc<Published>,
        today: impl Fn() -> Date + Send + Sync + 'static,
        metrics: PrometheusHandle,
        options: Options,
        accounts: Accounts,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> State {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        State {
            published,
            tiles: Tiles::default(),
            oidc: options.oidc.clone().zip(options.public_url.as_deref()).map(|(oidc, url)| Oidc::new(oidc, url)),
            options,
            metrics,
            accounts: Arc::new(accounts),
            now: Box::new(now),
            hashing: Arc::new(Semaphore::new(cores)),
            today: Box::new(today),
            computing: Arc::new(Semaphore::new(cores * COMPUTING_PER_CORE)),
        }
    }

    /// The plan as it stands now, for a whole answer.
    pub fn view(&self) -> View {
        View { atlas: self.published.current(), today: (self.today)() }
    }

    /// Computes an answer over one view, on a thread that may block.
    ///
    /// # Errors
    /// What `compute` says, or a fault of ours when it panicked.
    pub async fn compute<T: Send + 'static>(
        self: &Arc<Self>,
        compute: impl FnOnce(&View) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.computing).acquire_owned().await.map_err(Problem::internal)?;
        let state = Arc::clone(self);
        let computed = tokio::task::spawn_blocking(move || {
            // The turn ends with the work, also when nobody waits for the answer any more.
            let _turn = turn;
            compute(&state.view())
        });
        computed.await.map_err(Problem::internal)?
    }

    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Asks something of the accounts, on a thread that may block.
    ///
    /// # Errors
    /// What the accounts say.
    pub async fn ask_accounts<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Accounts, Timestamp) -> Result<T, AccountsError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (accounts, now) = (Arc::clone(&self.accounts), self.now());
        let asked = tokio::task::spawn_blocking(move || ask(&accounts, now));
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
        if let Some(url) = &self.options.public_url {
            return url.clone();
        }
        let host =
            headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| host.parse::<Authority>().is_ok());
        format!("http://{}", host.unwrap_or("localhost"))
    }
}
