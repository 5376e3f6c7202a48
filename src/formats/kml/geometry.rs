//! The geometry of a placemark, from its parts as they close one after another.

use geo::{Coord, Geometry, MultiLineString, MultiPoint, MultiPolygon, Point};

use crate::formats::found::{MAX_PARTS, line_of, polygon_of, too_many_vertices};
use crate::spatial::MAX_VERTICES;

/// A simple geometry.
enum Part {
    Point(Coord),
    Line(Vec<Coord>),
    Polygon(Vec<Vec<Coord>>),
}

/// What has been read of a placemark's geometry.
#[derive(Default)]
pub(super) struct Parts {
    parts: Vec<Part>,
    /// The first thing that is wrong with it.
    fault: Option<String>,
    is_multi: bool,
    rings: Vec<Vec<Coord>>,
    vertices: usize,
}

impl Parts {
    pub(super) fn fail(&mut self, reason: impl Into<String>) {
        self.fault.get_or_insert(reason.into());
    }

    pub(super) fn is_multi(&mut self) {
        self.is_multi = true;
    }

    /// Takes the text of positions: `lon,lat` or `lon,lat,height`, parted by white space; how many there are.
    pub(super) fn positions(&mut self, text: &str) -> (usize, Vec<Coord>) {
        let count = text.split_ascii_whitespace().count();
        self.vertices += count;
        if self.vertices > MAX_VERTICES {
            self.fail(too_many_vertices(self.vertices));
        }
        if self.fault.is_some() {
            return (count, Vec::new());
        }
        match text.split_ascii_whitespace().map(position).collect() {
            Ok(line) => (count, line),
            Err(reason) => {
                self.fail(reason);
                (count, Vec::new())
            }
        }
    }

    pub(super) fn point(&mut self, line: &[Coord]) {
        match *line {
            [at] => self.push(Part::Point(at)),
            _ if self.fault.is_some() => {}
            _ => self.fail(format!("a Point has {} positions; it takes one", line.len())),
        }
    }

    pub(super) fn line(&mut self, line: Vec<Coord>) {
        self.push(Part::Line(line));
    }

    /// The outer ring comes first in KML's own order; where it does not, it is brought there.
    pub(super) fn ring(&mut self, ring: Vec<Coord>, is_outer: bool) {
        if self.rings.len() >= MAX_PARTS {
            self.fail(format!("it has more than {MAX_PARTS} parts"));
        } else if is_outer {
            self.rings.insert(0, ring);
        } else {
            self.rings.push(ring);
        }
    }

    pub(super) fn polygon(&mut self) {
        let rings = std::mem::take(&mut self.rings);
        self.push(Part::Polygon(rings));
    }

    fn push(&mut self, part: Part) {
        if self.parts.len() >= MAX_PARTS {
            self.fail(format!("it has more than {MAX_PARTS} parts"));
        }
        if self.fault.is_none() {
            self.parts.push(part);
        }
    }

    /// One simple geometry, or many of the same type.
    pub(super) fn build(self) -> Result<Option<Geometry>, String> {
        if let Some(reason) = self.fault {
            return Err(reason);
        }
        let count = self.parts.len();
        if count > 1 && !self.is_multi {
            return Err(format!("it has {count} geometries that no MultiGeometry holds together"));
        }
        let (mut points, mut lines, mut polygons) = (Vec::new(), Vec::new(), Vec::new());
        for part in self.parts {
            match part {
                Part::Point(at) => points.push(Point(at)),
                Part::Line(line) => lines.push(line_of(line)?),
                Part::Polygon(rings) => polygons.push(polygon_of(rings)?),
            }
        }
        let is_mixed = [points.len(), lines.len(), polygons.len()].iter().filter(|count| **count > 0).count() > 1;
        if is_mixed {
            return Err("its MultiGeometry mixes points, lines and polygons; one of these is wanted".to_owned());
        }
        Ok(Some(match (self.is_multi, points.pop(), lines.pop(), polygons.pop()) {
            (false, Some(point), ..) => point.into(),
            (false, _, Some(line), _) => line.into(),
            (false, _, _, Some(polygon)) => polygon.into(),
            (true, Some(last), ..) => {
                points.push(last);
                Geometry::MultiPoint(MultiPoint(points))
            }
            (true, _, Some(last), _) => {
                lines.push(last);
                Geometry::MultiLineString(MultiLineString(lines))
            }
            (true, _, _, Some(last)) => {
                polygons.push(last);
                Geometry::MultiPolygon(MultiPolygon(polygons))
            }
            (_, None, None, None) => return Ok(None),
        }))
    }
}

fn position(text: &str) -> Result<Coord, String> {
    let mut numbers = text.split(',').map(|number| number.parse().ok().filter(|number: &f64| number.is_finite()));
    match (numbers.next().flatten(), numbers.next().flatten(), numbers.next(), numbers.next()) {
        (Some(x), Some(y), None | Some(Some(_)), None) => Ok(Coord { x, y }),
        _ => {
            let text: String = text.chars().take(40).collect();
            Err(format!("the position {text:?} is not longitude,latitude or longitude,latitude,height"))
        }
    }
}
