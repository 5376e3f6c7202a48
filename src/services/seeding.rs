//! The first start: a plan's files become the first changes of an empty store. The shipped plan is inside the program.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use rust_embed::RustEmbed;

use crate::formats::seeds::{self, FetchError, MAX_FILE_BYTES, Problem, SeedPlan};
use crate::plan::{Batch, Edit, Expected, Slug, Timestamp};
use crate::store::{Store, StoreError};

/// The actor of the changes that seeding makes.
const ACTOR: &str = "seed";

#[derive(RustEmbed)]
#[folder = "seeds"]
struct ShippedSeeds;

#[derive(RustEmbed)]
#[folder = "geodata"]
#[include = "*.geojson"]
struct ShippedGeodata;

/// Where a plan's files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The plan that comes with the program: Jiaxing Economic and Technological Development Zone, 2019.
    Shipped,
    /// A folder with a `plan.toml`.
    Folder(PathBuf),
}

/// Reads and checks a plan.
///
/// # Errors
/// Every problem of its files.
pub fn read(source: &Source) -> Result<SeedPlan, Vec<Problem>> {
    seeds::read(|path| source.fetch(path))
}

/// Reads no more than a plan's id.
///
/// # Errors
/// The problems of its `plan.toml`.
pub fn plan_id(source: &Source) -> Result<Slug, Vec<Problem>> {
    seeds::read_id(|path| source.fetch(path))
}

impl Source {
    fn fetch(&self, path: &str) -> Result<Vec<u8>, FetchError> {
        match self {
            Source::Shipped => {
                let path = plain_path(&Path::new("seeds/jxedz-2019").join(path));
                let file = match path.split_once('/') {
                    Some(("seeds", name)) => ShippedSeeds::get(name),
                    Some(("geodata", name)) => ShippedGeodata::get(name),
                    _ => None,
                };
                file.map(|file| file.data.into_owned()).ok_or(FetchError::Missing)
            }
            Source::Folder(folder) => read_file(&folder.join(path)),
        }
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, FetchError> {
    let fault = |fault: std::io::Error| match fault.kind() {
        std::io::ErrorKind::NotFound => FetchError::Missing,
        _ => FetchError::Unreadable(fault.to_string()),
    };
    let length = std::fs::metadata(path).map_err(fault)?.len();
    if length > MAX_FILE_BYTES {
        return Err(FetchError::TooLarge(length));
    }
    std::fs::read(path).map_err(fault)
}

/// Resolves `..` by words, as embedded files have no folders.
fn plain_path(path: &Path) -> String {
    let mut parts: Vec<Cow<str>> = Vec::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(parts.pop()),
            Component::Normal(part) => parts.push(part.to_string_lossy()),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    parts.join("/")
}

/// Writes batches that were prepared, in their order. Gives the number of changes.
///
/// # Errors
/// As [`Store::commit`]; the batches before have landed then.
pub async fn play(store: &impl Store, batches: Vec<Batch>) -> Result<usize, StoreError> {
    let mut count = 0;
    for batch in batches {
        count += store.commit(batch).await?.len();
    }
    Ok(count)
}

/// Writes a plan into an empty store as one batch; `at` is the time that its changes carry.
///
/// # Errors
/// As [`Store::commit`]; nothing has landed then.
pub async fn seed(store: &impl Store, plan: SeedPlan, at: Timestamp) -> Result<u64, StoreError> {
    let internal = plan.internal_keys();
    let edits = plan.into_records().map(|record| Edit::Put { record, expected: Expected::Absent }).collect();
    let changes = store.commit(Batch { at, actor: ACTOR.to_owned(), edits, internal, ..Batch::default() }).await?;
    Ok(changes.last().map_or(0, |change| change.seq))
}
