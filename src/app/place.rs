//! Where what is kept is: in a data folder alone, or in a database that many servers share, with a data folder for what is a server's own.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::{Handle, Runtime};

use super::AppError;
use crate::config::Config;
use crate::plan::Timestamp;
use crate::services::accounts::Accounts;
use crate::store::accounts::AccountsStore;
use crate::store::gpkg::{self, GpkgStore};
use crate::store::lock::FolderLock;
use crate::store::postgres::{self, Link, PostgresStore};
use crate::store::{Loaded, ServerStore, Store};

/// The store's file in the data folder.
pub(super) const STORE_FILE: &str = "guatu.gpkg";

/// The accounts' file in the data folder; apart, so that the store's can be handed around.
const ACCOUNTS_FILE: &str = "accounts.sqlite";

/// The folder of photos in the data folder.
pub(super) const PHOTOS_FOLDER: &str = "photos";

/// What the command line and the configuration say about where things are.
#[derive(Clone, Debug)]
pub struct Place {
    pub data: PathBuf,
    /// The database with the plan and the accounts; in files of the data folder when absent.
    pub database: Option<postgres::Options>,
}

/// Names the store without its password.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.database {
            None => write!(f, "{}", self.store_path().display()),
            Some(database) => write!(f, "{database}"),
        }
    }
}

impl Place {
    /// `database_url` from the command line or the environment goes before the configuration's.
    pub fn new(data: PathBuf, database_url: Option<String>, config: &Config) -> Place {
        Place { data, database: config.database.options(database_url) }
    }

    pub fn store_path(&self) -> PathBuf {
        self.data.join(STORE_FILE)
    }

    /// A way to the database, if there is one. Connects when it is first needed.
    ///
    /// # Errors
    /// For an address or certificates that cannot be taken.
    pub fn link(&self) -> Result<Option<Arc<Link>>, AppError> {
        Ok(self.database.as_ref().map(Link::open).transpose()?)
    }

    /// Opens the store, or makes an empty one.
    ///
    /// # Errors
    /// When it is none of ours, from a newer program, or out of reach.
    pub async fn store(&self, link: Option<Arc<Link>>) -> Result<ServerStore, AppError> {
        Ok(match link {
            None => ServerStore::File(GpkgStore::open(&self.store_path(), &gpkg::Options::default())?),
            Some(link) => ServerStore::Database(PostgresStore::open(link).await?),
        })
    }

    /// Opens a store that has a plan, for those that work beside a server.
    ///
    /// # Errors
    /// [`AppError::NoStore`] where there is none.
    pub async fn existing(&self) -> Result<ServerStore, AppError> {
        match self.link()? {
            Some(link) => Ok(ServerStore::Database(PostgresStore::open_existing(link).await?)),
            None if !self.store_path().is_file() => Err(AppError::NoStore { place: self.to_string() }),
            None => self.store(None).await,
        }
    }

    /// Reads everything and changes nothing: a file of an older schema is brought to this one by a server, not beside one.
    ///
    /// # Errors
    /// [`AppError::NoStore`] where there is no plan.
    pub async fn read(&self) -> Result<Loaded, AppError> {
        let loaded = match &self.database {
            Some(_) => self.existing().await?.load().await?,
            None if !self.store_path().is_file() => return Err(AppError::NoStore { place: self.to_string() }),
            None => gpkg::read(&self.store_path(), &gpkg::Options::default())?,
        };
        if loaded.seq == 0 { Err(AppError::NoStore { place: self.to_string() }) } else { Ok(loaded) }
    }

    /// The right to write: a file has one writer at a time, and a database gives turns.
    ///
    /// # Errors
    /// [`StoreError::Busy`](crate::store::StoreError::Busy) while another program has it.
    pub fn lock(&self) -> Result<Option<FolderLock>, AppError> {
        let is_alone = self.database.is_none();
        Ok(is_alone.then(|| FolderLock::take(&self.data)).transpose()?)
    }

    /// Opens the accounts, or makes them; also beside a server that runs. Blocks: never on a thread of the runtime.
    ///
    /// # Errors
    /// When the folder is missing, when they are not ours, or out of reach.
    pub fn accounts(&self, link: Option<&Link>, runtime: &Handle) -> Result<Accounts, AppError> {
        Ok(Accounts::new(self.accounts_store(link, runtime)?)?)
    }

    /// What is below them; as [`Place::accounts`].
    pub(super) fn accounts_store(&self, link: Option<&Link>, runtime: &Handle) -> Result<AccountsStore, AppError> {
        let data_error = |fault| AppError::Data { path: self.data.clone(), fault };
        Ok(match link {
            Some(link) => AccountsStore::postgres(link.pool().clone(), runtime.clone())?,
            None => {
                std::fs::read_dir(&self.data).map_err(data_error)?;
                AccountsStore::open(&self.data.join(ACCOUNTS_FILE))?
            }
        })
    }
}

/// Opens the accounts of a place with a runtime of their own, for commands that have none.
///
/// # Errors
/// As [`Place::accounts`].
pub fn accounts(place: &Place) -> Result<Accounts, AppError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    // It serves connections for as long as the program runs.
    let runtime: &'static Runtime = Box::leak(Box::new(runtime.map_err(|fault| AppError::Serve(fault.to_string()))?));
    let link = place.link()?;
    place.accounts(link.as_deref(), runtime.handle())
}

/// # Errors
/// When the file cannot be written.
pub fn write_text(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, text)
}

/// The moment, for those of the command line that work on a store.
pub fn now() -> Timestamp {
    Timestamp::now()
}
