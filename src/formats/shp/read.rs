//! Reads shapefiles from a zip file: every `.shp` in it with the `.dbf` beside it is a layer. The system comes from the `.prj`; where there is
//! none, somebody must say it.

use std::io::{BufReader, Read, Seek};

use super::records::{self, Record, Records};
use super::shapes::Shapes;
use crate::formats::archive::{Archive, Member};
use crate::formats::columns::{Seen, SeenTypes, Tally, is_break};
use crate::formats::layer::{
    Encoding, EncodingEvidence, FoundCrs, FoundEncoding, Inspected, InspectedLayer, ReadError, ReadOptions, ReadRow,
    ReadValue, Visitor,
};
use crate::formats::prj;
use crate::formats::text::Recogniser;

/// Bytes of a `.cpg`: a word or two.
const MAX_CPG_BYTES: u64 = 1 << 10;

/// What is in the file.
///
/// Cost: the archive is unpacked twice where it does not say its encoding, else once.
///
/// # Errors
/// [`ReadError`] for what is no zip file of shapefiles, or no text in UTF-8 or GBK.
pub fn inspect(source: &mut (impl Read + Seek)) -> Result<Inspected, ReadError> {
    let archive = Archive::open(source)?;
    let layers = shapefiles(&archive)?;
    let layers = layers.iter().map(|layer| layer.inspect(&archive)).collect::<Result<_, _>>()?;
    Ok(Inspected { layers })
}

/// Reads one layer.
///
/// # Errors
/// As [`inspect`], and for a layer that is not there.
pub fn read(
    source: &mut (impl Read + Seek),
    layer: &str,
    options: &ReadOptions,
    visit: Visitor,
) -> Result<(), ReadError> {
    let archive = Archive::open(source)?;
    let layers = shapefiles(&archive)?;
    let found = layers.iter().find(|found| found.name == layer);
    let found = found.ok_or_else(|| ReadError::refused(layer, "is no shapefile of this archive"))?;
    let encoding = match options.encoding {
        Some(encoding) => encoding,
        None => found.encoding(&archive)?.encoding,
    };
    found.rows(&archive, encoding, |row| Ok(is_break(visit(row))))
}

/// A `.shp` and the `.dbf` beside it.
struct Shapefile {
    name: String,
    /// The path without its ending.
    stem: String,
    shp: Member,
    dbf: Member,
}

fn shapefiles<R: Read + Seek>(archive: &Archive<R>) -> Result<Vec<Shapefile>, ReadError> {
    let mut found: Vec<Shapefile> = Vec::new();
    for shp in archive.members().iter().filter(|member| !member.path.starts_with("__MACOSX/")) {
        let Some(stem) = shp.stem("shp") else { continue };
        let dbf = archive.find(&format!("{stem}.dbf"));
        let dbf =
            dbf.ok_or_else(|| ReadError::refused(&shp.path, "has no .dbf beside it; pack both, and .prj and .cpg"))?;
        // Files of one name in several folders are told apart by their folders.
        let short = stem.rsplit('/').next().unwrap_or(stem);
        let name = if found.iter().any(|other| other.name == short) { stem } else { short };
        found.push(Shapefile { name: name.to_owned(), stem: stem.to_owned(), shp: shp.clone(), dbf: dbf.clone() });
    }
    if found.is_empty() {
        return Err(ReadError::refused("the archive", "has no .shp file"));
    }
    Ok(found)
}

impl Shapefile {
    fn inspect<R: Read + Seek>(&self, archive: &Archive<R>) -> Result<InspectedLayer, ReadError> {
        let encoding = self.encoding(archive)?;
        let mut opener = archive.opener();
        let table = Records::new(&self.dbf.path, opener.open(&self.dbf)?)?;
        let (fields, names) = (table.fields.clone(), records::names(&table.fields, encoding.encoding));
        drop(table);
        let (mut seen, mut types, mut count) = (vec![Seen::default(); fields.len()], SeenTypes::default(), 0);
        self.rows(archive, encoding.encoding, |row| {
            count += 1;
            row.geometry.iter().flatten().for_each(|geometry| types.see(geometry));
            row.values.iter().zip(&mut seen).for_each(|(value, seen)| seen.value(value));
            Ok(false)
        })?;
        let fields = fields.iter().zip(names).zip(seen).map(|((field, name), seen)| {
            let mut found = seen.field(&name);
            found.kind = field.kind();
            found
        });
        Ok(InspectedLayer {
            name: self.name.clone(),
            geometry_type: types.only(),
            count,
            crs: self.crs(archive)?,
            encoding: Some(encoding),
            fields: fields.collect(),
        })
    }

    fn crs<R: Read + Seek>(&self, archive: &Archive<R>) -> Result<FoundCrs, ReadError> {
        match archive.find(&format!("{}.prj", self.stem)) {
            Some(member) => Ok(prj::found(&archive.read_small(member, prj::MAX_BYTES)?)),
            None => Ok(FoundCrs::Missing),
        }
    }

    /// The `.cpg` says it, else the `.dbf` itself, else its bytes.
    fn encoding<R: Read + Seek>(&self, archive: &Archive<R>) -> Result<FoundEncoding, ReadError> {
        if let Some(member) = archive.find(&format!("{}.cpg", self.stem)) {
            let bytes = archive.read_small(member, MAX_CPG_BYTES)?;
            if let Some(encoding) = Encoding::parse(&String::from_utf8_lossy(&bytes)) {
                return Ok(FoundEncoding { encoding, how: EncodingEvidence::Stated });
            }
        }
        let mut opener = archive.opener();
        let mut table = Records::new(&self.dbf.path, BufReader::new(opener.open(&self.dbf)?))?;
        if let Some(encoding) = table.language {
            return Ok(FoundEncoding { encoding, how: EncodingEvidence::Stated });
        }
        let mut recogniser = Recogniser::new();
        let fields = table.fields.clone();
        fields.iter().for_each(|field| field.recognise_name(&mut recogniser));
        while let Some(record) = table.next()? {
            let Record::Kept(record) = record else { continue };
            fields.iter().for_each(|field| field.recognise(record, &mut recogniser));
        }
        let reason = "its text is neither UTF-8 nor GBK; save it in one of them, with a .cpg that says which";
        recogniser.found().ok_or_else(|| ReadError::refused(&self.dbf.path, reason))
    }

    /// Hands over all rows, until `take` says that it is enough. What is deleted in the `.dbf` is left out.
    fn rows<R: Read + Seek>(
        &self,
        archive: &Archive<R>,
        encoding: Encoding,
        mut take: impl FnMut(ReadRow) -> Result<bool, ReadError>,
    ) -> Result<(), ReadError> {
        let (mut one, mut other) = (archive.opener(), archive.opener());
        let mut shapes = Shapes::new(&self.shp.path, BufReader::new(one.open(&self.shp)?))?;
        let mut table = Records::new(&self.dbf.path, BufReader::new(other.open(&self.dbf)?))?;
        let fields = table.fields.clone();
        let rows = table.count();
        let mut tally = Tally::default();
        for place in 1.. {
            let (geometry, record) = match (shapes.next()?, table.next()?) {
                (Some(geometry), Some(Record::Kept(record))) => (geometry, record),
                (Some(_), Some(Record::Deleted)) => continue,
                (None, None) => break,
                (Some(_), None) => {
                    let reason = format!("has {rows} records, and {} more shapes", self.shp.path);
                    return Err(ReadError::refused(&self.dbf.path, reason));
                }
                (None, Some(_)) => {
                    let reason = format!("has {rows} records, but {} only {} shapes", self.shp.path, place - 1);
                    return Err(ReadError::refused(&self.dbf.path, reason));
                }
            };
            tally.count(&self.shp.path, geometry.as_ref().ok().and_then(Option::as_ref))?;
            let mut row = ReadRow { place, id: None, geometry, values: Vec::with_capacity(fields.len()) };
            for field in &fields {
                let value = field.value(record, encoding).unwrap_or_else(|reason| {
                    row.geometry = Err(reason);
                    ReadValue::Absent
                });
                row.values.push(value);
            }
            if take(row)? {
                break;
            }
        }
        Ok(())
    }
}
