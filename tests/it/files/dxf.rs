//! DXF, as GDAL reads it.

use geo::CoordsIter;
use guatu::formats::dxf::Writer;
use guatu::formats::layer::LayerWriter;
use guatu::spatial::GeometryType;

use super::layers::{self, HARD_TEXT, SIX, crs, gdal_features, sample, write_all};

#[test]
fn gdal_reads_geometry_layers_and_chinese_names() {
    for number in [4549, 4528, 3857, 4326] {
        let mut samples = SIX.map(|geometry_type| sample(geometry_type, &crs(number)));
        samples[0].layer.name = "道路".to_owned();
        samples[1].layer.name = "a:b".to_owned();
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("六层.dxf");
        let mut bytes = Vec::new();
        let said = write_all(Box::new(Writer::new(&mut bytes, folder.path())), &samples.each_ref());
        assert!(said.notes.iter().any(|note| note.contains("\"a:b\" is called \"a_b\"")), "{said:?}");
        assert_eq!(said.notes.iter().any(|note| note.contains("degree")), number == 4326, "{said:?}");
        std::fs::write(&path, &bytes).expect("a file");
        let features = gdal_features(&path, "");
        let on = |layer: &str| -> Vec<_> {
            features.iter().filter(|(properties, _)| properties["Layer"] == *layer).collect()
        };
        let mut names = vec!["道路", "a_b"];
        names.extend(samples[2..].iter().map(|sample| sample.layer.name.as_str()));
        for (name, sample) in names.iter().zip(&samples) {
            let found = on(name);
            let texts: Vec<_> = found
                .iter()
                .filter_map(|(properties, _)| properties.get("Text").and_then(|text| text.as_str()))
                .collect();
            assert_eq!(texts, ["茶园小学", "三环东路"], "{name}");
            let vertices: usize = found
                .iter()
                .filter(|(properties, _)| properties.get("Text").is_none_or(|text| text.is_null()))
                .map(|(_, geometry)| geometry.coords_count())
                .sum();
            let written: usize = sample.geometries.iter().map(|geometry| geometry.coords_count()).sum();
            assert_eq!(vertices, written, "{name}");
            let first = sample.geometries[0].coords_iter().next().expect("a position");
            let read = found[0].1.coords_iter().next().expect("a position");
            let apart = (first.x - read.x).abs().max((first.y - read.y).abs());
            assert!(apart <= layers::tolerance(&sample.layer.crs), "{name}: {apart}");
        }
    }
}

#[test]
fn one_drawing_has_one_system_and_an_empty_one_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::new(Vec::new(), folder.path());
    writer.begin(&sample(GeometryType::Point, &crs(4549)).layer).expect("the first");
    let fault = writer.begin(&sample(GeometryType::Point, &crs(4528)).layer).expect_err("another").to_string();
    assert!(fault.contains("EPSG:4549") && fault.contains("EPSG:4528"), "{fault}");
    let mut bytes = Vec::new();
    write_all(Box::new(Writer::new(&mut bytes, folder.path())), &[]);
    let path = folder.path().join("empty.dxf");
    std::fs::write(&path, &bytes).expect("a file");
    layers::gdal("ogrinfo", &["-al", path.to_str().expect("a path")]);
}

#[test]
fn a_label_keeps_to_one_line() {
    let mut sample = sample(GeometryType::Point, &crs(4549));
    sample.layer.fields.swap(0, 3);
    sample.layer.fields[0].name = "name_zh".to_owned();
    sample.layer.fields[3].name = "name_zh".to_owned();
    sample.layer.fields.rotate_left(3);
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Box::new(Writer::new(Vec::new(), folder.path()));
    writer.begin(&sample.layer).expect("a layer");
    let values = [guatu::formats::Value::Text(HARD_TEXT)];
    let geometry = &sample.geometries[0];
    let row = guatu::formats::layer::FeatureRow { number: 1, id: "x", geometry, values: &values };
    writer.feature(&row).expect("a feature");
    let rare = [guatu::formats::Value::Text("𠮷祥路")];
    writer.feature(&guatu::formats::layer::FeatureRow { values: &rare, ..row }).expect("a feature");
    let said = writer.finish().expect("a drawing");
    assert!(said.notes.iter().any(|note| note.contains("letters that are not in GBK")), "{said:?}");
}
