//! A simulated year in a new store, to try things out.

use std::path::PathBuf;

use super::AppError;
use super::place::STORE_FILE;
use crate::config::Config;
use crate::plan::{Change, Date, Timestamp};
use crate::services::demo;
use crate::services::seeding::{self, Source};
use crate::store::Store;
use crate::store::gpkg::{self, GpkgStore};

/// The store while a simulation fills it.
const UNFINISHED_FILE: &str = "guatu.gpkg.unfinished";

/// What [`make_demo`] is asked for.
pub struct DemoOptions {
    pub data: PathBuf,
    /// The plan to simulate; the shipped one when absent.
    pub plan: Option<Source>,
    pub seed: u64,
    pub config: Config,
}

/// A store that was filled with a simulation.
pub struct Demo {
    pub path: PathBuf,
    pub changes: usize,
    /// The simulated days.
    pub first: Date,
    pub last: Date,
}

/// A simulation that is on the disk, but has no name yet.
struct Unfinished {
    store: GpkgStore,
    changes: usize,
    first: Date,
    last: Date,
}

/// Fills a new store with a plan and a simulated year of reports. The store gets its name when it is complete.
///
/// # Errors
/// [`AppError::StoreExists`] where there is a store; the plan's problems; whatever keeps the file from being written.
pub async fn make_demo(options: &DemoOptions) -> Result<Demo, AppError> {
    let path = options.data.join(STORE_FILE);
    // SQLite would play a left-over log of another store into the new one.
    if path.exists() || options.data.join(format!("{STORE_FILE}-wal")).exists() {
        return Err(AppError::StoreExists { path });
    }
    let Unfinished { store, changes, first, last } = simulate(options).await?;
    // SQLite's own files beside it go with the last connection.
    drop(store);
    let named = std::fs::rename(options.data.join(UNFINISHED_FILE), &path);
    named.map_err(|fault| AppError::Data { path: options.data.clone(), fault })?;
    Ok(Demo { path, changes, first, last })
}

/// The changes of a simulated year, for a database; no file of it stays.
///
/// # Errors
/// As [`make_demo`].
pub(super) async fn simulated(options: &DemoOptions) -> Result<Vec<Change>, AppError> {
    let made = simulate(options).await?;
    let changes = made.store.changes(0, usize::MAX).await?;
    drop(made);
    remove_unfinished(options)?;
    Ok(changes)
}

async fn simulate(options: &DemoOptions) -> Result<Unfinished, AppError> {
    let plan = seeding::read(options.plan.as_ref().unwrap_or(&Source::Shipped)).map_err(AppError::Plan)?;
    let zone = &options.config.options.time_zone;
    let today = Timestamp::now().to_zoned_datetime(zone.clone()).date();
    let (first, last) = (plan.plan.start, plan.plan.due.min(today));
    let batches = demo::simulate(plan, options.seed, today, zone);
    std::fs::create_dir_all(&options.data).map_err(|fault| AppError::Data { path: options.data.clone(), fault })?;
    // What a simulation left that was stopped half-way.
    remove_unfinished(options)?;
    let store = GpkgStore::open(&options.data.join(UNFINISHED_FILE), &gpkg::Options::default())?;
    let changes = seeding::play(&store, batches).await?;
    store.flush().await?;
    Ok(Unfinished { store, changes, first, last })
}

/// Removes the file with SQLite's own beside it.
fn remove_unfinished(options: &DemoOptions) -> Result<(), AppError> {
    for suffix in ["", "-wal", "-shm"] {
        match std::fs::remove_file(options.data.join(format!("{UNFINISHED_FILE}{suffix}"))) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
                return Err(AppError::Data { path: options.data.clone(), fault });
            }
            _ => {}
        }
    }
    Ok(())
}
