//! Brings photos from one home into another, each held against its checksum. Goes on where it stopped.

use std::collections::BTreeSet;

use object_store::path::Path;
use sha2::{Digest, Sha256};

use super::{PHOTOS, PhotoFacts, PhotoStore, Variant, loose};
use crate::plan::Slug;
use crate::store::StoreError;

/// What the target has now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopiedPhotos {
    pub found: u64,
    pub copied: u64,
}

impl PhotoStore {
    /// Copies finished photos; uploads that are under way stay behind. `progress` hears how many are there, of how many.
    ///
    /// # Errors
    /// What either home says, and [`StoreError::Failed`] for a photo that is not what its checksum says; those before it stay.
    pub async fn copy_to(&self, target: &PhotoStore, progress: impl Fn(u64, u64)) -> Result<CopiedPhotos, StoreError> {
        let objects = self.list(&Path::from(PHOTOS)).await?;
        let ids: BTreeSet<Slug> = objects.iter().filter_map(|meta| id_of(&meta.location)).collect();
        let all = ids.len() as u64;
        let mut copied = CopiedPhotos::default();
        for (id, done) in ids.into_iter().zip(1..) {
            // What has no facts is not whole: an upload that is just ending, or what a crash left.
            if let Some(facts) = self.facts(&id).await? {
                // Facts are written last, so that what has them is whole.
                if target.facts(&id).await?.as_ref() == Some(&facts) {
                    copied.found += 1;
                } else {
                    self.copy_photo(&facts, target).await?;
                    copied.copied += 1;
                }
            }
            progress(done, all);
        }
        Ok(copied)
    }

    async fn copy_photo(&self, facts: &PhotoFacts, target: &PhotoStore) -> Result<(), StoreError> {
        let id = &facts.photo.id;
        let read = async |variant: Variant| {
            let bytes = self.read(id, variant).await?;
            bytes.ok_or_else(|| StoreError::Failed(format!("photo {id} lacks its {}", variant.name())))
        };
        let original = read(Variant::Original).await?;
        if !is_of(&Sha256::digest(&original), &facts.photo.sha256) {
            return Err(StoreError::Failed(format!("photo {id} is not what its checksum says")));
        }
        let (view, thumb) = (read(Variant::View).await?, read(Variant::Thumb).await?);
        let is_loose = self.get(&loose(&facts.owner, id)).await?.is_some();
        target.keep(facts, [(Variant::Original, original), (Variant::View, view), (Variant::Thumb, thumb)]).await?;
        if is_loose { Ok(()) } else { target.take(&facts.owner, id).await }
    }
}

/// Whether a digest is the one that is written in hexadecimal digits.
fn is_of(digest: &[u8], digits: &str) -> bool {
    let byte = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    digits.as_bytes().chunks(2).map(byte).eq(digest.iter().copied().map(Some))
}

/// The photo that an object belongs to.
fn id_of(path: &Path) -> Option<Slug> {
    path.parts().nth(1)?.as_ref().parse().ok()
}
