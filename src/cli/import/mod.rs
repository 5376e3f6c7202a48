//! `guatu import`: a file into the plan of a data folder, by the preview and the rules of the server.

mod arguments;
mod told;

use std::collections::BTreeSet;
use std::io::{Seek, SeekFrom};
use std::path::Path;
use std::process::ExitCode;

pub use arguments::ImportArguments;
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::{self, AppError};
use crate::atlas::{Atlas, AtlasError};
use crate::config::{Config, ConfigError};
use crate::formats::layer::ReadError;
use crate::formats::read::SourceFormat;
use crate::plan::{Right, UserName, Word, rights_of};
use crate::services::edits::{self, Author, EditError, Moves};
use crate::services::imports::{ImportError, Preview, Source, inspect, preview};
use crate::store::gpkg::{self, GpkgStore};
use crate::store::lock::FolderLock;
use crate::store::{Loaded, Store, StoreError, files};

/// Whose name stands in the log when nobody is named.
const ACTOR: &str = "import";

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{0}; stop it, or send the file to the server; --dry-run works beside it")]
    InUse(String),
    #[error("there is no plan in {0}; `guatu serve` or `guatu demo` makes one")]
    NoStore(String),
    #[error("there is no user {0} who may sign in; `guatu user list` tells who there is")]
    NoUser(UserName),
    #[error("{0}")]
    Arguments(String),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Atlas(#[from] AtlasError),
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Runtime(#[from] std::io::Error),
}

impl From<ReadError> for Fault {
    fn from(fault: ReadError) -> Fault {
        Fault::Import(fault.into())
    }
}

pub fn run(arguments: &ImportArguments) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => return super::failed(fault),
    };
    match runtime.block_on(import(arguments)) {
        Ok(code) => code,
        Err(fault) => super::failed(fault),
    }
}

async fn import(arguments: &ImportArguments) -> Result<ExitCode, Fault> {
    let data = arguments.data.as_path();
    let path = app::store_path(data);
    if !path.is_file() {
        return Err(Fault::NoStore(data.display().to_string()));
    }
    if arguments.dry_run {
        let atlas = built(gpkg::read(&path, &gpkg::Options::default())?)?;
        let preview = look(arguments, &atlas)?;
        return Ok(if preview.counts.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let _lock = FolderLock::take(data).map_err(|fault| match fault {
        StoreError::Busy(reason) => Fault::InUse(reason),
        fault => Fault::Store(fault),
    })?;
    let store = GpkgStore::open(&path, &gpkg::Options::default())?;
    let atlas = built(store.load().await?)?;
    let preview = look(arguments, &atlas)?;
    let code = commit(arguments, &store, &atlas, &preview).await?;
    store.flush().await?;
    Ok(code)
}

fn built(loaded: Loaded) -> Result<Atlas, AtlasError> {
    Atlas::build(loaded.seq, loaded.records)
}

/// Makes the preview and prints it.
fn look(arguments: &ImportArguments, atlas: &Atlas) -> Result<Preview, Fault> {
    let author = author(arguments)?;
    let name = arguments.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut file = files::open(&arguments.file)?;
    let bar = progress(file.seek(SeekFrom::End(0))?);
    let mut file = bar.wrap_read(file);
    bar.set_message("looking at the file");
    let format = SourceFormat::recognise(&name, &mut file)?.ok_or_else(|| ImportError::UnknownFormat(name.clone()))?;
    let mut source = Source { format, file: &mut file, path: &arguments.file };
    let inspection = inspect(&mut source, &name, atlas)?;
    let mapping = arguments.mapping(&inspection).map_err(Fault::Arguments)?;
    bar.set_message("holding it against the plan");
    let preview = preview(&mut source, &inspection, &mapping, atlas, &author);
    bar.finish_and_clear();
    let preview = preview?;
    told::print(&name, format, &mapping, &preview);
    Ok(preview)
}

/// A bar over the bytes of the file; nothing where nobody sees it.
fn progress(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes}");
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Whoever is named, with their rights; whoever has the folder may do all.
fn author(arguments: &ImportArguments) -> Result<Author, Fault> {
    let zone = Config::read(arguments.config.as_deref())?.options.time_zone;
    let (name, rights) = match &arguments.user {
        Some(name) => (name.to_string(), rights(&arguments.data, name)?),
        None => (ACTOR.to_owned(), Right::ALL.iter().copied().collect()),
    };
    let at = app::now();
    let today = at.to_zoned_datetime(zone).date();
    Ok(Author { name, rights, at, today, note: Some(arguments.note()), undoes: None, request: None })
}

fn rights(data: &Path, name: &UserName) -> Result<BTreeSet<Right>, Fault> {
    let users = app::open_accounts(data)?.users().map_err(AppError::from)?;
    let found = users.iter().find(|(user, _)| user.name == *name && !user.disabled);
    found.map(|(user, _)| rights_of(&user.roles)).ok_or_else(|| Fault::NoUser(name.clone()))
}

async fn commit(
    arguments: &ImportArguments,
    store: &GpkgStore,
    atlas: &Atlas,
    preview: &Preview,
) -> Result<ExitCode, Fault> {
    let rejected = preview.counts.rejected;
    if rejected > 0 && !arguments.without_rejected {
        println!(
            "nothing was changed: {rejected} rows are rejected; mend them, or import the others by --without-rejected"
        );
        return Ok(ExitCode::FAILURE);
    }
    let edits = preview.edits();
    if edits.is_empty() {
        println!("nothing was changed: all is as it is here");
        return Ok(ExitCode::SUCCESS);
    }
    let batch = edits::prepare(atlas, edits, &author(arguments)?, Moves::Step)?;
    let changes = store.commit(batch).await?;
    if let (Some(first), Some(last)) = (changes.first(), changes.last()) {
        println!("batch {}: {} changes, {} to {}", first.batch, changes.len(), first.seq, last.seq);
    }
    Ok(ExitCode::SUCCESS)
}
