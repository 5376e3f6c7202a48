//! CSV files: what is written comes back, also through GDAL; what others write is read; what is damaged is refused.

use std::io::Cursor;

use geo::Geometry;
use guatu::formats::csv::{self, LONE_LAYER, Options, Places};
use guatu::formats::file::Formulas;
use guatu::formats::layer::{
    Encoding, EncodingEvidence, FieldKind, FoundCrs, ReadError, ReadOptions, ReadRow, ReadValue, WriteError,
};
use guatu::spatial::{Crs, GeometryType};

use super::kit::{
    Row, about_jiaxing, buffer, collect, gdal, geometries, geometry_of, layer, put, rows, same_place, write,
};

const WKT: Options = Options { places: Places::Wkt, encoding: Encoding::Utf8, bom: false, formulas: Formulas::Keep };

fn written(kind: GeometryType, rows: Vec<Row>, epsg: u32, options: Options) -> Vec<u8> {
    let mut out = buffer();
    write(Box::new(csv::Writer::new(&mut out, options)), &[(layer("roads", kind, epsg), rows)]).expect("fits");
    out.into_inner()
}

fn zipped(kind: GeometryType, rows: Vec<Row>, epsg: u32, options: Options) -> Vec<u8> {
    let mut out = buffer();
    write(Box::new(csv::ZipWriter::new(&mut out, options)), &[(layer("roads", kind, epsg), rows)]).expect("fits");
    out.into_inner()
}

fn read(bytes: &[u8], layer: &str) -> Result<Vec<ReadRow>, ReadError> {
    collect(|visit| csv::read(&mut Cursor::new(bytes), layer, &ReadOptions::default(), visit))
}

/// Rows come back with their id first, as any other field.
fn assert_same(found: &[ReadRow], expected: &[Row], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.values[0], ReadValue::Text(expected.id.clone()));
        assert_eq!(found.values[1..], expected.values);
        let geometry = found.geometry.as_ref().expect("sound").as_ref().expect("a geometry");
        assert!(same_place(geometry, &expected.geometry, tolerance), "{geometry:?}");
    }
}

#[test]
fn all_types_come_back_in_both_encodings_with_and_without_a_mark() {
    for (encoding, bom) in [(Encoding::Utf8, false), (Encoding::Utf8, true), (Encoding::Gbk, false)] {
        for (kind, geometry) in about_jiaxing() {
            let expected = rows(&geometry);
            let options = Options { encoding, bom, ..WKT };
            let bytes = written(kind, expected.clone(), 4490, options);
            assert_same(&read(&bytes, LONE_LAYER).expect("sound"), &expected, 1e-9);
            let found = csv::inspect(&mut Cursor::new(&bytes)).expect("sound").layers.remove(0);
            assert_eq!((found.count, found.geometry_type, &found.crs), (4, Some(kind), &FoundCrs::Missing));
            let how = if bom { EncodingEvidence::Stated } else { EncodingEvidence::Recognised };
            assert_eq!(found.encoding.map(|found| (found.encoding, found.how)), Some((encoding, how)));
            let kinds: Vec<FieldKind> = found.fields.iter().map(|field| field.kind).collect();
            assert_eq!(
                kinds,
                [FieldKind::Text, FieldKind::Text, FieldKind::Number, FieldKind::Number, FieldKind::Date]
            );
        }
    }
}

#[test]
fn a_zip_file_of_tables_says_where_they_are() {
    let (kind, geometry) = geometries(1.0, 476_000.25, 3_404_000.5).remove(2);
    let expected = rows(&geometry);
    let bytes = zipped(kind, expected.clone(), 4549, WKT);
    let found = csv::inspect(&mut Cursor::new(&bytes)).expect("sound");
    assert_eq!(found.layers.len(), 1);
    assert_eq!(found.layers[0].crs, FoundCrs::Stated(Crs::epsg(4549).expect("known")));
    assert_same(&read(&bytes, "roads").expect("sound"), &expected, 1e-4);
    assert!(read(&bytes, "rivers").is_err());
}

#[test]
fn points_come_back_from_two_columns() {
    for epsg in [4490, 4549] {
        let place = if epsg == 4490 { about_jiaxing() } else { geometries(1.0, 476_000.25, 3_404_000.5) };
        let (kind, geometry) = place[0].clone();
        let expected = rows(&geometry);
        let bytes = written(kind, expected.clone(), epsg, Options { places: Places::LonLat, ..WKT });
        let found = read(&bytes, LONE_LAYER).expect("sound");
        assert_same(&found, &expected, 1e-4);
    }
}

#[test]
fn gdal_reads_tables_in_a_zip_file_without_a_word() {
    for (kind, geometry) in about_jiaxing() {
        let expected = rows(&geometry);
        let (_folder, path) = put("tables.zip", &zipped(kind, expected.clone(), 4490, WKT));
        let found = gdal(&format!("/vsizip/{}/roads.csv", path.display()), &["-t_srs", "EPSG:4490"]);
        assert_eq!(found.len(), 4);
        for (feature, row) in found.iter().zip(&expected) {
            assert_eq!(feature["properties"]["id"], row.id.as_str());
            let ReadValue::Text(name) = &row.values[0] else { panic!("a text") };
            assert_eq!(feature["properties"]["name_zh"], name.as_str());
            match &row.values[1] {
                ReadValue::Number(number) => assert_eq!(feature["properties"]["accuracy_metres"], *number),
                _ => assert!(feature["properties"]["accuracy_metres"].is_null()),
            }
            assert!(same_place(&geometry_of(feature), &row.geometry, 1e-9), "{feature}");
        }
    }
}

#[test]
fn what_a_table_cannot_hold_is_refused() {
    let refused = |kind: GeometryType, geometry: Geometry, name: &str, options: Options, words: &[&str]| {
        let mut row = rows(&geometry).remove(0);
        row.values[0] = ReadValue::Text(name.to_owned());
        let fault = write(Box::new(csv::Writer::new(buffer(), options)), &[(layer("roads", kind, 4490), vec![row])]);
        let Err(WriteError::CannotHold(reason)) = fault else { panic!("{fault:?}") };
        words.iter().for_each(|word| assert!(reason.contains(word), "{reason} does not say {word}"));
    };
    let mut all = about_jiaxing().into_iter();
    let (point, line) = (all.next().expect("six"), all.next().expect("six"));
    refused(line.0, line.1, "a", Options { places: Places::LonLat, ..WKT }, &["roads", "LineString", "WKT"]);
    let gbk = Options { encoding: Encoding::Gbk, ..WKT };
    refused(point.0, point.1.clone(), "路😀", gbk, &["f-0", "name_zh", "1F600", "roads", "UTF-8"]);
    let two = [(layer("a", point.0, 4490), vec![]), (layer("b", point.0, 4490), vec![])];
    assert!(matches!(write(Box::new(csv::Writer::new(buffer(), WKT)), &two), Err(WriteError::CannotHold(_))));
}

#[test]
fn tables_of_others_are_read_as_they_are_meant() {
    let check = |text: &str, names: &[&str], first: Result<Option<&str>, &str>, values: &[ReadValue]| {
        let found = csv::inspect(&mut Cursor::new(text)).expect(text).layers.remove(0);
        let found: Vec<&str> = found.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(found, names, "{text}");
        let row = read(text.as_bytes(), LONE_LAYER).expect(text).remove(0);
        assert_eq!(row.values, values, "{text}");
        match (row.geometry, first) {
            (Ok(None), Ok(None)) => {}
            (Ok(Some(Geometry::Point(point))), Ok(Some(at))) => assert_eq!(format!("{} {}", point.x(), point.y()), at),
            (Err(reason), Err(word)) => assert!(reason.contains(word), "{reason}"),
            (found, expected) => panic!("{text}: {found:?} is not {expected:?}"),
        }
    };
    let text = |text: &str| ReadValue::Text(text.to_owned());
    let number = ReadValue::Number;
    check("name,lon,lat\na,120.5,30.5\n", &["name"], Ok(Some("120.5 30.5")), &[text("a")]);
    check("名称;经度;纬度\r\n南湖;120.5;30.5\r\n", &["名称"], Ok(Some("120.5 30.5")), &[text("南湖")]);
    check("X\tY\tn\n1\t2\t3\n", &["n"], Ok(Some("1 2")), &[number(3.0)]);
    check("geometry,code\nPOINT (1 2),007\n", &["code"], Ok(Some("1 2")), &[text("007")]);
    check("wkt,a\n,x\n", &["a"], Ok(None), &[text("x")]);
    check("a,b\n1,2\n", &["a", "b"], Ok(None), &[number(1.0), number(2.0)]);
    check("x,y,a\n1,,z\n", &["a"], Err("no coordinate"), &[text("z")]);
    check("x,y,a\ninf,1,z\n", &["a"], Err("no coordinate"), &[text("z")]);
    check("wkt,a\nPOINT Z (1 2 3),z\n", &["a"], Err("flat"), &[text("z")]);
    check("x,y,a\n1,2\n", &["a"], Err("the row has 2 cells, the header 3"), &[ReadValue::Absent]);
    check("x,y,a,\n1,2,z,q\n", &["a", "#4"], Ok(Some("1 2")), &[text("z"), text("q")]);
    check("x,y,d\n1,2,2019/3/5\n", &["d"], Ok(Some("1 2")), &[ReadValue::Date(super::kit::date("2019-03-05"))]);
}

#[test]
fn hostile_tables_are_refused() {
    let refused = |bytes: &[u8], word: &str| {
        let fault = csv::inspect(&mut Cursor::new(bytes)).expect_err(word);
        assert!(matches!(fault, ReadError::Refused { .. }));
        assert!(fault.to_string().contains(word), "{fault} does not say {word}");
    };
    refused(b"", "empty");
    refused(b"\xFF\xFEa\0", "UTF-16");
    refused(b"a\0b", "zero bytes");
    refused(b"a,b\n\xFF\xFF,1\n", "neither UTF-8 nor GBK");
    refused(b"a,a\n1,2\n", "two columns");
    refused(&[&b"a,b\n\"1"[..], &vec![b'x'; 20 << 20]].concat(), "a quote not closed");
    refused(&vec![b','; 1000], "1001 columns");
    refused(&[&b"a\n"[..], &vec![b'x'; 100_000]].concat(), "a value of 100000 bytes");
    refused(&[&b"a\n"[..], &b"1\n".repeat(1_000_001)].concat(), "more than 1000000 features");
    refused(b"PK\x03\x04junk", "zip");
}

#[test]
fn texts_that_spreadsheets_run_come_back_equal_and_are_told_or_are_escaped() {
    let (kind, geometry) = about_jiaxing().into_iter().next().expect("a point");
    let suspects = ["=1+1", "@SUM(A1)", "\tx", "-2+3"];
    let mut expected = rows(&geometry);
    for (row, text) in expected.iter_mut().zip(suspects) {
        row.values[0] = ReadValue::Text(text.to_owned());
    }
    for formulas in [Formulas::Keep, Formulas::Escape] {
        let options = Options { formulas, ..WKT };
        let mut out = buffer();
        let layers = [(layer("roads", kind, 4490), expected.clone())];
        let told = write(Box::new(csv::Writer::new(&mut out, options)), &layers).expect("fits");
        let found = read(&out.into_inner(), LONE_LAYER).expect("sound");
        let note = told.notes.iter().find(|note| note.contains("formulas")).expect("a note");
        assert!(note.contains("4 texts of roads") && note.contains(&layers[0].0.fields[0].name), "{note}");
        if formulas == Formulas::Keep {
            assert_same(&found, &expected, 1e-9);
            assert!(note.contains("as they are"), "{note}");
        } else {
            assert!(note.contains("apostrophe"), "{note}");
            for (row, text) in found.iter().zip(suspects) {
                assert_eq!(row.values[1], ReadValue::Text(format!("'{text}")));
            }
        }
    }
    let mut out = buffer();
    let plain = [(layer("roads", kind, 4490), rows(&geometry))];
    let told = write(Box::new(csv::ZipWriter::new(&mut out, WKT)), &plain).expect("fits");
    assert!(!told.notes.iter().any(|note| note.contains("formulas")), "{:?}", told.notes);
}
