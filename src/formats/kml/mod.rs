//! KML 2.2 (OGC 12-007r2), both ways; KMZ is read too. Longitude and latitude on WGS 84, and nothing else, as the format has it.

mod document;
mod geometry;
mod read;
mod source;
mod write;
mod xml;

pub use read::{inspect, read};
pub use write::Writer;
