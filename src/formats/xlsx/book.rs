//! What a workbook's sheets share: their names and places, their texts, and which number formats are dates.

use std::io::{Read, Seek};

use super::xml::{Token, Xml, unmasked};
use crate::formats::archive::{Archive, Member};
use crate::formats::layer::ReadError;

/// Sheets of a workbook.
const MAX_SHEETS: usize = 256;

/// Bytes of the texts that all sheets share; they are kept while the workbook is read.
const MAX_SHARED_BYTES: usize = 128 << 20;

/// Texts that all sheets share.
const MAX_SHARED: usize = 4_000_000;

/// Formats of cells; spreadsheets allow 64,000.
const MAX_STYLES: usize = 65_536;

/// Formats that every spreadsheet knows as dates without being told, those of Chinese ones among them.
const DATE_FORMATS: [std::ops::RangeInclusive<u32>; 4] = [14..=17, 22..=22, 27..=31, 50..=58];

/// What counts as the end of the path to the workbook.
const WORKBOOK: &str = "/officeDocument";
const WORKSHEET: &str = "/worksheet";

pub(super) struct Book {
    pub sheets: Vec<(String, Member)>,
    pub texts: Texts,
    /// By the number of a cell's style.
    pub is_date: Vec<bool>,
    /// Days count from 1904, as on old Macintosh computers.
    pub is_1904: bool,
}

/// Many texts in one.
#[derive(Default)]
pub(super) struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.all.get(start..end)
    }
}

/// A line of a list of relations: what, of which type, where.
struct Relation {
    id: String,
    kind: String,
    target: String,
}

impl Book {
    pub(super) fn open<R: Read + Seek>(archive: &Archive<R>) -> Result<Book, ReadError> {
        let is_none = || ReadError::refused("the archive", "is no workbook (.xlsx)");
        let package = relations(archive, "_rels/.rels", "")?;
        let workbook = package.iter().find(|relation| relation.kind.ends_with(WORKBOOK)).ok_or_else(is_none)?;
        let path = workbook.target.clone();
        let (folder, name) = path.rsplit_once('/').map_or(("", path.as_str()), |(folder, name)| (folder, name));
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let parts = relations(archive, &format!("{folder}_rels/{name}.rels"), &folder)?;
        let part =
            |ending: &str| parts.iter().find(|relation| relation.kind.ends_with(ending)).map(|found| &found.target);
        let (names, is_1904) = names(archive, &path)?;
        let mut sheets = Vec::new();
        for (name, id) in names {
            let Some(relation) = parts.iter().find(|relation| relation.id == id) else {
                return Err(ReadError::refused(path, format!("the sheet {name} is not in it")));
            };
            // Sheets of charts have no cells.
            if relation.kind.ends_with(WORKSHEET) {
                let Some(member) = archive.find(&relation.target) else {
                    let reason = format!("the sheet {name} is not in the archive");
                    return Err(ReadError::refused(&relation.target, reason));
                };
                sheets.push((name, member.clone()));
            }
        }
        let texts = part("/sharedStrings").and_then(|path| archive.find(path)).map(|member| texts(archive, member));
        let is_date = part("/styles").and_then(|path| archive.find(path)).map(|member| dates(archive, member));
        Ok(Book {
            sheets,
            texts: texts.transpose()?.unwrap_or_default(),
            is_date: is_date.transpose()?.unwrap_or_default(),
            is_1904,
        })
    }
}

fn relations<R: Read + Seek>(archive: &Archive<R>, path: &str, folder: &str) -> Result<Vec<Relation>, ReadError> {
    let member =
        archive.find(path).ok_or_else(|| ReadError::refused(path, "is missing: this is no workbook (.xlsx)"))?;
    let mut opener = archive.opener();
    let mut xml = Xml::new(path, opener.open(member)?);
    let mut found = Vec::new();
    loop {
        match xml.next()? {
            Token::Start("Relationship", tag) => {
                let [id, kind, target] = ["Id", "Type", "Target"].map(|name| tag.attribute(name).unwrap_or_default());
                let target = match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None => format!("{folder}{target}"),
                };
                found.push(Relation { id, kind, target });
                if found.len() > MAX_SHEETS * 4 {
                    return Err(xml.refused("has too many parts"));
                }
            }
            Token::EndOfFile => return Ok(found),
            _ => {}
        }
    }
}

/// The sheets' names with the ids of their relations, and whether days count from 1904.
fn names<R: Read + Seek>(archive: &Archive<R>, path: &str) -> Result<(Vec<(String, String)>, bool), ReadError> {
    let member =
        archive.find(path).ok_or_else(|| ReadError::refused(path, "is missing: this is no workbook (.xlsx)"))?;
    let mut opener = archive.opener();
    let mut xml = Xml::new(path, opener.open(member)?);
    let (mut names, mut is_1904) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Token::Start("sheet", tag) => {
                let named = tag.attribute("name").zip(tag.attribute("id"));
                names.push(named.ok_or_else(|| xml.refused("has a sheet without a name"))?);
                if names.len() > MAX_SHEETS {
                    return Err(xml.refused(format!("has more than {MAX_SHEETS} sheets")));
                }
            }
            Token::Start("workbookPr", tag) => {
                is_1904 = tag.attribute("date1904").is_some_and(|value| value == "1" || value == "true");
            }
            Token::EndOfFile => return Ok((names, is_1904)),
            _ => {}
        }
    }
}

/// Counts that the part states are not looked at.
fn texts<R: Read + Seek>(archive: &Archive<R>, member: &Member) -> Result<Texts, ReadError> {
    let mut opener = archive.opener();
    let mut xml = Xml::new(&member.path, opener.open(member)?);
    let mut texts = Texts::default();
    loop {
        match xml.next()? {
            Token::Start("si", _) => {
                let text = xml.rich_text_until("si")?;
                texts.all.push_str(&unmasked(text));
                texts.ends.push(texts.all.len());
                if texts.all.len() > MAX_SHARED_BYTES || texts.ends.len() > MAX_SHARED {
                    return Err(
                        xml.refused(format!("has more than {MAX_SHARED} texts, or {MAX_SHARED_BYTES} bytes of them"))
                    );
                }
            }
            Token::EndOfFile => return Ok(texts),
            _ => {}
        }
    }
}

fn dates<R: Read + Seek>(archive: &Archive<R>, member: &Member) -> Result<Vec<bool>, ReadError> {
    let mut opener = archive.opener();
    let mut xml = Xml::new(&member.path, opener.open(member)?);
    let (mut own, mut is_date, mut is_inside) = (Vec::new(), Vec::new(), false);
    loop {
        match xml.next()? {
            Token::Start("numFmt", tag) => {
                let id = tag.attribute("numFmtId").and_then(|id| id.parse::<u32>().ok());
                own.extend(id.zip(tag.attribute("formatCode")).map(|(id, code)| (id, tells_a_day(&code))));
            }
            Token::Start("cellXfs", _) => is_inside = true,
            Token::End("cellXfs") => is_inside = false,
            Token::Start("xf", tag) if is_inside => {
                let id = tag.attribute("numFmtId").and_then(|id| id.parse::<u32>().ok()).unwrap_or(0);
                let own = own.iter().find(|(own, _)| *own == id).map(|(_, is_date)| *is_date);
                is_date.push(own.unwrap_or_else(|| DATE_FORMATS.iter().any(|range| range.contains(&id))));
            }
            Token::EndOfFile => return Ok(is_date),
            _ => {}
        }
        if own.len() > MAX_STYLES / 16 || is_date.len() > MAX_STYLES {
            return Err(xml.refused("has too many formats"));
        }
    }
}

/// Whether a number format shows a day: signs for years or days that are not in quotes, brackets or behind a backslash.
fn tells_a_day(code: &str) -> bool {
    let mut is_quoted = false;
    let mut is_bracketed = false;
    let mut signs = code.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '[' => is_bracketed = true,
            ']' => is_bracketed = false,
            _ if is_bracketed => {}
            // The sign after it is shown as it is, or is as wide, or fills.
            '\\' | '_' | '*' => drop(signs.next()),
            'y' | 'Y' | 'd' | 'D' => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_days_are_told_from_others() {
        for (code, expected) in [
            ("yyyy-mm-dd", true),
            ("yyyy\"年\"m\"月\"d\"日\"", true),
            ("[$-804]d/m/yy", true),
            ("0.00", false),
            ("#,##0\"yd\"", false),
            ("[Red]0", false),
            ("h:mm:ss", false),
            ("0\\d", false),
        ] {
            assert_eq!(tells_a_day(code), expected, "{code}");
        }
    }

    #[test]
    fn masked_characters_are_themselves_again() {
        for (masked, expected) in
            [("a_x000D_b", "a\rb"), ("_x005F_x000D_", "_x000D_"), ("_xyz", "_xyz"), ("_x00", "_x00")]
        {
            assert_eq!(unmasked(masked.to_owned()), expected);
        }
    }
}
