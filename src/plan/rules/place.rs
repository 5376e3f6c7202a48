//! A place's rules: where its shape may lie, what it must be, and how well it can be known. That it is valid is the shape's own matter,
//! and so is its number of vertices ([`MAX_VERTICES`](crate::spatial::MAX_VERTICES)).

use geo::{Area, Coord, Euclidean, Geometry, Length, LineString, Polygon};
use geo::{CoordsIter, MapCoords};

use super::Findings;
use crate::plan::{Collection, Feature, Plan, Position};
use crate::spatial::Shape;

/// How far off a drawn place may be said to be: beyond it, it is in another district.
pub const MAX_ACCURACY_M: f64 = 100_000.0;

/// How far off a surveyed place may be: a hand-held receiver between houses is as good.
pub const MAX_SURVEYED_ACCURACY_M: f64 = 50.0;

/// Less than this is a slip of the hand, not a road and not a park.
const MIN_LENGTH_M: f64 = 0.5;
const MIN_AREA_M2: f64 = 0.5;

/// A degree along a meridian; near enough to tell a place from a slip.
const METRES_A_DEGREE: f64 = 111_320.0;

impl Findings {
    pub(super) fn place(&mut self, feature: &Feature, plan: &Plan, collection: Option<&Collection>) {
        self.text("name", &feature.name);
        self.optional_text("basis", feature.basis.as_ref());
        let accuracy_m = feature.accuracy_m;
        if !(0.0..=MAX_ACCURACY_M).contains(&accuracy_m) {
            let detail = format!("{accuracy_m} is no distance by which a place may be off");
            self.add("accuracy_m", detail, Some(format!("0 to {MAX_ACCURACY_M} metres")));
        } else if feature.position == Position::Surveyed && accuracy_m > MAX_SURVEYED_ACCURACY_M {
            let detail = format!("{accuracy_m} m is too far off for a place that is surveyed");
            let expected = format!("at most {MAX_SURVEYED_ACCURACY_M} metres, or position approximate");
            self.add("accuracy_m", detail, Some(expected));
        }
        let (shape, found) = (&feature.shape, feature.shape.geometry_type());
        if let Some(declared) = collection.map(|collection| collection.geometry_type).filter(|own| *own != found) {
            let detail = format!("is a {found}, but the collection holds {declared}s");
            self.add("geometry", detail, Some(declared.to_string()));
        }
        if let Some(detail) = outside_extent(shape, plan.extent) {
            self.add("geometry", detail, Some(format!("positions inside {:?}", plan.extent)));
        } else if let Some(detail) = slip(shape.geometry()) {
            self.add("geometry", detail, None);
        }
    }
}

/// Where a shape leaves the extent, and whether longitude and latitude look swapped; none when it lies inside.
pub fn outside_extent(shape: &Shape, extent: [f64; 4]) -> Option<String> {
    let [west, south, east, north] = extent;
    let inside = |x: f64, y: f64| (west..=east).contains(&x) && (south..=north).contains(&y);
    let at = shape.geometry().coords_iter().find(|at| !inside(at.x, at.y))?;
    let hint = if inside(at.y, at.x) {
        "; longitude and latitude look swapped (GeoJSON order is longitude, latitude)"
    } else {
        ""
    };
    Some(format!("position [{}, {}] is outside the plan's extent {extent:?}{hint}", at.x, at.y))
}

/// What a geometry lacks to be drawn as what it is.
fn slip(geometry: &Geometry) -> Option<String> {
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
        (true, _) => Some(format!("a line of it is shorter than {MIN_LENGTH_M} m")),
        (_, true) => Some(format!("a polygon of it covers less than {MIN_AREA_M2} m²")),
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
