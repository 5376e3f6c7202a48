//! A box on the globe as a caller gives it: it may cross the dateline, and it is never reversed in latitude.

use geo::{Coord, Rect};
use serde::Serialize;

/// West, south, east, north in degrees. `west > east` means that the box crosses the 180th meridian (RFC 7946, 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(into = "[f64; 4]")]
pub struct BBox {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BBoxError {
    #[error("takes four numbers west,south,east,north (or six, with heights third and sixth), not {0}")]
    Count(usize),
    #[error("{0:?} is not a number")]
    NotANumber(String),
    #[error("longitude {0} is outside -180..180")]
    Longitude(f64),
    #[error("latitude {0} is outside -90..90; longitude comes first, so the two may be swapped")]
    Latitude(f64),
    #[error("south {south} is north of north {north}")]
    Reversed { south: f64, north: f64 },
}

impl BBox {
    pub const WORLD: BBox = BBox { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

    /// # Errors
    /// A number that is not finite or outside the globe, or south above north.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Result<BBox, BBoxError> {
        if let Some(lon) = [west, east].into_iter().find(|lon| !(-180.0..=180.0).contains(lon)) {
            return Err(BBoxError::Longitude(lon));
        }
        if let Some(lat) = [south, north].into_iter().find(|lat| !(-90.0..=90.0).contains(lat)) {
            return Err(BBoxError::Latitude(lat));
        }
        if south > north {
            return Err(BBoxError::Reversed { south, north });
        }
        Ok(BBox { west, south, east, north })
    }

    /// Reads `west,south,east,north`, or six numbers with heights, which are ignored as every feature is flat.
    ///
    /// # Errors
    /// As [`BBox::new`], and a wrong count or a word that is no number.
    pub fn parse(text: &str) -> Result<BBox, BBoxError> {
        let numbers = text
            .split(',')
            .map(|word| word.trim().parse::<f64>().map_err(|_| BBoxError::NotANumber(word.to_owned())))
            .collect::<Result<Vec<_>, _>>()?;
        match numbers[..] {
            [west, south, east, north] => BBox::new(west, south, east, north),
            [west, south, low, east, north, high] if low.is_finite() && high.is_finite() => {
                BBox::new(west, south, east, north)
            }
            _ => Err(BBoxError::Count(numbers.len())),
        }
    }

    /// The box as one plain rectangle, or two where it crosses the dateline.
    pub fn rects(self) -> impl Iterator<Item = Rect> {
        let rect = |west, east| Rect::new(Coord { x: west, y: self.south }, Coord { x: east, y: self.north });
        let crosses = self.west > self.east;
        let first = if crosses { rect(self.west, 180.0) } else { rect(self.west, self.east) };
        let second = crosses.then(|| rect(-180.0, self.east));
        std::iter::once(first).chain(second)
    }
}

impl From<Rect> for BBox {
    fn from(rect: Rect) -> BBox {
        BBox { west: rect.min().x, south: rect.min().y, east: rect.max().x, north: rect.max().y }
    }
}

impl From<BBox> for [f64; 4] {
    fn from(b: BBox) -> [f64; 4] {
        [b.west, b.south, b.east, b.north]
    }
}

/// The smallest rectangle around two.
pub fn union(a: Rect, b: Rect) -> Rect {
    let (a_min, a_max, b_min, b_max) = (a.min(), a.max(), b.min(), b.max());
    Rect::new(
        Coord { x: a_min.x.min(b_min.x), y: a_min.y.min(b_min.y) },
        Coord { x: a_max.x.max(b_max.x), y: a_max.y.max(b_max.y) },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_across_the_dateline_is_two_rectangles() {
        let rects: Vec<_> = BBox::parse("170,-10,-170,10").expect("valid").rects().collect();
        assert_eq!(rects.len(), 2);
        assert_eq!((rects[0].min().x, rects[0].max().x), (170.0, 180.0));
        assert_eq!((rects[1].min().x, rects[1].max().x), (-180.0, -170.0));
    }

    #[test]
    fn bad_boxes_are_refused_with_what_is_wrong() {
        let check = |text: &str, expected: BBoxError| assert_eq!(BBox::parse(text), Err(expected), "{text}");
        check("1,2,3", BBoxError::Count(3));
        check("1,2,3,x", BBoxError::NotANumber("x".into()));
        check("1,50,2,40", BBoxError::Reversed { south: 50.0, north: 40.0 });
        check("181,1,2,3", BBoxError::Longitude(181.0));
        check("1,-91,2,3", BBoxError::Latitude(-91.0));
        check("1,2,inf,3", BBoxError::Longitude(f64::INFINITY));
        assert!(matches!(BBox::parse("NaN,2,3,4"), Err(BBoxError::Longitude(_))));
    }

    #[test]
    fn heights_are_read_over() {
        assert_eq!(BBox::parse("1,2,0,3,4,100"), BBox::new(1.0, 2.0, 3.0, 4.0));
    }
}
