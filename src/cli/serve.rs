//! `guatu serve`.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::prelude::*;

use super::{ServeArguments, failed};
use crate::app::{self, Place};
use crate::config::Config;
use crate::services::seeding::Source;

pub fn run(arguments: ServeArguments) -> ExitCode {
    let config = match Config::read(arguments.config.as_deref()) {
        Ok(config) => config,
        Err(fault) => return failed(fault),
    };
    start_log(arguments.log_json);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => return failed(fault),
    };
    let options = app::Options {
        listen: arguments.listen,
        place: Place::new(arguments.data, arguments.database.database_url, &config),
        plan: arguments.plan.map(Source::Folder),
        as_of: arguments.as_of,
        demo: arguments.demo.then_some(super::DEMO_SEED),
        config,
    };
    let served = runtime.block_on(app::serve(options));
    // Work that nobody waits for any more must not hold the program.
    runtime.shutdown_timeout(LAST_WORK);
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => failed(fault),
    }
}

/// What is logged unless `RUST_LOG` says otherwise: what operators ask for, and trouble in libraries.
const LOG_FILTER: &str = "info,refinery_core=warn";

/// How long computing that is under way may go on after the server has stopped.
const LAST_WORK: Duration = Duration::from_secs(2);

/// The log goes to standard error.
fn start_log(as_json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG_FILTER));
    // Its words hold what statements are given, digests of secrets among it.
    let filter = filter.add_directive("tokio_postgres=warn".parse().expect("a directive"));
    let registry = tracing_subscriber::registry().with(filter);
    // Colours are for terminals; a file or a journal would keep the escapes.
    let layer =
        tracing_subscriber::fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    if as_json {
        registry.with(layer.json()).init();
    } else {
        registry.with(layer).init();
    }
}
