//! A small map of some features as a drawing in a page: no script, no request. Each shape leads to its feature.

use std::fmt::Write;

use geo::{BoundingRect, Coord, Geometry, LineString, Polygon, Rect};
use maud::{Markup, html};

use crate::plan::{Light, Position};
use crate::services::Facts;
use crate::spatial::union;

const WIDTH: f64 = 720.0;
const MIN_HEIGHT: f64 = 160.0;
const MAX_HEIGHT: f64 = 440.0;
const EDGE: f64 = 16.0;

/// A single point would have no size; the map then shows about a kilometre around it.
const LEAST_DEGREES: f64 = 0.01;

/// Vertices that a page draws; more features are in the table all the same.
const MAX_VERTICES: usize = 40_000;

/// Lengths that a scale bar may have, in metres.
const BARS_M: [f64; 13] = [10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5];

/// A degree along a meridian.
const METRES_A_DEGREE: f64 = 111_320.0;

/// Longitude and latitude to the drawing's plane, true at its middle.
struct Plane {
    west: f64,
    north: f64,
    /// Units of the drawing for a degree of latitude, and of longitude.
    per_lat: f64,
    per_lon: f64,
    height: f64,
}

/// Draws features; `href` is where one leads. None when there is nothing to draw.
pub fn draw(items: &[Facts], href: impl Fn(&Facts) -> String) -> Option<Markup> {
    let rect = items.iter().filter_map(|facts| facts.feature.shape.geometry().bounding_rect()).reduce(union)?;
    let plane = Plane::around(rect);
    let mut left = MAX_VERTICES;
    let drawn: Vec<(&Facts, String)> = items
        .iter()
        .filter_map(|facts| {
            let count = geo::CoordsIter::coords_count(facts.feature.shape.geometry());
            left = left.checked_sub(count)?;
            Some((facts, plane.path(facts.feature.shape.geometry())))
        })
        .collect();
    let (bar, length_m) = plane.bar();
    let height = plane.height;
    Some(html! {
        svg.map viewBox=(format!("0 0 {WIDTH} {height:.0}")) role="img" aria-label="Map of the features on this page" {
            @for (facts, path) in &drawn {
                @let unsure = facts.feature.position == Position::Placeholder;
                a href=(href(facts)) {
                    path.(colour(facts.light)).unsure[unsure].line[is_line(facts.feature.shape.geometry())] d=(path) {
                        title { (facts.feature.name.zh) " " (facts.feature.name.en) }
                    }
                }
            }
            g.scale {
                path d=(format!("M{EDGE} {:.1}h{bar:.1}", height - 6.0)) {}
                text x=(EDGE + bar + 6.0) y=(format!("{:.1}", height - 2.0)) { (length_words(length_m)) }
            }
        }
        p.legend {
            @for (light, word) in [(Light::Red, "红 red"), (Light::Yellow, "黄 yellow"), (Light::Green, "绿 green"), (Light::Grey, "灰 not judged")] {
                span { i.(colour(Some(light))) {} " " (word) }
            }
            span { i.unsure {} " 位置待定 placeholder" }
            " · schematic unless surveyed 示意位置"
        }
    })
}

fn colour(light: Option<Light>) -> &'static str {
    match light {
        Some(Light::Red) => "red",
        Some(Light::Yellow) => "yellow",
        Some(Light::Green) => "green",
        Some(Light::Grey) | None => "grey",
    }
}

fn is_line(geometry: &Geometry) -> bool {
    matches!(geometry, Geometry::LineString(_) | Geometry::MultiLineString(_))
}

fn length_words(metres: f64) -> String {
    if metres < 1_000.0 { format!("{metres} m") } else { format!("{} km", metres / 1_000.0) }
}

impl Plane {
    fn around(rect: Rect) -> Plane {
        let middle = rect.center();
        let squeeze = middle.y.to_radians().cos().max(0.01);
        let lat = rect.height().max(LEAST_DEGREES);
        let lon = rect.width().max(LEAST_DEGREES / squeeze);
        let inner = WIDTH - 2.0 * EDGE;
        let per_lat = (inner / (lon * squeeze)).min((MAX_HEIGHT - 2.0 * EDGE) / lat);
        let height = (lat * per_lat + 2.0 * EDGE).clamp(MIN_HEIGHT, MAX_HEIGHT);
        let per_lon = per_lat * squeeze;
        let (half_x, half_y) = (WIDTH / 2.0 / per_lon, height / 2.0 / per_lat);
        Plane { west: middle.x - half_x, north: middle.y + half_y, per_lat, per_lon, height }
    }

    fn place(&self, at: Coord) -> (f64, f64) {
        ((at.x - self.west) * self.per_lon, (self.north - at.y) * self.per_lat)
    }

    /// A bar of a round length that is at most a quarter of the map.
    fn bar(&self) -> (f64, f64) {
        let per_metre = self.per_lat / METRES_A_DEGREE;
        let fits = BARS_M.iter().rev().find(|metres| **metres * per_metre <= WIDTH / 4.0);
        let metres = fits.copied().unwrap_or(BARS_M[0]);
        (metres * per_metre, metres)
    }

    fn path(&self, geometry: &Geometry) -> String {
        let mut path = String::new();
        self.add(geometry, &mut path);
        path
    }

    fn add(&self, geometry: &Geometry, path: &mut String) {
        match geometry {
            Geometry::Point(point) => self.dot(point.0, path),
            Geometry::MultiPoint(points) => points.iter().for_each(|point| self.dot(point.0, path)),
            Geometry::LineString(line) => self.line(line, path),
            Geometry::MultiLineString(lines) => lines.iter().for_each(|line| self.line(line, path)),
            Geometry::Polygon(polygon) => self.polygon(polygon, path),
            Geometry::MultiPolygon(polygons) => polygons.iter().for_each(|polygon| self.polygon(polygon, path)),
            // A shape has one of the six types.
            _ => {}
        }
    }

    fn dot(&self, at: Coord, path: &mut String) {
        let (x, y) = self.place(at);
        // Writing into a text cannot fail.
        let _ = write!(path, "M{:.1} {y:.1}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", x - 5.0);
    }

    fn line(&self, line: &LineString, path: &mut String) {
        for (place, at) in line.0.iter().enumerate() {
            let (x, y) = self.place(*at);
            let _ = write!(path, "{}{x:.1} {y:.1}", if place == 0 { 'M' } else { 'L' });
        }
    }

    fn polygon(&self, polygon: &Polygon, path: &mut String) {
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            self.line(ring, path);
            path.push('z');
        }
    }
}
