//! `guatu demo`.

use std::process::ExitCode;

use super::{DemoArguments, failed};
use crate::app::{self, Demo, DemoOptions};
use crate::config::Config;
use crate::services::seeding::Source;

pub fn run(arguments: DemoArguments) -> ExitCode {
    let config = match Config::read(arguments.config.as_deref()) {
        Ok(config) => config,
        Err(fault) => return failed(fault),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().build() {
        Ok(runtime) => runtime,
        Err(fault) => return failed(fault),
    };
    let (data, seed) = (arguments.data, arguments.seed);
    let options = DemoOptions { data: data.clone(), plan: arguments.plan.map(Source::Folder), seed, config };
    match runtime.block_on(app::make_demo(&options)) {
        Ok(Demo { path, changes, first, last }) => {
            println!("{}: {changes} simulated changes from {first} to {last}; nothing of it is real", path.display());
            println!("look at it with: guatu serve --data {} --as-of {last}", data.display());
            ExitCode::SUCCESS
        }
        Err(fault) => failed(fault),
    }
}
