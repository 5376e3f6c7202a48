//! Several FlatGeobuf files in a zip file: each is unpacked for itself, as its reader jumps back and forth.

use std::io::{self, Read, Seek, SeekFrom};

use crate::formats::archive::{self, Archive, Member, SIGNATURE};
use crate::formats::fgb;
use crate::formats::layer::{Inspected, ReadError, ReadOptions, Visitor};

const ENDING: &str = "fgb";

/// What is smaller is unpacked in memory.
const MAX_BYTES_IN_MEMORY: usize = 4 << 20;

pub(super) fn is_zipped(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    Ok(super::head(file)?.starts_with(SIGNATURE))
}

pub(super) fn inspect(file: &mut (impl Read + Seek)) -> Result<Inspected, ReadError> {
    let archive = Archive::open(file)?;
    let mut layers = Vec::new();
    for member in members(&archive) {
        layers.extend(fgb::inspect(&mut unpacked(&archive, member)?)?.layers);
    }
    Ok(Inspected { layers })
}

pub(super) fn read(
    file: &mut (impl Read + Seek),
    layer: &str,
    options: &ReadOptions,
    visit: Visitor,
) -> Result<(), ReadError> {
    let archive = Archive::open(file)?;
    for member in members(&archive) {
        let mut unpacked = unpacked(&archive, member)?;
        if fgb::inspect(&mut unpacked)?.layers.iter().any(|found| found.name == layer) {
            unpacked.seek(SeekFrom::Start(0))?;
            return fgb::read(&mut unpacked, layer, options, visit);
        }
    }
    Err(ReadError::refused("the archive", format!("has no layer {layer:?}")))
}

fn members<'m, R: Read + Seek>(archive: &'m Archive<'_, R>) -> impl Iterator<Item = &'m Member> {
    archive.members().iter().filter(|member| member.stem(ENDING).is_some())
}

fn unpacked<R: Read + Seek>(archive: &Archive<R>, member: &Member) -> Result<tempfile::SpooledTempFile, ReadError> {
    let mut file = tempfile::spooled_tempfile(MAX_BYTES_IN_MEMORY);
    let mut opener = archive.opener();
    io::copy(&mut opener.open(member)?, &mut file).map_err(|error| archive::fault(&member.path, error))?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}
