//! `guatu export`: the plan of a store as a file, also beside a server that runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::AppError;
use super::place::Place;
use super::signals::StopSignals;
use crate::atlas::Atlas;
use crate::config::Config;
use crate::http::{self, ExportRequest};
use crate::plan::Timestamp;
use crate::services::exports::{self, Export, Progress, Receipt};
use crate::services::past::{Past, PastError};
use crate::services::publish::Published;
use crate::services::{Audience, View};

/// What the name of a folder begins with in which the command line writes an export.
const EXPORT_PREFIX: &str = ".guatu-export-";

/// How long a writer gets to hear that it is to stop.
const EXPORT_GRACE: Duration = Duration::from_secs(2);

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
    let told = |problem: &http::Problem| AppError::Export(problem.in_a_line());
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
    write_export(export, view, about, &options).await
}

/// Writes the file beside where it is to be, in a folder that goes with all that was begun, also on a signal.
async fn write_export(
    export: Export,
    view: View,
    about: exports::Request,
    options: &ExportOptions,
) -> Result<Receipt, AppError> {
    let write_error = |fault| AppError::Write { path: options.file.clone(), fault };
    let beside = options.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut signals = StopSignals::listen()?;
    let folder = tempfile::Builder::new().prefix(EXPORT_PREFIX).tempdir_in(beside).map_err(write_error)?;
    let (path, progress) = (folder.path().to_owned(), Arc::clone(&options.progress));
    let mut writing =
        tokio::task::spawn_blocking(move || exports::desk::write_into(&export, &view, &about, &path, &progress));
    let made = tokio::select! {
        made = &mut writing => made,
        signal = signals.wait() => {
            options.progress.stop.stop();
            // Most writers hear it at once; what one writes after that goes with the process.
            let _ = tokio::time::timeout(EXPORT_GRACE, &mut writing).await;
            return Err(AppError::Stopped(signal));
        }
    };
    let made = made.map_err(|fault| AppError::Export(fault.to_string()))?;
    let (written, receipt) = made.map_err(|fault| match &fault {
        exports::ExportError::Request { .. } => AppError::Export(http::Problem::from(&fault).in_a_line()),
        // A server keeps the cause to itself; here it is the caller's own disk.
        _ => AppError::Export(fault.to_string()),
    })?;
    std::fs::rename(written, &options.file).map_err(write_error)?;
    // The receipt is of the file that there is, whatever a server would have called it.
    let file = options.file.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(Receipt { file: file.unwrap_or(receipt.file), ..receipt })
}
