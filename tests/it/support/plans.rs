//! The plans in the tree: the one that ships, and a made-up one of another district.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use guatu::formats::seeds::{FetchError, SeedPlan, read};

pub const SHIPPED: &str = "seeds/jxedz-2019";
pub const MADE_UP: &str = "tests/plans/haitang-2024";

pub fn folder(plan: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(plan)
}

/// Reads a plan of the tree, which must be without a problem.
pub fn load(plan: &str) -> SeedPlan {
    let folder = folder(plan);
    let fetch = |path: &str| {
        std::fs::read(folder.join(path)).map_err(|fault| match fault.kind() {
            ErrorKind::NotFound => FetchError::Missing,
            _ => FetchError::Unreadable(fault.to_string()),
        })
    };
    read(fetch).unwrap_or_else(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{plan} does not read:\n{}", told.join("\n"))
    })
}
