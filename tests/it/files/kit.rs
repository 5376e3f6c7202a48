//! Layers to write and read again, and the ways to do so.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use geo::{Geometry, line_string, point, polygon};
use guatu::formats::Value;
use guatu::formats::layer::{
    FeatureRow, FieldKind, Layer, LayerField, LayerWriter, ReadError, ReadRow, ReadValue, Visitor, Written,
};
use guatu::plan::{Date, Text};
use guatu::spatial::{Crs, GeometryType};

/// A feature as tests hold it.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub geometry: Geometry,
    pub values: Vec<ReadValue>,
}

pub fn field(name: &str, kind: FieldKind) -> LayerField {
    LayerField { name: name.to_owned(), kind, meaning: format!("{name} 的含义, \"so\""), max_bytes: 60 }
}

/// Fields of all kinds, one with a name that is too long for a shapefile.
pub fn fields() -> Vec<LayerField> {
    vec![
        field("name_zh", FieldKind::Text),
        field("accuracy_metres", FieldKind::Number),
        field("accuracy_metres_first", FieldKind::Number),
        field("due", FieldKind::Date),
    ]
}

pub fn layer(name: &str, geometry_type: GeometryType, epsg: u32) -> Layer {
    Layer {
        name: name.to_owned(),
        title: Text::new("图层", "Layer"),
        geometry_type,
        fields: fields(),
        crs: Arc::new(Crs::epsg(epsg).expect("a known system")),
        offset: None,
        count: 4,
    }
}

pub fn texts() -> [&'static str; 4] {
    ["长水路（一期）", "a \"quoted\", divided\nname", "中山路-二期；甲|乙\\丙", "plain"]
}

pub fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

/// Four rows of one geometry: with all values, none, and some that are hard to hold.
pub fn rows(geometry: &Geometry) -> Vec<Row> {
    let [a, b, c, d] = texts().map(|text| ReadValue::Text(text.to_owned()));
    let number = ReadValue::Number;
    let day = |text| ReadValue::Date(date(text));
    let values = [
        vec![a, number(12.5), number(100_000.0), day("2019-03-05")],
        vec![b, number(-0.1), ReadValue::Absent, ReadValue::Absent],
        vec![c, number(1_234.000_000_1), number(3.0), day("1999-12-31")],
        vec![d, ReadValue::Absent, number(-7.0), ReadValue::Absent],
    ];
    let row = |(at, values)| Row { id: format!("f-{at}"), geometry: geometry.clone(), values };
    values.into_iter().enumerate().map(row).collect()
}

/// One geometry of each of the six types, in degrees about Jiaxing, moved and stretched.
pub fn geometries(scale: f64, x: f64, y: f64) -> Vec<(GeometryType, Geometry)> {
    use geo::{MapCoords, MultiLineString, MultiPoint, MultiPolygon};
    let square = polygon!(
        exterior: [(x: 0.0, y: 0.0), (x: 9.0, y: 0.0), (x: 9.0, y: 9.0), (x: 0.0, y: 0.0)],
        interiors: [[(x: 5.0, y: 2.0), (x: 8.0, y: 4.0), (x: 6.0, y: 1.0), (x: 5.0, y: 2.0)]],
    );
    let island = polygon![(x: 20.5, y: 0.25), (x: 21.0, y: 0.0), (x: 21.0, y: 1.0), (x: 20.5, y: 0.25)];
    let line = line_string![(x: 0.0, y: 0.0), (x: 1.25, y: 2.0), (x: 3.0, y: 1.0)];
    let other = line_string![(x: 5.0, y: 5.0), (x: 6.0, y: 5.125)];
    let all: Vec<(GeometryType, Geometry)> = vec![
        (GeometryType::Point, point!(x: 1.0, y: 2.0).into()),
        (GeometryType::LineString, line.clone().into()),
        (GeometryType::Polygon, square.clone().into()),
        (GeometryType::MultiPoint, MultiPoint(vec![point!(x: 1.0, y: 2.0), point!(x: 3.0, y: 4.0)]).into()),
        (GeometryType::MultiLineString, MultiLineString(vec![line, other]).into()),
        (GeometryType::MultiPolygon, MultiPolygon(vec![square, island]).into()),
    ];
    let moved = |at: geo::Coord| geo::Coord { x: x + scale * at.x, y: y + scale * at.y };
    all.into_iter().map(|(kind, geometry)| (kind, geometry.map_coords(moved))).collect()
}

pub fn about_jiaxing() -> Vec<(GeometryType, Geometry)> {
    geometries(0.001, 120.75, 30.75)
}

pub fn value(value: &ReadValue) -> Value<'_> {
    match value {
        ReadValue::Absent => Value::Absent,
        ReadValue::Text(text) => Value::Text(text),
        ReadValue::Number(number) => Value::Number(*number),
        ReadValue::Date(date) => Value::Date(*date),
    }
}

/// Hands layers to a writer, to the end.
pub fn write(
    mut writer: Box<dyn LayerWriter + '_>,
    layers: &[(Layer, Vec<Row>)],
) -> Result<Written, guatu::formats::layer::WriteError> {
    for (layer, rows) in layers {
        writer.begin(layer)?;
        for (row, number) in rows.iter().zip(1..) {
            let values: Vec<Value> = row.values.iter().map(value).collect();
            writer.feature(&FeatureRow { number, id: &row.id, geometry: &row.geometry, values: &values })?;
        }
        writer.end()?;
    }
    writer.finish()
}

/// All rows that a reader gives.
pub fn collect(read: impl FnOnce(Visitor) -> Result<(), ReadError>) -> Result<Vec<ReadRow>, ReadError> {
    let mut rows = Vec::new();
    read(&mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

/// A folder of a test, and a file in it.
pub fn put(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a disk that works");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a disk that works");
    (folder, path)
}

/// The features that GDAL reads, as `GeoJSON`; each word that it says to the error stream is a failure.
pub fn gdal(source: &str, options: &[&str]) -> Vec<serde_json::Value> {
    let mut arguments = vec!["-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=12", "/vsistdout/"];
    arguments.extend(options);
    arguments.push(source);
    let output = std::process::Command::new("ogr2ogr").args(&arguments).output().expect("GDAL is installed");
    let heard = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && heard.is_empty(), "ogr2ogr says {heard} of {source}");
    let all: serde_json::Value = serde_json::from_slice(&output.stdout).expect("GeoJSON");
    all["features"].as_array().expect("features").clone()
}

/// Whether two geometries have the same positions, parts and holes, wherever their rings begin and whichever way they go.
pub fn same_place(a: &Geometry, b: &Geometry, tolerance: f64) -> bool {
    use geo::{Area, BoundingRect, CoordsIter};
    let (first, second) = (sorted(a), sorted(b));
    let near = |x: f64, y: f64| (x - y).abs() <= tolerance;
    first.len() == second.len()
        && a.coords_count() == b.coords_count()
        && first.iter().zip(&second).all(|(a, b)| near(a.0, b.0) && near(a.1, b.1))
        && (a.unsigned_area() - b.unsigned_area()).abs() <= tolerance.max(1e-9 * a.unsigned_area())
        && a.bounding_rect().is_some() == b.bounding_rect().is_some()
}

fn sorted(geometry: &Geometry) -> Vec<(f64, f64)> {
    use geo::CoordsIter;
    let mut all: Vec<(f64, f64)> = geometry.coords_iter().map(|at| (at.x, at.y)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    all
}

pub fn geometry_of(feature: &serde_json::Value) -> Geometry {
    let geometry: geojson::Geometry = serde_json::from_value(feature["geometry"].clone()).expect("a geometry");
    Geometry::try_from(geometry).expect("of the six types")
}

pub fn buffer() -> Cursor<Vec<u8>> {
    Cursor::new(Vec::new())
}

/// A zip file of these members, as they are.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(buffer());
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a name");
        zip.write_all(bytes).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

/// The members of a zip file.
pub fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    use std::io::Read;
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
    let member = |at| {
        let mut member = zip.by_index(at).expect("a member");
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("sound");
        (member.name().expect("UTF-8").into_owned(), bytes)
    };
    (0..zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip file").len()).map(member).collect()
}
