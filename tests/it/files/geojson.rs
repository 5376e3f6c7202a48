//! GeoJSON files and sequences, there and back and through GDAL.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use guatu::formats::geojson::{SequenceWriter, Writer, inspect, read};
use guatu::formats::layer::{FieldKind, FoundCrs, LayerWriter, MAX_FIELDS, ReadError, ReadOptions, ReadValue};
use guatu::spatial::{Crs, GeometryType};

use super::layers::{self, SIX, SYSTEMS, check_gdal, check_rows, crs, sample, tolerance, write_all};

fn written(number: u32, geometry_type: GeometryType) -> (Vec<u8>, layers::Sample) {
    let sample = sample(geometry_type, &crs(number));
    let mut bytes = Vec::new();
    write_all(Box::new(Writer::new(&mut bytes, &sample.layer.name)), &[&sample]);
    (bytes, sample)
}

#[test]
fn all_types_come_back_from_a_collection_in_every_system_and_through_gdal() {
    let folder = tempfile::tempdir().expect("a folder");
    for number in SYSTEMS {
        for geometry_type in SIX {
            let (bytes, sample) = written(number, geometry_type);
            let mut source = Cursor::new(&bytes);
            let found = inspect(&mut source).expect("a file of ours").layers.remove(0);
            assert_eq!(found.name, sample.layer.name);
            assert_eq!((found.geometry_type, found.count), (Some(geometry_type), 3));
            let expected = if number == 4326 { Crs::crs84() } else { Crs::epsg(number).expect("known") };
            assert_eq!(found.crs, FoundCrs::Stated(expected));
            let kinds: Vec<_> = found.fields.iter().map(|field| field.kind).collect();
            assert_eq!(kinds, [FieldKind::Text, FieldKind::Number, FieldKind::Date, FieldKind::Text]);
            let rows = layers::rows(|visit| read(&mut source, &found.name, &ReadOptions::default(), visit));
            let names: Vec<_> = found.fields.into_iter().map(|field| field.name).collect();
            check_rows(&rows, &names, &sample, tolerance(&sample.layer.crs));
            assert_eq!(rows[0].id.as_deref(), Some("chayuan"));
            let path = folder.path().join(format!("{number}{geometry_type}.geojson"));
            std::fs::write(&path, &bytes).expect("a file");
            check_gdal(&path, "", &sample, tolerance(&sample.layer.crs));
            let told = layers::gdal("ogrinfo", &["-so", "-al", path.to_str().expect("a path")]);
            let named = told.contains(&format!("ID[\"EPSG\",{number}]]"));
            assert!(named && told.contains("due: Date") && told.contains("cost: Real"), "{told}");
        }
    }
}

#[test]
fn a_sequence_comes_back_and_through_gdal() {
    let sample = sample(GeometryType::Polygon, &crs(4326));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("polygons.geojsons");
    let file = File::create(&path).expect("a file");
    write_all(Box::new(SequenceWriter::new(file)), &[&sample]);
    check_gdal(&path, "", &sample, 1e-8);
    let mut source = File::open(&path).expect("the file");
    let rows = layers::rows(|visit| read(&mut source, "features", &ReadOptions::default(), visit));
    let names: Vec<_> = sample.layer.fields.iter().map(|field| field.name.clone()).collect();
    check_rows(&rows, &names, &sample, 1e-8);
    let fault = SequenceWriter::new(Vec::new()).begin(&layers::sample(GeometryType::Point, &crs(4549)).layer);
    let fault = fault.expect_err("a system that a sequence cannot tell").to_string();
    assert!(fault.contains("OGC:CRS84") && fault.contains("EPSG:4549"), "{fault}");
}

#[test]
fn layers_of_one_file_have_one_system_and_an_empty_file_is_one() {
    let (points, lines) = (sample(GeometryType::Point, &crs(4549)), sample(GeometryType::LineString, &crs(4549)));
    let mut bytes = Vec::new();
    write_all(Box::new(Writer::new(&mut bytes, "两层")), &[&points, &lines]);
    let found = inspect(&mut Cursor::new(&bytes)).expect("a file of ours").layers.remove(0);
    assert_eq!((found.name.as_str(), found.count, found.geometry_type), ("两层", 6, None));
    let mut writer = Writer::new(Vec::new(), "x");
    layers::write(&mut writer, &points).expect("the first");
    let other = sample(GeometryType::Point, &crs(3857)).layer;
    let fault = writer.begin(&other).expect_err("another system").to_string();
    assert!(fault.contains("EPSG:3857") && fault.contains("EPSG:4549"), "{fault}");
    let mut bytes = Vec::new();
    write_all(Box::new(Writer::new(&mut bytes, "空")), &[]);
    assert_eq!(inspect(&mut Cursor::new(&bytes)).expect("an empty collection").layers[0].count, 0);
}

fn refused(text: &str) -> String {
    let fault = inspect(&mut Cursor::new(text)).expect_err(text);
    assert!(matches!(fault, ReadError::Refused { .. }), "{fault}");
    fault.to_string()
}

#[test]
fn what_is_no_geojson_is_refused_at_its_place() {
    let check = |text: &str, parts: &[&str]| {
        let said = refused(text);
        for part in parts {
            assert!(said.contains(part), "{said:?} lacks {part:?}");
        }
    };
    let feature = r#"{"type":"Feature","geometry":null,"properties":{}}"#;
    let within = |members: &str| format!(r#"{{"type":"FeatureCollection","features":[{feature},{{{members}}}]}}"#);
    check("", &["the file", "EOF"]);
    check("[]", &["the file", "a GeoJSON object"]);
    check("{}", &["no type"]);
    check(r#"{"type":"Topology"}"#, &["Topology", "FeatureCollection"]);
    check(r#"{"type":"FeatureCollection"}"#, &["features"]);
    check(r#"{"type":"FeatureCollection","features":{}}"#, &["a list of features"]);
    check(&within(r#""type":"Thing""#), &["features[1]", "Thing"]);
    check(&within(r#""geometry":null"#), &["features[1]", "no type"]);
    check(&within(r#""type":"Feature","geometry":7"#), &["features[1]", "a geometry or null"]);
    check(&within(r#""type":"Feature","geometry":{"coordinates":[1,2]}"#), &["features[1]", "no type"]);
    check(&within(r#""type":"Feature","geometry":null,"geometry":null"#), &["features[1]", "twice"]);
    check(&within(r#""type":"Feature","properties":[]"#), &["features[1]", "properties"]);
    check(&within(r#""type":"Feature","properties":{"a":1,"a":2}"#), &["features[1]", "\"a\"", "twice"]);
    check(&within(r#""type":"Feature","properties":{"a":NaN}"#), &["features[1]", "expected value"]);
    check(&within(r#""type":"Feature","properties":{"a":1e999}"#), &["features[1]", "out of range"]);
    check(&within(r#""type":"Feature","properties":{"a":"#), &["features[1]", "\"a\"", "expected value"]);
    check(r#"{"type":"FeatureCollection","features":[{"type":"Feature""#, &["features[0]", "EOF"]);
    check(&format!(r#"{{"a":{}"#, "[".repeat(100_000)), &["the file", "EOF"]);
    check(&format!(r#"{{"crs":{}"#, "[".repeat(100_000)), &["the file", "recursion limit"]);
    check(
        &within(&format!(r#""type":"Feature","geometry":{{"type":"Point","coordinates":{}"#, "[".repeat(100_000))),
        &["features[1]", "recursion limit"],
    );
    let many: Vec<_> = (0..=MAX_FIELDS).map(|place| format!("\"f{place}\":1")).collect();
    check(&within(&format!(r#""type":"Feature","properties":{{{}}}"#, many.join(","))), &["features[1]", "256"]);
    check(&within(&format!(r#""type":"Feature","properties":{{"a":"{}"}}"#, "x".repeat(70_000))), &["\"a\"", "65536"]);
    check(
        &within(&format!(r#""type":"Feature","properties":{{"a":[{}1]}}"#, "1,".repeat(70_000))),
        &["\"a\"", "65536"],
    );
    check(&format!(r#"{{"a":"{}"}}"#, "x".repeat(5 << 20)), &["the file", "one piece"]);
    check(&format!(r#"{{"type":"FeatureCollection","features":[{feature}]}}{}"#, "{}"), &["text 2", "no type"]);
    check("\u{1e}{\"type\":\"Feature\"}\n\u{1e}{\"type\":", &["text 2", "EOF"]);
}

#[test]
fn what_is_wrong_with_one_geometry_is_told_of_it_alone() {
    let check = |geometry: &str, part: &str| {
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","geometry":{geometry}}},
            {{"type":"Feature","geometry":{{"type":"Point","coordinates":[1,2,3]}},"properties":null}}]}}"#
        );
        let rows = layers::rows(|visit| read(&mut Cursor::new(text), "features", &ReadOptions::default(), visit));
        let fault = rows[0].geometry.clone().expect_err(geometry);
        assert!(fault.contains(part), "{fault:?} lacks {part:?}");
        assert_eq!(rows[1].geometry, Ok(Some(geo::Point::new(1.0, 2.0).into())));
    };
    check(r#"{"type":"Point","coordinates":[1]}"#, "one number");
    check(r#"{"type":"Point","coordinates":["1","2"]}"#, "no number");
    check(r#"{"type":"Point","coordinates":[{"x":[1]},2]}"#, "no number");
    check(r#"{"type":"Point","coordinates":[[1,2]]}"#, "not those of a position");
    check(r#"{"type":"LineString","coordinates":[[1,2]]}"#, "at least 2");
    check(r#"{"type":"LineString","coordinates":[[1,2],[[1,2]]]}"#, "equally deep");
    check(r#"{"type":"LineString","coordinates":[[1,2],3]}"#, "equally deep");
    check(r#"{"type":"LineString","coordinates":[1,[2,3]]}"#, "equally deep");
    check(r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}"#, "open");
    check(r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}"#, "at least 4");
    check(r#"{"type":"MultiPolygon","coordinates":[[]]}"#, "empty");
    check(r#"{"type":"GeometryCollection","geometries":[]}"#, "GeometryCollection");
    check(r#"{"type":"Circle","coordinates":[1,2]}"#, "Circle");
    check(r#"{"type":"Point"}"#, "no coordinates");
    let long = "[1,2],".repeat(20_000) + "[1,2]";
    check(&format!(r#"{{"type":"LineString","coordinates":[{long}]}}"#), "20000 vertices");
    check(&format!(r#"{{"type":"MultiPolygon","coordinates":[{}[]]}}"#, "[],".repeat(20_000)), "parts");
}

#[test]
fn what_programs_write_beside_the_standard_is_understood() {
    let check = |text: &str, crs: FoundCrs| {
        assert_eq!(inspect(&mut Cursor::new(text)).expect(text).layers[0].crs, crs, "{text}");
    };
    let with = |crs: &str| format!(r#"{{"type":"FeatureCollection","crs":{crs},"features":[]}}"#);
    let epsg = |number| FoundCrs::Stated(Crs::epsg(number).expect("known"));
    check(&with(r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4549"}}"#), epsg(4549));
    check(&with(r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG:8.8:4490"}}"#), epsg(4490));
    check(&with(r#"{"type":"name","properties":{"name":"EPSG:3857"}}"#), epsg(3857));
    check(&with(r#"{"type":"EPSG","properties":{"code":4528}}"#), epsg(4528));
    check(
        &with(r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}"#),
        FoundCrs::Stated(Crs::crs84()),
    );
    check(
        &with(r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2437"}}"#),
        FoundCrs::Unknown("urn:ogc:def:crs:EPSG::2437".to_owned()),
    );
    check(&with("null"), FoundCrs::Missing);
    check("\u{feff}{\"features\":[],\"type\":\"FeatureCollection\"}", FoundCrs::Stated(Crs::crs84()));
    let lines = "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"a\":[1, {\"b\":\"x\"}],\"n\":9007199254740993}}\n\
                 {\"type\":\"Point\",\"coordinates\":[1,2]}\n{\"type\":\"FeatureCollection\",\"features\":[]}\n";
    let rows = layers::rows(|visit| read(&mut Cursor::new(lines), "features", &ReadOptions::default(), visit));
    assert_eq!(rows.len(), 2);
    let text = |text: &str| ReadValue::Text(text.to_owned());
    assert_eq!(rows[0].values, [text(r#"[1,{"b":"x"}]"#), text("9007199254740993")]);
    assert_eq!((rows[1].place, &rows[1].values[0]), (2, &ReadValue::Absent));
}

#[test]
fn a_reader_that_is_told_to_stop_stops() {
    let (bytes, _) = written(4326, GeometryType::Point);
    let mut count = 0;
    let stop = &mut |_| {
        count += 1;
        ControlFlow::Break(())
    };
    read(&mut Cursor::new(bytes), "points", &ReadOptions::default(), stop).expect("no fault");
    assert_eq!(count, 1);
}

/// A text without an end: its beginning, then the same piece again and again.
struct Endless {
    beginning: &'static [u8],
    piece: &'static [u8],
    at: usize,
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        for to in out.iter_mut() {
            let behind = self.at.checked_sub(self.beginning.len());
            *to = behind.map_or_else(|| self.beginning[self.at], |behind| self.piece[behind % self.piece.len()]);
            self.at += 1;
        }
        Ok(out.len())
    }
}

impl Seek for Endless {
    fn seek(&mut self, _: SeekFrom) -> std::io::Result<u64> {
        self.at = 0;
        Ok(0)
    }
}

#[test]
fn files_without_an_end_are_refused_where_they_pass_a_limit() {
    let check = |beginning: &'static str, piece: &'static str, parts: [&str; 2]| {
        let mut source = Endless { beginning: beginning.as_bytes(), piece: piece.as_bytes(), at: 0 };
        let said = inspect(&mut source).expect_err(piece).to_string();
        assert!(parts.iter().all(|part| said.contains(part)), "{said:?} lacks one of {parts:?}");
    };
    let line =
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"LineString","coordinates":["#;
    check(line, "[1,2],", ["features[0]", "10000000 vertices"]);
    check("", "{\"type\":\"Feature\"}\n", ["1000000 features", ""]);
    check(line, "[],", ["features[0]", "one piece"]);
    check("{\"name\":\"", "x", ["the file", "one piece"]);
    check("", " ", ["the file", "one piece"]);
    check("{", "\"a\":1,", ["the file", "one piece"]);
}
