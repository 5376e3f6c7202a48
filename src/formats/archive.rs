//! Zip files of others, read with nothing believed: not their counts, not their sizes, not their names. Several members can be read side by side.
//! Unpacks nothing to a disk.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::read::ZipFile;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::layer::{Encoding, MAX_UNPACKED_BYTES, ReadError};
use super::text;

/// Members of an archive: a district's layers are some dozens of files.
pub const MAX_MEMBERS: usize = 2_000;

/// Bytes that may be read to find the list of members, which for [`MAX_MEMBERS`] takes a tenth of it. Bounds the work on files that
/// are no archives or have endless lists.
const MAX_DIRECTORY_BYTES: u64 = 4 << 20;

/// The first bytes of every zip file that is not empty.
pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";

/// A zip file whose list of members is sound.
pub(super) struct Archive<'a, R> {
    zip: ZipArchive<Shared<'a, R>>,
    members: Vec<Member>,
    unpacked: Rc<Unpacked>,
}

/// How much came out of each member at most, however often it was read, and of all together.
struct Unpacked {
    members: Vec<Cell<u64>>,
    total: Cell<u64>,
}

impl Unpacked {
    fn count(&self, index: usize, bytes: u64) -> io::Result<()> {
        let Some(member) = self.members.get(index) else { return Ok(()) };
        let more = bytes.saturating_sub(member.get());
        member.set(member.get() + more);
        self.total.set(self.total.get() + more);
        if self.total.get() > MAX_UNPACKED_BYTES {
            return Err(too_large("the archive unpacks to more than 1 GiB"));
        }
        Ok(())
    }
}

/// A file in an archive.
#[derive(Clone, Debug)]
pub(super) struct Member {
    index: usize,
    /// As the archive has it, in folders or not.
    pub path: String,
}

impl Member {
    /// The path without its ending, if the ending is this one, in small or capital letters.
    pub(super) fn stem(&self, ending: &str) -> Option<&str> {
        let (stem, found) = self.path.rsplit_once('.')?;
        found.eq_ignore_ascii_case(ending).then_some(stem)
    }
}

/// A way to one member's bytes at a time; several ways do not disturb each other.
pub(super) struct Opener<'a, R> {
    zip: ZipArchive<Shared<'a, R>>,
    unpacked: Rc<Unpacked>,
}

/// The bytes of a member, counted as they come.
pub(super) struct Unpacking<'o, 'a, R: Read + Seek> {
    file: ZipFile<'o, Shared<'a, R>>,
    index: usize,
    passed: u64,
    unpacked: Rc<Unpacked>,
}

/// One place in a source that others read too.
pub(super) struct Shared<'a, R> {
    source: Rc<RefCell<&'a mut R>>,
    at: u64,
    length: u64,
    /// Bytes that may still be read, while the list of members is looked for.
    allowance: Rc<Cell<Option<u64>>>,
}

impl<R> Clone for Shared<'_, R> {
    fn clone(&self) -> Self {
        let (source, allowance) = (Rc::clone(&self.source), Rc::clone(&self.allowance));
        Shared { source, at: self.at, length: self.length, allowance }
    }
}

impl<R: Read + Seek> Read for Shared<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut source = self.source.borrow_mut();
        source.seek(SeekFrom::Start(self.at))?;
        let count = source.read(out)?;
        self.at += count as u64;
        if let Some(left) = self.allowance.get() {
            let left = left
                .checked_sub(count as u64)
                .ok_or_else(|| too_large("its list of members is not found or endless"))?;
            self.allowance.set(Some(left));
        }
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for Shared<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at =
            target.ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "a place before the file's beginning"))?;
        Ok(self.at)
    }
}

/// A limit that is passed, as an error of reading.
pub(super) fn too_large(reason: &'static str) -> io::Error {
    io::Error::new(ErrorKind::FileTooLarge, reason)
}

/// Tells damage of a file from trouble with reading it.
pub(super) fn fault(at: &str, error: io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::UnexpectedEof => ReadError::refused(at, "ends before it should"),
        ErrorKind::InvalidData | ErrorKind::InvalidInput => ReadError::refused(at, format!("is damaged: {error}")),
        ErrorKind::FileTooLarge => ReadError::refused(at, error.to_string()),
        _ => ReadError::Io(error),
    }
}

fn zip_fault(at: &str, error: ZipError) -> ReadError {
    match error {
        ZipError::Io(error) => fault(at, error),
        other => ReadError::refused(at, format!("is no sound zip archive: {other}")),
    }
}

impl<'a, R: Read + Seek> Archive<'a, R> {
    /// # Errors
    /// [`ReadError::Refused`] for what is no zip file, has members with a password, with paths that lead out of it, or too many.
    pub(super) fn open(source: &'a mut R) -> Result<Archive<'a, R>, ReadError> {
        let length = source.seek(SeekFrom::End(0))?;
        let allowance = Rc::new(Cell::new(Some(MAX_DIRECTORY_BYTES)));
        let shared = Shared { source: Rc::new(RefCell::new(source)), at: 0, length, allowance: Rc::clone(&allowance) };
        let zip = ZipArchive::new(shared).map_err(|error| zip_fault("the archive", error))?;
        allowance.set(None);
        if zip.len() > MAX_MEMBERS {
            return Err(ReadError::refused(
                "the archive",
                format!("has {} members; {MAX_MEMBERS} are read", zip.len()),
            ));
        }
        let mut members: Vec<Member> = Vec::new();
        for index in 0..zip.len() {
            let entry = zip.by_index_data(index).map_err(|error| zip_fault("the archive", error))?;
            let path = path_of(entry.name_raw())
                .ok_or_else(|| ReadError::refused(format!("member {}", index + 1), "has no readable name"))?;
            check_path(&path)?;
            if entry.is_dir() || path.ends_with('/') {
                continue;
            }
            let reason = match entry.compression() {
                _ if entry.encrypted() => "has a password; pack it without one",
                _ if entry.is_symlink() => "is a link to another file; pack the file itself",
                CompressionMethod::Stored | CompressionMethod::Deflated => {
                    members.push(Member { index, path });
                    continue;
                }
                _ => "is packed in another way than Deflate; pack it as an ordinary zip file",
            };
            return Err(ReadError::refused(path, reason));
        }
        let unpacked = Unpacked { members: vec![Cell::new(0); zip.len()], total: Cell::new(0) };
        Ok(Archive { zip, members, unpacked: Rc::new(unpacked) })
    }

    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    /// By path, in small or capital letters.
    pub(super) fn find(&self, path: &str) -> Option<&Member> {
        let path = path.to_lowercase();
        self.members.iter().find(|member| member.path.to_lowercase() == path)
    }

    pub(super) fn opener(&self) -> Opener<'a, R> {
        Opener { zip: self.zip.clone(), unpacked: Rc::clone(&self.unpacked) }
    }

    /// A small member as a whole.
    pub(super) fn read_small(&self, member: &Member, max_bytes: u64) -> Result<Vec<u8>, ReadError> {
        let mut opener = self.opener();
        let mut bytes = Vec::new();
        let unpacking = opener.open(member)?;
        unpacking.take(max_bytes + 1).read_to_end(&mut bytes).map_err(|error| fault(&member.path, error))?;
        if bytes.len() as u64 > max_bytes {
            return Err(ReadError::refused(&member.path, format!("has more than {max_bytes} bytes")));
        }
        Ok(bytes)
    }
}

impl<'a, R: Read + Seek> Opener<'a, R> {
    pub(super) fn open(&mut self, member: &Member) -> Result<Unpacking<'_, 'a, R>, ReadError> {
        let file = self.zip.by_index(member.index).map_err(|error| zip_fault(&member.path, error))?;
        Ok(Unpacking { file, index: member.index, passed: 0, unpacked: Rc::clone(&self.unpacked) })
    }
}

impl<R: Read + Seek> Read for Unpacking<'_, '_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(out)?;
        self.passed += count as u64;
        self.unpacked.count(self.index, self.passed)?;
        Ok(count)
    }
}

/// Names without a mark are in whatever the packer's machine spoke: here that is UTF-8 or GBK.
fn path_of(raw: &[u8]) -> Option<String> {
    let path = text::decode(raw, Encoding::Utf8).or_else(|| text::decode(raw, Encoding::Gbk))?;
    Some(path.replace('\\', "/"))
}

fn check_path(path: &str) -> Result<(), ReadError> {
    let leads_out =
        path.starts_with('/') || path.split('/').any(|part| part == "..") || path.as_bytes().get(1) == Some(&b':');
    if leads_out {
        return Err(ReadError::refused(path, "is a path that leads out of the archive"));
    }
    if path.is_empty() || path.contains(char::is_control) {
        return Err(ReadError::refused("the archive", "has a member whose name is empty or has control characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_a_member_again_counts_once() {
        let unpacked = Unpacked { members: vec![Cell::new(0); 2], total: Cell::new(0) };
        for bytes in [MAX_UNPACKED_BYTES / 2, MAX_UNPACKED_BYTES - 1, 1, MAX_UNPACKED_BYTES - 1] {
            assert!(unpacked.count(0, bytes).is_ok(), "{bytes}");
        }
        assert!(unpacked.count(1, 1).is_ok());
        assert!(unpacked.count(1, 2).is_err());
    }
}
