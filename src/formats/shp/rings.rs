//! Polygons from the rings of a record. The description has outer rings go clockwise and holes the other way round, but many programs write
//! them as they like; so what lies in what decides, and direction says nothing here.

use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo::{BoundingRect, Coord, LineString, Polygon, Rect};

use super::outline::twice_area;

/// A ring, its rectangle and its size.
struct Ring {
    line: LineString,
    rect: Rect,
    twice_area: f64,
    /// Rings that it lies in.
    within: Vec<usize>,
}

/// Rings that lie in none, or in two, four and so on, are outer ones; the others are holes of the smallest that they lie in.
///
/// Cost: for each pair of rings whose rectangles lie in each other, a pass over one of them.
///
/// # Errors
/// A ring that encloses nothing.
pub(super) fn polygons(lines: Vec<LineString>) -> Result<Vec<Polygon>, String> {
    let rings = lines.into_iter().zip(1..).map(|(line, number)| {
        let twice_area = twice_area(&line.0).abs();
        let rect = line.bounding_rect().filter(|_| twice_area > 0.0);
        let rect = rect.ok_or_else(|| format!("ring {number} encloses nothing"))?;
        Ok(Ring { line, rect, twice_area, within: Vec::new() })
    });
    let mut rings = rings.collect::<Result<Vec<Ring>, String>>()?;
    if rings.len() > 1 {
        for inner in 0..rings.len() {
            let around = |outer: &usize| {
                rings[*outer].twice_area > rings[inner].twice_area && rings[*outer].holds(&rings[inner])
            };
            let within = (0..rings.len()).filter(around).collect();
            rings[inner].within = within;
        }
    }
    let parents: Vec<Option<usize>> = rings.iter().map(|ring| ring.parent(&rings)).collect();
    let mut holes: Vec<Vec<LineString>> = rings.iter().map(|_| Vec::new()).collect();
    let mut outer = Vec::new();
    for (at, (ring, parent)) in rings.into_iter().zip(parents).enumerate() {
        match parent {
            Some(parent) => holes[parent].push(ring.line),
            None => outer.push((at, ring.line)),
        }
    }
    Ok(outer.into_iter().map(|(at, line)| Polygon::new(line, std::mem::take(&mut holes[at]))).collect())
}

impl Ring {
    fn holds(&self, inner: &Ring) -> bool {
        if !encloses(self.rect, inner.rect) {
            return false;
        }
        // Rings may touch: the first place of the inner one that is not on the outer one decides.
        let corners = inner.line.coords().copied();
        let middles = inner.line.lines().map(|side| (side.start + side.end) / 2.0);
        let position = |at: Coord| coord_pos_relative_to_ring(at, &self.line);
        corners.chain(middles).map(position).find(|found| *found != CoordPos::OnBoundary) == Some(CoordPos::Inside)
    }

    /// The ring that this one is a hole of.
    fn parent(&self, rings: &[Ring]) -> Option<usize> {
        if self.within.len().is_multiple_of(2) {
            return None;
        }
        self.within.iter().copied().min_by(|a, b| rings[*a].twice_area.total_cmp(&rings[*b].twice_area))
    }
}

fn encloses(outer: Rect, inner: Rect) -> bool {
    let (low, high) = (outer.min(), outer.max());
    low.x <= inner.min().x && low.y <= inner.min().y && high.x >= inner.max().x && high.y >= inner.max().y
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, side: f64, is_clockwise: bool) -> LineString {
        let mut corners = vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)];
        if is_clockwise {
            corners.reverse();
        }
        LineString::from(corners)
    }

    #[test]
    fn holes_are_found_whichever_way_rings_go() {
        for ways in 0..16_u32 {
            let way = |bit: u32| ways & (1 << bit) != 0;
            let found = polygons(vec![
                square(2.0, 2.0, 1.0, way(0)),
                square(0.0, 0.0, 10.0, way(1)),
                square(20.0, 0.0, 5.0, way(2)),
                square(2.25, 2.25, 0.5, way(3)),
            ])
            .expect("sound");
            let holes: Vec<usize> = found.iter().map(|polygon| polygon.interiors().len()).collect();
            assert_eq!(holes, [1, 0, 0], "{ways}");
        }
    }

    #[test]
    fn a_hole_that_touches_its_ring_is_a_hole() {
        let hole = LineString::from(vec![(0.0, 0.0), (5.0, 2.0), (5.0, 1.0), (0.0, 0.0)]);
        let found = polygons(vec![square(0.0, 0.0, 10.0, true), hole]).expect("sound");
        assert_eq!((found.len(), found[0].interiors().len()), (1, 1));
        let neighbours = polygons(vec![square(0.0, 0.0, 10.0, true), square(10.0, 0.0, 1.0, true)]).expect("sound");
        assert_eq!(neighbours.len(), 2);
    }

    #[test]
    fn a_ring_without_area_is_refused() {
        let flat = LineString::from(vec![(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (0.0, 0.0)]);
        assert!(polygons(vec![flat]).is_err());
    }
}
