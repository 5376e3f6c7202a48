//! KML and KMZ, there and back and through GDAL.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use guatu::formats::kml::{Writer, inspect, read};
use guatu::formats::layer::{FieldKind, FoundCrs, LayerWriter, ReadError, ReadOptions, ReadValue};
use guatu::spatial::{Crs, GeometryType};

use super::layers::{self, SIX, check_gdal, check_rows, crs, sample, write_all};

#[test]
fn all_types_in_one_file_come_back_and_through_gdal() {
    let samples = SIX.map(|geometry_type| sample(geometry_type, &crs(4326)));
    let mut bytes = Vec::new();
    write_all(Box::new(Writer::new(&mut bytes, "挂图")), &samples.each_ref());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("six.kml");
    std::fs::write(&path, &bytes).expect("a file");
    let mut source = Cursor::new(&bytes);
    let found = inspect(&mut source).expect("a file of ours").layers;
    assert_eq!(found.len(), 6);
    for (layer, sample) in found.iter().zip(&samples) {
        assert_eq!(layer.name, sample.layer.name);
        assert_eq!((layer.geometry_type, layer.count), (Some(sample.layer.geometry_type), 3));
        assert_eq!(layer.crs, FoundCrs::Stated(Crs::crs84()));
        let kind = |name: &str| layer.fields.iter().find(|field| field.name == name).expect(name).kind;
        assert_eq!([kind("cost"), kind("due"), kind("note")], [FieldKind::Number, FieldKind::Date, FieldKind::Text]);
        let rows = layers::rows(|visit| read(&mut source, &layer.name, &ReadOptions::default(), visit));
        let names: Vec<_> = layer.fields.iter().map(|field| field.name.clone()).collect();
        check_rows(&rows, &names, sample, 1e-8);
        check_gdal(&path, &layer.name, sample, 1e-8);
    }
    let told = layers::gdal("ogrinfo", &["-ro", "-al", path.to_str().expect("a path")]);
    assert!(told.contains("Name (String) = 茶园小学") && told.contains("cost: Real"), "{told}");
}

#[test]
fn other_systems_and_control_characters_are_refused() {
    let fault = Writer::new(Vec::new(), "x").begin(&sample(GeometryType::Point, &crs(4549)).layer);
    assert!(fault.expect_err("another system").to_string().contains("OGC:CRS84"));
    let mut sample = sample(GeometryType::Point, &crs(4326));
    sample.layer.name = "a\u{1}b".to_owned();
    let fault = Writer::new(Vec::new(), "x").begin(&sample.layer).expect_err("no XML").to_string();
    assert!(fault.contains("U+0001"), "{fault}");
}

const PLAIN: &str = "<kml><Placemark id='a1'><name> 甲 </name><description><![CDATA[<b>乙</b>]]></description>\
    <ExtendedData><Data name='code'><value>007</value></Data><Data name='n'><displayName>x</displayName><value>12.50</value></Data>\
    <Data name='name'><value>other</value></Data></ExtendedData>\
    <Point><extrude>1</extrude><coordinates>\n 120.5,30.5,7.5 </coordinates></Point></Placemark>\
    <Placemark><MultiGeometry><Point><coordinates>1,2</coordinates></Point><MultiGeometry><Point><coordinates>3,4</coordinates>\
    </Point></MultiGeometry></MultiGeometry><ExtendedData><Data name='n'><value>3</value></Data></ExtendedData></Placemark></kml>";

#[test]
fn what_other_programs_write_is_understood_also_in_a_kmz() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("files/icon.png", options).expect("a member");
    archive.start_file("doc.KML", options).expect("a member");
    archive.write_all(PLAIN.as_bytes()).expect("its bytes");
    let kmz = archive.finish().expect("an archive").into_inner();
    for bytes in [PLAIN.as_bytes(), &kmz] {
        let mut source = Cursor::new(bytes);
        let layer = inspect(&mut source).expect("sound").layers.remove(0);
        let names: Vec<_> = layer.fields.iter().map(|field| (field.name.as_str(), field.kind)).collect();
        let (text, number) = (FieldKind::Text, FieldKind::Number);
        assert_eq!(
            names,
            [("name", text), ("description", text), ("code", text), ("n", number), ("name (data)", text)]
        );
        let rows = layers::rows(|visit| read(&mut source, &layer.name, &ReadOptions::default(), visit));
        assert_eq!(rows[0].id.as_deref(), Some("a1"));
        assert_eq!(rows[0].geometry, Ok(Some(geo::Point::new(120.5, 30.5).into())));
        let text = |text: &str| ReadValue::Text(text.to_owned());
        assert_eq!(rows[0].values[1..4], [text("<b>乙</b>"), text("007"), ReadValue::Number(12.5)]);
        assert_eq!(rows[1].geometry, Ok(Some(geo::MultiPoint::from(vec![(1.0, 2.0), (3.0, 4.0)]).into())));
    }
}

#[test]
fn what_is_wrong_with_one_geometry_is_told_of_it_alone() {
    let check = |geometry: &str, part: &str| {
        let text = format!("<kml><Document><Placemark>{geometry}</Placemark><Placemark/></Document></kml>");
        let rows = layers::rows(|visit| read(&mut Cursor::new(text), "placemarks", &ReadOptions::default(), visit));
        let fault = rows[0].geometry.clone().expect_err(geometry);
        assert!(fault.contains(part), "{fault:?} lacks {part:?}");
        assert_eq!(rows[1].geometry, Ok(None));
    };
    let point = |text: &str| format!("<Point><coordinates>{text}</coordinates></Point>");
    let line = "<LineString><coordinates>1,2 3,4</coordinates></LineString>";
    check(&point("1"), "longitude,latitude");
    check(&point("1, 2"), "longitude,latitude");
    check(&point("NaN,1"), "longitude,latitude");
    check(&point("1,inf"), "longitude,latitude");
    check(&point("1,2,x"), "longitude,latitude");
    check(&point("1,2 3,4"), "takes one");
    check(&point(""), "takes one");
    check("<LineString><coordinates>1,2</coordinates></LineString>", "at least 2");
    check(&format!("{line}{line}"), "MultiGeometry");
    check(&format!("<MultiGeometry>{line}{}</MultiGeometry>", point("1,2")), "mixes");
    check("<Model/>", "Model");
    check("<gx:Track xmlns:gx='x'/>", "Track");
    check("<Polygon/>", "empty");
    let ring = |ring: &str| {
        format!(
            "<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        )
    };
    check(&ring("0,0 1,0 1,1 0,1"), "open");
    check(&ring("0,0 1,0 0,0"), "at least 4");
    let long = "1,2 ".repeat(20_001);
    check(&format!("<LineString><coordinates>{long}</coordinates></LineString>"), "20001 vertices");
    check(&format!("<MultiGeometry>{}</MultiGeometry>", "<Polygon/>".repeat(10_001)), "parts");
}

#[test]
fn hostile_documents_are_refused_at_their_place() {
    let refused = |bytes: &[u8], part: &str| match inspect(&mut Cursor::new(bytes)) {
        Err(fault @ ReadError::Refused { .. }) => {
            let said = fault.to_string();
            assert!(said.contains(part), "{said:?} lacks {part:?}");
        }
        other => panic!("{part}: {other:?}"),
    };
    let check = |text: &str, part: &str| refused(text.as_bytes(), part);
    let within = |text: &str| format!("<kml><Placemark/><Placemark>{text}</Placemark></kml>");
    check("", "before its elements");
    check("<kml>", "before its elements");
    check("<kml></kml>", "no placemark");
    check("<html></html>", "not kml");
    check("<kml></kml><kml></kml>", "not kml");
    check("no XML", "outside");
    check("<kml></other>", "other");
    check("<!DOCTYPE kml [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><kml>&b;</kml>", "document type");
    check("<?xml version=\"1.0\" encoding=\"GBK\"?><kml/>", "GBK");
    check(&within("<name>&lol;</name>"), "placemark 2 (byte");
    check(&within("<name>&lol;</name>"), "lol");
    check(&within("<name>&#0;</name>"), "byte");
    check(&within("<name>a<b>c</b></name>"), "CDATA");
    check(&within("<name>a</name><name>b</name>"), "twice");
    check(&within(&format!("<name>{}</name>", "x".repeat(70_000))), "65536");
    check(&within(&format!("<name>{}</name>", "&amp;".repeat(70_000))), "65536");
    check(&format!("<kml>{}", "<Folder>".repeat(100)), "64 deep");
    check(&format!("<kml>{}", "<Folder/>".repeat(2_000)), "folders");
    check(&format!("<kml a=\"{}\"/>", "x".repeat(5 << 20)), "one piece");
    let mut many = String::new();
    for place in 0..300 {
        write!(many, "<Data name='f{place}'><value>1</value></Data>").expect("a String");
    }
    check(&within(&format!("<ExtendedData>{many}</ExtendedData>")), "256");
    refused(b"<kml>\xff\xfe</kml>", "byte");
    refused(b"PK\x03\x04 no archive at all", "damaged");
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("doc.kml", zip::write::SimpleFileOptions::default()).expect("a member");
    archive.write_all(b"<kml>").expect("memory");
    (0..64).for_each(|_| archive.write_all(&vec![b' '; 1 << 20]).expect("memory"));
    let bomb = archive.finish().expect("an archive").into_inner();
    assert!(bomb.len() < 1 << 17);
    refused(&bomb, "one piece");
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("doc.txt", zip::write::SimpleFileOptions::default()).expect("a member");
    refused(&archive.finish().expect("an archive").into_inner(), ".kml");
}
