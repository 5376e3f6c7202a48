//! Layers as tests write them into files, what GDAL makes of the files, and what our readers bring back.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use geo::{
    Coord, CoordsIter, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon, polygon,
};
use guatu::formats::Value;
use guatu::formats::layer::{
    FeatureRow, FieldKind, Layer, LayerField, LayerWriter, ReadError, ReadRow, ReadValue, WriteError, Written,
};
use guatu::plan::{Date, Text};
use guatu::spatial::{Crs, GeometryType};

pub const SIX: [GeometryType; 6] = [
    GeometryType::Point,
    GeometryType::LineString,
    GeometryType::Polygon,
    GeometryType::MultiPoint,
    GeometryType::MultiLineString,
    GeometryType::MultiPolygon,
];

/// The systems in which every format that has a choice is tried.
pub const SYSTEMS: [u32; 5] = [4326, 4490, 3857, 4549, 4528];

pub fn crs(number: u32) -> Arc<Crs> {
    Arc::new(Crs::epsg(number).expect("a system that is known"))
}

/// A layer with its features.
pub struct Sample {
    pub layer: Layer,
    pub geometries: Vec<Geometry>,
}

/// Three features of each type near Jiaxing: the second has no values, the third has everything that needs an escape.
pub fn sample(geometry_type: GeometryType, crs: &Arc<Crs>) -> Sample {
    let field = |name: &str, kind, meaning: &str| LayerField {
        name: name.to_owned(),
        kind,
        meaning: meaning.to_owned(),
        max_bytes: 80,
    };
    let geometries: Vec<_> = (0..3)
        .map(|place| geometry(geometry_type, 120.70 + f64::from(place) * 0.02, 30.7 + f64::from(place) * 0.01))
        .map(|geometry| crs.project_geometry(&geometry).expect("Jiaxing is in every system of the tests"))
        .collect();
    let layer = Layer {
        name: format!("{geometry_type}s").to_lowercase(),
        title: Text::new("图层", format!("Layer of {geometry_type}s")),
        geometry_type,
        fields: vec![
            field("name_zh", FieldKind::Text, "名称"),
            field("cost", FieldKind::Number, "费用"),
            field("due", FieldKind::Date, "期限"),
            field("note", FieldKind::Text, "备注"),
        ],
        crs: Arc::clone(crs),
        offset: None,
        count: 3,
    };
    Sample { layer, geometries }
}

fn geometry(geometry_type: GeometryType, x: f64, y: f64) -> Geometry {
    let at = |dx: f64, dy: f64| Coord { x: x + dx, y: y + dy };
    let line = |dx: f64| LineString(vec![at(dx, 0.0), at(dx + 0.001, 0.001), at(dx + 0.002_123_456, 0.0)]);
    let square = |dx: f64| -> Polygon {
        polygon!(
            exterior: [at(dx, 0.0), at(dx + 0.004, 0.0), at(dx + 0.004, 0.004), at(dx, 0.004)],
            interiors: [[at(dx + 0.001, 0.001), at(dx + 0.001, 0.002), at(dx + 0.002, 0.002)]],
        )
    };
    match geometry_type {
        GeometryType::Point => Point(at(0.0, 0.0)).into(),
        GeometryType::LineString => line(0.0).into(),
        GeometryType::Polygon => square(0.0).into(),
        GeometryType::MultiPoint => MultiPoint(vec![Point(at(0.0, 0.0)), Point(at(0.001, 0.001))]).into(),
        GeometryType::MultiLineString => MultiLineString(vec![line(0.0), line(0.003)]).into(),
        GeometryType::MultiPolygon => MultiPolygon(vec![square(0.0), square(0.005)]).into(),
    }
}

pub const HARD_TEXT: &str = "嘉兴 \"一\" <路> & 'it', 100%\\ 😀\nline two";

/// Values of the three features.
pub fn values() -> [[Value<'static>; 4]; 3] {
    let date: Date = "2019-09-01".parse().expect("a date");
    [
        [Value::Text("茶园小学"), Value::Number(1234.5), Value::Date(date), Value::Text("plain")],
        [Value::Absent, Value::Absent, Value::Absent, Value::Absent],
        [Value::Text("三环东路"), Value::Number(-0.000_25), Value::Date(date), Value::Text(HARD_TEXT)],
    ]
}

pub fn ids() -> [&'static str; 3] {
    ["chayuan", "second", "third-ring"]
}

pub fn write(writer: &mut dyn LayerWriter, sample: &Sample) -> Result<(), WriteError> {
    writer.begin(&sample.layer)?;
    for (place, geometry) in sample.geometries.iter().enumerate() {
        let (number, values) = (place as u64 + 1, values());
        writer.feature(&FeatureRow { number, id: ids()[place], geometry, values: &values[place] })?;
    }
    writer.end()
}

pub fn write_all(mut writer: Box<dyn LayerWriter + '_>, samples: &[&Sample]) -> Written {
    for sample in samples {
        write(&mut *writer, sample).expect("a layer that the format can hold");
    }
    writer.finish().expect("a file")
}

/// All rows of a reader.
pub fn rows(read: impl FnOnce(&mut dyn FnMut(ReadRow) -> ControlFlow<()>) -> Result<(), ReadError>) -> Vec<ReadRow> {
    let mut rows = Vec::new();
    read(&mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })
    .expect("a file that can be read");
    rows
}

/// Holds the rows that a reader brings to what was written; `names` are the reader's fields.
pub fn check_rows(rows: &[ReadRow], names: &[String], sample: &Sample, tolerance: f64) {
    assert_eq!(rows.len(), sample.geometries.len());
    for ((row, geometry), values) in rows.iter().zip(&sample.geometries).zip(values()) {
        let read = row.geometry.clone().expect("a sound geometry").expect("a geometry");
        check_geometry(&read, geometry, tolerance);
        for (field, value) in sample.layer.fields.iter().zip(values) {
            let place = names.iter().position(|name| *name == field.name).expect(&field.name);
            let expected = match value {
                Value::Text(text) => ReadValue::Text(text.to_owned()),
                Value::Number(number) => ReadValue::Number(number),
                Value::Date(date) => ReadValue::Date(date),
                Value::Absent => ReadValue::Absent,
            };
            assert_eq!(row.values[place], expected, "{}", field.name);
        }
    }
}

pub fn check_geometry(read: &Geometry, written: &Geometry, tolerance: f64) {
    assert_eq!(std::mem::discriminant(read), std::mem::discriminant(written), "{read:?}");
    assert_eq!(read.coords_count(), written.coords_count());
    for (a, b) in read.coords_iter().zip(written.coords_iter()) {
        let apart = (a.x - b.x).abs().max((a.y - b.y).abs());
        assert!(apart <= tolerance, "{a:?} {b:?}: {apart}");
    }
}

/// What a millimetre is in a system; in degrees a tenth of one.
pub fn tolerance(crs: &Crs) -> f64 {
    if crs.is_geographic() { 1e-8 } else { 1e-3 }
}

/// Runs a program of GDAL that must succeed and keep silent on its error output.
pub fn gdal(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("GDAL is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.is_empty(), "{program} {arguments:?}: {said}{told}");
    assert!(!told.contains("Warning"), "{told}");
    told
}

/// What GDAL reads in a layer of a file, in the file's own coordinates, x east, y north: properties and geometry by feature.
pub fn gdal_features(file: &Path, layer: &str) -> Vec<(BTreeMap<String, serde_json::Value>, Geometry)> {
    let file = file.to_str().expect("a path in UTF-8");
    let mut arguments =
        vec!["-f", "GeoJSON", "/vsistdout/", file, "-lco", "COORDINATE_PRECISION=12", "-a_srs", "EPSG:4326"];
    arguments.extend(["-lco", "RFC7946=NO"]);
    if !layer.is_empty() {
        arguments.push(layer);
    }
    let told = gdal("ogr2ogr", &arguments);
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    let features = told["features"].as_array().expect("features");
    features
        .iter()
        .map(|feature| {
            let mut properties = feature["properties"].as_object().expect("properties").clone();
            // GDAL keeps the id of a GeoJSON feature where it stood.
            if let Some(id) = feature.get("id").filter(|id| id.is_string()) {
                properties.insert("id".to_owned(), id.clone());
            }
            let geometry: geojson::Geometry =
                serde_json::from_value(feature["geometry"].clone()).expect("a geometry of GeoJSON");
            (properties.into_iter().collect(), Geometry::try_from(&geometry.value).expect("a geometry"))
        })
        .collect()
}

/// Holds what GDAL reads to what was written; features may come in another order, so they are found by `id`.
pub fn check_gdal(file: &Path, layer: &str, sample: &Sample, tolerance: f64) {
    let features = gdal_features(file, layer);
    assert_eq!(features.len(), sample.geometries.len());
    for ((id, geometry), values) in ids().iter().zip(&sample.geometries).zip(values()) {
        let (properties, read) =
            features.iter().find(|(properties, _)| properties["id"] == *id).expect("the feature with its id");
        check_geometry(read, geometry, tolerance);
        for (field, value) in sample.layer.fields.iter().zip(values) {
            // Some drivers leave out what a feature does not have.
            let read = properties.get(&field.name).unwrap_or(&serde_json::Value::Null);
            match value {
                Value::Text(text) => assert_eq!(read, text),
                Value::Number(number) => assert_eq!(read.as_f64(), Some(number), "{}", field.name),
                // GDAL writes dates with slashes, or as they are; formats without dates have the beginning of the day.
                Value::Date(date) => {
                    assert_eq!(
                        read.as_str().map(|text| text.replace('/', "-").replace("T00:00:00", "")),
                        Some(date.to_string())
                    );
                }
                Value::Absent => assert!(read.is_null(), "{}: {read}", field.name),
            }
        }
    }
}
