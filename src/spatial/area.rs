//! A box as a caller gives it in whatever reference system: where to look for candidates, and whether a geometry meets it.
//!
//! A rectangle of projected coordinates has curved sides on the globe, so geometries are held against it in its own system.

use std::sync::Arc;

use geo::{Coord, Geometry, Intersects, Rect};

use super::{BBox, BBoxError, Crs};

/// Points on each side of a projected box by which its rectangle on the globe is found.
const STEPS: u32 = 32;

/// How much wider the rectangle on the globe is made, for the curve between two such points: a part of its size.
const MARGIN: f64 = 0.002;

/// A box in a reference system.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// Where candidates lie, in degrees.
    window: BBox,
    /// Set when the box is not one of degrees.
    projected: Option<(Arc<Crs>, Rect)>,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AreaError {
    #[error(transparent)]
    Box(#[from] BBoxError),
    #[error("a lower bound is above its upper bound")]
    Reversed,
    #[error("nothing on the globe lies in it")]
    Outside,
}

impl From<BBox> for Area {
    fn from(bbox: BBox) -> Area {
        Area { window: bbox, projected: None }
    }
}

impl Area {
    /// Reads lower and upper corner in the axis order of the system's authority, or six numbers with heights, which are ignored.
    ///
    /// # Errors
    /// [`AreaError`] with what cannot be taken.
    pub fn parse(text: &str, crs: &Arc<Crs>) -> Result<Area, AreaError> {
        if !crs.is_northing_first() && crs.is_geographic() {
            return Ok(BBox::parse(text)?.into());
        }
        let mut numbers = Vec::new();
        for word in text.split(',') {
            let number = word.trim().parse::<f64>().ok().filter(|number| number.is_finite());
            numbers.push(number.ok_or_else(|| BBoxError::NotANumber(word.to_owned()))?);
        }
        let ([a, b, c, d] | [a, b, _, c, d, _]) = numbers[..] else {
            return Err(BBoxError::Count(numbers.len()).into());
        };
        let [west, south, east, north] = if crs.is_northing_first() { [b, a, d, c] } else { [a, b, c, d] };
        if crs.is_geographic() {
            return Ok(BBox::new(west, south, east, north)?.into());
        }
        if west > east || south > north {
            return Err(AreaError::Reversed);
        }
        let rect = Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north });
        let window = window(crs, rect).ok_or(AreaError::Outside)?;
        Ok(Area { window, projected: Some((Arc::clone(crs), rect)) })
    }

    /// Where candidates lie: no geometry that meets the area is outside.
    pub fn window(&self) -> BBox {
        self.window
    }

    /// Whether geometries are projected to be held against it.
    pub fn is_projected(&self) -> bool {
        self.projected.is_some()
    }

    /// Whether a geometry of degrees meets the area, edges included.
    pub fn meets(&self, geometry: &Geometry) -> bool {
        match &self.projected {
            None => self.window.rects().any(|rect| geometry.intersects(&rect)),
            Some((crs, rect)) => crs.project_geometry(geometry).is_ok_and(|projected| projected.intersects(rect)),
        }
    }
}

/// The rectangle of degrees around a projected box, a little wider; none when it has no place on the globe.
fn window(crs: &Crs, rect: Rect) -> Option<BBox> {
    let (min, size) = (rect.min(), Coord { x: rect.width(), y: rect.height() });
    let mut found: Option<Rect> = None;
    for row in 0..=STEPS {
        for column in 0..=STEPS {
            let is_side = [0, STEPS].contains(&row) || [0, STEPS].contains(&column);
            let part = |step: u32| f64::from(step) / f64::from(STEPS);
            let at = Coord { x: min.x + size.x * part(column), y: min.y + size.y * part(row) };
            if let Some(place) = is_side.then(|| crs.unproject(at).ok()).flatten() {
                let point = Rect::new(place, place);
                found = Some(found.map_or(point, |known| super::union(known, point)));
            }
        }
    }
    let found = found?;
    // What a system is of use for is no narrower than half the globe, so no window of it crosses the dateline.
    let (x, y) = (found.width().mul_add(MARGIN, 1e-6), found.height().mul_add(MARGIN, 1e-6));
    let (low, high) = (found.min(), found.max());
    BBox::new((low.x - x).max(-180.0), (low.y - y).max(-90.0), (high.x + x).min(180.0), (high.y + y).min(90.0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::point;

    #[test]
    fn a_projected_box_is_met_by_what_lies_in_it_in_its_own_system() {
        let crs = Arc::new(Crs::epsg(4549).expect("known"));
        let jiaxing = crs.project(Coord { x: 120.76, y: 30.75 }).expect("inside");
        // Northing before easting, as EPSG has it.
        let (n, e) = (jiaxing.y, jiaxing.x);
        let area = Area::parse(&format!("{},{},{},{}", n - 10.0, e - 10.0, n + 10.0, e + 10.0), &crs).expect("a box");
        assert!(area.meets(&point!(x: 120.76, y: 30.75).into()));
        assert!(!area.meets(&point!(x: 120.7602, y: 30.75).into()), "19 m east");
        let [west, south, east, north] = area.window().into();
        assert!(west < 120.76 && east > 120.76 && south < 30.75 && north > 30.75 && east - west < 0.001);
    }

    #[test]
    fn latitude_comes_first_where_the_authority_says_so() {
        let crs = Arc::new(Crs::epsg(4326).expect("known"));
        let area = Area::parse("30,120,31,121", &crs).expect("a box");
        assert_eq!(area.window(), BBox::new(120.0, 30.0, 121.0, 31.0).expect("a box"));
        assert!(matches!(Area::parse("120,30,121,31", &crs), Err(AreaError::Box(BBoxError::Latitude(_)))));
    }

    #[test]
    fn what_is_no_box_is_refused() {
        let crs = Arc::new(Crs::epsg(4549).expect("known"));
        for (text, expected) in [
            ("1,2,3", AreaError::Box(BBoxError::Count(3))),
            ("1,2,x,4", AreaError::Box(BBoxError::NotANumber("x".into()))),
            ("1,2,NaN,4", AreaError::Box(BBoxError::NotANumber("NaN".into()))),
            ("3400000,520000,3300000,530000", AreaError::Reversed),
        ] {
            assert_eq!(Area::parse(text, &crs), Err(expected), "{text}");
        }
    }
}
