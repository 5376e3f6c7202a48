//! Geometries that are written in a filter: turned into longitude and latitude, checked, and brought into a form that relations are defined for.

use std::fmt;

use geo::{
    BoundingRect, Coord, CoordsIter, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint,
    MultiPolygon,
};
use geo::{Intersects, Point, Polygon, Rect, Validation};

use super::error::{FilterError, Place};
use crate::spatial::{BBox, Crs, LonLat, swapped};

/// A geometry in longitude and latitude that is valid. A collection is left only where its parts are of different dimensions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Literal {
    pub geometry: Geometry,
    pub rect: Rect,
    /// As `rect`, but across the dateline where a box was written so.
    pub window: BBox,
    pub vertices: usize,
    /// Whether it is all of `rect`.
    pub is_rect: bool,
    /// Whether it is a collection whose lines, points and areas meet, or whose areas overlap. What is inside of such a one, and what its boundary, is not
    /// defined; whether it meets another is.
    pub is_tangled: bool,
}

fn refused(at: &Place, kind: &'static str, fault: &impl fmt::Display) -> FilterError {
    FilterError::Literal { at: at.clone(), kind, literal: "what is written here".to_owned(), fault: fault.to_string() }
}

/// # Errors
/// Less than two positions.
pub(super) fn line(at: &Place, positions: Vec<Coord>) -> Result<LineString, FilterError> {
    if positions.len() < 2 {
        return Err(refused(at, "line", &"a line takes at least 2 positions"));
    }
    Ok(LineString::new(positions))
}

/// # Errors
/// A ring that is open or has less than four positions.
pub(super) fn polygon(at: &Place, rings: Vec<Vec<Coord>>) -> Result<Polygon, FilterError> {
    for ring in &rings {
        if ring.first() != ring.last() {
            return Err(refused(at, "polygon", &"a ring is open: its last position must repeat its first"));
        }
        if ring.len() < 4 {
            return Err(refused(at, "polygon", &"a ring takes at least 4 positions"));
        }
    }
    let mut rings = rings.into_iter().map(LineString::new);
    let exterior = rings.next().ok_or_else(|| refused(at, "polygon", &"it has no ring"))?;
    Ok(Polygon::new(exterior, rings.collect()))
}

impl Literal {
    /// Straight lines stay straight in longitude and latitude: vertices are turned, nothing between them.
    pub fn geometry(at: &Place, written: &Geometry, crs: &Crs) -> Result<Literal, FilterError> {
        let flipped = crs.is_northing_first().then(|| swapped(written));
        let geometry = crs.unproject_geometry(flipped.as_ref().unwrap_or(written));
        let geometry = geometry.map_err(|fault| refused(at, "geometry", &fault))?;
        for place in geometry.coords_iter() {
            LonLat::new(place.x, place.y).map_err(|fault| refused(at, "geometry", &fault))?;
        }
        geometry.check_validation().map_err(|fault| refused(at, "valid geometry", &fault))?;
        let (geometry, is_tangled) = match geometry {
            Geometry::GeometryCollection(parts) => gathered(parts),
            other => (other, false),
        };
        let rect = geometry.bounding_rect().ok_or_else(|| refused(at, "geometry", &"it is empty"))?;
        Ok(Literal {
            vertices: geometry.coords_count(),
            geometry,
            rect,
            window: rect.into(),
            is_rect: false,
            is_tangled,
        })
    }

    pub fn bbox(at: &Place, numbers: &[f64], crs: &Crs) -> Result<Literal, FilterError> {
        let ([a1, a2, b1, b2] | [a1, a2, _, b1, b2, _]) = *numbers else {
            return Err(refused(at, "box", &format!("it takes four or six numbers, not {}", numbers.len())));
        };
        let (west, south, east, north) = if crs.is_northing_first() { (a2, a1, b2, b1) } else { (a1, a2, b1, b2) };
        if !crs.is_geographic() {
            return Literal::projected_box(at, Coord { x: west, y: south }, Coord { x: east, y: north }, crs);
        }
        let window = BBox::new(west, south, east, north).map_err(|fault| refused(at, "box", &fault))?;
        let mut rects = window.rects();
        let (is_narrow, is_flat) = (west >= east, south >= north);
        let geometry: Geometry = match (rects.next(), rects.next()) {
            (Some(first), Some(second)) => MultiPolygon::new(vec![first.to_polygon(), second.to_polygon()]).into(),
            _ if is_narrow && is_flat => Point::new(west, south).into(),
            _ if is_narrow || is_flat => LineString::from(vec![(west, south), (east, north)]).into(),
            _ => Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north }).to_polygon().into(),
        };
        let rect = geometry.bounding_rect().ok_or_else(|| refused(at, "box", &"it is empty"))?;
        let is_rect = matches!(geometry, Geometry::Polygon(_));
        Ok(Literal { vertices: geometry.coords_count(), geometry, rect, window, is_rect, is_tangled: false })
    }

    /// The sides of a box in a projection are bent in longitude and latitude.
    fn projected_box(at: &Place, low: Coord, high: Coord, crs: &Crs) -> Result<Literal, FilterError> {
        /// Pieces of a side: the bow of a 100 km side in a zone of Gauss-Krüger is then below a metre.
        const PIECES: u32 = 16;
        if low.x >= high.x || low.y >= high.y {
            return Err(refused(at, "box", &"its first corner is not below and left of its second"));
        }
        let corners = [low, Coord { x: high.x, y: low.y }, high, Coord { x: low.x, y: high.y }];
        let mut ring = Vec::new();
        for (corner, next) in corners.into_iter().zip(corners.into_iter().cycle().skip(1)) {
            ring.extend((0..PIECES).map(|piece| corner + (next - corner) * (f64::from(piece) / f64::from(PIECES))));
        }
        let polygon = Polygon::new(LineString::new(ring), Vec::new());
        let geometry = crs.unproject_geometry(&polygon.into()).map_err(|fault| refused(at, "box", &fault))?;
        for place in geometry.coords_iter() {
            LonLat::new(place.x, place.y).map_err(|fault| refused(at, "box", &fault))?;
        }
        geometry.check_validation().map_err(|fault| refused(at, "box", &fault))?;
        let rect = geometry.bounding_rect().ok_or_else(|| refused(at, "box", &"it is empty"))?;
        Ok(Literal {
            vertices: geometry.coords_count(),
            geometry,
            rect,
            window: rect.into(),
            is_rect: false,
            is_tangled: false,
        })
    }
}

/// The parts of a collection by dimension, and whether they are tangled.
fn gathered(parts: GeometryCollection) -> (Geometry, bool) {
    let (mut points, mut lines, mut areas) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match part {
            Geometry::Point(point) => points.push(point),
            Geometry::MultiPoint(more) => points.extend(more),
            Geometry::LineString(line) => lines.push(line),
            Geometry::MultiLineString(more) => lines.extend(more),
            Geometry::Polygon(polygon) => areas.push(polygon),
            Geometry::MultiPolygon(more) => areas.extend(more),
            _ => {}
        }
    }
    let areas = MultiPolygon::new(areas);
    let do_overlap = areas.check_validation().is_err();
    let kinds: [Geometry; 3] = [MultiPoint::new(points).into(), MultiLineString::new(lines).into(), areas.into()];
    let mut kinds: Vec<Geometry> = kinds.into_iter().filter(|kind| kind.coords_count() > 0).collect();
    let others = |at: usize| kinds.iter().skip(at + 1);
    let do_meet = kinds.iter().enumerate().any(|(at, kind)| others(at).any(|other| kind.intersects(other)));
    match kinds.pop() {
        Some(only) if kinds.is_empty() => (only, do_overlap),
        last => {
            kinds.extend(last);
            (Geometry::GeometryCollection(GeometryCollection(kinds)), do_overlap || do_meet)
        }
    }
}
