//! `guatu check DIR`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::services::seeding::{self, Source};

pub fn run(dir: PathBuf) -> ExitCode {
    if !dir.is_dir() {
        return super::failed(format_args!("there is no folder {}", dir.display()));
    }
    match seeding::read(&Source::Folder(dir)) {
        Ok(plan) => {
            println!(
                "{}: {} sections, {} targets, {} quotas, {} projects, {} themes; {} features in {} collections; no problems",
                plan.plan.id,
                plan.sections.len(),
                plan.targets.len(),
                plan.quotas.len(),
                plan.projects.len(),
                plan.themes.len(),
                plan.features.len(),
                plan.collections.len(),
            );
            ExitCode::SUCCESS
        }
        Err(problems) => {
            for problem in &problems {
                println!("{problem}");
            }
            eprintln!("guatu: {} problem{}", problems.len(), if problems.len() == 1 { "" } else { "s" });
            ExitCode::FAILURE
        }
    }
}
