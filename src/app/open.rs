//! Opens the store with all that is in it. An empty one, which only a first start meets, gets its plan.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::demo::{self, DemoOptions};
use super::place::Place;
use super::{AppError, Options};
use crate::atlas::Row;
use crate::plan::{Record, Timestamp};
use crate::services::accounts::{Accounts, AccountsError};
use crate::services::seeding::{self, Source};
use crate::store::postgres::Link;
use crate::store::{Loaded, ServerStore, Store, StoreError};

/// How often to look whether a database that is away at the start is there.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// As [`open`]; a database that is away is waited for.
///
/// # Errors
/// Whatever waiting does not mend.
pub(super) async fn open_patiently(
    options: &Options,
    link: Option<&Arc<Link>>,
) -> Result<(ServerStore, Loaded), AppError> {
    loop {
        match open(options, link).await {
            Err(fault) if link.is_some() && is_passing(&fault) => wait(&fault).await,
            done => return done,
        }
    }
}

/// Opens the accounts, with a path to set up by where there is nobody yet; likewise.
///
/// # Errors
/// Whatever waiting does not mend.
pub(super) async fn accounts_patiently(
    place: &Place,
    link: Option<Arc<Link>>,
) -> Result<(Accounts, Option<String>), AppError> {
    loop {
        let (opening, over, runtime) = (place.clone(), link.clone(), Handle::current());
        let opened = tokio::task::spawn_blocking(move || {
            let accounts = opening.accounts(over.as_deref(), &runtime)?;
            let set_up = accounts.begin_setup(Timestamp::now())?;
            Ok((accounts, set_up))
        });
        match opened.await.map_err(|fault| AppError::Serve(fault.to_string()))? {
            Err(fault) if link.is_some() && is_passing(&fault) => wait(&fault).await,
            done => return done,
        }
    }
}

async fn wait(fault: &AppError) {
    tracing::warn!(%fault, "waiting for the database");
    tokio::time::sleep(LOOK_EVERY).await;
}

fn is_passing(fault: &AppError) -> bool {
    let (AppError::Store(fault) | AppError::Accounts(AccountsError::Store(fault))) = fault else { return false };
    matches!(fault, StoreError::Unreachable(_) | StoreError::Busy(_) | StoreError::Unknown(_))
}

async fn open(options: &Options, link: Option<&Arc<Link>>) -> Result<(ServerStore, Loaded), AppError> {
    let place = &options.place;
    let source = options.plan.as_ref().unwrap_or(&Source::Shipped);
    let is_new_file = link.is_none() && !place.store_path().exists();
    if let Some(seed) = options.demo.filter(|_| is_new_file) {
        let made = demo::make_demo(&demo_options(options, seed)).await?;
        tracing::info!(path = %made.path.display(), changes = made.changes, "store created with a simulated year");
    }
    // The plan is read before a file is made, so that a refused one leaves nothing behind.
    let plan = if is_new_file && options.demo.is_none() { Some(read_plan(source)?) } else { None };
    let store = place.store(link.cloned()).await?;
    let loaded = store.load().await?;
    if loaded.seq > 0 {
        check_same_plan(options, &loaded)?;
        return Ok((store, loaded));
    }
    match options.demo {
        Some(seed) => fill_with_demo(options, seed, &store).await?,
        None => {
            let plan = plan.map_or_else(|| read_plan(source), Ok)?;
            match seeding::seed(&store, plan, Timestamp::now()).await {
                Ok(seq) => tracing::info!(store = %place, seq, "store created from the plan"),
                // Another server began at the same time and was faster.
                Err(StoreError::Conflict { .. }) if link.is_some() => {}
                Err(fault) => return Err(fault.into()),
            }
        }
    }
    let loaded = store.load().await?;
    check_same_plan(options, &loaded)?;
    Ok((store, loaded))
}

fn read_plan(source: &Source) -> Result<crate::formats::seeds::SeedPlan, AppError> {
    seeding::read(source).map_err(AppError::Plan)
}

fn demo_options(options: &Options, seed: u64) -> DemoOptions {
    let (data, plan, config) = (options.place.data.clone(), options.plan.clone(), options.config.clone());
    DemoOptions { data, plan, seed, config }
}

/// The simulation's changes as one, so that a database holds the whole year or nothing.
async fn fill_with_demo(options: &Options, seed: u64, store: &ServerStore) -> Result<(), AppError> {
    let changes = demo::simulated(&demo_options(options, seed)).await?;
    let count = changes.len();
    match store.replay(changes).await {
        Ok(()) => tracing::info!(store = %options.place, changes = count, "store created with a simulated year"),
        // Another server began at the same time and was faster.
        Err(StoreError::Invalid { .. }) => {}
        Err(fault) => return Err(fault.into()),
    }
    Ok(())
}

/// A later start may name the plan that it began with, as a service's command line does, but not another one.
fn check_same_plan(options: &Options, loaded: &Loaded) -> Result<(), AppError> {
    let is_plan = |row: &Row<Record>| if let Record::Plan(plan) = &row.value { Some(plan.clone()) } else { None };
    let kept = loaded.records.iter().find_map(is_plan);
    let place = options.place.to_string();
    if options.demo.is_some() && !kept.as_ref().is_some_and(|plan| plan.simulated) {
        return Err(AppError::NotSimulated { place });
    }
    let Some(source) = &options.plan else { return Ok(()) };
    let asked = seeding::plan_id(source).map_err(AppError::Plan)?;
    match kept {
        Some(kept) if kept.id != asked => Err(AppError::AnotherPlan { place, kept: kept.id, asked }),
        _ => Ok(()),
    }
}
