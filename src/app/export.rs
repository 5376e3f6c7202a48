//! `guatu export`: the plan of a store as a file, also beside a server that runs.

use std::path::PathBuf;
use std::sync::Arc;

use super::AppError;
use super::place::Place;
use crate::atlas::Atlas;
use crate::config::Config;
use crate::http::{self, ExportRequest};
use crate::plan::Timestamp;
use crate::services::exports::{self, Progress, Receipt};
use crate::services::past::{Past, PastError};
use crate::services::publish::Published;
use crate::services::{Audience, View};

/// What [`export`] is asked for.
pub struct ExportOptions {
    pub place: Place,
    pub file: PathBuf,
    pub request: ExportRequest,
    /// Only what anybody may see.
    pub public: bool,
    pub config: Config,
    pub progress: Arc<Progress>,
}

/// Writes the plan of a store as a file, which gets its name when it is complete; also beside a server that runs.
///
/// # Errors
/// When there is no plan, when the request cannot be done, or when the file cannot be written.
pub async fn export(options: ExportOptions) -> Result<Receipt, AppError> {
    let told = |problem: &http::Problem| AppError::Export(problem.told().0);
    let loaded = options.place.read().await?;
    let published = Published::new(Atlas::build(loaded.seq, loaded.records)?);
    let store = options.place.existing().await?;
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
