//! The KML of a file: itself, or the first `.kml` in a KMZ, which is a zip archive. What a member promises to unpack to is not believed.

use std::io::{Read, Seek};

use zip::ZipArchive;

use crate::formats::layer::{MAX_UNPACKED_BYTES, ReadError};

/// Members of a KMZ: its pictures and models come with it.
const MAX_MEMBERS: usize = 2_000;

/// Hands the KML on. An archive's member ends where a file may not unpack to more.
pub(super) fn with_kml<T>(
    source: &mut (impl Read + Seek),
    take: impl FnOnce(&mut dyn Read) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let mut beginning = [0; 4];
    source.rewind()?;
    let mut read = 0;
    while read < beginning.len() {
        match source.read(&mut beginning[read..])? {
            0 => break,
            count => read += count,
        }
    }
    source.rewind()?;
    if beginning != *b"PK\x03\x04" {
        return take(source);
    }
    let damaged =
        |fault: zip::result::ZipError| ReadError::refused("the KMZ", format!("its archive is damaged: {fault}"));
    let mut archive = ZipArchive::new(source).map_err(damaged)?;
    if archive.len() > MAX_MEMBERS {
        let reason = format!("it has {} members; it may have {MAX_MEMBERS}", archive.len());
        return Err(ReadError::refused("the KMZ", reason));
    }
    let is_kml = |name: &str| name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("kml"));
    let found =
        (0..archive.len()).find(|index| matches!(archive.name_for_index(*index), Some(Ok(name)) if is_kml(&name)));
    let found = found.ok_or_else(|| ReadError::refused("the KMZ", "no member of it ends in .kml"))?;
    let member = archive.by_index(found).map_err(damaged)?;
    let mut member = member.take(MAX_UNPACKED_BYTES + 1);
    let taken = take(&mut member);
    if member.limit() == 0 {
        let reason = format!("its document unpacks to more than {MAX_UNPACKED_BYTES} bytes");
        return Err(ReadError::refused("the KMZ", reason));
    }
    taken
}
