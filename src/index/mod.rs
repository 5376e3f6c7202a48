//! FIND IT: which features may lie in a window or near a point, and which names hold a word.
//!
//! Answers are candidates by bounding box, never too few; whoever asks tests them exactly (`spatial`).

mod names;
mod spatial_index;

pub use names::{Language, NameHit, NameIndex};
pub use spatial_index::{Located, OVERLAY_LIMIT, SpatialIndex};
