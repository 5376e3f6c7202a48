//! Wires everything: opens or creates the store, builds the atlas, serves it, and stops without dropping a request.

mod copy;
mod demo;
mod export;
mod open;
mod place;
mod signals;
mod sweep;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::sync::watch;

use crate::atlas::{Atlas, AtlasError};
use crate::config::{Config, ConfigError};
use crate::formats::seeds::Problem;
use crate::http::{Clock, Gate, Kept, State};
use crate::plan::{Date, Slug, Timestamp};
use crate::services::accounts::AccountsError;
use crate::services::exports::desk::Exports;
use crate::services::imports::Imports;
use crate::services::photos::Photos;
use crate::services::publish::Published;
use crate::services::seeding::Source;
use crate::store::files::FileStore;
use crate::store::lock::FolderLock;
use crate::store::photos::{Checked, PhotoStore};
use crate::store::{StoreError, scratch};
use signals::StopSignals;

pub use copy::{Address, Copied, CopyOptions, PhotosAddress, Step, copy};
pub use demo::{Demo, DemoOptions, make_demo};
pub use export::{ExportOptions, export};
pub use place::{Place, accounts, now, write_text};
pub use signals::StopSignal;

/// The folder of exports that wait to be fetched.
const EXPORTS_FOLDER: &str = "exports";
/// The folder of files that are on their way into the plan.
const IMPORTS_FOLDER: &str = "imports";

/// How long open requests get to end after the signal to stop.
const GRACE: Duration = Duration::from_secs(20);

/// How long a caller may take to say what it asks for.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// What the command line and the configuration say.
pub struct Options {
    pub listen: SocketAddr,
    pub place: Place,
    /// The plan to begin with; the shipped one when absent.
    pub plan: Option<Source>,
    pub as_of: Option<Date>,
    /// Begin with a simulated year of this seed.
    pub demo: Option<u64>,
    pub config: Config,
}

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("the plan has problems:\n{}", list(.0))]
    Plan(Vec<Problem>),
    #[error("{place} holds plan {kept}, not {asked}; choose another place for {asked}")]
    AnotherPlan { place: String, kept: Slug, asked: Slug },
    #[error("{path} is there already; a simulation only begins a new store, so choose another --data folder")]
    StoreExists { path: PathBuf },
    #[error("{place} holds a plan that is not simulated; start it without --demo, or choose another place")]
    NotSimulated { place: String },
    #[error("the data folder {path} cannot be used: {fault}")]
    Data { path: PathBuf, fault: std::io::Error },
    #[error("cannot listen on {address}: {fault}")]
    Listen { address: SocketAddr, fault: std::io::Error },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Atlas(#[from] AtlasError),
    #[error("{place} holds no plan; `guatu serve` and `guatu demo` make one")]
    NoStore { place: String },
    #[error("{path} cannot be written: {fault}")]
    Write { path: PathBuf, fault: std::io::Error },
    #[error("{0}")]
    Export(String),
    #[error("stopped by {0}; nothing was written")]
    Stopped(StopSignal),
    #[error("{0}")]
    Copy(String),
    #[error("the password cannot be read: {0}")]
    Password(std::io::Error),
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
    let listen_error = |fault| AppError::Listen { address: options.listen, fault };
    // Heard before anybody can know that the server is there, so that a stop is never a sudden death.
    let mut signals = StopSignals::listen()?;
    // Taken before anything is written, so that a start that fails for a taken port leaves no trace.
    let listener = TcpListener::bind(options.listen).map_err(listen_error)?;
    listener.set_nonblocking(true).map_err(listen_error)?;
    let address = listener.local_addr().map_err(listen_error)?;

    let data_error = |fault| AppError::Data { path: options.place.data.clone(), fault };
    std::fs::create_dir_all(&options.place.data).map_err(data_error)?;
    let _lock = FolderLock::take(&options.place.data)?;

    let gate = Arc::new(Gate::default());
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener).map_err(serve_error)?.handle(handle.clone());
    server.http_builder().http1().header_read_timeout(HEADER_TIMEOUT);
    let served = tokio::spawn(server.serve(Gate::router(&gate).into_make_service_with_connect_info::<SocketAddr>()));

    let (stop, stopping) = watch::channel(false);
    let started = tokio::select! {
        started = start(&options, stopping) => started?,
        _ = signals.wait() => return Ok(()),
    };
    let Started { state, set_up } = started;
    let store = Arc::clone(&state.store);
    tokio::spawn(sweep::sweep_photos(Arc::clone(&state)));
    tokio::spawn(sweep::sweep_imports(Arc::clone(&state)));
    tokio::spawn(sweep::sweep_exports(Arc::clone(&state)));
    gate.open(state);
    // Whoever started us waits for this line; nobody may be listening to it.
    if let Err(fault) = writeln!(std::io::stdout(), "listening on http://{address}") {
        tracing::warn!(%fault, %address, "standard output is closed; listening all the same");
    }
    if let Some(path) = set_up {
        let base = options.config.options.public_url.unwrap_or_else(|| format!("http://{address}"));
        // To the terminal alone: the log may be kept where others read it.
        if let Err(fault) = writeln!(std::io::stdout(), "set up: {base}{path}") {
            tracing::warn!(%fault, "standard output is closed, and with it the link to set up; `guatu user add` does without");
        }
    }
    tokio::spawn(async move {
        signals.wait().await;
        tracing::info!("stopping");
        // Streams end first: they would hold the server for the whole of the grace.
        let _ = stop.send(true);
        handle.graceful_shutdown(Some(GRACE));
    });
    served.await.map_err(serve_error)?.map_err(serve_error)?;
    store.flush().await?;
    tracing::info!("stopped");
    Ok(())
}

/// A server that can answer.
struct Started {
    state: Arc<State>,
    /// The path of the link to set up, where there are no users yet.
    set_up: Option<String>,
}

/// Opens all that is kept and reads it; a database that is away is waited for.
async fn start(options: &Options, stopping: watch::Receiver<bool>) -> Result<Started, AppError> {
    let Options { place, as_of, config, .. } = options;
    let data_error = |fault| AppError::Data { path: place.data.clone(), fault };
    let link = place.link()?;
    let (store, loaded) = open::open_patiently(options, link.as_ref()).await?;
    let atlas = Atlas::build(loaded.seq, loaded.records)?;
    tracing::info!(store = %place, plan = %atlas.plan().id, seq = atlas.seq(), projects = atlas.projects.len(), "plan loaded");

    let (accounts, set_up) = open::accounts_patiently(place, link).await?;
    let photos = Photos::new(open_photos(place, config).await?);
    let exports = scratch::empty_folder(&place.data.join(EXPORTS_FOLDER)).map(Exports::new).map_err(data_error)?;
    let imports = Imports::new(FileStore::open(&place.data.join(IMPORTS_FOLDER))?)?;

    let metrics = PrometheusBuilder::new().install_recorder().map_err(serve_error)?;
    tokio::spawn(sweep::keep_up(metrics.clone()));
    let (as_of, zone) = (*as_of, config.options.time_zone.clone());
    let today = move || as_of.unwrap_or_else(|| Timestamp::now().to_zoned_datetime(zone.clone()).date());
    let published = Arc::new(Published::new(atlas));
    let clock = Clock { today: Box::new(today), now: Box::new(Timestamp::now) };
    let kept = Kept { store: Arc::new(store), accounts, photos, exports, imports };
    let state = State::new(published, kept, clock, stopping, metrics, config.options.clone());
    Ok(Started { state: Arc::new(state), set_up })
}

/// Opens the home of the photos. A bucket that is wrong keeps the server from starting; one that is silent does not: the map is of use
/// without photos, which are refused for a while.
async fn open_photos(place: &Place, config: &Config) -> Result<PhotoStore, StoreError> {
    let Some(bucket) = &config.photos else { return PhotoStore::folder(&place.data.join(place::PHOTOS_FOLDER)) };
    let photos = PhotoStore::s3(bucket)?;
    match photos.check().await? {
        Checked::Sound => tracing::info!(bucket = bucket.bucket, prefix = bucket.prefix, "photos are in a bucket"),
        Checked::Unreachable(reason) => {
            tracing::warn!(%reason, bucket = bucket.bucket, "photos are refused until the bucket can be reached");
        }
    }
    Ok(photos)
}

fn serve_error(fault: impl std::fmt::Display) -> AppError {
    AppError::Serve(fault.to_string())
}
