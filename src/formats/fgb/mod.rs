//! FlatGeobuf 3, both ways: one layer a file, with its packed R-tree; several layers are a zip archive of files.

mod geometry;
mod properties;
mod read;
mod write;

pub use read::{inspect, read};
pub use write::{Writer, ZipWriter};
