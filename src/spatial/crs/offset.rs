//! The offset coordinates of Chinese web maps, GCJ-02 and BD-09, there and back. Nobody gets them unless they ask for them.
//!
//! They are no reference systems: a shift of some hundred metres that wavers from place to place. The formulas are those that are publicly known;
//! the way back has none and is found by trying. Outside China they change nothing.

use std::f64::consts::PI;

use geo::Coord;
use serde::{Deserialize, Serialize};

/// A kind of offset coordinates, in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Offset {
    #[serde(rename = "gcj-02")]
    Gcj02,
    #[serde(rename = "bd-09")]
    Bd09,
}

/// The ellipsoid of Krasovsky, which the formulas were made for.
const SEMI_MAJOR_M: f64 = 6_378_245.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;

/// A turn of BD-09's own wave, in degrees.
const BAIDU_TURN: f64 = PI * 3000.0 / 180.0;

/// What is nearer than this is the same place: a hundredth of a millimetre.
const CLOSE_ENOUGH: f64 = 1e-10;

/// Each step brings the way back about three digits nearer.
const MAX_STEPS: usize = 30;

impl Offset {
    pub fn as_str(self) -> &'static str {
        match self {
            Offset::Gcj02 => "gcj-02",
            Offset::Bd09 => "bd-09",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Offset::Gcj02 => "GCJ-02",
            Offset::Bd09 => "BD-09",
        }
    }

    /// From WGS 84 to the offset coordinates.
    pub fn apply(self, at: Coord) -> Coord {
        match self {
            Offset::Gcj02 => to_gcj02(at),
            Offset::Bd09 => to_bd09(to_gcj02(at)),
        }
    }

    /// From the offset coordinates to WGS 84: the place that [`Offset::apply`] moves here.
    pub fn undo(self, at: Coord) -> Coord {
        let mut guess = at;
        for _ in 0..MAX_STEPS {
            let moved = self.apply(guess);
            let (dx, dy) = (at.x - moved.x, at.y - moved.y);
            guess = Coord { x: guess.x + dx, y: guess.y + dy };
            if dx.abs() < CLOSE_ENOUGH && dy.abs() < CLOSE_ENOUGH {
                break;
            }
        }
        guess
    }
}

fn is_outside_china(at: Coord) -> bool {
    !(72.004..=137.8347).contains(&at.x) || !(0.8293..=55.8271).contains(&at.y)
}

fn to_gcj02(at: Coord) -> Coord {
    if is_outside_china(at) {
        return at;
    }
    let (x, y) = (at.x - 105.0, at.y - 35.0);
    let ripple = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + ripple
        + (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + ripple
        + (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let latitude = at.y.to_radians();
    let magic = 1.0 - ECCENTRICITY_SQUARED * latitude.sin().powi(2);
    let meridian_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (magic * magic.sqrt());
    let parallel_m = SEMI_MAJOR_M / magic.sqrt() * latitude.cos();
    Coord { x: at.x + (east / parallel_m).to_degrees(), y: at.y + (north / meridian_m).to_degrees() }
}

fn to_bd09(at: Coord) -> Coord {
    if is_outside_china(at) {
        return at;
    }
    let far = at.x.hypot(at.y) + 0.000_02 * (at.y * BAIDU_TURN).sin();
    let angle = at.y.atan2(at.x) + 0.000_003 * (at.x * BAIDU_TURN).cos();
    Coord { x: far * angle.cos() + 0.0065, y: far * angle.sin() + 0.006 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_the_same_place_within_a_millimetre() {
        for offset in [Offset::Gcj02, Offset::Bd09] {
            for step in 0..400_u32 {
                let at = Coord { x: 75.0 + f64::from(step % 20) * 3.0, y: 18.0 + f64::from(step / 20) * 1.7 };
                let back = offset.undo(offset.apply(at));
                let apart = (back.x - at.x).abs().max((back.y - at.y).abs());
                assert!(apart < 1e-8, "{offset:?} {at:?}: {apart}");
            }
        }
    }

    #[test]
    fn jiaxing_is_moved_by_half_a_kilometre_and_paris_stays() {
        let jiaxing = Coord { x: 120.76, y: 30.75 };
        let moved = Offset::Gcj02.apply(jiaxing);
        let east_m = (moved.x - jiaxing.x) * 95_700.0;
        let north_m = (moved.y - jiaxing.y) * 110_850.0;
        assert!((200.0..800.0).contains(&east_m.hypot(north_m)), "{east_m} {north_m}");
        let paris = Coord { x: 2.35, y: 48.86 };
        assert_eq!(Offset::Bd09.apply(paris), paris);
    }
}
