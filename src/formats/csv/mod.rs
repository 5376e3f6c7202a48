//! Layers as comma-separated values (RFC 4180), with the geometry as well-known text or as two columns of coordinates. One file holds one
//! layer; several are a zip file of such files.

mod lines;
mod read;
mod write;

pub use read::{LONE_LAYER, inspect, read};
pub use write::{Options, Places, Writer, ZipWriter};
