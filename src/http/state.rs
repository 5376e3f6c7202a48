//! What every handler shares: the published atlas, the day, the tiles, and a bounded place for CPU work.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;

use super::Options;
use super::answer::Problem;
use crate::plan::Date;
use crate::services::View;
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
    /// The day that lights are read for, asked anew for each request.
    today: Box<dyn Fn() -> Date + Send + Sync>,
    computing: Arc<Semaphore>,
}

impl State {
    pub fn new(
        published: Arc<Published>,
        today: impl Fn() -> Date + Send + Sync + 'static,
        metrics: PrometheusHandle,
        options: Options,
    ) -> State {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        State {
            published,
            tiles: Tiles::default(),
            options,
            metrics,
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
