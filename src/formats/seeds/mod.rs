//! Reads a plan from its folder: `plan.toml`, five CSV tables, one GeoJSON file for each collection, and `lights.toml` if it is there.
//!
//! Strict: whatever is not understood is refused, and *all* problems come back at once, each with file, row and field.
//! Opens no file itself; the caller hands in a way to fetch one by its path relative to `plan.toml`.

mod lights;
mod manifest;
mod places;
mod references;
mod table;
mod tables;

use std::collections::BTreeSet;
use std::fmt;

use crate::plan::{
    Collection, Feature, LightRule, Plan, Project, Quota, Record, RecordKey, RecordType, Section, Slug, Target, Theme,
    Visibility,
};
use manifest::Manifest;

/// The largest file of a plan that is read.
pub const MAX_FILE_BYTES: u64 = 256 << 20;

/// Something in a plan's files that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Relative to `plan.toml`.
    pub file: String,
    /// Where in the file, in its own terms: `line 3`, `feature 2 (zuili-road)`.
    pub row: Option<String>,
    pub field: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(row) = &self.row {
            write!(f, ", {row}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// A whole plan as its files tell it; every reference in it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedPlan {
    pub plan: Plan,
    /// None: the default rule.
    pub light_rule: Option<LightRule>,
    pub sections: Vec<Section>,
    pub targets: Vec<Target>,
    pub quotas: Vec<Quota>,
    pub projects: Vec<Project>,
    pub themes: Vec<Theme>,
    pub collections: Vec<Collection>,
    pub features: Vec<Feature>,
}

impl SeedPlan {
    /// The records in an order in which none refers to a later one, but for a quota's members.
    pub fn into_records(self) -> impl Iterator<Item = Record> {
        std::iter::once(Record::Plan(self.plan))
            .chain(self.light_rule.map(Record::LightRule))
            .chain(self.sections.into_iter().map(Record::Section))
            .chain(self.targets.into_iter().map(Record::Target))
            .chain(self.projects.into_iter().map(Record::Project))
            .chain(self.quotas.into_iter().map(Record::Quota))
            .chain(self.themes.into_iter().map(Record::Theme))
            .chain(self.collections.into_iter().map(Record::Collection))
            .chain(self.features.into_iter().map(Record::Feature))
    }
}

impl SeedPlan {
    /// The records that only staff may see: internal projects and collections, and features of either.
    pub fn internal_keys(&self) -> BTreeSet<RecordKey> {
        let projects = self.projects.iter().filter(|project| project.visibility == Visibility::Internal);
        let projects: BTreeSet<&Slug> = projects.map(|project| &project.id).collect();
        let collections = self.collections.iter().filter(|collection| collection.visibility == Visibility::Internal);
        let collections: BTreeSet<&Slug> = collections.map(|collection| &collection.id).collect();
        let hidden = |feature: &&Feature| {
            collections.contains(&feature.collection)
                || feature.project.as_ref().is_some_and(|project| projects.contains(project))
        };
        let key = |record_type, collection: Option<&Slug>, id: &Slug| RecordKey {
            record_type,
            collection: collection.cloned(),
            id: id.clone(),
        };
        let features = self.features.iter().filter(hidden);
        let quotas = self.quotas.iter().filter(|quota| quota.members.iter().any(|member| projects.contains(member)));
        let keys = projects.iter().map(|id| key(RecordType::Project, None, id));
        let keys = keys.chain(collections.iter().map(|id| key(RecordType::Collection, None, id)));
        let keys = keys.chain(features.map(|place| key(RecordType::Feature, Some(&place.collection), &place.id)));
        keys.chain(quotas.map(|quota| key(RecordType::Quota, None, &quota.id))).collect()
    }
}

/// Why a file could not be fetched.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FetchError {
    #[error("the file is missing")]
    Missing,
    #[error("the file has {0} bytes, more than the limit of {MAX_FILE_BYTES}")]
    TooLarge(u64),
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
}

/// Reads a plan; `fetch` gives the bytes of a file by its path relative to `plan.toml`.
///
/// # Errors
/// All problems found, in the order of the files; never an empty list.
pub fn read(fetch: impl Fn(&str) -> Result<Vec<u8>, FetchError>) -> Result<SeedPlan, Vec<Problem>> {
    let mut problems = Problems::default();
    let manifest = fetch_text(&fetch, "plan.toml", &mut problems).and_then(|text| Manifest::read(&text, &mut problems));
    // Without a manifest the rule is still looked at, under an id that nobody sees.
    let plan_id =
        manifest.as_ref().map_or_else(|| "unknown".parse().expect("an id"), |manifest| manifest.plan.id.clone());
    let light_rule = fetch_optional_text(&fetch, lights::FILE, &mut problems)
        .and_then(|text| lights::read(&text, &plan_id, &mut problems));
    let mut table = |name: &str| fetch_text(&fetch, name, &mut problems);
    let texts = tables::Texts {
        sections: table("sections.csv"),
        targets: table("targets.csv"),
        quotas: table("quotas.csv"),
        projects: table("projects.csv"),
        themes: table("themes.csv"),
    };
    let tables = tables::read(&texts, manifest.as_ref().map(|manifest| &manifest.plan), &mut problems);
    references::check_rows(&tables.rows, &mut problems);
    let Some(manifest) = manifest else { return Err(problems.in_file_order(&[])) };
    let mut places = places::Places::default();
    for (collection, path) in manifest.collections.iter().zip(&manifest.paths) {
        let text = fetch_text(&fetch, path, &mut problems);
        let mut file = places::File { path, collection, extent: manifest.plan.extent, problems: &mut problems };
        file.read(text.as_deref(), &mut places);
    }
    let seed = SeedPlan {
        plan: manifest.plan,
        light_rule,
        sections: tables.sections,
        targets: tables.targets,
        quotas: tables.quotas,
        projects: tables.projects,
        themes: tables.themes,
        collections: manifest.collections,
        features: std::mem::take(&mut places.features),
    };
    references::check_places(&seed, &manifest.paths, &tables.rows, &places, &mut problems);
    if problems.0.is_empty() { Ok(seed) } else { Err(problems.in_file_order(&manifest.paths)) }
}

/// Reads no more of a plan than its id.
///
/// # Errors
/// The problems of `plan.toml`.
pub fn read_id(fetch: impl Fn(&str) -> Result<Vec<u8>, FetchError>) -> Result<Slug, Vec<Problem>> {
    let mut problems = Problems::default();
    let manifest = fetch_text(&fetch, "plan.toml", &mut problems).and_then(|text| Manifest::read(&text, &mut problems));
    match manifest {
        Some(manifest) if problems.0.is_empty() => Ok(manifest.plan.id),
        _ => Err(problems.0),
    }
}

/// Collects what is wrong while reading goes on.
#[derive(Default)]
struct Problems(Vec<Problem>);

/// The files of every plan, in the order in which their problems are told; the collections' files follow.
const FILES: [&str; 7] =
    ["plan.toml", "lights.toml", "sections.csv", "targets.csv", "quotas.csv", "projects.csv", "themes.csv"];

impl Problems {
    /// Broken references show only when all is read; they are told with the other problems of their file.
    fn in_file_order(mut self, paths: &[String]) -> Vec<Problem> {
        let order: Vec<&str> = FILES.into_iter().chain(paths.iter().map(String::as_str)).collect();
        self.0.sort_by_key(|problem| order.iter().position(|file| *file == problem.file));
        self.0
    }

    fn add(&mut self, file: &str, row: Option<String>, field: Option<&str>, message: impl fmt::Display) {
        self.0.push(Problem {
            file: file.to_owned(),
            row,
            field: field.map(str::to_owned),
            message: message.to_string(),
        });
    }
}

fn fetch_text(
    fetch: &impl Fn(&str) -> Result<Vec<u8>, FetchError>,
    path: &str,
    problems: &mut Problems,
) -> Option<String> {
    let bytes = fetch(path).map_err(|fault| problems.add(path, None, None, fault)).ok()?;
    text_of(path, &bytes, problems)
}

/// A file that may be missing.
fn fetch_optional_text(
    fetch: &impl Fn(&str) -> Result<Vec<u8>, FetchError>,
    path: &str,
    problems: &mut Problems,
) -> Option<String> {
    match fetch(path) {
        Ok(bytes) => text_of(path, &bytes, problems),
        Err(FetchError::Missing) => None,
        Err(fault) => {
            problems.add(path, None, None, fault);
            None
        }
    }
}

fn text_of(path: &str, bytes: &[u8], problems: &mut Problems) -> Option<String> {
    // Spreadsheets like to begin a UTF-8 file with a byte order mark; it carries no data.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.to_owned()),
        Err(fault) => {
            let line = 1 + bytes[..fault.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            problems.add(path, Some(format!("line {line}")), None, "not UTF-8; save the file as UTF-8");
            None
        }
    }
}
