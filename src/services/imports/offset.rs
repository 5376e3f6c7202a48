//! Suspicion that coordinates are moved off as web maps in China do: known places stand some hundred metres from where they are, and
//! moving them back puts nearly all of it right. Says so, and moves nothing by itself.

use geo::Coord;

use crate::spatial::Offset;

/// Nearer than this is a matter of drawing, not of a moved datum, which comes to 300 m and more.
const MIN_DISTANCE_M: f64 = 100.0;

/// What is left when the right offset is taken back: a fifth leaves room for places that are drawn roughly.
const MAX_REMAINING: f64 = 0.2;

/// Pairs that are looked at; more say nothing new.
pub(super) const MAX_PAIRS: usize = 2_000;

/// Mean radius of the earth.
const RADIUS_M: f64 = 6_371_000.0;

/// A place in the file, before anything is moved back, and where the same place is here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub file: Coord,
    pub here: Coord,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suspicion {
    /// What the coordinates seem to be moved by; none where they are not, though the mapping says so.
    pub offset: Option<Offset>,
    /// Metres between the file's places and ours, in the middle of them, as the mapping has it and as it would be then.
    pub distance_m: f64,
    pub remaining_m: f64,
}

/// Whether another offset than the chosen one would bring the file's places where they are.
pub(super) fn suspect(pairs: &[Pair], chosen: Option<Offset>) -> Option<Suspicion> {
    let distance_m = median_m(pairs, chosen)?;
    if distance_m < MIN_DISTANCE_M {
        return None;
    }
    let others = [None, Some(Offset::Gcj02), Some(Offset::Bd09)].into_iter().filter(|offset| *offset != chosen);
    let tried = others.filter_map(|offset| Some((offset, median_m(pairs, offset)?)));
    let (offset, remaining_m) = tried.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (remaining_m < distance_m * MAX_REMAINING).then_some(Suspicion { offset, distance_m, remaining_m })
}

fn median_m(pairs: &[Pair], offset: Option<Offset>) -> Option<f64> {
    let place = |at: Coord| offset.map_or(at, |offset| offset.undo(at));
    let mut distances: Vec<f64> = pairs.iter().map(|pair| apart_m(place(pair.file), pair.here)).collect();
    distances.sort_by(f64::total_cmp);
    distances.get(distances.len() / 2).copied()
}

/// On a sphere and a plane: near enough to tell metres from hundreds of them.
fn apart_m(a: Coord, b: Coord) -> f64 {
    let shrink = f64::midpoint(a.y, b.y).to_radians().cos();
    let (east, north) = ((a.x - b.x).to_radians() * shrink, (a.y - b.y).to_radians());
    east.hypot(north) * RADIUS_M
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(moved: impl Fn(Coord) -> Coord) -> Vec<Pair> {
        let here = |n: u32| Coord { x: 120.7 + f64::from(n) * 0.003, y: 30.7 + f64::from(n % 7) * 0.005 };
        (0..21).map(here).map(|here| Pair { file: moved(here), here }).collect()
    }

    #[test]
    fn places_that_are_moved_off_are_noticed_and_others_are_not() {
        let check = |moved: &dyn Fn(Coord) -> Coord, chosen, expected: Option<Option<Offset>>| {
            let found = suspect(&pairs(moved), chosen);
            assert_eq!(found.map(|found| found.offset), expected, "{found:?}");
        };
        let gcj02 = |at| Offset::Gcj02.apply(at);
        let bd09 = |at| Offset::Bd09.apply(at);
        check(&gcj02, None, Some(Some(Offset::Gcj02)));
        check(&bd09, None, Some(Some(Offset::Bd09)));
        check(&gcj02, Some(Offset::Gcj02), None);
        check(&|at| at, None, None);
        check(&|at| at, Some(Offset::Gcj02), Some(None));
        check(&|Coord { x, y }| Coord { x: x + 0.02, y }, None, None);
        check(&|Coord { x, y }| Coord { x: x + 0.0005, y }, None, None);
        assert_eq!(suspect(&[], None), None);
    }
}
