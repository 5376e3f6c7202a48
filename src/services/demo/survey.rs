//! Surveyors who measure a few of the plan's places in the course of the year, each some metres from where it was drawn.

use geo::{Centroid, Translate};

use super::plus;
use super::random::Random;
use crate::formats::seeds::SeedPlan;
use crate::plan::rules::outside_extent;
use crate::plan::{Date, Feature, Position, Role, Text};
use crate::spatial::Shape;

/// Days between two surveys, and how many of a hundred places are measured by the end.
const SURVEY_EVERY_DAYS: (i64, i64) = (14, 26);
const SURVEYED_PERCENT: f64 = 40.0;

/// The farthest that a place moves, though it may be known less well.
const MAX_MOVE_M: f64 = 60.0;

const METRES_A_DEGREE: f64 = 111_320.0;

pub(super) struct Surveyors {
    /// To be measured, the last one first.
    places: Vec<Feature>,
    extent: [f64; 4],
    random: Random,
    next: Date,
}

impl Surveyors {
    pub(super) fn new(plan: &SeedPlan, mut random: Random) -> Surveyors {
        let of_the_plan = |feature: &&Feature| {
            plan.collections
                .iter()
                .any(|collection| collection.id == feature.collection && matches!(collection.role, Role::Plan { .. }))
        };
        let open = plan.features.iter().filter(of_the_plan).filter(|feature| feature.position != Position::Surveyed);
        let mut places: Vec<Feature> = open.filter(|_| random.percent(SURVEYED_PERCENT)).cloned().collect();
        // In no order that anybody could see.
        for at in (1..places.len()).rev() {
            let other = random.days(0, i64::try_from(at).unwrap_or_default());
            places.swap(at, usize::try_from(other).unwrap_or_default());
        }
        let next = plus(plan.plan.start, random.days(20, 40));
        Surveyors { places, extent: plan.plan.extent, random, next }
    }

    /// The place that is measured on the day, if one is.
    pub(super) fn measure(&mut self, day: Date) -> Option<Feature> {
        if day < self.next {
            return None;
        }
        self.next = plus(day, self.random.days(SURVEY_EVERY_DAYS.0, SURVEY_EVERY_DAYS.1));
        let mut place = self.places.pop()?;
        if let Some(shape) = self.moved(&place) {
            place.shape = shape;
        }
        place.position = Position::Surveyed;
        place.accuracy_m = (self.random.between(0.5, 5.0) * 10.0).round() / 10.0;
        place.basis = Some(Text::new("模拟测量，并非实测", "A simulated survey; nobody measured it"));
        Some(place)
    }

    /// None when the place would leave the plan's extent.
    fn moved(&mut self, place: &Feature) -> Option<Shape> {
        let reach_m = (place.accuracy_m * 0.3).min(MAX_MOVE_M);
        let (bearing, metres) =
            (self.random.between(0.0, std::f64::consts::TAU), self.random.between(reach_m / 4.0, reach_m));
        let geometry = place.shape.geometry();
        let shrink = geometry.centroid()?.y().to_radians().cos();
        let east = metres * bearing.sin() / METRES_A_DEGREE / shrink;
        let north = metres * bearing.cos() / METRES_A_DEGREE;
        let shape = Shape::new(geometry.translate(east, north)).ok()?;
        outside_extent(&shape, self.extent).is_none().then_some(shape)
    }
}
