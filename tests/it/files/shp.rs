//! Shapefiles: what is written comes back, through our own reader and through GDAL's; what is damaged is refused.

use std::io::Cursor;

use geo::Geometry;
use guatu::formats::layer::{
    Encoding, EncodingEvidence, FieldKind, FoundCrs, FoundEncoding, Inspected, LayerWriter, ReadError, ReadOptions,
    ReadRow, ReadValue, Renamed, WriteError,
};
use guatu::formats::shp;
use guatu::spatial::{Crs, GeometryType};

use super::kit::{
    Row, about_jiaxing, buffer, collect, gdal, geometries, geometry_of, layer, put, rows, same_place, unzip, write, zip,
};

pub fn written(name: &str, kind: GeometryType, rows: Vec<Row>, epsg: u32, encoding: Encoding) -> Vec<u8> {
    let mut out = buffer();
    let folder = tempfile::tempdir().expect("a disk that works");
    let writer = Box::new(shp::Writer::new(&mut out, folder.path(), encoding));
    write(writer, &[(layer(name, kind, epsg), rows)]).expect("a layer that fits");
    out.into_inner()
}

fn read(bytes: &[u8], layer: &str, encoding: Option<Encoding>) -> Result<Vec<ReadRow>, ReadError> {
    collect(|visit| shp::read(&mut Cursor::new(bytes), layer, &ReadOptions { encoding }, visit))
}

fn inspect(bytes: &[u8]) -> Result<Inspected, ReadError> {
    shp::inspect(&mut Cursor::new(bytes))
}

fn text(value: &ReadValue) -> serde_json::Value {
    match value {
        ReadValue::Absent => serde_json::Value::Null,
        ReadValue::Text(text) => text.as_str().into(),
        ReadValue::Number(number) => (*number).into(),
        ReadValue::Date(date) => date.strftime("%Y-%m-%d").to_string().into(),
    }
}

#[test]
fn gdal_reads_all_types_in_both_encodings_and_four_systems_without_a_word() {
    let written_names = ["name_zh", "accuracy_m", "accuracy_1", "due"];
    for encoding in [Encoding::Utf8, Encoding::Gbk] {
        for (epsg, places) in [
            (4326, about_jiaxing()),
            (4490, about_jiaxing()),
            (4549, geometries(1.0, 476_000.25, 3_404_000.5)),
            (4528, geometries(1.0, 40_476_000.25, 3_404_000.5)),
            (3857, geometries(1.0, 13_440_000.25, 3_600_000.5)),
        ] {
            for (kind, geometry) in places {
                let expected = rows(&geometry);
                let bytes = written("roads", kind, expected.clone(), epsg, encoding);
                let (_folder, path) = put("roads.zip", &bytes);
                let source = format!("/vsizip/{}/roads.shp", path.display());
                let found = gdal(&source, &["-t_srs", &format!("EPSG:{epsg}"), "-lco", "RFC7946=NO"]);
                assert_eq!(found.len(), expected.len(), "{kind} {epsg}");
                for (feature, row) in found.iter().zip(&expected) {
                    let properties = &feature["properties"];
                    assert_eq!(properties["id"], row.id.as_str());
                    for (name, value) in written_names.iter().zip(&row.values) {
                        let (is, should) = (&properties[*name], text(value));
                        match (is.as_f64(), should.as_f64()) {
                            (Some(is), Some(should)) => assert_eq!(is, should, "{name}"),
                            _ => assert_eq!(
                                is.as_str().map(|t| t.replace('/', "-")),
                                should.as_str().map(str::to_owned),
                                "{name}"
                            ),
                        }
                    }
                    assert!(same_place(&geometry_of(feature), &row.geometry, 1e-9), "{kind} {epsg}: {feature}");
                }
            }
        }
    }
}

#[test]
fn long_names_are_shortened_and_told() {
    let (kind, geometry) = about_jiaxing().remove(0);
    let mut out = buffer();
    let folder = tempfile::tempdir().expect("a disk that works");
    let writer = Box::new(shp::Writer::new(&mut out, folder.path(), Encoding::Utf8));
    let told = write(writer, &[(layer("roads", kind, 4490), rows(&geometry))]).expect("fits");
    let renamed = |field: &str, written: &str| Renamed {
        layer: "roads".to_owned(),
        field: field.to_owned(),
        written: written.to_owned(),
    };
    assert_eq!(
        told.renamed,
        [renamed("accuracy_metres", "accuracy_m"), renamed("accuracy_metres_first", "accuracy_1")]
    );
}

#[test]
fn all_types_come_back_in_both_encodings() {
    for encoding in [Encoding::Utf8, Encoding::Gbk] {
        for (kind, geometry) in about_jiaxing() {
            let expected = rows(&geometry);
            let bytes = written("道路", kind, expected.clone(), 4490, encoding);
            let layer = inspect(&bytes).expect("sound").layers.remove(0);
            assert_eq!((layer.name.as_str(), layer.count, layer.geometry_type), ("道路", 4, Some(kind)));
            assert_eq!(layer.crs, FoundCrs::Stated(Crs::epsg(4490).expect("known")));
            assert_eq!(layer.encoding, Some(FoundEncoding { encoding, how: EncodingEvidence::Stated }));
            let kinds: Vec<FieldKind> = layer.fields.iter().map(|field| field.kind).collect();
            assert_eq!(
                kinds,
                [FieldKind::Text, FieldKind::Text, FieldKind::Number, FieldKind::Number, FieldKind::Date]
            );
            assert_eq!(layer.fields[1].samples[0], "长水路（一期）");
            let found = read(&bytes, "道路", None).expect("sound");
            assert_eq!(found.len(), 4);
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(found.values[0], ReadValue::Text(expected.id.clone()));
                assert_eq!(found.values[1..], expected.values);
                let found = found.geometry.as_ref().expect("sound").as_ref().expect("a geometry");
                assert!(same_place(found, &expected.geometry, 0.0), "{found:?}");
            }
        }
    }
}

#[test]
fn numbers_come_back_as_they_were() {
    let hard =
        [0.1, 1e300, -1e-300, 123_456_789_012.345_67, f64::MIN_POSITIVE, 5e-324, -99_999_999.999, 1.0 / 3.0, 1e15, 0.0];
    let (kind, geometry) = about_jiaxing().remove(0);
    for several in [&hard[..], &hard[..1], &hard[9..], &[12.5, 100_000.0]] {
        let row = |number: &f64| {
            let mut row = rows(&geometry).remove(0);
            row.values[1] = ReadValue::Number(*number);
            row
        };
        let bytes = written("a", kind, several.iter().map(row).collect(), 4490, Encoding::Utf8);
        let found = read(&bytes, "a", None).expect("sound").into_iter().map(|row| row.values[2].clone());
        let expected: Vec<ReadValue> = several.iter().map(|number| ReadValue::Number(*number)).collect();
        assert_eq!(found.collect::<Vec<_>>(), expected);
        let (_folder, path) = put("a.zip", &bytes);
        let read = gdal(&format!("/vsizip/{}/a.shp", path.display()), &[]);
        for (feature, number) in read.iter().zip(several) {
            let found = feature["properties"]["accuracy_m"].as_f64().expect("a number");
            assert!((found - number).abs() <= 1e-9 * number.abs(), "{found} is not {number}");
        }
    }
}

#[test]
fn several_kinds_of_geometry_are_divided() {
    let mixed = about_jiaxing().into_iter().flat_map(|(_, geometry)| rows(&geometry)).collect();
    let bytes = written("a", GeometryType::Polygon, mixed, 4490, Encoding::Utf8);
    let layers = inspect(&bytes).expect("sound").layers;
    let found: Vec<(&str, u64)> = layers.iter().map(|layer| (layer.name.as_str(), layer.count)).collect();
    assert_eq!(found, [("a_points", 4), ("a_lines", 8), ("a_polygons", 8), ("a_multipoints", 4)]);
    let empty = written("a", GeometryType::Polygon, Vec::new(), 4490, Encoding::Utf8);
    assert_eq!(inspect(&empty).expect("sound").layers[0].count, 0);
    let (_folder, path) = put("a.zip", &empty);
    assert!(gdal(&format!("/vsizip/{}/a.shp", path.display()), &[]).is_empty());
}

#[test]
fn what_a_shapefile_cannot_hold_is_refused() {
    let refused = |value: ReadValue, at: usize, encoding: Encoding, words: &[&str]| {
        let (kind, geometry) = about_jiaxing().remove(0);
        let mut row = rows(&geometry).remove(0);
        row.values[at] = value;
        let folder = tempfile::tempdir().expect("a disk that works");
        let writer: Box<dyn LayerWriter> = Box::new(shp::Writer::new(buffer(), folder.path(), encoding));
        let fault = write(writer, &[(layer("roads", kind, 4490), vec![row])]);
        let Err(WriteError::CannotHold(reason)) = fault else { panic!("{fault:?}") };
        words.iter().for_each(|word| assert!(reason.contains(word), "{reason} does not say {word}"));
    };
    let text = |text: String| ReadValue::Text(text);
    refused(text("路😀".to_owned()), 0, Encoding::Gbk, &["f-0", "name_zh", "roads", "1F600", "UTF-8"]);
    refused(text("路".repeat(85)), 0, Encoding::Utf8, &["f-0", "name_zh", "roads", "255", "254", "GeoPackage"]);
    refused(text("a\0".to_owned()), 0, Encoding::Utf8, &["name_zh", "zero"]);
    refused(ReadValue::Number(f64::NAN), 1, Encoding::Utf8, &["accuracy_metres", "finite"]);
}

/// The members of a sound archive of a polygon layer, to be damaged.
fn parts() -> Vec<(String, Vec<u8>)> {
    let (kind, geometry) = about_jiaxing().remove(2);
    unzip(&written("a", kind, rows(&geometry), 4490, Encoding::Gbk))
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    zip(&parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

fn without(endings: &[&str]) -> Vec<(String, Vec<u8>)> {
    parts().into_iter().filter(|(name, _)| !endings.iter().any(|ending| name.ends_with(ending))).collect()
}

#[test]
fn what_a_shapefile_does_not_say_is_asked_for_or_recognised() {
    let layer = |parts: Vec<(String, Vec<u8>)>| inspect(&packed(&parts)).expect("sound").layers.remove(0);
    assert_eq!(layer(without(&[".prj"])).crs, FoundCrs::Missing);
    let how = |parts: Vec<(String, Vec<u8>)>| layer(parts).encoding.expect("always").how;
    // The language byte of the .dbf says it too.
    assert_eq!(how(without(&[".cpg"])), EncodingEvidence::Stated);
    let mut silent = without(&[".cpg", ".prj", ".shx", "fields.csv"]);
    silent[1].1[29] = 0;
    assert_eq!(
        layer(silent.clone()).encoding,
        Some(FoundEncoding { encoding: Encoding::Gbk, how: EncodingEvidence::Recognised })
    );
    assert_eq!(
        read(&packed(&silent), "a", None).expect("sound")[0].values[1],
        ReadValue::Text("长水路（一期）".to_owned())
    );
    let wrong = read(&packed(&silent), "a", Some(Encoding::Utf8)).expect("rows");
    assert!(wrong[0].geometry.as_ref().expect_err("not UTF-8").contains("not in UTF-8"));
    // Capital endings, a folder, and a name in GBK without a mark.
    let gbk = encoding_rs::GBK.encode("图层/道路").0.into_owned();
    let mut bytes = packed(
        &silent
            .iter()
            .map(|(name, bytes)| (name.replace("a.", "PLACE----.").to_uppercase(), bytes.clone()))
            .collect::<Vec<_>>(),
    );
    assert_eq!(gbk.len(), "PLACE----".len());
    for at in 0..bytes.len() - gbk.len() {
        if &bytes[at..at + gbk.len()] == b"PLACE----" {
            bytes[at..at + gbk.len()].copy_from_slice(&gbk);
        }
    }
    assert_eq!(inspect(&bytes).expect("sound").layers[0].name, "道路");
}

#[test]
fn heights_and_measures_are_dropped_and_null_shapes_are_none() {
    let mut parts = parts();
    let points = |code: i32, extra: usize| {
        let mut content = code.to_le_bytes().to_vec();
        content.extend(1.5_f64.to_le_bytes());
        content.extend(2.5_f64.to_le_bytes());
        content.extend(vec![7; 8 * extra]);
        content
    };
    let contents = [points(1, 0), points(11, 2), points(21, 1), vec![0; 4]];
    parts[0].1 = shp_of(&contents);
    let found = read(&packed(&parts), "a", None).expect("sound");
    let flat = Ok(Some(Geometry::Point(geo::Point::new(1.5, 2.5))));
    let found: Vec<_> = found.into_iter().map(|row| row.geometry).collect();
    assert_eq!(found, [flat.clone(), flat.clone(), flat, Ok(None)]);
}

fn shp_of(contents: &[Vec<u8>]) -> Vec<u8> {
    let mut records = Vec::new();
    for (content, number) in contents.iter().zip(1_u32..) {
        records.extend(number.to_be_bytes());
        records.extend((content.len() as u32 / 2).to_be_bytes());
        records.extend(content);
    }
    let mut bytes = 9994_u32.to_be_bytes().to_vec();
    bytes.resize(24, 0);
    bytes.extend((50 + records.len() as u32 / 2).to_be_bytes());
    bytes.resize(100, 0);
    bytes.extend(records);
    bytes
}

fn polygon_of(parts: &[u32], coords: &[[f64; 2]]) -> Vec<u8> {
    let mut content = 5_u32.to_le_bytes().to_vec();
    content.resize(36, 0);
    content.extend((parts.len() as u32).to_le_bytes());
    content.extend((coords.len() as u32).to_le_bytes());
    parts.iter().for_each(|part| content.extend(part.to_le_bytes()));
    coords.iter().flatten().for_each(|number| content.extend(number.to_le_bytes()));
    content
}

#[test]
fn a_bad_shape_is_told_in_its_row_and_the_others_are_read() {
    let triangle = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]];
    let mut lying = polygon_of(&[0], &triangle);
    lying[40..44].copy_from_slice(&10_000_u32.to_le_bytes());
    let mut many = polygon_of(&[0], &triangle);
    many[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    for (content, word) in [
        (polygon_of(&[0], &[[0.0, 0.0], [1.0, 0.0], [f64::NAN, 1.0], [0.0, 0.0]]), "not a finite number"),
        (polygon_of(&[0, 9, 3], &triangle), "out of order"),
        (polygon_of(&[1], &triangle), "out of order"),
        (polygon_of(&[], &triangle), "out of order"),
        (polygon_of(&[0], &triangle[..3]), "open"),
        (polygon_of(&[0], &[[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [0.0, 0.0]]), "encloses nothing"),
        (lying, "too short for 10000 vertices"),
        (many, "20000 vertices are the limit"),
        (31_u32.to_le_bytes().to_vec(), "MultiPatch"),
        (99_u32.to_le_bytes().to_vec(), "no type"),
        (5_u32.to_le_bytes().to_vec(), "ends too early"),
        (vec![0; 2], "ends too early"),
        (polygon_of(&[0], &vec![[0.0, 0.0]; 100_000]), "more than a shape of 20000 vertices"),
    ] {
        let mut parts = parts();
        let good = polygon_of(&[0], &triangle);
        parts[0].1 = shp_of(&[good.clone(), content, good.clone(), good]);
        let found = read(&packed(&parts), "a", None).expect(word);
        let reason = found[1].geometry.as_ref().expect_err(word);
        assert!(reason.contains(word), "{reason} does not say {word}");
        assert!([0, 2, 3].iter().all(|at| found[*at].geometry.is_ok()));
    }
}

#[test]
fn hostile_archives_are_refused() {
    let refused = |bytes: &[u8], word: &str| {
        let fault = inspect(bytes).expect_err(word);
        assert!(matches!(fault, ReadError::Refused { .. }), "{fault}");
        assert!(fault.to_string().contains(word), "{fault} does not say {word}");
    };
    let damaged = |at: usize, damage: &dyn Fn(&mut Vec<u8>)| {
        let mut parts = parts();
        damage(&mut parts[at].1);
        packed(&parts)
    };
    let (shp, dbf) = (0, 2);
    refused(b"", "zip");
    refused(b"no archive", "zip");
    refused(&vec![b'P'; 10 << 20], "zip");
    refused(&zip(&[("a.txt", b"")]), "no .shp");
    refused(&packed(&without(&[".dbf"])), "no .dbf beside it");
    for path in ["../a.shp", "/a.shp", "x/../../a.shp", "C:\\a.shp", "..\\a.shp"] {
        refused(&zip(&[(path, b"")]), "leads out");
    }
    refused(&damaged(shp, &|bytes| bytes.truncate(300)), "ends before it should");
    refused(&damaged(shp, &|bytes| bytes.truncate(50)), "ends before it should");
    refused(&damaged(shp, &|bytes| bytes[0] = 1), "no .shp");
    refused(&damaged(shp, &|bytes| bytes[26..28].copy_from_slice(&[0, 1])), "header says");
    refused(&damaged(shp, &|bytes| bytes.push(0)), "more bytes than its header");
    refused(&damaged(shp, &|bytes| bytes[103] = 9), "is numbered 9");
    refused(&damaged(shp, &|bytes| bytes[104] = 0x7F), "beyond the file's end");
    refused(&damaged(shp, &|bytes| bytes[107] += 2), "damaged here or before");
    refused(&damaged(dbf, &|bytes| bytes.truncate(20)), "ends before it should");
    refused(&damaged(dbf, &|bytes| bytes.truncate(260)), "ends before it should");
    refused(&damaged(dbf, &|bytes| bytes[8] = 0), "impossible sizes");
    refused(&damaged(dbf, &|bytes| bytes[10] = 2), "its fields take");
    refused(&damaged(dbf, &|bytes| bytes[43] = b'M'), "type M");
    refused(&damaged(dbf, &|bytes| bytes[4] = 3), "has 3 records, and a.shp more shapes");
    refused(&damaged(shp, &drop_last_record), "has 4 records, but a.shp only 3 shapes");
    let members = |count: usize| (0..count).map(|at| (format!("{at}"), Vec::new())).collect::<Vec<_>>();
    refused(&packed(&members(2_001)), "2001 members");
    refused(&packed(&members(100_000)), "list of members");
    refused(&bomb(), "unpacks to more than 1 GiB");
}

fn drop_last_record(bytes: &mut Vec<u8>) {
    let record = 8 + 2 * u32::from_be_bytes([bytes[104], bytes[105], bytes[106], bytes[107]]) as usize;
    bytes.truncate(bytes.len() - record);
    let words = bytes.len() as u32 / 2;
    bytes[24..28].copy_from_slice(&words.to_be_bytes());
}

/// A shapefile with one record of 1.2 GB of zeros, in a megabyte.
fn bomb() -> Vec<u8> {
    use std::io::{Read, Write};
    let content = 1_200_000_000_u32;
    let mut start = shp_of(&[Vec::new()]);
    start[24..28].copy_from_slice(&(54 + content / 2).to_be_bytes());
    start[104..108].copy_from_slice(&(content / 2).to_be_bytes());
    let mut zip = zip::ZipWriter::new(buffer());
    for (name, bytes) in parts() {
        zip.start_file(name.clone(), zip::write::SimpleFileOptions::default()).expect("a name");
        if name == "a.shp" {
            zip.write_all(&start).expect("memory");
            std::io::copy(&mut std::io::repeat(0).take(u64::from(content)), &mut zip).expect("memory");
        } else {
            zip.write_all(&bytes).expect("memory");
        }
    }
    zip.finish().expect("memory").into_inner()
}
