//! Wires everything: opens or creates the store, builds the atlas, serves it, and stops without dropping a request.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::atlas::{Atlas, AtlasError};
use crate::config::Config;
use crate::formats::seeds::Problem;
use crate::http::{self, State};
use crate::plan::{Date, Timestamp};
use crate::services::publish::Published;
use crate::services::seeding::{self, Source};
use crate::store::gpkg::{self, GpkgStore};
use crate::store::{Loaded, Store, StoreError};

/// The store's file in the data folder.
const STORE_FILE: &str = "guatu.gpkg";

/// How long open requests get to end after the signal to stop.
const GRACE: Duration = Duration::from_secs(20);

/// What the command line and the configuration say.
pub struct Options {
    pub listen: SocketAddr,
    pub data: PathBuf,
    /// The plan to begin with; the shipped one when absent.
    pub plan: Option<Source>,
    pub as_of: Option<Date>,
    pub config: Config,
}

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("the plan has problems:\n{}", list(.0))]
    Plan(Vec<Problem>),
    #[error("--plan is for a first start, but {0} holds a plan already; choose another --data folder")]
    AlreadySeeded(PathBuf),
    #[error("the data folder {path} cannot be used: {fault}")]
    Data { path: PathBuf, fault: std::io::Error },
    #[error("cannot listen on {address}: {fault}")]
    Listen { address: SocketAddr, fault: std::io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Atlas(#[from] AtlasError),
    #[error("cannot serve: {0}")]
    Serve(String),
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// Whatever keeps it from starting; nothing half-made stays behind.
pub async fn serve(options: Options) -> Result<(), AppError> {
    let data_error = |fault| AppError::Data { path: options.data.clone(), fault };
    std::fs::create_dir_all(&options.data).map_err(data_error)?;
    let (store, loaded) = open(&options).await?;
    let atlas = Atlas::build(loaded.seq, loaded.records)?;
    tracing::info!(plan = %atlas.plan().id, seq = atlas.seq(), projects = atlas.projects.len(), "plan loaded");

    let metrics = PrometheusBuilder::new().install_recorder().map_err(|fault| AppError::Serve(fault.to_string()))?;
    let (as_of, zone) = (options.as_of, options.config.time_zone.clone());
    let today = move || as_of.unwrap_or_else(|| Timestamp::now().to_zoned_datetime(zone.clone()).date());
    let published = Arc::new(Published::new(atlas));
    let state = Arc::new(State::new(published, today, metrics, options.config.options.clone()));

    let listen_error = |fault| AppError::Listen { address: options.listen, fault };
    // Heard before anybody can know that the server is there, so that a stop is never a sudden death.
    let signals = StopSignals::listen()?;
    let listener = TcpListener::bind(options.listen).await.map_err(listen_error)?;
    let address = listener.local_addr().map_err(listen_error)?;
    // Whoever started us waits for this line.
    println!("listening on http://{address}");
    let router = http::router(Arc::clone(&state));
    let (stop, mut stopped) = tokio::sync::watch::channel(());
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        signals.wait().await;
        tracing::info!("stopping");
        state.stop();
        drop(stop);
    });
    let out_of_grace = async {
        // The sender is dropped when the signal comes.
        while stopped.changed().await.is_ok() {}
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = server => served.map_err(|fault| AppError::Serve(fault.to_string()))?,
        () = out_of_grace => tracing::warn!("some requests did not end within {GRACE:?}"),
    }
    store.close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Opens the store with all that is in it; an empty one, which only a first start meets, gets its plan.
async fn open(options: &Options) -> Result<(GpkgStore, Loaded), AppError> {
    let path = options.data.join(STORE_FILE);
    let read_plan = || seeding::read(options.plan.as_ref().unwrap_or(&Source::Shipped)).map_err(AppError::Plan);
    // The plan is read before a file is made, so that a refused one leaves nothing behind.
    let plan = if path.exists() { None } else { Some(read_plan()?) };
    let store = GpkgStore::open(&path, &gpkg::Options::default())?;
    let loaded = store.load().await?;
    if loaded.seq > 0 {
        return if options.plan.is_some() { Err(AppError::AlreadySeeded(path)) } else { Ok((store, loaded)) };
    }
    let plan = plan.map_or_else(read_plan, Ok)?;
    let seq = seeding::seed(&store, plan, Timestamp::now()).await?;
    tracing::info!(path = %path.display(), seq, "store created from the plan");
    let loaded = store.load().await?;
    Ok((store, loaded))
}

/// The signals that ask the server to stop.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// From now on these signals no longer end the process by themselves.
    fn listen() -> Result<StopSignals, AppError> {
        let listen = |kind| signal(kind).map_err(|fault| AppError::Serve(format!("signals cannot be heard: {fault}")));
        Ok(StopSignals { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
