//! What is done from time to time while the server runs.

use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;

use crate::http::State;
use crate::plan::Slug;
use crate::services::accounts::AccountsError;
use crate::store::Store;

/// How often photos that nobody took are looked for.
const SWEEP_EVERY: Duration = Duration::from_hours(6);

/// How often imports that are over are looked for.
const IMPORTS_SWEEP_EVERY: Duration = Duration::from_mins(10);

/// How often exports that are over are looked for; each takes room on the disk until then.
const EXPORTS_SWEEP_EVERY: Duration = Duration::from_mins(1);

/// How often the metrics are tidied.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// Lets the recorder put old samples together, also when nobody asks for them.
pub(super) async fn keep_up(metrics: PrometheusHandle) {
    let mut ticks = tokio::time::interval(METRICS_UPKEEP);
    loop {
        ticks.tick().await;
        metrics.run_upkeep();
    }
}

/// Removes uploads that were never finished, and photos that no report took, from time to time.
pub(super) async fn sweep_photos(state: Arc<State>) {
    let mut turns = tokio::time::interval(SWEEP_EVERY);
    loop {
        turns.tick().await;
        // What other servers took meanwhile is not known here.
        if state.store.outage().is_some() {
            continue;
        }
        let is_taken = |id: &Slug| state.published.current().inspections.photo(id).is_some();
        match state.photos.sweep(state.now(), is_taken).await {
            Ok(0) => {}
            Ok(gone) => tracing::info!(gone, "unused photos removed"),
            Err(fault) => tracing::warn!(%fault, "unused photos cannot be removed"),
        }
    }
}

/// Removes files that have been here for their day, and those of users who are disabled, from time to time.
pub(super) async fn sweep_imports(state: Arc<State>) {
    let mut turns = tokio::time::interval(IMPORTS_SWEEP_EVERY);
    loop {
        turns.tick().await;
        let sweeping = Arc::clone(&state);
        let sweep = move || {
            let active = sweeping.accounts.active_names()?;
            Ok::<_, AccountsError>(sweeping.imports.sweep(sweeping.now(), |owner| active.contains(owner))?)
        };
        match tokio::task::spawn_blocking(sweep).await {
            Ok(Ok(0)) => {}
            Ok(Ok(gone)) => tracing::info!(gone, "imports that were over removed"),
            Ok(Err(fault)) => tracing::warn!(%fault, "imports that are over cannot be removed"),
            Err(fault) => tracing::error!(%fault, "imports cannot be swept"),
        }
    }
}

/// Lets go of exports that nobody fetched in their hour, also where nobody asks for another.
pub(super) async fn sweep_exports(state: Arc<State>) {
    let mut turns = tokio::time::interval(EXPORTS_SWEEP_EVERY);
    loop {
        turns.tick().await;
        let sweeping = Arc::clone(&state);
        let swept = tokio::task::spawn_blocking(move || sweeping.exports.sweep(sweeping.now())).await;
        if let Err(fault) = swept {
            tracing::error!(%fault, "exports cannot be swept");
        }
    }
}
