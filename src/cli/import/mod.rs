//! `guatu import`: a file into the plan of a store, by the preview and the rules of the server.

mod arguments;
mod told;

use std::collections::BTreeSet;
use std::io::{Seek, SeekFrom};
use std::process::ExitCode;

pub use arguments::ImportArguments;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::runtime::Handle;

use crate::app::{self, AppError, Place};
use crate::atlas::{Atlas, AtlasError};
use crate::config::{Config, ConfigError};
use crate::formats::layer::ReadError;
use crate::formats::read::SourceFormat;
use crate::plan::{Right, UserName, Word, rights_of};
use crate::services::edits::{self, Author, EditError, Moves};
use crate::services::imports::{ImportError, Preview, Source, inspect, preview};
use crate::store::{Loaded, ServerStore, Store, StoreError, Turn, files};

/// Whose name stands in the log when nobody is named.
const ACTOR: &str = "import";

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{0}; stop it, or send the file to the server; --dry-run works beside it")]
    InUse(String),
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
    let config = Config::read(arguments.config.as_deref())?;
    let place = arguments.place.place(&config);
    let author = author(arguments, &config, &place).await?;
    if arguments.dry_run {
        let preview = look(arguments, &built(place.read().await?)?, &author)?;
        return Ok(if preview.counts.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let _lock = place.lock().map_err(|fault| match fault {
        AppError::Store(StoreError::Busy(reason)) => Fault::InUse(reason),
        fault => Fault::App(fault),
    })?;
    let store = place.existing().await?;
    let atlas = built(store.load().await?)?;
    let preview = look(arguments, &atlas, &author)?;
    let code = commit(arguments, &store, &atlas, &preview, &author).await?;
    store.flush().await?;
    Ok(code)
}

fn built(loaded: Loaded) -> Result<Atlas, AtlasError> {
    Atlas::build(loaded.seq, loaded.records)
}

/// Makes the preview and prints it.
fn look(arguments: &ImportArguments, atlas: &Atlas, author: &Author) -> Result<Preview, Fault> {
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
    let preview = preview(&mut source, &inspection, &mapping, atlas, author);
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

/// Whoever is named, with their rights; whoever can open the store may do all.
async fn author(arguments: &ImportArguments, config: &Config, place: &Place) -> Result<Author, Fault> {
    let (name, rights) = match &arguments.user {
        Some(name) => (name.to_string(), rights(place.clone(), name).await?),
        None => (ACTOR.to_owned(), Right::ALL.iter().copied().collect()),
    };
    let at = app::now();
    let today = at.to_zoned_datetime(config.options.time_zone.clone()).date();
    Ok(Author { name, rights, at, today, note: Some(arguments.note()), undoes: None, request: None })
}

async fn rights(place: Place, name: &UserName) -> Result<BTreeSet<Right>, Fault> {
    let runtime = Handle::current();
    let asked = tokio::task::spawn_blocking(move || {
        let link = place.link()?;
        Ok(place.accounts(link.as_deref(), &runtime)?.users()?)
    });
    let users = asked.await.map_err(std::io::Error::other)?.map_err(|fault: AppError| Fault::App(fault))?;
    let found = users.iter().find(|(user, _)| user.name == *name && !user.disabled);
    found.map(|(user, _)| rights_of(&user.roles)).ok_or_else(|| Fault::NoUser(name.clone()))
}

async fn commit(
    arguments: &ImportArguments,
    store: &ServerStore,
    atlas: &Atlas,
    preview: &Preview,
    author: &Author,
) -> Result<ExitCode, Fault> {
    let rejected = preview.counts.rejected;
    if rejected > 0 && !arguments.without_rejected {
        say!(
            "nothing was changed: {rejected} rows are rejected; mend them, or import the others by --without-rejected"
        );
        return Ok(ExitCode::FAILURE);
    }
    let edits = preview.edits();
    if edits.is_empty() {
        say!("nothing was changed: all is as it is here");
        return Ok(ExitCode::SUCCESS);
    }
    // Servers of the same database may have gone on: what the file brings is judged by how things are now.
    let turn = store.turn(atlas.seq()).await?;
    let atlas = atlas.apply(turn.missed())?;
    let batch = edits::prepare(&atlas, edits, author, Moves::Step)?;
    let changes = turn.commit(batch).await?;
    if let (Some(first), Some(last)) = (changes.first(), changes.last()) {
        say!("batch {}: {} changes, {} to {}", first.batch, changes.len(), first.seq, last.seq);
    }
    Ok(ExitCode::SUCCESS)
}
