//! What is done to the readers with bytes of nobody's making, by the fuzzer and by a test that changes the corpus by fixed seeds. Whatever the
//! bytes are, a reader gives rows that hold together, or an error.

#![allow(dead_code, reason = "each target uses one of them")]

use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use guatu::formats::layer::{Encoding, Inspected, ReadError, ReadOptions, ReadRow, Visitor};
use guatu::formats::{csv, shp, xlsx};

/// A CSV file.
pub fn csv(bytes: &[u8]) {
    check(csv::inspect(&mut Cursor::new(bytes)), |layer, options, visit| {
        csv::read(&mut Cursor::new(bytes), layer, options, visit)
    });
}

/// A zip file, for all that read such.
pub fn archive(bytes: &[u8]) {
    csv(bytes);
    shapefile(bytes);
    workbook(bytes);
}

/// A `.shp` and a `.dbf`, one after the other; the first four bytes say how long the first is. So the fuzzer need not find out about
/// archives and their checksums.
pub fn shp(bytes: &[u8]) {
    let (shp, dbf) = divided(bytes);
    shapefile(&zipped(&[("a.shp", shp), ("a.dbf", dbf)]));
}

/// A sheet and its shared texts, likewise.
pub fn xlsx(bytes: &[u8]) {
    let (sheet, texts) = divided(bytes);
    workbook(&zipped(&[
        (
            "_rels/.rels",
            b"<Relationships><Relationship Id=\"a\" Type=\"/officeDocument\" Target=\"book.xml\"/></Relationships>",
        ),
        ("book.xml", b"<workbook><sheets><sheet name=\"a\" r:id=\"a\"/></sheets></workbook>"),
        (
            "_rels/book.xml.rels",
            b"<Relationships><Relationship Id=\"a\" Type=\"/worksheet\" Target=\"sheet.xml\"/>\
              <Relationship Id=\"b\" Type=\"/sharedStrings\" Target=\"texts.xml\"/>\
              <Relationship Id=\"c\" Type=\"/styles\" Target=\"styles.xml\"/></Relationships>",
        ),
        ("styles.xml", b"<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"),
        ("sheet.xml", sheet),
        ("texts.xml", texts),
    ]));
}

fn shapefile(bytes: &[u8]) {
    check(shp::inspect(&mut Cursor::new(bytes)), |layer, options, visit| {
        shp::read(&mut Cursor::new(bytes), layer, options, visit)
    });
}

fn workbook(bytes: &[u8]) {
    let _ = xlsx::tables(&mut Cursor::new(bytes));
    check(xlsx::inspect(&mut Cursor::new(bytes)), |layer, options, visit| {
        xlsx::read(&mut Cursor::new(bytes), layer, options, visit)
    });
}

/// What was inspected is read, in each encoding: as many rows, with as many values, in finite coordinates.
pub fn check(
    inspected: Result<Inspected, ReadError>,
    read: impl Fn(&str, &ReadOptions, Visitor) -> Result<(), ReadError>,
) {
    let Ok(inspected) = inspected else { return };
    for layer in &inspected.layers {
        for encoding in [None, Some(Encoding::Utf8), Some(Encoding::Gbk)] {
            let mut count = 0;
            let mut visit = |row: ReadRow| {
                count += 1;
                assert_eq!(row.values.len(), layer.fields.len());
                if let Ok(Some(geometry)) = &row.geometry {
                    use geo::CoordsIter;
                    assert!(geometry.coords_iter().all(|at| at.x.is_finite() && at.y.is_finite()));
                }
                ControlFlow::Continue(())
            };
            let done = read(&layer.name, &ReadOptions { encoding }, &mut visit);
            if encoding.is_none() {
                assert!(done.is_ok(), "what was inspected is read");
                assert_eq!(count, layer.count);
            }
        }
    }
}

fn divided(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some((length, rest)) = bytes.split_first_chunk() else { return (bytes, &[]) };
    let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
    rest.split_at(length.min(rest.len()))
}

/// Two parts as [`shp`] and [`xlsx`] take them.
pub fn joined(first: &[u8], second: &[u8]) -> Vec<u8> {
    let length = u32::try_from(first.len()).expect("a small file");
    [&length.to_le_bytes(), first, second].concat()
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in members {
        zip.start_file(*name, options).expect("a name");
        zip.write_all(bytes).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}
