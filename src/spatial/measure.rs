//! Distances and bearings in metres and degrees on the WGS 84 ellipsoid.
//!
//! Lines are straight in longitude and latitude, as GeoJSON says. The nearest place is found in a plane scaled to the
//! latitude at hand, where such lines stay straight; the distance to it is then the geodesic one. Up to
//! [`MAX_RADIUS_M`] and 80° of latitude the answer is right to 0.5 % (checked against dense sampling in the tests);
//! nearer the poles the plane bends too much for long lines, and the answer may be too long by a few percent.

use geo::{Bearing, Coord, CoordsIter, Distance, Geodesic, Geometry, Intersects, Line, LineString, Point, Rect};

use super::{BBox, Shape};

/// The longest radius that a search may ask for, and the reach of the 0.5 % promise.
pub const MAX_RADIUS_M: f64 = 100_000.0;

/// Semi-major axis and squared eccentricity of WGS 84.
const A_M: f64 = 6_378_137.0;
const E2: f64 = 0.006_694_379_990_141_33;

/// The place of a shape that is nearest to a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// Metres; zero on a line or inside a polygon.
    pub distance_m: f64,
    /// Degrees clockwise from north, 0 ≤ b < 360, towards the nearest place; none at distance zero.
    pub bearing_deg: Option<f64>,
}

/// Distance and bearing from a point to the nearest place of a shape. Cost: O(vertices).
pub fn nearest(from: Point, shape: &Shape) -> Nearest {
    let Some(target) = nearest_place(from, shape) else {
        return Nearest { distance_m: 0.0, bearing_deg: None };
    };
    let distance_m = Geodesic.distance(from, target);
    let bearing_deg = (distance_m > 0.0).then(|| Geodesic.bearing(from, target).rem_euclid(360.0));
    Nearest { distance_m, bearing_deg }
}

/// As [`nearest`], for callers that do not ask where to.
pub fn distance_from(from: Point, shape: &Shape) -> f64 {
    nearest_place(from, shape).map_or(0.0, |target| Geodesic.distance(from, target))
}

/// Shortest distance between two shapes in metres; zero where they meet. Cost: O(n · m) in their vertices.
pub fn distance_m(a: &Shape, b: &Shape) -> f64 {
    shortest_way(a, b).map_or(0.0, |way| way.distance_m)
}

/// Distance and bearing of the shortest way from one shape to another. Cost: O(n · m) in their vertices.
pub fn nearest_between(from: &Shape, to: &Shape) -> Nearest {
    let Some(Way { start, end, distance_m }) = shortest_way(from, to) else {
        return Nearest { distance_m: 0.0, bearing_deg: None };
    };
    let bearing_deg = (distance_m > 0.0).then(|| Geodesic.bearing(start, end).rem_euclid(360.0));
    Nearest { distance_m, bearing_deg }
}

/// Metres between the middles of the boxes of two shapes.
pub fn between_middles_m(a: &Shape, b: &Shape) -> f64 {
    Geodesic.distance(Point::from(a.rect().center()), Point::from(b.rect().center()))
}

struct Way {
    start: Point,
    end: Point,
    distance_m: f64,
}

/// None where the shapes meet. Unless they do, a vertex of one of them is an end of the shortest way.
fn shortest_way(from: &Shape, to: &Shape) -> Option<Way> {
    if from.geometry().intersects(to.geometry()) {
        return None;
    }
    let way = |vertex: Coord, shape: &Shape| {
        let start = Point::from(vertex);
        let end = nearest_place(start, shape).unwrap_or(start);
        Way { start, end, distance_m: Geodesic.distance(start, end) }
    };
    let there = from.geometry().coords_iter().map(|vertex| way(vertex, to));
    let back = to.geometry().coords_iter().map(|vertex| way(vertex, from));
    let back = back.map(|Way { start, end, distance_m }| Way { start: end, end: start, distance_m });
    there.chain(back).min_by(|a, b| a.distance_m.total_cmp(&b.distance_m))
}

/// A box that surely holds everything within `radius_m` of a rectangle. It errs outward, never inward.
pub fn window_around(rect: Rect, radius_m: f64) -> BBox {
    /// Covers rounding and the difference between a parallel and a geodesic at [`MAX_RADIUS_M`].
    const SLACK: f64 = 1.02;
    /// A tenth of a millimetre: even a window of no radius reaches over the dateline when it stands on it.
    const LEAST_DEG: f64 = 1e-9;
    // A degree of latitude is shortest at the equator: 110 574 m.
    let d_lat = radius_m * SLACK / 110_574.0 + LEAST_DEG;
    let (south, north) = (rect.min().y - d_lat, rect.max().y + d_lat);
    let widest_lat = south.abs().max(north.abs());
    if widest_lat >= 89.0 {
        return BBox::new(-180.0, south.max(-90.0), 180.0, north.min(90.0)).expect("clamped to the globe");
    }
    let d_lon = radius_m * SLACK / Plane::at(widest_lat).m_per_lon + LEAST_DEG;
    if rect.width() + 2.0 * d_lon >= 360.0 {
        return BBox::new(-180.0, south, 180.0, north).expect("within the globe");
    }
    let wrap = |lon: f64| {
        if lon < -180.0 {
            lon + 360.0
        } else if lon > 180.0 {
            lon - 360.0
        } else {
            lon
        }
    };
    BBox::new(wrap(rect.min().x - d_lon), south, wrap(rect.max().x + d_lon), north).expect("wrapped to the globe")
}

/// Nearest place, or none when the point lies on or in the shape.
fn nearest_place(from: Point, shape: &Shape) -> Option<Point> {
    if let Geometry::Point(point) = shape.geometry() {
        return (*point != from).then_some(*point);
    }
    if shape.geometry().intersects(&from) {
        return None;
    }
    // The second look uses the scale half-way to what the first one found.
    let first = Plane::at(from.y()).nearest_place(from, shape.geometry())?;
    Plane::at(f64::midpoint(from.y(), first.y())).nearest_place(from, shape.geometry())
}

/// A plane tangent at a latitude: a degree each way has a fixed length in metres.
struct Plane {
    m_per_lon: f64,
    m_per_lat: f64,
}

impl Plane {
    fn at(lat: f64) -> Plane {
        let (sin, cos) = lat.to_radians().sin_cos();
        let w2 = 1.0 - E2 * sin * sin;
        let meridian_radius = A_M * (1.0 - E2) / (w2 * w2.sqrt());
        let normal_radius = A_M / w2.sqrt();
        Plane { m_per_lon: (normal_radius * cos).to_radians(), m_per_lat: meridian_radius.to_radians() }
    }

    /// Metres east and north of `origin`, the short way round the globe.
    fn offset(&self, origin: Point, at: Coord) -> Coord {
        self.metres(short_way(at.x - origin.x()), at.y - origin.y())
    }

    /// Both ends of a segment, on the side of the globe where its middle is nearer. Taken one by one, the ends of a segment
    /// across the far meridian would go different ways round and the segment would seem to pass by.
    fn offsets(&self, origin: Point, segment: Line) -> (Coord, Coord) {
        let half = segment.dx() / 2.0;
        let middle = short_way(segment.start.x + half - origin.x());
        let (start, end) = (segment.start.y - origin.y(), segment.end.y - origin.y());
        (self.metres(middle - half, start), self.metres(middle + half, end))
    }

    fn metres(&self, d_lon: f64, d_lat: f64) -> Coord {
        Coord { x: d_lon * self.m_per_lon, y: d_lat * self.m_per_lat }
    }

    fn nearest_place(&self, from: Point, geometry: &Geometry) -> Option<Point> {
        let mut best: Option<(f64, Coord)> = None;
        let mut offer = |place: Coord| {
            let square = place.x * place.x + place.y * place.y;
            if best.is_none_or(|(least, _)| square < least) {
                best = Some((square, place));
            }
        };
        let mut offer_line = |line: &LineString| {
            for segment in line.lines() {
                let (start, end) = self.offsets(from, segment);
                offer(nearest_on_segment(start, end));
            }
        };
        match geometry {
            Geometry::LineString(line) => offer_line(line),
            Geometry::MultiLineString(lines) => lines.iter().for_each(offer_line),
            Geometry::Polygon(polygon) => {
                offer_line(polygon.exterior());
                polygon.interiors().iter().for_each(offer_line);
            }
            Geometry::MultiPolygon(polygons) => {
                for polygon in polygons {
                    offer_line(polygon.exterior());
                    polygon.interiors().iter().for_each(&mut offer_line);
                }
            }
            other => other.coords_iter().for_each(|at| offer(self.offset(from, at))),
        }
        best.map(|(_, place)| Point::new(from.x() + place.x / self.m_per_lon, from.y() + place.y / self.m_per_lat))
    }
}

/// A difference of longitudes between -180 and 180 degrees.
fn short_way(d_lon: f64) -> f64 {
    (d_lon + 540.0).rem_euclid(360.0) - 180.0
}

/// The place of segment a–b that is nearest to the origin.
fn nearest_on_segment(a: Coord, b: Coord) -> Coord {
    let along = b - a;
    let length2 = along.x * along.x + along.y * along.y;
    if length2 == 0.0 {
        return a;
    }
    let t = (-(a.x * along.x + a.y * along.y) / length2).clamp(0.0, 1.0);
    a + along * t
}

/// Metres that a point is surely away from every place of a rectangle: never more than the true distance.
///
/// Along any path the ellipsoid is at least as long as a sphere of its smallest radius of curvature, and on that sphere
/// each term of the haversine is taken at its least over the rectangle.
pub fn distance_floor_m(from: Point, rect: Rect) -> f64 {
    /// The meridian's radius of curvature at the equator, the smallest there is.
    const LEAST_RADIUS_M: f64 = A_M * (1.0 - E2);
    let gap = |value: f64, low: f64, high: f64| (low - value).max(value - high).max(0.0);
    let d_lat = gap(from.y(), rect.min().y, rect.max().y);
    let d_lon = [-360.0, 0.0, 360.0].map(|turn| gap(from.x() + turn, rect.min().x, rect.max().x));
    let d_lon = d_lon.into_iter().fold(f64::INFINITY, f64::min);
    let half_sin2 = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let cos_lat = |lat: f64| lat.to_radians().cos().max(0.0);
    let least_cos = cos_lat(rect.min().y).min(cos_lat(rect.max().y));
    let haversine = half_sin2(d_lat) + cos_lat(from.y()) * least_cos * half_sin2(d_lon);
    2.0 * LEAST_RADIUS_M * haversine.min(1.0).sqrt().asin()
}
