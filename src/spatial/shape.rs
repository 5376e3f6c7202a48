//! A geometry that has been checked once and can be trusted from then on. Repairs nothing but ring direction.

use std::fmt;

use geo::orient::{Direction, Orient};
use geo::{BoundingRect, CoordsIter, Geometry, Point, Rect, Validation};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Vertices of one shape: one with more is refused before any geometry is computed. Callers may set a lower limit.
pub const MAX_VERTICES: usize = 20_000;

/// A position on the globe; both numbers are finite and within range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LonLat {
    lon: f64,
    lat: f64,
}

impl LonLat {
    /// # Errors
    /// [`ShapeError::NotFinite`] or [`ShapeError::OutsideGlobe`].
    pub fn new(lon: f64, lat: f64) -> Result<LonLat, ShapeError> {
        if !lon.is_finite() || !lat.is_finite() {
            return Err(ShapeError::NotFinite);
        }
        if !(-180.0..=180.0).contains(&lon) || !(-90.0..=90.0).contains(&lat) {
            return Err(ShapeError::OutsideGlobe { lon, lat });
        }
        Ok(LonLat { lon, lat })
    }

    pub fn lon(self) -> f64 {
        self.lon
    }

    pub fn lat(self) -> f64 {
        self.lat
    }
}

impl From<LonLat> for Point {
    fn from(at: LonLat) -> Point {
        Point::new(at.lon, at.lat)
    }
}

/// The six geometry types that a collection may hold (no GeometryCollection).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum GeometryType {
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
}

impl fmt::Display for GeometryType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ShapeError {
    #[error("a coordinate is not a finite number")]
    NotFinite,
    #[error("position [{lon}, {lat}] is outside the globe{}", swap_hint(*.lon, *.lat))]
    OutsideGlobe { lon: f64, lat: f64 },
    #[error("ring {ring} is open: its last position must repeat its first")]
    OpenRing { ring: usize },
    #[error("ring {ring} has {count} positions; a ring takes at least 4")]
    ShortRing { ring: usize, count: usize },
    #[error("a line takes at least 2 positions")]
    ShortLine,
    #[error("the geometry is empty")]
    Empty,
    #[error("{0} is not among Point, LineString, Polygon, MultiPoint, MultiLineString, MultiPolygon")]
    Type(String),
    #[error("the geometry is invalid: {0}")]
    Invalid(String),
    #[error("{count} vertices are more than the limit of {limit}")]
    TooManyVertices { count: usize, limit: usize },
    #[error("position {number}, {given:?}, has a height, and every feature is flat; give longitude and latitude only")]
    Height { number: usize, given: Vec<f64> },
    #[error("not a GeoJSON geometry: {0}")]
    NotGeoJson(String),
}

fn swap_hint(lon: f64, lat: f64) -> &'static str {
    if lat.abs() > 90.0 && lat.abs() <= 180.0 && lon.abs() <= 90.0 {
        "; longitude and latitude look swapped (GeoJSON order is longitude, latitude)"
    } else {
        ""
    }
}

/// A valid, non-empty geometry within the globe, exterior rings counter-clockwise (RFC 7946), with its rectangle at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    geometry: Geometry,
    rect: Rect,
}

impl Shape {
    /// Checks a geometry: type, finiteness, range, vertex count, validity (self-intersection, holes outside …).
    ///
    /// Cost: O(n log n) to O(n²) in vertices, bounded by [`MAX_VERTICES`].
    ///
    /// # Errors
    /// The first [`ShapeError`] found.
    pub fn new(geometry: Geometry) -> Result<Shape, ShapeError> {
        type_of(&geometry)?;
        check_count(geometry.coords_count(), MAX_VERTICES)?;
        for at in geometry.coords_iter() {
            LonLat::new(at.x, at.y)?;
        }
        geometry.check_validation().map_err(|fault| ShapeError::Invalid(fault.to_string()))?;
        let rect = geometry.bounding_rect().ok_or(ShapeError::Empty)?;
        let geometry = match geometry {
            Geometry::Polygon(polygon) => Geometry::Polygon(polygon.orient(Direction::Default)),
            Geometry::MultiPolygon(polygons) => Geometry::MultiPolygon(polygons.orient(Direction::Default)),
            other => other,
        };
        Ok(Shape { geometry, rect })
    }

    /// Reads a GeoJSON geometry. Heights are dropped; every feature is flat.
    ///
    /// # Errors
    /// As [`Shape::new`], and open or short rings, which GeoJSON forbids.
    pub fn from_geojson(value: &geojson::GeometryValue) -> Result<Shape, ShapeError> {
        use geojson::GeometryValue as V;
        match value {
            V::Point { coordinates } => check_positions(std::slice::from_ref(coordinates))?,
            V::MultiPoint { coordinates } => check_positions(coordinates)?,
            V::LineString { coordinates } => check_line(coordinates)?,
            V::MultiLineString { coordinates } => coordinates.iter().try_for_each(|line| check_line(line))?,
            V::Polygon { coordinates } => check_rings(coordinates)?,
            V::MultiPolygon { coordinates } => coordinates.iter().try_for_each(|p| check_rings(p))?,
            V::GeometryCollection { .. } => return Err(ShapeError::Type("GeometryCollection".into())),
        }
        let geometry = Geometry::<f64>::try_from(value).map_err(|fault| ShapeError::NotGeoJson(fault.to_string()))?;
        Shape::new(geometry)
    }

    /// Reads a GeoJSON geometry object of at most `max_vertices`, or [`MAX_VERTICES`] if that is less.
    ///
    /// # Errors
    /// [`ShapeError::NotGeoJson`] when the object is no geometry, else as [`Shape::from_geojson`].
    pub fn from_json(value: serde_json::Value, max_vertices: usize) -> Result<Shape, ShapeError> {
        let geometry: geojson::Geometry =
            serde_json::from_value(value).map_err(|fault| ShapeError::NotGeoJson(fault.to_string()))?;
        check_count(vertices(&geometry.value), max_vertices)?;
        Shape::from_geojson(&geometry.value)
    }

    /// As [`Shape::from_json`], for what somebody sends to be kept: a height is refused and not dropped.
    ///
    /// # Errors
    /// [`ShapeError::Height`], else as [`Shape::from_json`].
    pub fn from_flat_json(value: serde_json::Value, max_vertices: usize) -> Result<Shape, ShapeError> {
        if let Some(coordinates) = value.get("coordinates") {
            check_flat(coordinates, &mut 0)?;
        }
        Shape::from_json(value, max_vertices)
    }

    /// Whether no position of a GeoJSON geometry has a height.
    pub fn is_flat_json(value: &serde_json::Value) -> bool {
        value.get("coordinates").is_none_or(|coordinates| check_flat(coordinates, &mut 0).is_ok())
    }

    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// How many vertices it has; a ring's first counts twice.
    pub fn vertices(&self) -> usize {
        self.geometry.coords_count()
    }

    /// The smallest rectangle around the shape.
    pub fn rect(&self) -> Rect {
        self.rect
    }

    pub fn geometry_type(&self) -> GeometryType {
        type_of(&self.geometry).expect("a shape has one of the six types since it was checked")
    }

    pub fn to_geojson(&self) -> geojson::Geometry {
        geojson::Geometry::new((&self.geometry).into())
    }
}

fn type_of(geometry: &Geometry) -> Result<GeometryType, ShapeError> {
    Ok(match geometry {
        Geometry::Point(_) => GeometryType::Point,
        Geometry::LineString(_) => GeometryType::LineString,
        Geometry::Polygon(_) => GeometryType::Polygon,
        Geometry::MultiPoint(_) => GeometryType::MultiPoint,
        Geometry::MultiLineString(_) => GeometryType::MultiLineString,
        Geometry::MultiPolygon(_) => GeometryType::MultiPolygon,
        Geometry::GeometryCollection(_) => return Err(ShapeError::Type("GeometryCollection".into())),
        Geometry::Line(_) | Geometry::Rect(_) | Geometry::Triangle(_) => {
            return Err(ShapeError::Type("a construct that GeoJSON lacks".into()));
        }
    })
}

fn check_count(count: usize, limit: usize) -> Result<(), ShapeError> {
    if count > limit { Err(ShapeError::TooManyVertices { count, limit }) } else { Ok(()) }
}

fn vertices(value: &geojson::GeometryValue) -> usize {
    use geojson::GeometryValue as V;
    let in_lines = |lines: &[Vec<geojson::Position>]| lines.iter().map(Vec::len).sum::<usize>();
    match value {
        V::Point { .. } | V::GeometryCollection { .. } => 1,
        V::MultiPoint { coordinates } | V::LineString { coordinates } => coordinates.len(),
        V::MultiLineString { coordinates } | V::Polygon { coordinates } => in_lines(coordinates),
        V::MultiPolygon { coordinates } => coordinates.iter().map(|rings| in_lines(rings)).sum(),
    }
}

/// The conversion to a geometry trusts every position to have two numbers.
fn check_positions(positions: &[geojson::Position]) -> Result<(), ShapeError> {
    match positions.iter().find(|position| position.len() < 2) {
        Some(short) => {
            let count = short.len();
            Err(ShapeError::NotGeoJson(format!("a position of {count} numbers; it takes longitude and latitude")))
        }
        None => Ok(()),
    }
}

/// Looks for a position of more than two numbers in a list of whatever depth, and counts positions from 1.
fn check_flat(list: &serde_json::Value, number: &mut usize) -> Result<(), ShapeError> {
    let parts = list.as_array().map(Vec::as_slice).unwrap_or_default();
    if parts.iter().all(serde_json::Value::is_number) {
        *number += 1;
        let given = || parts.iter().filter_map(serde_json::Value::as_f64).collect();
        return if parts.len() > 2 { Err(ShapeError::Height { number: *number, given: given() }) } else { Ok(()) };
    }
    parts.iter().try_for_each(|part| check_flat(part, number))
}

fn check_line(line: &[geojson::Position]) -> Result<(), ShapeError> {
    check_positions(line)?;
    if line.len() < 2 { Err(ShapeError::ShortLine) } else { Ok(()) }
}

fn check_rings(rings: &[Vec<geojson::Position>]) -> Result<(), ShapeError> {
    if rings.is_empty() {
        return Err(ShapeError::Empty);
    }
    for (index, ring) in rings.iter().enumerate() {
        let number = index + 1;
        check_positions(ring)?;
        if ring.len() < 4 {
            return Err(ShapeError::ShortRing { ring: number, count: ring.len() });
        }
        if ring.first() != ring.last() {
            return Err(ShapeError::OpenRing { ring: number });
        }
    }
    Ok(())
}

impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_geojson().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Shape, D::Error> {
        let geometry = geojson::Geometry::deserialize(deserializer)?;
        Shape::from_geojson(&geometry.value).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Shape, ShapeError> {
        Shape::from_json(serde_json::from_str(json).expect("test JSON"), MAX_VERTICES)
    }

    #[test]
    fn what_is_not_a_valid_shape_is_refused_with_the_reason() {
        let check = |json: &str, part: &str| {
            let fault = read(json).expect_err(json).to_string();
            assert!(fault.contains(part), "{fault:?} lacks {part:?}");
        };
        check(r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}"#, "open");
        check(r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}"#, "at least 4");
        check(r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}"#, "invalid");
        check(r#"{"type":"Polygon","coordinates":[]}"#, "empty");
        check(r#"{"type":"LineString","coordinates":[[0,0]]}"#, "at least 2");
        check(r#"{"type":"Point","coordinates":[30.7,120.7]}"#, "swapped");
        check(r#"{"type":"Point","coordinates":[300,0]}"#, "outside the globe");
        check(r#"{"type":"MultiPoint","coordinates":[]}"#, "empty");
        check(r#"{"type":"GeometryCollection","geometries":[]}"#, "GeometryCollection");
        check(r#"{"type":"Circle","coordinates":[0,0]}"#, "GeoJSON");
        check(r#"{"type":"Point","coordinates":[]}"#, "two or more");
        check(r#"{"type":"MultiPoint","coordinates":[[1,2],[3]]}"#, "a position of 1 numbers");
        check(r#"{"type":"LineString","coordinates":[[1],[2]]}"#, "a position of 1 numbers");
        check(r#"{"type":"Polygon","coordinates":[[[0,0],[1],[1,1],[0,0]]]}"#, "a position of 1 numbers");
    }

    #[test]
    fn rings_turn_counter_clockwise_whatever_came_in() {
        let shape = read(r#"{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[1,0],[0,0]]]}"#).expect("valid");
        let Geometry::Polygon(polygon) = shape.geometry() else { unreachable!("a polygon was read") };
        use geo::Winding;
        assert!(polygon.exterior().is_ccw());
    }
}
