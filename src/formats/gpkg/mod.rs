//! GeoPackage: geometry blobs both ways (the `GP` header, then ISO WKB; two dimensions and six types; little-endian when written),
//! and whole files of layers as exports and imports know them. The store of the plan is a GeoPackage too, but that is its own matter.
//!
//! No bytes make it panic. It checks structure; whether a geometry is valid is `Shape`'s matter.

mod bulk;
mod open;
mod read;
mod rtree;
mod schema;
mod tables;
mod wkb;
mod write;

pub use read::{inspect, read};
pub use rtree::{index_sql, triggers_sql};
pub use write::FileWriter;

use geo::{BoundingRect, Coord, Geometry, Rect};

/// The spatial reference system that is written: WGS 84 longitude, latitude.
pub const SRS_ID: i32 = 4326;

const MAGIC: [u8; 2] = *b"GP";
const VERSION_1: u8 = 0;
/// Magic, version, flags and srs_id; the envelope follows.
const FIXED_HEADER_BYTES: usize = 8;

const FLAG_LITTLE_ENDIAN: u8 = 0b0000_0001;
const FLAG_ENVELOPE_XY: u8 = 0b0000_0010;
const FLAG_EMPTY: u8 = 0b0001_0000;
const FLAG_EXTENDED: u8 = 0b0010_0000;
const ENVELOPE_SHIFT: u8 = 1;
const ENVELOPE_MASK: u8 = 0b111;

/// Why a blob was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    #[error("the geometry does not begin with a GeoPackage header (GP, version 1)")]
    NotABlob,
    #[error("the geometry ends too early")]
    Short,
    #[error("{0} bytes follow the geometry")]
    Trailing(usize),
    #[error("the geometry is in srs {0}; it must be {SRS_ID}")]
    Srs(i32),
    #[error("the geometry has type code {0}; it must be one of the six simple types in two dimensions")]
    Type(u32),
    #[error("a ring is open: its last position must repeat its first")]
    OpenRing,
    #[error("the geometry is empty")]
    Empty,
}

/// Writes a geometry with its envelope; a point is its own envelope and gets none. `None` for types that WKB lacks here.
pub fn encode(geometry: &Geometry) -> Option<Vec<u8>> {
    let mut blob = Vec::with_capacity(FIXED_HEADER_BYTES + 64);
    encode_into(geometry, SRS_ID, &mut blob).map(|_| blob)
}

/// As [`encode`], in any reference system and behind what `blob` holds already; the rectangle around it.
fn encode_into(geometry: &Geometry, srs_id: i32, blob: &mut Vec<u8>) -> Option<Rect> {
    let is_point = matches!(geometry, Geometry::Point(_));
    let rect = geometry.bounding_rect()?;
    blob.extend(MAGIC);
    blob.push(VERSION_1);
    blob.push(FLAG_LITTLE_ENDIAN | if is_point { 0 } else { FLAG_ENVELOPE_XY });
    blob.extend(srs_id.to_le_bytes());
    if !is_point {
        for bound in [rect.min().x, rect.max().x, rect.min().y, rect.max().y] {
            blob.extend(bound.to_le_bytes());
        }
    }
    wkb::write(geometry, blob).then_some(rect)
}

/// Writes a geometry as plain WKB, without a GeoPackage's header. `None` for types that WKB lacks here.
pub fn to_wkb(geometry: &Geometry) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(64);
    wkb::write(geometry, &mut bytes).then_some(bytes)
}

/// Reads plain WKB back. Heights and measures are refused, not dropped.
///
/// # Errors
/// The first [`BlobError`] found.
pub fn from_wkb(bytes: &[u8]) -> Result<Geometry, BlobError> {
    wkb::read(bytes, Heights::Refused)
}

/// Reads a blob back. Heights and measures are refused, not dropped.
///
/// # Errors
/// The first [`BlobError`] found.
pub fn decode(blob: &[u8]) -> Result<Geometry, BlobError> {
    let header = Header::read(blob)?;
    if header.srs_id != SRS_ID {
        return Err(BlobError::Srs(header.srs_id));
    }
    if header.is_empty {
        return Err(BlobError::Empty);
    }
    wkb::read(header.wkb, Heights::Refused)
}

/// Reads a blob of another's file, whatever its reference system; heights and measures are dropped. `None` when it is empty.
///
/// # Errors
/// The first [`BlobError`] found.
fn decode_foreign(blob: &[u8]) -> Result<Option<Geometry>, BlobError> {
    let header = Header::read(blob)?;
    if header.is_empty {
        return Ok(None);
    }
    match wkb::read(header.wkb, Heights::Dropped) {
        Err(BlobError::Empty) => Ok(None),
        other => other.map(Some),
    }
}

/// What becomes of the third and fourth number of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heights {
    Refused,
    Dropped,
}

/// The rectangle around a blob's geometry, from its envelope where it has one; `None` when the geometry is empty.
///
/// # Errors
/// As [`decode`], but for the srs, which makes no difference here.
pub fn rect(blob: &[u8]) -> Result<Option<Rect>, BlobError> {
    let header = Header::read(blob)?;
    if header.is_empty {
        return Ok(None);
    }
    match header.envelope {
        Some(envelope) => Ok(Some(envelope)),
        None => match wkb::read(header.wkb, Heights::Refused) {
            Ok(geometry) => Ok(geometry.bounding_rect()),
            Err(BlobError::Empty) => Ok(None),
            Err(fault) => Err(fault),
        },
    }
}

struct Header<'a> {
    srs_id: i32,
    is_empty: bool,
    envelope: Option<Rect>,
    wkb: &'a [u8],
}

impl Header<'_> {
    fn read(blob: &[u8]) -> Result<Header<'_>, BlobError> {
        let (fixed, rest) = blob.split_first_chunk::<FIXED_HEADER_BYTES>().ok_or(BlobError::NotABlob)?;
        let [magic_0, magic_1, version, flags, srs @ ..] = *fixed;
        if [magic_0, magic_1] != MAGIC || version != VERSION_1 || flags & FLAG_EXTENDED != 0 {
            return Err(BlobError::NotABlob);
        }
        let little = flags & FLAG_LITTLE_ENDIAN != 0;
        let bounds = match (flags >> ENVELOPE_SHIFT) & ENVELOPE_MASK {
            0 => 0,
            1 => 4,
            2 | 3 => 6,
            4 => 8,
            _ => return Err(BlobError::NotABlob),
        };
        let (envelope, wkb) = rest.split_at_checked(bounds * size_of::<f64>()).ok_or(BlobError::Short)?;
        let mut numbers = envelope.as_chunks::<8>().0.iter().map(|bytes| wkb::f64_of(*bytes, little));
        let envelope = match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
            (Some(west), Some(east), Some(south), Some(north)) => {
                Some(Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north }))
            }
            _ => None,
        };
        let srs_id = if little { i32::from_le_bytes(srs) } else { i32::from_be_bytes(srs) };
        Ok(Header { srs_id, is_empty: flags & FLAG_EMPTY != 0, envelope, wkb })
    }
}

#[cfg(test)]
mod tests;
