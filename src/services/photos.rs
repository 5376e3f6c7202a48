//! Photos on their way to a report: uploads that can break and go on, and the check of what came.
//!
//! What is refused leaves nothing behind; what nobody asks for again goes after [`UNUSED_DAYS`].

use std::sync::Arc;

use jiff::ToSpan;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::formats::photo::{self, PhotoError};
use crate::plan::{Photo, Slug, Timestamp};
use crate::store::StoreError;
use crate::store::photos::{Appended, PhotoFacts, PhotoStore, Upload, Variant};

/// The longest photo.
pub const MAX_PHOTO_BYTES: u64 = 25 << 20;

/// Uploads that one user may have begun and not finished, and photos that no report of theirs has taken, together.
pub const MAX_UPLOADS: usize = 100;

/// Days after which an upload that was never finished, and a photo that no report took, go.
pub const UNUSED_DAYS: i64 = 7;

/// Photos that are decoded at the same time: each may take some 700 MB.
const DEVELOPING: usize = 1;

/// Why an upload cannot begin, go on or end, by what the caller should do.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// Begin another.
    #[error("there is no upload {0} of yours")]
    Absent(Slug),
    /// Send a smaller one.
    #[error("a photo has 1 to {MAX_PHOTO_BYTES} bytes, not {0}")]
    Length(u64),
    /// Finish some first.
    #[error("{MAX_UPLOADS} photos of yours are under way or in no report already")]
    TooMany,
    /// Go on from where it is.
    #[error("the upload is at {at} of {length} bytes")]
    Offset { at: u64, length: u64 },
    /// Send another one.
    #[error("the photo {0}")]
    Photo(#[from] PhotoError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub struct Photos {
    store: PhotoStore,
    developing: Arc<Semaphore>,
}

impl Photos {
    pub fn new(store: PhotoStore) -> Photos {
        Photos { store, developing: Arc::new(Semaphore::new(DEVELOPING)) }
    }

    /// Begins an upload; its id is the photo's.
    ///
    /// # Errors
    /// [`UploadError::Length`], [`UploadError::TooMany`], or what the store says.
    pub async fn begin(&self, owner: &str, length: u64) -> Result<Slug, UploadError> {
        if length == 0 || length > MAX_PHOTO_BYTES {
            return Err(UploadError::Length(length));
        }
        if self.store.count_uploads(owner).await? + self.store.count_loose(owner).await? >= MAX_UPLOADS {
            return Err(UploadError::TooMany);
        }
        let id: Slug = Uuid::now_v7().to_string().parse().expect("a UUID in lower case is an id");
        self.store.begin(owner, &id, length).await?;
        Ok(id)
    }

    /// How far an upload is. One that broke off while its photo was checked is checked now.
    ///
    /// # Errors
    /// [`UploadError::Absent`], or as [`Photos::append`].
    pub async fn find(&self, owner: &str, id: &Slug) -> Result<Upload, UploadError> {
        match self.store.upload(owner, id).await? {
            Some(upload) if upload.offset == upload.length => {
                self.finish(owner, id).await?;
                Ok(upload)
            }
            Some(upload) => Ok(upload),
            None => match self.finished(owner, id).await? {
                Some(photo) => Ok(Upload { length: photo.bytes, offset: photo.bytes }),
                None => Err(UploadError::Absent(id.clone())),
            },
        }
    }

    /// Keeps bytes that begin at `offset`, and checks the photo when they are the last. Says how far the upload is then.
    ///
    /// # Errors
    /// [`UploadError::Offset`] when they do not follow on what is here, [`UploadError::Photo`] when the photo cannot be taken; the
    /// upload is gone then.
    pub async fn append(&self, owner: &str, id: &Slug, offset: u64, bytes: Vec<u8>) -> Result<u64, UploadError> {
        let Upload { length, offset: at } = self.find(owner, id).await?;
        let end = offset + bytes.len() as u64;
        if offset != at || end > length {
            return Err(UploadError::Offset { at, length });
        }
        if !bytes.is_empty() {
            match self.store.append(owner, id, offset, bytes).await? {
                Appended::Kept => {}
                Appended::Taken => {
                    let Upload { length, offset: at } = self.find(owner, id).await?;
                    return Err(UploadError::Offset { at, length });
                }
            }
        }
        if end == length && at < length {
            self.finish(owner, id).await?;
        }
        Ok(end)
    }

    /// Ends an upload, finished or not; a photo that a report has taken stays.
    ///
    /// # Errors
    /// [`UploadError::Absent`], or what the store says.
    pub async fn cancel(&self, owner: &str, id: &Slug, is_taken: impl Fn(&Slug) -> bool) -> Result<(), UploadError> {
        if self.store.upload(owner, id).await?.is_some() {
            return Ok(self.store.drop_upload(owner, id).await?);
        }
        match self.finished(owner, id).await? {
            Some(_) if !is_taken(id) => Ok(self.store.drop_photo(owner, id).await?),
            _ => Err(UploadError::Absent(id.clone())),
        }
    }

    /// A photo that this owner sent, whole and checked.
    ///
    /// # Errors
    /// What the store says.
    pub async fn finished(&self, owner: &str, id: &Slug) -> Result<Option<Photo>, StoreError> {
        let facts = self.store.facts(id).await?;
        Ok(facts.filter(|facts| facts.owner == owner).map(|facts| facts.photo))
    }

    /// # Errors
    /// What the store says.
    pub async fn read(&self, id: &Slug, variant: Variant) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.read(id, variant).await
    }

    /// As [`Photos::finished`], for a report that is about to take the photo: it is not swept away under it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn hold(&self, owner: &str, id: &Slug) -> Result<Option<Photo>, StoreError> {
        let photo = self.finished(owner, id).await?;
        if photo.is_some() {
            self.store.loosen(owner, id).await?;
        }
        Ok(photo)
    }

    /// Says that a report has taken photos. What fails is tried again when what is unused is swept.
    pub async fn take<'a>(&self, owner: &str, photos: impl IntoIterator<Item = &'a Photo>) {
        for photo in photos {
            if let Err(fault) = self.store.take(owner, &photo.id).await {
                tracing::warn!(%fault, photo = %photo.id, "a photo stays among those that no report has taken");
            }
        }
    }

    async fn finish(&self, owner: &str, id: &Slug) -> Result<(), UploadError> {
        let turn = Arc::clone(&self.developing).acquire_owned().await;
        let turn = turn.map_err(|fault| StoreError::Failed(fault.to_string()))?;
        // Another request may have finished it meanwhile.
        if self.finished(owner, id).await?.is_some() {
            return Ok(self.store.drop_upload(owner, id).await?);
        }
        let Some(bytes) = self.store.bytes_of(owner, id).await? else {
            // Another server was faster: it has kept the photo, or refused it.
            return match self.finished(owner, id).await? {
                Some(_) => Ok(self.store.drop_upload(owner, id).await?),
                None => Err(UploadError::Absent(id.clone())),
            };
        };
        let developed = tokio::task::spawn_blocking(move || (photo::develop(&bytes), bytes));
        // A reader that panics on a photo refuses it.
        let (developed, bytes) = match developed.await {
            Ok((developed, bytes)) => (developed, bytes),
            Err(fault) => {
                tracing::error!(%fault, "a photo cannot be read");
                (Err(PhotoError::Damaged("the reader gave up".to_owned())), Vec::new())
            }
        };
        let developed = match developed {
            Ok(developed) => developed,
            Err(fault) => {
                self.store.drop_upload(owner, id).await?;
                return Err(fault.into());
            }
        };
        let photo = Photo {
            id: id.clone(),
            sha256: hex(&Sha256::digest(&bytes)),
            media_type: developed.media_type,
            bytes: bytes.len() as u64,
            width: developed.width,
            height: developed.height,
            taken: developed.taken,
            position: developed.position,
        };
        let facts = PhotoFacts { photo, owner: owner.to_owned() };
        let variants = [(Variant::Original, bytes), (Variant::View, developed.view), (Variant::Thumb, developed.thumb)];
        self.store.keep(&facts, variants).await?;
        self.store.drop_upload(owner, id).await?;
        // Only now: whoever waits for the turn finds the photo.
        drop(turn);
        Ok(())
    }

    /// Removes what nobody has asked for in [`UNUSED_DAYS`]; `is_taken` tells whether a report has a photo. Says how many went.
    ///
    /// # Errors
    /// What the store says; what is left then goes the next time.
    pub async fn sweep(&self, now: Timestamp, is_taken: impl Fn(&Slug) -> bool) -> Result<usize, StoreError> {
        let before = now - (UNUSED_DAYS * 24).hours();
        let mut gone = 0;
        for (owner, id) in self.store.uploads_before(before).await? {
            self.store.drop_upload(&owner, &id).await?;
            gone += 1;
        }
        for (owner, id) in self.store.loose_before(before).await? {
            if is_taken(&id) {
                self.store.take(&owner, &id).await?;
            } else if self.store.is_loose_since(&owner, &id, before).await? {
                // No report is taking it at this moment.
                self.store.drop_photo(&owner, &id).await?;
                gone += 1;
            }
        }
        Ok(gone)
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
