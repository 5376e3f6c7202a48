//! The GeoPackage store: the contract, and what only a file must keep: foreign readers, foreign files, reopening.

use std::path::{Path, PathBuf};

use guatu::store::gpkg::{GpkgStore, Options};
use tempfile::TempDir;

mod contract {
    use super::fresh;

    crate::store_contract! { fresh() }
}

fn open(path: &Path) -> GpkgStore {
    GpkgStore::open(path, &Options::default()).expect("a store of ours")
}

fn path_in(folder: &TempDir) -> PathBuf {
    folder.path().join("plan.gpkg")
}

fn fresh() -> (GpkgStore, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    (open(&path_in(&folder)), folder)
}
