//! Reports from the field: filing them, deciding about them, their photos, what a phone takes along, and what hostile bytes do.

mod bucket;
mod decisions;
mod evidence;
mod fuzz;
mod in_a_bucket;
mod kit;
mod photos;
mod reports;
mod uploads;

use crate::support::office::Office;

/// Where these tests are: photos in a folder.
async fn office() -> Office {
    Office::open().await
}
