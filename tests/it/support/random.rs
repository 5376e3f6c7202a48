//! Random numbers and shapes from a fixed seed: the same on every machine, so that a failure can be run again.

use geo::{Coord, Geometry, LineString, Point, Polygon};
use guatu::plan::{Feature, Position, Slug, Text};
use guatu::spatial::Shape;

/// Splitmix64 (Steele, Lea, Flood 2014).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 ≤ x < 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.unit() * (high - low)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.bits() % limit
    }

    pub fn point_in(&mut self, [west, south, east, north]: [f64; 4]) -> Point {
        Point::new(self.between(west, east), self.between(south, north))
    }
}

pub fn shape(geometry: impl Into<Geometry>) -> Shape {
    Shape::new(geometry.into()).expect("a valid geometry")
}

/// Moves a place inward until `reach` degrees around it stay on one side of the dateline.
pub fn on_one_side(at: Point, reach: [f64; 2]) -> Point {
    Point::new(at.x().clamp(-180.0 + reach[0], 180.0 - reach[0]), at.y())
}

/// A walk of `segments` that stays within `reach` degrees (each way) of its middle.
pub fn line(random: &mut Random, middle: Point, reach: [f64; 2], segments: usize) -> Shape {
    let mut place = || Coord {
        x: middle.x() + random.between(-reach[0], reach[0]),
        y: middle.y() + random.between(-reach[1], reach[1]),
    };
    shape(LineString::new((0..=segments).map(|_| place()).collect()))
}

/// A star-shaped polygon of `corners` within `reach` degrees (each way) of its middle, with a hole in it if asked for.
pub fn polygon(random: &mut Random, middle: Point, reach: [f64; 2], corners: usize, holes: usize) -> Shape {
    let mut ring = |low: f64, high: f64| {
        let corner = |at: usize| {
            let (sin, cos) = (at as f64 / corners as f64 * std::f64::consts::TAU).sin_cos();
            let share = random.between(low, high);
            Coord { x: middle.x() + reach[0] * share * cos, y: middle.y() + reach[1] * share * sin }
        };
        LineString::new((0..corners).map(corner).collect())
    };
    // Chords of the outer ring stay farther out than 0.45 for five corners and more; the hole stays within 0.4.
    let outer = ring(0.6, 1.0);
    shape(Polygon::new(outer, (0..holes.min(1)).map(|_| ring(0.2, 0.4)).collect()))
}

/// A point, a line or a polygon (with a hole half of the time), a third each.
pub fn any_shape(random: &mut Random, middle: Point, reach: [f64; 2]) -> Shape {
    match random.below(3) {
        0 => shape(middle),
        1 => {
            let segments = 1 + random.below(6) as usize;
            line(random, middle, reach, segments)
        }
        _ => {
            let (corners, holes) = (5 + random.below(6) as usize, random.below(2) as usize);
            polygon(random, middle, reach, corners, holes)
        }
    }
}

pub fn slug(text: &str) -> Slug {
    text.parse().expect("an id")
}

pub fn feature(number: u64, collection: &str, project: Option<&str>, shape: Shape) -> Feature {
    Feature {
        number,
        id: slug(&format!("f-{number}")),
        collection: slug(collection),
        project: project.map(slug),
        name: Text::new(format!("地物{number}"), format!("Feature {number}")),
        class: None,
        accuracy_m: 10.0,
        position: Position::Approximate,
        basis: None,
        shape,
    }
}
