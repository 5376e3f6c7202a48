//! FlatGeobuf, there and back and through GDAL.

use std::fs::File;
use std::io::Cursor;

use guatu::formats::fgb::{Writer, ZipWriter, inspect, read};
use guatu::formats::layer::{FieldKind, FoundCrs, LayerWriter, ReadError, ReadOptions};
use guatu::spatial::{Crs, GeometryType};

use super::layers::{self, SIX, SYSTEMS, Sample, check_gdal, check_rows, crs, ids, sample, tolerance, write_all};

fn written(sample: &Sample) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_all(Box::new(Writer::new(&mut bytes)), &[sample]);
    bytes
}

/// The index sorts features; here they are found again by their id.
fn in_order(mut rows: Vec<guatu::formats::layer::ReadRow>) -> Vec<guatu::formats::layer::ReadRow> {
    rows.sort_by_key(|row| match &row.values[0] {
        guatu::formats::layer::ReadValue::Text(id) => ids().iter().position(|known| known == id),
        _ => None,
    });
    rows
}

#[test]
fn all_types_come_back_in_every_system_and_through_gdal() {
    let folder = tempfile::tempdir().expect("a folder");
    for number in SYSTEMS {
        for geometry_type in SIX {
            let sample = sample(geometry_type, &crs(number));
            let bytes = written(&sample);
            let mut source = Cursor::new(&bytes);
            let layer = inspect(&mut source).expect("a file of ours").layers.remove(0);
            assert_eq!((&layer.name, layer.count), (&sample.layer.name, 3));
            assert_eq!(layer.geometry_type, Some(geometry_type));
            assert_eq!(layer.crs, FoundCrs::Stated(Crs::epsg(number).expect("known")));
            let kinds: Vec<_> = layer.fields.iter().map(|field| field.kind).collect();
            let text = FieldKind::Text;
            assert_eq!(kinds, [text, text, FieldKind::Number, FieldKind::Date, text]);
            let rows = layers::rows(|visit| read(&mut source, &layer.name, &ReadOptions::default(), visit));
            let names: Vec<_> = layer.fields.into_iter().map(|field| field.name).collect();
            check_rows(&in_order(rows), &names, &sample, 0.0);
            let path = folder.path().join(format!("{number}{geometry_type}.fgb"));
            std::fs::write(&path, &bytes).expect("a file");
            check_gdal(&path, "", &sample, 1e-6_f64.min(tolerance(&sample.layer.crs)));
            let told = layers::gdal("ogrinfo", &["-so", "-al", path.to_str().expect("a path")]);
            assert!(told.contains(&format!("ID[\"EPSG\",{number}]]")) && told.contains("cost: Real"), "{told}");
        }
    }
}

#[test]
fn several_layers_are_files_of_a_zip() {
    let samples = SIX.map(|geometry_type| sample(geometry_type, &crs(4549)));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("six.zip");
    let file = File::create(&path).expect("a file");
    write_all(Box::new(ZipWriter::new(file)), &samples.each_ref());
    for sample in &samples {
        let inside = format!("/vsizip/{}/{}.fgb", path.display(), sample.layer.name);
        check_gdal(inside.as_ref(), "", sample, 1e-6);
    }
    let mut writer = Writer::new(Vec::new());
    layers::write(&mut writer, &samples[0]).expect("the first");
    let fault = writer.begin(&samples[1].layer).expect_err("a second layer").to_string();
    assert!(fault.contains("one layer") && fault.contains("zip"), "{fault}");
}

#[test]
fn a_file_of_gdal_with_all_kinds_of_columns_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let (csv, path) = (folder.path().join("in.csv"), folder.path().join("out.fgb"));
    let text = "WKT,i,l,r,b,d,t,s\n\"POLYGON Z ((0 0 1,1 0 1,1 1 1,0 0 1))\",7,9007199254740993,1.5,1,2019-03-01,2019-03-01T10:00:00,文\n\
                \"MULTIPOLYGON (((0 0,1 0,1 1,0 0)))\",,,,,,,\n\"POINT (5 6)\",,,,,,,\n";
    std::fs::write(&csv, text).expect("a file");
    let kinds = "WKT,Integer,Integer64,Real,Integer(Boolean),Date,DateTime,String";
    std::fs::write(folder.path().join("in.csvt"), kinds).expect("a file");
    let (csv, file) = (csv.to_str().expect("a path"), path.to_str().expect("a path"));
    layers::gdal("ogr2ogr", &["-f", "FlatGeobuf", file, csv, "-lco", "SPATIAL_INDEX=NO", "-a_srs", "EPSG:4528"]);
    let mut source = File::open(&path).expect("the file");
    let layer = inspect(&mut source).expect("GDAL's file").layers.remove(0);
    assert_eq!((layer.count, layer.crs), (3, FoundCrs::Stated(Crs::epsg(4528).expect("known"))));
    let rows = layers::rows(|visit| read(&mut source, &layer.name, &ReadOptions::default(), visit));
    let told: Vec<_> = layer.fields.iter().map(|field| (field.name.as_str(), field.kind)).collect();
    let (text, number) = (FieldKind::Text, FieldKind::Number);
    let expected = [
        ("WKT", text),
        ("i", number),
        ("l", text),
        ("r", number),
        ("b", text),
        ("d", FieldKind::Date),
        ("t", text),
        ("s", text),
    ];
    assert_eq!(told[told.len() - 7..], expected[1..], "{rows:?}");
    assert!(matches!(rows[0].geometry, Ok(Some(geo::Geometry::Polygon(_)))), "{rows:?}");
    assert!(matches!(rows[1].geometry, Ok(Some(geo::Geometry::MultiPolygon(_)))), "{rows:?}");
    assert_eq!(rows[2].geometry, Ok(Some(geo::Point::new(5.0, 6.0).into())));
}

#[test]
fn what_is_no_flatgeobuf_is_refused_at_its_place() {
    let good = written(&sample(GeometryType::Polygon, &crs(4326)));
    let check = |bytes: &[u8], parts: &[&str]| match inspect(&mut Cursor::new(bytes)) {
        Err(fault @ ReadError::Refused { .. }) => {
            let said = fault.to_string();
            assert!(parts.iter().all(|part| said.contains(part)), "{said:?} lacks one of {parts:?}");
        }
        other => panic!("{parts:?}: {other:?}"),
    };
    let with = |at: usize, bytes: &[u8]| {
        let mut copy = good.clone();
        copy[at..at + bytes.len()].copy_from_slice(bytes);
        copy
    };
    check(b"", &["the file", "does not begin"]);
    check(b"fgb\x02fgb\x00", &["version 3"]);
    check(&good[..8], &["the header", "before it"]);
    check(&good[..40], &["the header", "ends within"]);
    check(&with(8, &u32::MAX.to_le_bytes()), &["the header", "4294967295"]);
    check(&with(8, &[0; 4]), &["the header", "too few"]);
    check(&with(12, &u32::MAX.to_le_bytes()), &["the header", "damaged"]);
    check(&good[..good.len() - 1], &["feature 3", "ends within"]);
    let header = u32::from_le_bytes(good[8..12].try_into().expect("four bytes")) as usize;
    let first = 12 + header + 4 * 40;
    check(&good[..first], &["the header", "promises 3 features"]);
    check(&with(first, &u32::MAX.to_le_bytes()), &["feature 1", "4294967295"]);
    check(&with(first + 4, &u32::MAX.to_le_bytes()), &["feature 1", "damaged"]);
}
