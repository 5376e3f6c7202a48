//! Photos as objects: a folder by default, any object store where many servers share them. Knows no reports and decodes nothing.
//!
//! `uploads/{owner}/{id}/` holds what has come of an upload: its length, and one object for each part, named by its offset.
//! `photos/{id}/` holds a finished photo; its facts are written last, so a photo is there whole or not at all.
//! `loose/{owner}/{id}` is there while no report has taken the photo.
//!
//! Several servers may share one home. Of two that keep the same part, the object store lets one be first; nothing else is decided by
//! who came first, and nothing is renamed, copied or read back in the order it was written.

mod fault;
mod s3;

use std::collections::BTreeSet;
use std::path::Path as FilePath;
use std::sync::Arc;

use futures_util::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutPayload};
use serde::{Deserialize, Serialize};

use fault::fault;
pub use s3::{Addressing, Checked, S3Options, Transport};

use super::StoreError;
use crate::plan::{Photo, Slug, Timestamp};

/// Where photos are kept.
#[derive(Clone)]
pub struct PhotoStore {
    objects: Arc<dyn ObjectStore>,
}

/// What is known of a finished photo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhotoFacts {
    pub photo: Photo,
    /// The user name of whoever sent it.
    pub owner: String,
}

/// An upload that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Bytes that will come.
    pub length: u64,
    /// Bytes that are here.
    pub offset: u64,
}

/// A finished photo as it came, and as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    Original,
    View,
    Thumb,
}

impl Variant {
    const fn name(self) -> &'static str {
        match self {
            Variant::Original => "original",
            Variant::View => "view.jpg",
            Variant::Thumb => "thumb.jpg",
        }
    }
}

/// What became of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    Kept,
    /// Another request was faster with this offset.
    Taken,
}

const UPLOADS: &str = "uploads";
const PHOTOS: &str = "photos";
const LOOSE: &str = "loose";
const LENGTH: &str = "length";
const FACTS: &str = "facts.json";

impl PhotoStore {
    /// Photos in a folder, each on the disk before anybody is told. Makes the folder. Blocks on the disk.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the folder cannot be made or used.
    pub fn folder(folder: &FilePath) -> Result<PhotoStore, StoreError> {
        let failed = |fault: &dyn std::fmt::Display| StoreError::Failed(format!("{}: {fault}", folder.display()));
        std::fs::create_dir_all(folder).map_err(|fault| failed(&fault))?;
        let objects = LocalFileSystem::new_with_prefix(folder).map_err(|fault| failed(&fault))?;
        Ok(PhotoStore { objects: Arc::new(objects.with_fsync(true).with_automatic_cleanup(true)) })
    }

    /// Begins an upload.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be kept.
    pub async fn begin(&self, owner: &str, id: &Slug, length: u64) -> Result<(), StoreError> {
        self.put(&upload_of(owner, id).join(LENGTH), length.to_string().into()).await
    }

    /// How far an upload is; none when there is no such upload of this owner.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn upload(&self, owner: &str, id: &Slug) -> Result<Option<Upload>, StoreError> {
        let Some(length) = self.get(&upload_of(owner, id).join(LENGTH)).await? else { return Ok(None) };
        let length = std::str::from_utf8(&length).ok().and_then(|text| text.parse().ok());
        let length = length.ok_or_else(|| StoreError::Failed(format!("the length of upload {id} cannot be read")))?;
        let offset = self.parts(owner, id).await?.last().map_or(0, |(at, size)| at + size);
        Ok(Some(Upload { length, offset }))
    }

    /// Offset and size of each part in order, up to the first gap.
    async fn parts(&self, owner: &str, id: &Slug) -> Result<Vec<(u64, u64)>, StoreError> {
        let all = self.list(&upload_of(owner, id)).await?;
        let mut parts: Vec<(u64, u64)> =
            all.iter().filter_map(|meta| Some((meta.location.filename()?.parse().ok()?, meta.size))).collect();
        parts.sort_unstable();
        let mut end = 0;
        let whole = parts.into_iter().take_while(|(at, size)| {
            let follows = *at == end;
            end += size;
            follows
        });
        Ok(whole.collect())
    }

    /// Keeps the part of an upload that begins at `offset`.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be kept.
    pub async fn append(&self, owner: &str, id: &Slug, offset: u64, bytes: Vec<u8>) -> Result<Appended, StoreError> {
        let part = upload_of(owner, id).join(format!("{offset:012}"));
        match self.objects.put_opts(&part, PutPayload::from(bytes), PutMode::Create.into()).await {
            Ok(_) => Ok(Appended::Kept),
            Err(Error::AlreadyExists { .. }) => Ok(Appended::Taken),
            Err(other) => Err(fault(&other)),
        }
    }

    /// All bytes of an upload in order; none when they are not all there, as when another server has dropped it meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn bytes_of(&self, owner: &str, id: &Slug) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(upload) = self.upload(owner, id).await? else { return Ok(None) };
        let mut bytes = Vec::new();
        for (offset, _) in self.parts(owner, id).await? {
            let Some(part) = self.get(&upload_of(owner, id).join(format!("{offset:012}"))).await? else {
                return Ok(None);
            };
            bytes.extend(part);
        }
        Ok(Some(bytes).filter(|bytes| bytes.len() as u64 == upload.length))
    }

    /// The number of uploads that somebody has begun and not finished.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn count_uploads(&self, owner: &str) -> Result<usize, StoreError> {
        let all = self.list(&Path::from_iter([UPLOADS, owner])).await?;
        // What a crash left without its length is none any more.
        Ok(all.iter().filter(|meta| meta.location.filename() == Some(LENGTH)).count())
    }

    /// Removes all that has come of an upload.
    ///
    /// # Errors
    /// [`StoreError`] when something stays.
    pub async fn drop_upload(&self, owner: &str, id: &Slug) -> Result<(), StoreError> {
        // The length goes first: no other server takes what is half gone for an upload that has only begun. Parts that a crash
        // leaves, or that another server is keeping at this moment, go with the next sweep, which finds them by their own age.
        self.delete(&upload_of(owner, id).join(LENGTH)).await?;
        for meta in self.list(&upload_of(owner, id)).await? {
            self.delete(&meta.location).await?;
        }
        Ok(())
    }

    /// Keeps a finished photo, as one that no report has taken yet.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be kept; it is not there then.
    pub async fn keep(&self, facts: &PhotoFacts, variants: [(Variant, Vec<u8>); 3]) -> Result<(), StoreError> {
        let id = &facts.photo.id;
        self.loosen(&facts.owner, id).await?;
        for (variant, bytes) in variants {
            self.put(&photo_of(id).join(variant.name()), bytes).await?;
        }
        let facts = serde_json::to_vec(facts).map_err(|fault| StoreError::Failed(fault.to_string()))?;
        self.put(&photo_of(id).join(FACTS), facts).await
    }

    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn facts(&self, id: &Slug) -> Result<Option<PhotoFacts>, StoreError> {
        let Some(bytes) = self.get(&photo_of(id).join(FACTS)).await? else { return Ok(None) };
        let facts = serde_json::from_slice(&bytes);
        facts.map(Some).map_err(|fault| StoreError::Failed(format!("the facts of photo {id}: {fault}")))
    }

    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn read(&self, id: &Slug, variant: Variant) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(&photo_of(id).join(variant.name())).await
    }

    /// Says that a report has taken a photo.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be said.
    pub async fn take(&self, owner: &str, id: &Slug) -> Result<(), StoreError> {
        self.delete(&loose(owner, id)).await
    }

    /// Says that no report has taken a photo, as of now.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be said.
    pub async fn loosen(&self, owner: &str, id: &Slug) -> Result<(), StoreError> {
        self.put(&loose(owner, id), Vec::new()).await
    }

    /// The number of finished photos of somebody that no report has taken.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn count_loose(&self, owner: &str) -> Result<usize, StoreError> {
        Ok(self.list(&Path::from_iter([LOOSE, owner])).await?.len())
    }

    /// Removes a photo.
    ///
    /// # Errors
    /// [`StoreError`] when something stays.
    pub async fn drop_photo(&self, owner: &str, id: &Slug) -> Result<(), StoreError> {
        self.delete(&photo_of(id).join(FACTS)).await?;
        for variant in [Variant::Original, Variant::View, Variant::Thumb] {
            self.delete(&photo_of(id).join(variant.name())).await?;
        }
        self.delete(&loose(owner, id)).await
    }

    /// Uploads that began before a moment, with their owners.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn uploads_before(&self, moment: Timestamp) -> Result<Vec<(String, Slug)>, StoreError> {
        let old: BTreeSet<_> = self.list_before(UPLOADS, moment).await?.iter().filter_map(owner_and_id).collect();
        Ok(old.into_iter().collect())
    }

    /// Photos that were finished before a moment and that no report has taken.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn loose_before(&self, moment: Timestamp) -> Result<Vec<(String, Slug)>, StoreError> {
        Ok(self.list_before(LOOSE, moment).await?.iter().filter_map(owner_and_id).collect())
    }

    /// Whether a photo has been loose since before a moment, and is now.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub async fn is_loose_since(&self, owner: &str, id: &Slug, moment: Timestamp) -> Result<bool, StoreError> {
        match self.objects.head(&loose(owner, id)).await {
            Ok(meta) => Ok(meta.last_modified.timestamp() < moment.as_second()),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(other) => Err(fault(&other)),
        }
    }

    async fn list_before(&self, folder: &str, moment: Timestamp) -> Result<Vec<Path>, StoreError> {
        let all = self.list(&Path::from(folder)).await?;
        let old = all.into_iter().filter(|meta| meta.last_modified.timestamp() < moment.as_second());
        Ok(old.map(|meta| meta.location).collect())
    }

    async fn list(&self, folder: &Path) -> Result<Vec<ObjectMeta>, StoreError> {
        self.objects.list(Some(folder)).try_collect().await.map_err(|cause| fault(&cause))
    }

    async fn put(&self, path: &Path, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.objects.put(path, PutPayload::from(bytes)).await.map(|_| ()).map_err(|cause| fault(&cause))
    }

    async fn get(&self, path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
        let read = async { self.objects.get(path).await?.bytes().await };
        match read.await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(other) => Err(fault(&other)),
        }
    }

    async fn delete(&self, path: &Path) -> Result<(), StoreError> {
        match self.objects.delete(path).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(other) => Err(fault(&other)),
        }
    }
}

fn upload_of(owner: &str, id: &Slug) -> Path {
    Path::from_iter([UPLOADS, owner, id.as_str()])
}

fn photo_of(id: &Slug) -> Path {
    Path::from_iter([PHOTOS, id.as_str()])
}

fn loose(owner: &str, id: &Slug) -> Path {
    Path::from_iter([LOOSE, owner, id.as_str()])
}

fn owner_and_id(path: &Path) -> Option<(String, Slug)> {
    let mut parts = path.parts().skip(1);
    Some((parts.next()?.as_ref().to_owned(), parts.next()?.as_ref().parse().ok()?))
}
