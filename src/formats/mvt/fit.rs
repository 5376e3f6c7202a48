//! Fits a shape into a tile: projected, simplified, rounded to the grid, clipped, and still valid afterwards.
//!
//! Rounding comes before clipping, and clipping is exact on integers, so a ring that rounding made cross itself comes out as
//! proper rings.

use geo::{
    BooleanOps, Coord, CoordsIter, Geometry, LineString, MapCoords, MultiLineString, MultiPolygon, Polygon, Rect,
    Simplify,
};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::point::IntPoint;
use i_overlay::string::clip::{ClipRule, IntClip};

use super::{BUFFER, EXTENT};
use crate::spatial::{Shape, TileId};

/// How far, in tile units, a simplified line may be off: a quarter of a pixel on a 512-pixel tile.
const TOLERANCE: f64 = 2.0;

/// Coordinates farther out than this, in tile units, are cut off before rounding, well within 32 bits.
const GUARD: f64 = 268_435_456.0;

/// A shape on the tile's integer grid, y down. Never empty.
#[derive(Debug, PartialEq)]
pub(super) enum Fitted {
    Points(Vec<[i32; 2]>),
    Lines(Vec<Vec<[i32; 2]>>),
    /// Exterior ring first, then holes; rings are open.
    Polygons(Vec<Vec<Vec<[i32; 2]>>>),
}

/// Nothing when the shape does not meet the tile and its buffer.
pub(super) fn fit(shape: &Shape, tile: TileId) -> Option<Fitted> {
    let projected = shape.geometry().map_coords(|at| tile.locate(at) * f64::from(EXTENT));
    let fitted = match projected {
        Geometry::LineString(line) => fit_lines(MultiLineString::new(vec![line])),
        Geometry::MultiLineString(lines) => fit_lines(lines),
        Geometry::Polygon(polygon) => fit_polygons(MultiPolygon::new(vec![polygon])),
        Geometry::MultiPolygon(polygons) => fit_polygons(polygons),
        points => fit_points(&points),
    };
    match &fitted {
        Fitted::Points(parts) if parts.is_empty() => None,
        Fitted::Lines(parts) if parts.is_empty() => None,
        Fitted::Polygons(parts) if parts.is_empty() => None,
        _ => Some(fitted),
    }
}

fn inside(at: [i32; 2]) -> bool {
    at.iter().all(|value| (-BUFFER..=EXTENT + BUFFER).contains(value))
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates were cut off at GUARD, which fits")]
fn round(at: Coord) -> [i32; 2] {
    [at.x.clamp(-GUARD, GUARD).round() as i32, at.y.clamp(-GUARD, GUARD).round() as i32]
}

fn int_point([x, y]: [i32; 2]) -> IntPoint {
    IntPoint::new(x, y)
}

/// The tile with its buffer as a ring.
fn clip_ring() -> [IntPoint; 4] {
    let (low, high) = (-BUFFER, EXTENT + BUFFER);
    [[low, low], [high, low], [high, high], [low, high]].map(int_point)
}

fn guard() -> Polygon {
    Rect::new(Coord { x: -GUARD, y: -GUARD }, Coord { x: GUARD, y: GUARD }).to_polygon()
}

fn beyond_guard(geometry: &impl CoordsIter<Scalar = f64>) -> bool {
    geometry.coords_iter().any(|at| at.x.abs() > GUARD || at.y.abs() > GUARD)
}

fn fit_points(points: &Geometry) -> Fitted {
    Fitted::Points(points.coords_iter().map(round).filter(|at| inside(*at)).collect())
}

fn fit_lines(lines: MultiLineString) -> Fitted {
    let lines = if beyond_guard(&lines) { guard().clip(&lines, false) } else { lines };
    let mut parts = Vec::new();
    for line in lines.simplify(TOLERANCE) {
        let path = rounded(&line);
        if path.len() == 1 {
            // A line that is shorter than the grid stays as its smallest mark.
            let [x, y] = path[0];
            parts.extend(inside(path[0]).then(|| vec![[x, y], [x + 1, y]]));
        } else if path.iter().all(|at| inside(*at)) {
            parts.push(path);
        } else {
            let path: Vec<IntPoint> = path.into_iter().map(int_point).collect();
            let rule = ClipRule { invert: false, boundary_included: true };
            let clipped = clip_ring().as_slice().clip_path(&path, FillRule::NonZero, rule);
            parts.extend(clipped.into_iter().filter(|part| part.len() > 1).map(|part| plain(&part)));
        }
    }
    Fitted::Lines(parts)
}

fn fit_polygons(polygons: MultiPolygon) -> Fitted {
    let polygons = if beyond_guard(&polygons) { polygons.intersection(&guard()) } else { polygons };
    let mut parts = Vec::new();
    for polygon in polygons {
        let rings: Vec<Vec<IntPoint>> = std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .map(|ring| rounded(&ring.simplify(TOLERANCE)).into_iter().map(int_point).collect())
            .collect();
        let mut overlay = Overlay::new(rings.iter().map(Vec::len).sum());
        overlay.add_contours(&rings, ShapeType::Subject);
        overlay.add_contour(&clip_ring(), ShapeType::Clip);
        let shapes = overlay.overlay(OverlayRule::Intersect, FillRule::EvenOdd);
        if shapes.is_empty() {
            parts.extend(smallest_mark(&polygon));
        } else {
            parts.extend(shapes.iter().map(|rings| rings.iter().map(|ring| plain(ring)).collect::<Vec<_>>()));
        }
    }
    Fitted::Polygons(parts)
}

/// A polygon of the tile that is too thin for the grid stays as a square of one unit.
fn smallest_mark(polygon: &Polygon) -> Option<Vec<Vec<[i32; 2]>>> {
    let at @ [x, y] = polygon.exterior().coords().next().map(|at| round(*at))?;
    inside(at).then(|| vec![vec![[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]]])
}

/// On the grid, without repeated positions.
fn rounded(line: &LineString) -> Vec<[i32; 2]> {
    let mut path: Vec<[i32; 2]> = line.coords().map(|at| round(*at)).collect();
    path.dedup();
    path
}

fn plain(path: &[IntPoint]) -> Vec<[i32; 2]> {
    path.iter().map(|at| [at.x, at.y]).collect()
}
