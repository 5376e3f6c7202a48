//! What is done to the readers of GeoJSON, KML, FlatGeobuf and GeoPackage with bytes of nobody's making, by the fuzzer and by a test that changes
//! the corpus by fixed seeds. Whatever the bytes are, a reader gives rows that hold together, or an error.

#![allow(dead_code, reason = "each target uses one of them")]

use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use guatu::formats::layer::{Inspected, ReadError, ReadOptions, ReadRow, Visitor};
use guatu::formats::{fgb, geojson, gpkg, kml};

pub fn geojson(bytes: &[u8]) {
    check(geojson::inspect(&mut Cursor::new(bytes)), true, |layer, visit| {
        geojson::read(&mut Cursor::new(bytes), layer, &ReadOptions::default(), visit)
    });
}

/// KML or KMZ.
pub fn kml(bytes: &[u8]) {
    check(kml::inspect(&mut Cursor::new(bytes)), true, |layer, visit| {
        kml::read(&mut Cursor::new(bytes), layer, &ReadOptions::default(), visit)
    });
}

pub fn fgb(bytes: &[u8]) {
    check(fgb::inspect(&mut Cursor::new(bytes)), true, |layer, visit| {
        fgb::read(&mut Cursor::new(bytes), layer, &ReadOptions::default(), visit)
    });
}

/// SQLite wants a file. Its rows are looked at when they are read and not before, so one may be refused that was inspected.
pub fn gpkg(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("room on the disk");
    check(gpkg::inspect(file.path()), false, |layer, visit| {
        gpkg::read(file.path(), layer, &ReadOptions::default(), visit)
    });
}

/// What was inspected is read: as many rows, with as many values, in finite coordinates.
fn check(
    inspected: Result<Inspected, ReadError>,
    is_read_twice: bool,
    read: impl Fn(&str, Visitor) -> Result<(), ReadError>,
) {
    let Ok(inspected) = inspected else { return };
    for layer in &inspected.layers {
        let mut count = 0;
        let mut visit = |row: ReadRow| {
            use geo::CoordsIter;
            count += 1;
            assert_eq!((row.place, row.values.len()), (count, layer.fields.len()));
            if let Ok(Some(geometry)) = &row.geometry {
                assert!(geometry.coords_iter().all(|at| at.x.is_finite() && at.y.is_finite()));
            }
            ControlFlow::Continue(())
        };
        let done = read(&layer.name, &mut visit);
        if is_read_twice {
            assert!(done.is_ok(), "what was inspected is read");
            assert_eq!(count, layer.count);
        }
    }
}
