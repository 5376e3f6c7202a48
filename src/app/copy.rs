//! `guatu store copy`: a plan, and on request accounts and photos, from one store into another.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tokio::runtime::Handle;

use super::AppError;
use super::place::{PHOTOS_FOLDER, Place, now};
use crate::config::Config;
use crate::services::moving::{self, MoveError, Moved};
use crate::store::ServerStore;
use crate::store::accounts::CopiedAccounts;
use crate::store::gpkg::{self, GpkgStore};
use crate::store::photos::{CopiedPhotos, PhotoStore};

/// A store as it is named on the command line.
#[derive(Clone, Debug)]
pub enum Address {
    Database(String),
    Folder(PathBuf),
    File(PathBuf),
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Address, &'static str> {
        let is_database = text.starts_with("postgres://") || text.starts_with("postgresql://");
        let is_file = Path::new(text).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gpkg"));
        if !is_database && (text.contains("://") || text.contains('=')) {
            return Err("is neither a path nor postgres://…");
        }
        Ok(match (is_database, is_file) {
            (true, _) => Address::Database(text.to_owned()),
            (false, true) => Address::File(text.into()),
            (false, false) => Address::Folder(text.into()),
        })
    }
}

/// Where photos are, as it is named on the command line.
#[derive(Clone, Debug)]
pub enum PhotosAddress {
    Folder(PathBuf),
    /// That of the configuration.
    Bucket,
}

impl FromStr for PhotosAddress {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<PhotosAddress, Infallible> {
        Ok(if text == "bucket" { PhotosAddress::Bucket } else { PhotosAddress::Folder(text.into()) })
    }
}

pub struct CopyOptions {
    pub from: Address,
    pub to: Address,
    pub accounts: bool,
    pub photos_from: Option<PhotosAddress>,
    pub photos_to: Option<PhotosAddress>,
    pub config: Option<PathBuf>,
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Changes { done: u64, all: u64 },
    Photos { done: u64, all: u64 },
}

/// What is in the target now.
pub struct Copied {
    pub moved: Moved,
    pub accounts: Option<CopiedAccounts>,
    pub photos: Option<CopiedPhotos>,
}

/// # Errors
/// What keeps one side from being read or the other from being written; what was copied until then stays, and the next copy goes on.
pub async fn copy(options: CopyOptions, progress: impl Fn(Step)) -> Result<Copied, AppError> {
    let config = Config::read(options.config.as_deref())?;
    let (from, to) = (Side::new(&options.from, &config), Side::new(&options.to, &config));
    // What is asked for and cannot be done is told before anything is copied.
    let photos = match &options.photos_to {
        None => None,
        Some(target) => {
            let source = match &options.photos_from {
                Some(source) => source.clone(),
                None => from.photos().ok_or_else(|| {
                    AppError::Copy(
                        "--photos-from: the source is no data folder, so say where its photos are".to_owned(),
                    )
                })?,
            };
            Some((photo_store(&source, &config)?, photo_store(target, &config)?))
        }
    };
    if options.accounts && !(from.has_accounts() && to.has_accounts()) {
        return Err(AppError::Copy("--accounts: a GeoPackage has none; name the data folder that it is in".to_owned()));
    }
    let source = from.existing().await?;
    let _lock = to.begin()?;
    let target = to.store().await?;
    let told = |done, all| progress(Step::Changes { done, all });
    let moved = moving::copy(&source, &target, now(), told)
        .await
        .map_err(|fault: MoveError| AppError::Copy(fault.to_string()))?;
    target.flush().await?;
    let accounts = if options.accounts { Some(copy_accounts(from.place, to.place).await?) } else { None };
    let photos = match photos {
        Some((source, target)) => {
            let told = |done, all| progress(Step::Photos { done, all });
            Some(source.copy_to(&target, told).await?)
        }
        None => None,
    };
    Ok(Copied { moved, accounts, photos })
}

async fn copy_accounts(from: Place, to: Place) -> Result<CopiedAccounts, AppError> {
    let runtime = Handle::current();
    let copying = tokio::task::spawn_blocking(move || {
        let (source, target) = (from.link()?, to.link()?);
        let source = from.accounts_store(source.as_deref(), &runtime)?;
        let target = to.accounts_store(target.as_deref(), &runtime)?;
        Ok::<_, AppError>(source.copy_to(&target)?)
    });
    copying.await.map_err(|fault| AppError::Copy(fault.to_string()))?
}

fn photo_store(address: &PhotosAddress, config: &Config) -> Result<PhotoStore, AppError> {
    match (address, &config.photos) {
        (PhotosAddress::Folder(folder), _) => Ok(PhotoStore::folder(folder)?),
        (PhotosAddress::Bucket, Some(bucket)) => Ok(PhotoStore::s3(bucket)?),
        (PhotosAddress::Bucket, None) => Err(AppError::Copy(
            "bucket: the configuration has no [photos] that says which; name it by --config".to_owned(),
        )),
    }
}

/// One of the two stores.
struct Side {
    place: Place,
    /// A file that is named by itself.
    file: Option<PathBuf>,
}

impl Side {
    fn new(address: &Address, config: &Config) -> Side {
        match address {
            Address::Database(url) => Side { place: Place::new(PathBuf::new(), Some(url.clone()), config), file: None },
            Address::Folder(folder) => Side { place: Place { data: folder.clone(), database: None }, file: None },
            Address::File(file) => {
                let folder = file.parent().map(Path::to_owned).unwrap_or_default();
                Side { place: Place { data: folder, database: None }, file: Some(file.clone()) }
            }
        }
    }

    fn has_accounts(&self) -> bool {
        self.file.is_none()
    }

    fn photos(&self) -> Option<PhotosAddress> {
        let is_folder = self.file.is_none() && self.place.database.is_none();
        is_folder.then(|| PhotosAddress::Folder(self.place.data.join(PHOTOS_FOLDER)))
    }

    async fn existing(&self) -> Result<ServerStore, AppError> {
        match &self.file {
            Some(file) if !file.is_file() => Err(AppError::NoStore { place: file.display().to_string() }),
            Some(_) => self.store().await,
            None => self.place.existing().await,
        }
    }

    /// Makes the folder of a target, and keeps servers away from a file.
    fn begin(&self) -> Result<Option<crate::store::lock::FolderLock>, AppError> {
        if self.place.database.is_none() && !self.place.data.as_os_str().is_empty() {
            let made = std::fs::create_dir_all(&self.place.data);
            made.map_err(|fault| AppError::Data { path: self.place.data.clone(), fault })?;
        }
        self.place.lock()
    }

    async fn store(&self) -> Result<ServerStore, AppError> {
        match &self.file {
            Some(file) => Ok(ServerStore::File(GpkgStore::open(file, &gpkg::Options::default())?)),
            None => self.place.store(self.place.link()?).await,
        }
    }
}
