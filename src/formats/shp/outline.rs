//! Geometries as records of a `.shp`.

use geo::{Coord, Geometry, LineString, Polygon};

use crate::spatial::GeometryType;

/// The types of shapes that one `.shp` can hold one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Point = 1,
    Lines = 3,
    Polygons = 5,
    MultiPoint = 8,
}

impl Kind {
    pub(super) fn of(geometry: &Geometry) -> Option<Kind> {
        match geometry {
            Geometry::Point(_) => Some(Kind::Point),
            Geometry::LineString(_) | Geometry::MultiLineString(_) => Some(Kind::Lines),
            Geometry::Polygon(_) | Geometry::MultiPolygon(_) => Some(Kind::Polygons),
            Geometry::MultiPoint(_) => Some(Kind::MultiPoint),
            _ => None,
        }
    }

    pub(super) fn of_type(geometry_type: GeometryType) -> Kind {
        match geometry_type {
            GeometryType::Point => Kind::Point,
            GeometryType::LineString | GeometryType::MultiLineString => Kind::Lines,
            GeometryType::Polygon | GeometryType::MultiPolygon => Kind::Polygons,
            GeometryType::MultiPoint => Kind::MultiPoint,
        }
    }

    /// What a layer's name ends with where it takes several files.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Kind::Point => "points",
            Kind::Lines => "lines",
            Kind::Polygons => "polygons",
            Kind::MultiPoint => "multipoints",
        }
    }

    pub(super) fn code(self) -> i32 {
        self as i32
    }
}

/// A box that grows: west, south, east, north.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent(pub [f64; 4]);

impl Extent {
    pub(super) const EMPTY: Extent = Extent([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY]);

    fn add(&mut self, at: Coord) {
        let [west, south, east, north] = self.0;
        self.0 = [west.min(at.x), south.min(at.y), east.max(at.x), north.max(at.y)];
    }

    pub(super) fn join(&mut self, other: Extent) {
        let [west, south, east, north] = other.0;
        if west > east {
            return;
        }
        self.add(Coord { x: west, y: south });
        self.add(Coord { x: east, y: north });
    }

    /// Zeros where nothing was added, as files without shapes have it.
    pub(super) fn bytes(self) -> [u8; 32] {
        let bounds = if self.0[0] <= self.0[2] { self.0 } else { [0.0; 4] };
        let mut bytes = [0; 32];
        bytes.chunks_exact_mut(8).zip(bounds).for_each(|(out, bound)| out.copy_from_slice(&bound.to_le_bytes()));
        bytes
    }
}

/// Parts of a record, put together anew for each geometry.
#[derive(Default)]
pub(super) struct Outline {
    starts: Vec<u8>,
    positions: Vec<u8>,
    count: usize,
}

impl Outline {
    /// Appends what a record holds after its own header; gives its extent. Nothing for a type that no shapefile holds.
    pub(super) fn write(&mut self, geometry: &Geometry, out: &mut Vec<u8>) -> Option<Extent> {
        let kind = Kind::of(geometry)?;
        let mut extent = Extent::EMPTY;
        self.starts.clear();
        self.positions.clear();
        self.count = 0;
        match geometry {
            Geometry::Point(point) => self.position(point.0, &mut extent),
            Geometry::MultiPoint(points) => points.iter().for_each(|point| self.position(point.0, &mut extent)),
            Geometry::LineString(line) => self.part(line.coords().copied(), &mut extent),
            Geometry::MultiLineString(lines) => {
                lines.iter().for_each(|line| self.part(line.coords().copied(), &mut extent));
            }
            Geometry::Polygon(polygon) => self.polygon(polygon, &mut extent),
            Geometry::MultiPolygon(polygons) => polygons.iter().for_each(|polygon| self.polygon(polygon, &mut extent)),
            _ => return None,
        }
        out.extend(kind.code().to_le_bytes());
        if kind != Kind::Point {
            out.extend(extent.bytes());
            if kind != Kind::MultiPoint {
                out.extend(number(self.starts.len() / 4));
            }
            out.extend(number(self.count));
            out.extend(&self.starts);
        }
        out.extend(&self.positions);
        Some(extent)
    }

    fn position(&mut self, at: Coord, extent: &mut Extent) {
        extent.add(at);
        self.positions.extend(at.x.to_le_bytes());
        self.positions.extend(at.y.to_le_bytes());
        self.count += 1;
    }

    fn part(&mut self, positions: impl Iterator<Item = Coord>, extent: &mut Extent) {
        self.starts.extend(number(self.count));
        positions.for_each(|at| self.position(at, extent));
    }

    /// Outer rings go clockwise, holes the other way round.
    fn polygon(&mut self, polygon: &Polygon, extent: &mut Extent) {
        self.ring(polygon.exterior(), true, extent);
        polygon.interiors().iter().for_each(|hole| self.ring(hole, false, extent));
    }

    fn ring(&mut self, ring: &LineString, is_clockwise: bool, extent: &mut Extent) {
        if (twice_area(&ring.0) < 0.0) == is_clockwise {
            self.part(ring.coords().copied(), extent);
        } else {
            self.part(ring.coords().rev().copied(), extent);
        }
    }
}

/// Twice the area of a closed ring, negative where it goes clockwise. Counted from its first position, so that large coordinates lose no digits.
pub(super) fn twice_area(ring: &[Coord]) -> f64 {
    let Some(from) = ring.first() else { return 0.0 };
    let cross = |pair: &[Coord]| {
        let (a, b) = (pair[0] - *from, pair[1] - *from);
        a.x * b.y - b.x * a.y
    };
    ring.windows(2).map(cross).sum()
}

/// A count; geometries have at most `MAX_VERTICES` positions when they come here.
fn number(count: usize) -> [u8; 4] {
    i32::try_from(count).unwrap_or(i32::MAX).to_le_bytes()
}
