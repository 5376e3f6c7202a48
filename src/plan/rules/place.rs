//! A place's rules: where its shape may lie, what it must be, and how well it can be known. That it is valid is the shape's own matter,
//! and so is its number of vertices ([`MAX_VERTICES`](crate::spatial::MAX_VERTICES)).

use geo::{Area, Coord, Euclidean, Geometry, Length, LineString, Polygon};
use geo::{CoordsIter, MapCoords};

use super::Findings;
use crate::plan::{Collection, Feature, Plan, Position, Text};
use crate::spatial::{GeometryType, Shape};

/// How far off a drawn place may be said to be: beyond it, it is in another district.
pub const MAX_ACCURACY_M: f64 = 100_000.0;

/// How far off a surveyed place may be: a hand-held receiver between houses is as good.
pub const MAX_SURVEYED_ACCURACY_M: f64 = 50.0;

/// Less than this is a slip of the hand, not a road and not a park.
const MIN_LENGTH_M: f64 = 0.5;
const MIN_AREA_M2: f64 = 0.5;

/// A degree along a meridian; near enough to tell a place from a slip.
const METRES_A_DEGREE: f64 = 111_320.0;

impl GeometryType {
    /// In Chinese words, as a part of a sentence.
    pub(crate) fn zh(self) -> &'static str {
        match self {
            GeometryType::Point => "点",
            GeometryType::LineString => "线",
            GeometryType::Polygon => "面",
            GeometryType::MultiPoint => "多点",
            GeometryType::MultiLineString => "多线",
            GeometryType::MultiPolygon => "多面",
        }
    }
}

impl Findings {
    pub(super) fn place(&mut self, feature: &Feature, plan: &Plan, collection: Option<&Collection>) {
        self.text("name", &feature.name);
        self.optional_text("basis", feature.basis.as_ref());
        let accuracy_m = feature.accuracy_m;
        if !(0.0..=MAX_ACCURACY_M).contains(&accuracy_m) {
            let detail = Text::new(
                format!("误差不会是 {accuracy_m} 米"),
                format!("{accuracy_m} is no distance by which a place may be off"),
            );
            let expected = Text::new(format!("0 到 {MAX_ACCURACY_M} 米"), format!("0 to {MAX_ACCURACY_M} metres"));
            self.add("accuracy_m", detail, Some(expected));
        } else if feature.position == Position::Surveyed && accuracy_m > MAX_SURVEYED_ACCURACY_M {
            let detail = Text::new(
                format!("实测的位置不会差 {accuracy_m} 米"),
                format!("{accuracy_m} m is too far off for a place that is surveyed"),
            );
            let expected = Text::new(
                format!("最多 {MAX_SURVEYED_ACCURACY_M} 米，或者位置选“近似”"),
                format!("at most {MAX_SURVEYED_ACCURACY_M} metres, or position approximate"),
            );
            self.add("accuracy_m", detail, Some(expected));
        }
        let (shape, found) = (&feature.shape, feature.shape.geometry_type());
        if let Some(declared) = collection.map(|collection| collection.geometry_type).filter(|own| *own != found) {
            let detail = Text::new(
                format!("是{}，而图层只收{}", found.zh(), declared.zh()),
                format!("is a {found}, but the collection holds {declared}s"),
            );
            self.add("geometry", detail, Some(Text::new(declared.zh(), declared.to_string())));
        }
        if let Some(detail) = outside_extent(shape, plan.extent) {
            let extent = plan.extent;
            let expected = Text::new(format!("在 {extent:?} 之内"), format!("positions inside {extent:?}"));
            self.add("geometry", detail, Some(expected));
        } else if let Some(detail) = slip(shape.geometry()) {
            self.add("geometry", detail, None);
        }
    }
}

/// Where a shape leaves the extent, and whether longitude and latitude look swapped; none when it lies inside.
pub fn outside_extent(shape: &Shape, extent: [f64; 4]) -> Option<Text> {
    let [west, south, east, north] = extent;
    let inside = |x: f64, y: f64| (west..=east).contains(&x) && (south..=north).contains(&y);
    let at = shape.geometry().coords_iter().find(|at| !inside(at.x, at.y))?;
    let (zh, en) = if inside(at.y, at.x) {
        (
            "；经度和纬度像是写反了（先经度，后纬度）",
            "; longitude and latitude look swapped (GeoJSON order is longitude, latitude)",
        )
    } else {
        ("", "")
    };
    Some(Text::new(
        format!("位置 [{}, {}] 在计划范围 {extent:?} 之外{zh}", at.x, at.y),
        format!("position [{}, {}] is outside the plan's extent {extent:?}{en}", at.x, at.y),
    ))
}

/// What a geometry lacks to be drawn as what it is.
fn slip(geometry: &Geometry) -> Option<Text> {
    let short = |line: &LineString| Euclidean.length(&in_metres(line)) < MIN_LENGTH_M;
    let flat = |polygon: &Polygon| {
        let ring = in_metres(polygon.exterior());
        Polygon::new(ring, Vec::new()).unsigned_area() < MIN_AREA_M2
    };
    let (is_short, is_flat) = match geometry {
        Geometry::LineString(line) => (short(line), false),
        Geometry::MultiLineString(lines) => (lines.0.iter().any(short), false),
        Geometry::Polygon(polygon) => (false, flat(polygon)),
        Geometry::MultiPolygon(polygons) => (false, polygons.0.iter().any(flat)),
        _ => (false, false),
    };
    match (is_short, is_flat) {
        (true, _) => Some(Text::new(
            format!("有一条线不到 {MIN_LENGTH_M} 米长"),
            format!("a line of it is shorter than {MIN_LENGTH_M} m"),
        )),
        (_, true) => Some(Text::new(
            format!("有一个面不到 {MIN_AREA_M2} 平方米"),
            format!("a polygon of it covers less than {MIN_AREA_M2} m²"),
        )),
        (false, false) => None,
    }
}

/// On a plane in metres round the first position.
fn in_metres(line: &LineString) -> LineString {
    let Some(first) = line.0.first().copied() else { return line.clone() };
    let shrink = first.y.to_radians().cos();
    line.map_coords(|at| Coord {
        x: (at.x - first.x) * shrink * METRES_A_DEGREE,
        y: (at.y - first.y) * METRES_A_DEGREE,
    })
}
