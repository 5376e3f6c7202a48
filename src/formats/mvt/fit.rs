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
            parts.extend(clip_path(&path));
        }
    }
    Fitted::Lines(parts)
}

fn fit_polygons(polygons: MultiPolygon) -> Fitted {
    let polygons = if beyond_guard(&polygons) { polygons.intersection(&guard()) } else { polygons };
    let mut parts = Vec::new();
    for polygon in polygons {
        let mut shapes = clip_rings(&polygon.simplify(TOLERANCE));
        if shapes.is_empty() {
            // What simplifying flattened may still have an area on the grid.
            shapes = clip_rings(&polygon);
        }
        if shapes.is_empty() {
            parts.extend(sliver(polygon.exterior()));
        } else {
            parts.extend(shapes.iter().map(|rings| rings.iter().map(|ring| plain(ring)).collect::<Vec<_>>()));
        }
    }
    Fitted::Polygons(parts)
}

/// A polygon rounded to the grid and clipped, as proper rings whatever rounding did to it.
fn clip_rings(polygon: &Polygon) -> Vec<Vec<Vec<IntPoint>>> {
    let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
    let rings: Vec<Vec<IntPoint>> = rings.map(|ring| rounded(ring).into_iter().map(int_point).collect()).collect();
    let mut overlay = Overlay::new(rings.iter().map(Vec::len).sum());
    overlay.add_contours(&rings, ShapeType::Subject);
    overlay.add_contour(&clip_ring(), ShapeType::Clip);
    overlay.overlay(OverlayRule::Intersect, FillRule::EvenOdd)
}

/// What lies in the tile of a polygon that is too thin for the grid: its length there, one unit wide.
fn sliver(ring: &LineString) -> Option<Vec<Vec<[i32; 2]>>> {
    let inside: Vec<[i32; 2]> = match rounded(ring)[..] {
        [only] => Some(only).filter(|at| inside(*at)).into_iter().collect(),
        ref path => clip_path(path).concat(),
    };
    let from = *inside.iter().min()?;
    let to = *inside.iter().max()?;
    // Across the longer way, so that the sliver has an area.
    let wide = if to[0] - from[0] >= (to[1] - from[1]).abs() { [0, 1] } else { [1, 0] };
    let beyond = if to == from { [to[0] + 1, to[1]] } else { to };
    let aside = |at: [i32; 2]| [at[0] + wide[0], at[1] + wide[1]];
    Some(vec![vec![from, beyond, aside(beyond), aside(from)]])
}

/// The parts of a path that lie in the tile and its buffer.
fn clip_path(path: &[[i32; 2]]) -> Vec<Vec<[i32; 2]>> {
    let path: Vec<IntPoint> = path.iter().copied().map(int_point).collect();
    let rule = ClipRule { invert: false, boundary_included: true };
    let parts = clip_ring().as_slice().clip_path(&path, FillRule::NonZero, rule);
    parts.iter().filter(|part| part.len() > 1).map(|part| plain(part)).collect()
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

#[cfg(test)]
mod tests {
    use geo::{Coord, Rect};

    use super::*;

    fn fit_rect(west: f64, south: f64, east: f64, north: f64, tile: TileId) -> Option<Fitted> {
        let rect = Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north });
        fit(&Shape::new(rect.to_polygon().into()).expect("a valid rectangle"), tile)
    }

    fn extent_x(fitted: &Fitted) -> i32 {
        let Fitted::Polygons(polygons) = fitted else { return 0 };
        let xs = || polygons.iter().flatten().flatten().map(|at| at[0]);
        xs().max().unwrap_or_default() - xs().min().unwrap_or_default()
    }

    #[test]
    fn a_thin_polygon_keeps_its_length() {
        // About 2 100 m by 12 m; a unit is 9.5 m here.
        let tile = TileId::new(10, 855, 419).expect("exists");
        let fitted = fit_rect(120.75, 30.800, 120.772, 30.800_11, tile).expect("it lies in the tile");
        assert!((225..=270).contains(&extent_x(&fitted)), "{fitted:?}");
    }

    #[test]
    fn a_thin_polygon_is_in_every_tile_that_it_crosses() {
        for thickness in [0.000_001, 0.000_1, 0.001] {
            // Across the edge between two tiles at longitude 120.9375.
            for column in [855, 856] {
                let tile = TileId::new(10, column, 419).expect("exists");
                let fitted = fit_rect(120.92, 30.8, 120.96, 30.8 + thickness, tile);
                assert!(
                    fitted.as_ref().is_some_and(|fitted| extent_x(fitted) > 100),
                    "{column} {thickness} {fitted:?}"
                );
            }
        }
    }

    #[test]
    fn a_dot_of_a_polygon_stays_as_one_unit() {
        let tile = TileId::new(3, 6, 3).expect("exists");
        let fitted = fit_rect(120.75, 30.8, 120.750_1, 30.800_1, tile).expect("it lies in the tile");
        assert_eq!(extent_x(&fitted), 1);
    }
}
