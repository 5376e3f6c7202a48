//! Shapefiles: what is written comes back, through our own reader and through GDAL's; what is damaged is refused.

use std::io::Cursor;

use guatu::formats::layer::{Encoding, ReadValue, Renamed, WriteError};
use guatu::formats::shp;
use guatu::spatial::GeometryType;

use super::kit::{Row, about_jiaxing, buffer, gdal, geometries, geometry_of, layer, put, rows, same_place, write};

pub fn written(name: &str, kind: GeometryType, rows: Vec<Row>, epsg: u32, encoding: Encoding) -> Vec<u8> {
    let mut out = buffer();
    let folder = tempfile::tempdir().expect("a disk that works");
    let writer = Box::new(shp::Writer::new(&mut out, folder.path(), encoding));
    write(writer, &[(layer(name, kind, epsg), rows)]).expect("a layer that fits");
    out.into_inner()
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
                            _ => assert_eq!(is.as_str().map(|t| t.replace('/', "-")), should.as_str().map(str::to_owned), "{name}"),
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
    assert_eq!(told.renamed, [renamed("accuracy_metres", "accuracy_m"), renamed("accuracy_metres_first", "accuracy_1")]);
}
