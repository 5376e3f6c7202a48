//! Wires everything: opens or creates the store, builds the atlas, serves it, and stops without dropping a request.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::atlas::{Atlas, AtlasError, Row};
use crate::config::Config;
use crate::formats::seeds::Problem;
use crate::http::{self, Clock, ExportRequest, Kept, State};
use crate::plan::{Date, Record, Slug, Timestamp};
use crate::services::accounts::{Accounts, AccountsError};
use crate::services::demo;
use crate::services::exports::desk::Exports;
use crate::services::exports::{self, Progress, Receipt};
use crate::services::imports::Imports;
use crate::services::past::{Past, PastError};
use crate::services::photos::Photos;
use crate::services::publish::Published;
use crate::services::seeding::{self, Source};
use crate::services::{Audience, View};
use crate::store::accounts::AccountsStore;
use crate::store::files::FileStore;
use crate::store::gpkg::{self, GpkgStore};
use crate::store::lock::FolderLock;
use crate::store::photos::{Checked, PhotoStore};
use crate::store::scratch;
use crate::store::{Loaded, Store, StoreError};

/// The store's file in the data folder.
const STORE_FILE: &str = "guatu.gpkg";

/// The accounts' file in the data folder; apart, so that the store's can be handed around.
const ACCOUNTS_FILE: &str = "accounts.sqlite";

/// The folder of photos in the data folder.
const PHOTOS_FOLDER: &str = "photos";

/// The folder of exports that wait to be fetched.
const EXPORTS_FOLDER: &str = "exports";
/// The folder of files that are on their way into the plan.
const IMPORTS_FOLDER: &str = "imports";

/// The store while a simulation fills it.
const UNFINISHED_FILE: &str = "guatu.gpkg.unfinished";

/// How long open requests get to end after the signal to stop.
const GRACE: Duration = Duration::from_secs(20);

/// How long a caller may take to say what it asks for.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// How often photos that nobody took are looked for.
const SWEEP_EVERY: Duration = Duration::from_hours(6);

/// How often imports that are over are looked for.
const IMPORTS_SWEEP_EVERY: Duration = Duration::from_mins(10);

/// How often the metrics are tidied.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// What the command line and the configuration say.
pub struct Options {
    pub listen: SocketAddr,
    pub data: PathBuf,
    /// The plan to begin with; the shipped one when absent.
    pub plan: Option<Source>,
    pub as_of: Option<Date>,
    /// Begin with a simulated year of this seed.
    pub demo: Option<u64>,
    pub config: Config,
}

/// What [`make_demo`] is asked for.
pub struct DemoOptions {
    pub data: PathBuf,
    /// The plan to simulate; the shipped one when absent.
    pub plan: Option<Source>,
    pub seed: u64,
    pub config: Config,
}

/// What [`export`] is asked for.
pub struct ExportOptions {
    pub data: PathBuf,
    pub file: PathBuf,
    pub request: ExportRequest,
    /// Only what anybody may see.
    pub public: bool,
    pub config: Config,
    pub progress: Arc<Progress>,
}

/// A store that was filled with a simulation.
pub struct Demo {
    pub path: PathBuf,
    pub changes: usize,
    /// The simulated days.
    pub first: Date,
    pub last: Date,
}

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("the plan has problems:\n{}", list(.0))]
    Plan(Vec<Problem>),
    #[error("{path} holds plan {kept}, not {asked}; choose another --data folder for {asked}")]
    AnotherPlan { path: PathBuf, kept: Slug, asked: Slug },
    #[error("{path} is there already; a simulation only begins a new store, so choose another --data folder")]
    StoreExists { path: PathBuf },
    #[error("{path} holds a plan that is not simulated; start it without --demo, or choose another --data folder")]
    NotSimulated { path: PathBuf },
    #[error("the data folder {path} cannot be used: {fault}")]
    Data { path: PathBuf, fault: std::io::Error },
    #[error("cannot listen on {address}: {fault}")]
    Listen { address: SocketAddr, fault: std::io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Atlas(#[from] AtlasError),
    #[error("{path} holds no plan; `guatu serve` and `guatu demo` make one")]
    NoStore { path: PathBuf },
    #[error("{path} cannot be written: {fault}")]
    Write { path: PathBuf, fault: std::io::Error },
    #[error("{0}")]
    Export(String),
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
    let signals = StopSignals::listen()?;
    // Taken before anything is written, so that a start that fails for a taken port leaves no trace.
    let listener = TcpListener::bind(options.listen).map_err(listen_error)?;
    listener.set_nonblocking(true).map_err(listen_error)?;
    let address = listener.local_addr().map_err(listen_error)?;

    let data_error = |fault| AppError::Data { path: options.data.clone(), fault };
    std::fs::create_dir_all(&options.data).map_err(data_error)?;
    let _lock = FolderLock::take(&options.data)?;
    let (store, loaded) = open(&options).await?;
    let atlas = Atlas::build(loaded.seq, loaded.records)?;
    tracing::info!(plan = %atlas.plan().id, seq = atlas.seq(), projects = atlas.projects.len(), "plan loaded");

    let accounts = open_accounts(&options.data)?;
    let photos = Photos::new(open_photos(&options).await?);
    let exports = scratch::empty_folder(&options.data.join(EXPORTS_FOLDER)).map(Exports::new).map_err(data_error)?;
    let imports = Imports::new(FileStore::open(&options.data.join(IMPORTS_FOLDER))?)?;
    let set_up = accounts.begin_setup(Timestamp::now())?;

    let metrics = PrometheusBuilder::new().install_recorder().map_err(serve_error)?;
    tokio::spawn(keep_up(metrics.clone()));
    let (as_of, zone) = (options.as_of, options.config.options.time_zone.clone());
    let today = move || as_of.unwrap_or_else(|| Timestamp::now().to_zoned_datetime(zone.clone()).date());
    let published = Arc::new(Published::new(atlas));
    let clock = Clock { today: Box::new(today), now: Box::new(Timestamp::now) };
    let (stop, stopping) = watch::channel(false);
    let store = Arc::new(store);
    let options_of_http = options.config.options.clone();
    let kept = Kept { store: Arc::clone(&store), accounts, photos, exports, imports };
    let state = State::new(published, kept, clock, stopping, metrics, options_of_http);

    let state = Arc::new(state);
    tokio::spawn(sweep_photos(Arc::clone(&state)));
    tokio::spawn(sweep_imports(Arc::clone(&state)));

    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener).map_err(serve_error)?.handle(handle.clone());
    server.http_builder().http1().header_read_timeout(HEADER_TIMEOUT);
    tokio::spawn(async move {
        signals.wait().await;
        tracing::info!("stopping");
        // Streams end first: they would hold the server for the whole of the grace.
        let _ = stop.send(true);
        handle.graceful_shutdown(Some(GRACE));
    });
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
    let service = http::router(state).into_make_service_with_connect_info::<SocketAddr>();
    server.serve(service).await.map_err(serve_error)?;
    store.flush().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Opens the home of the photos. A bucket that is wrong keeps the server from starting; one that is silent does not: the map is of use
/// without photos, which are refused for a while.
async fn open_photos(options: &Options) -> Result<PhotoStore, StoreError> {
    let Some(bucket) = &options.config.photos else { return PhotoStore::folder(&options.data.join(PHOTOS_FOLDER)) };
    let photos = PhotoStore::s3(bucket)?;
    match photos.check().await? {
        Checked::Sound => tracing::info!(bucket = bucket.bucket, prefix = bucket.prefix, "photos are in a bucket"),
        Checked::Unreachable(reason) => {
            tracing::warn!(%reason, bucket = bucket.bucket, "photos are refused until the bucket can be reached");
        }
    }
    Ok(photos)
}

/// Opens the accounts of a data folder, or makes them; also beside a server that runs.
///
/// # Errors
/// When the folder is missing, or the file is not ours.
pub fn open_accounts(data: &Path) -> Result<Accounts, AppError> {
    let data_error = |fault| AppError::Data { path: data.to_owned(), fault };
    std::fs::read_dir(data).map_err(data_error)?;
    Ok(Accounts::new(AccountsStore::open(&data.join(ACCOUNTS_FILE))?)?)
}

/// The store's file in a data folder.
pub fn store_path(data: &Path) -> PathBuf {
    data.join(STORE_FILE)
}

/// Writes the plan of a data folder as a file, which gets its name when it is complete; also beside a server that runs.
///
/// # Errors
/// When the folder holds no plan, when the request cannot be done, or when the file cannot be written.
pub async fn export(options: ExportOptions) -> Result<Receipt, AppError> {
    let path = options.data.join(STORE_FILE);
    if !path.exists() {
        return Err(AppError::NoStore { path });
    }
    let told = |problem: &http::Problem| AppError::Export(problem.told().0);
    // For reading alone: a store of an older schema is brought to this one by a server, not beside one.
    let loaded = gpkg::read(&path, &gpkg::Options::default())?;
    let published = Published::new(Atlas::build(loaded.seq, loaded.records)?);
    let store = GpkgStore::open(&path, &gpkg::Options::default())?;
    let zone = &options.config.options.time_zone;
    let today = Timestamp::now().to_zoned_datetime(zone.clone()).date();
    let (past, as_of) = (Past::default(), options.request.as_of.filter(|day| *day < today));
    let earlier = |fault: PastError| AppError::Export(fault.to_string());
    let atlas = match (as_of, options.public) {
        (None, false) => published.current(),
        (None, true) => published.public(),
        (Some(day), false) => past.on(day, zone, &store, &published).await.map_err(earlier)?,
        (Some(day), true) => past.public_on(day, zone, &store, &published).await.map_err(earlier)?,
    };
    let audience = if options.public { Audience::Public { known_at: atlas.seq() } } else { Audience::Staff };
    let view = View { atlas, today: options.request.as_of.unwrap_or(today), audience };
    let export = http::checked_export(&options.request, &options.config.options.crs).map_err(|fault| told(&fault))?;
    let asked = serde_json::to_value(&options.request).map_err(|fault| AppError::Export(fault.to_string()))?;
    let server = options.config.options.public_url.clone();
    let about = exports::Request { asked, server, as_of: options.request.as_of, at: Timestamp::now(), today };
    let mut partial = options.file.clone().into_os_string();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let made = exports::desk::write_file(&export, &view, &about, &partial, &options.progress);
    let named = made.map_err(|fault| AppError::Export(fault.to_string())).and_then(|receipt| {
        let fault = std::fs::rename(&partial, &options.file).err();
        fault.map_or(Ok(receipt), |fault| Err(AppError::Write { path: options.file.clone(), fault }))
    });
    if named.is_err() {
        // What was begun is of no use; why is told already.
        let _ = std::fs::remove_file(&partial);
    }
    named
}

/// # Errors
/// When the file cannot be written.
pub fn write_text(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, text)
}

/// The moment, for those of the command line that work on a data folder.
pub fn now() -> Timestamp {
    Timestamp::now()
}

fn serve_error(fault: impl std::fmt::Display) -> AppError {
    AppError::Serve(fault.to_string())
}

/// Lets the recorder put old samples together, also when nobody asks for them.
async fn keep_up(metrics: PrometheusHandle) {
    let mut ticks = tokio::time::interval(METRICS_UPKEEP);
    loop {
        ticks.tick().await;
        metrics.run_upkeep();
    }
}

/// Opens the store with all that is in it; an empty one, which only a first start meets, gets its plan.
async fn open(options: &Options) -> Result<(GpkgStore, Loaded), AppError> {
    let path = options.data.join(STORE_FILE);
    let source = options.plan.as_ref().unwrap_or(&Source::Shipped);
    if let Some(seed) = options.demo.filter(|_| !path.exists()) {
        let (data, plan, config) = (options.data.clone(), options.plan.clone(), options.config.clone());
        let made = make_demo(DemoOptions { data, plan, seed, config }).await?;
        tracing::info!(path = %path.display(), changes = made.changes, "store created with a simulated year");
    }
    // The plan is read before a file is made, so that a refused one leaves nothing behind.
    let plan = if path.exists() { None } else { Some(seeding::read(source).map_err(AppError::Plan)?) };
    let store = GpkgStore::open(&path, &gpkg::Options::default())?;
    let loaded = store.load().await?;
    if loaded.seq > 0 {
        check_same_plan(options, &loaded, path.clone())?;
        let is_simulated = |row: &Row<Record>| matches!(&row.value, Record::Plan(plan) if plan.simulated);
        if options.demo.is_some() && !loaded.records.iter().any(is_simulated) {
            return Err(AppError::NotSimulated { path });
        }
        return Ok((store, loaded));
    }
    let plan = plan.map_or_else(|| seeding::read(source).map_err(AppError::Plan), Ok)?;
    let seq = seeding::seed(&store, plan, Timestamp::now()).await?;
    tracing::info!(path = %path.display(), seq, "store created from the plan");
    let loaded = store.load().await?;
    Ok((store, loaded))
}

/// Fills a new store with a plan and a simulated year of reports. The store gets its name when it is complete.
///
/// # Errors
/// [`AppError::StoreExists`] where there is a store; the plan's problems; whatever keeps the file from being written.
pub async fn make_demo(options: DemoOptions) -> Result<Demo, AppError> {
    let path = options.data.join(STORE_FILE);
    // SQLite would play a left-over log of another store into the new one.
    if path.exists() || options.data.join(format!("{STORE_FILE}-wal")).exists() {
        return Err(AppError::StoreExists { path });
    }
    let plan = seeding::read(options.plan.as_ref().unwrap_or(&Source::Shipped)).map_err(AppError::Plan)?;
    let zone = options.config.options.time_zone;
    let today = Timestamp::now().to_zoned_datetime(zone.clone()).date();
    let (first, last) = (plan.plan.start, plan.plan.due.min(today));
    let batches = demo::simulate(plan, options.seed, today, &zone);
    let data_error = |fault| AppError::Data { path: options.data.clone(), fault };
    std::fs::create_dir_all(&options.data).map_err(data_error)?;
    let unfinished = options.data.join(UNFINISHED_FILE);
    // What a simulation left that was stopped half-way, with SQLite's own files beside it.
    for left_over in [String::new(), "-wal".into(), "-shm".into()].map(|suffix| format!("{UNFINISHED_FILE}{suffix}")) {
        match std::fs::remove_file(options.data.join(left_over)) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => return Err(data_error(fault)),
            _ => {}
        }
    }
    let store = GpkgStore::open(&unfinished, &gpkg::Options::default())?;
    let changes = seeding::play(&store, batches).await?;
    store.flush().await?;
    // SQLite's own files beside it go with the last connection.
    drop(store);
    std::fs::rename(&unfinished, &path).map_err(data_error)?;
    Ok(Demo { path, changes, first, last })
}

/// A later start may name the plan that it began with, as a service's command line does, but not another one.
fn check_same_plan(options: &Options, loaded: &Loaded, path: PathBuf) -> Result<(), AppError> {
    let Some(source) = &options.plan else { return Ok(()) };
    let asked = seeding::plan_id(source).map_err(AppError::Plan)?;
    let kept =
        loaded.records.iter().find_map(|row| if let Record::Plan(plan) = &row.value { Some(&plan.id) } else { None });
    match kept {
        Some(kept) if *kept != asked => Err(AppError::AnotherPlan { path, kept: kept.clone(), asked }),
        _ => Ok(()),
    }
}

/// Removes uploads that were never finished, and photos that no report took, from time to time.
async fn sweep_photos(state: Arc<State>) {
    let mut turns = tokio::time::interval(SWEEP_EVERY);
    loop {
        turns.tick().await;
        let is_taken = |id: &Slug| state.published.current().inspections.photo(id).is_some();
        match state.photos.sweep(state.now(), is_taken).await {
            Ok(0) => {}
            Ok(gone) => tracing::info!(gone, "unused photos removed"),
            Err(fault) => tracing::warn!(%fault, "unused photos cannot be removed"),
        }
    }
}

/// Removes files that have been here for their day, from time to time.
async fn sweep_imports(state: Arc<State>) {
    let mut turns = tokio::time::interval(IMPORTS_SWEEP_EVERY);
    loop {
        turns.tick().await;
        let sweeping = Arc::clone(&state);
        match tokio::task::spawn_blocking(move || sweeping.imports.sweep(sweeping.now())).await {
            Ok(Ok(0)) => {}
            Ok(Ok(gone)) => tracing::info!(gone, "imports that were over removed"),
            Ok(Err(fault)) => tracing::warn!(%fault, "imports that are over cannot be removed"),
            Err(fault) => tracing::error!(%fault, "imports cannot be swept"),
        }
    }
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
