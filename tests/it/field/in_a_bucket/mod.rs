//! All that is tested of uploads and photos, once more with photos in a bucket.

#[path = "../photos.rs"]
#[expect(clippy::duplicate_mod, reason = "the same tests, over another home")]
mod photos;
#[path = "../uploads.rs"]
#[expect(clippy::duplicate_mod, reason = "the same tests, over another home")]
mod uploads;

use std::sync::Arc;

use crate::support::bucket::{Bucket, PhotoHome};
use crate::support::office::Office;

async fn office() -> Office {
    Office::with_photos(|folder| PhotoHome::Bucket(Arc::new(Bucket::start(folder)))).await
}
