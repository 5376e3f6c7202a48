//! Layers as shapefiles in a zip file, as ESRI's description of 1998 and dBASE have them, with the names and encodings that Chinese offices
//! use. Heights and measures are dropped when read and never written.

mod names;
mod outline;
mod read;
mod records;
mod rings;
mod shapes;
mod table;
mod write;

pub use read::{inspect, read};
pub use write::Writer;

/// What a `.shp` and a `.shx` begin with.
const FILE_CODE: i32 = 9994;
const VERSION: i32 = 1000;

/// Bytes before the first record of a `.shp` and a `.shx`.
const HEADER_BYTES: u64 = 100;

/// Lengths are counted in words of two bytes in signed 32-bit numbers, but most programs count bytes in them.
const MAX_FILE_BYTES: u64 = i32::MAX as u64;

/// The code page of a `.dbf` in GBK, in its own header.
const LANGUAGE_GBK: u8 = 0x4D;

/// Bytes of a text in a `.dbf`.
const MAX_TEXT_BYTES: usize = 254;

/// Bytes of a field's name in a `.dbf`.
const MAX_NAME_BYTES: usize = 10;
