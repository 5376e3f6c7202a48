//! Inspectors who look at some of what is reported, standing some metres from the place; what the last of them saw waits for a decision.

use std::collections::HashMap;

use geo::{Coord, CoordsIter, Point};
use jiff::tz::TimeZone;

use super::random::Random;
use super::{ACTOR, days_between};
use crate::formats::seeds::SeedPlan;
use crate::plan::{
    Date, Decision, Feature, Fix, FixSource, Inspection, InspectionRule, Project, Slug, Stage, Standing, Timestamp,
    marks,
};
use crate::spatial::{LonLat, distance_from};

/// Reports of a hundred that somebody in the field stands behind.
const VISITED_PERCENT: f64 = 25.0;

/// Projects of a hundred that are visited on each of the last days, and how many of these visits have a bad fix.
const WAITING_PERCENT: f64 = 4.0;
const BAD_FIX_PERCENT: f64 = 30.0;

/// The last visits are made within so many days before the end.
const WAITING_DAYS: i64 = 10;

/// An hour before reports reach the log.
const VISIT_HOUR: i8 = 15;

const METRES_A_DEGREE: f64 = 111_320.0;

pub(super) struct Visits<'a> {
    zone: &'a TimeZone,
    rule: InspectionRule,
    places: HashMap<Slug, Feature>,
    made: u32,
    last: Date,
    random: Random,
}

impl<'a> Visits<'a> {
    pub(super) fn new(plan: &SeedPlan, last: Date, zone: &'a TimeZone, random: Random) -> Visits<'a> {
        let places = plan.features.iter().filter_map(|place| Some((place.project.clone()?, place.clone())));
        let rule = InspectionRule::default_of(&plan.plan.id);
        Visits { zone, rule, places: places.collect(), made: 0, last, random }
    }

    /// A place that was measured anew.
    pub(super) fn measured(&mut self, place: &Feature) {
        if let Some(project) = &place.project {
            self.places.insert(project.clone(), place.clone());
        }
    }

    /// The visit behind a report of the day, if somebody made one; accepted, as its project says the same.
    pub(super) fn behind(&mut self, project: &Project, day: Date) -> Option<Inspection> {
        if !self.random.percent(VISITED_PERCENT) || project.stage == Stage::NotReported {
            return None;
        }
        let accuracy_m = self.random.between(3.0, 12.0).round();
        let visit = self.visit(project, day, accuracy_m)?;
        let (by, at) = (Some(ACTOR.to_owned()), visit.received_at);
        let decision = Decision { accepted: true, by, at, reason: None, superseded: false };
        // What would be marked would have been asked about.
        visit.marks.is_empty().then_some(Inspection { decision: Some(decision), ..visit })
    }

    /// A visit of one of the last days that nobody has decided about.
    pub(super) fn waiting(&mut self, project: &Project, day: Date) -> Option<Inspection> {
        let is_late = (0..WAITING_DAYS).contains(&days_between(day, self.last));
        if project.stage != Stage::Building || !is_late || !self.random.percent(WAITING_PERCENT) {
            return None;
        }
        let is_bad = self.random.percent(BAD_FIX_PERCENT);
        let accuracy_m = if is_bad { self.random.between(60.0, 180.0) } else { self.random.between(3.0, 12.0) }.round();
        let visit = self.visit(project, day, accuracy_m)?;
        let progress = visit.progress.map(|progress| (progress + self.random.between(1.0, 6.0)).min(99.0).round());
        Some(Inspection { progress, confirmed: !visit.marks.is_empty(), ..visit })
    }

    fn visit(&mut self, project: &Project, day: Date, accuracy_m: f64) -> Option<Inspection> {
        let place = self.places.get(&project.id)?;
        let corner: Coord = place.shape.geometry().coords_iter().next()?;
        let (bearing, metres) =
            (self.random.between(0.0, std::f64::consts::TAU), self.random.between(0.0, accuracy_m.min(20.0)));
        let east = metres * bearing.sin() / METRES_A_DEGREE / corner.y.to_radians().cos();
        let north = metres * bearing.cos() / METRES_A_DEGREE;
        let (lon, lat) = (to_centimetre(corner.x + east), to_centimetre(corner.y + north));
        let at = Point::from(LonLat::new(lon, lat).ok()?);
        let distance_m = distance_from(at, &place.shape);
        let standing = Standing::new(distance_m, place.accuracy_m, accuracy_m);
        let fix = Fix { lon, lat, accuracy_m: Some(accuracy_m), source: FixSource::Device };
        let minute = i8::try_from(self.random.days(0, 54)).unwrap_or_default();
        let (observed_at, received_at) = (self.moment(day, minute), self.moment(day, minute + 5));
        self.made += 1;
        Some(Inspection {
            id: format!("simulated-{}", self.made).parse().ok()?,
            project: project.id.clone(),
            inspector: ACTOR.to_owned(),
            observed_at,
            received_at,
            day,
            stage: project.stage,
            progress: project.progress,
            note: None,
            fix: Some(fix),
            distance_m: Some(distance_m),
            photos: Vec::new(),
            marks: marks(&self.rule, Some(&fix), Some(standing), [], [], (observed_at, received_at)),
            confirmed: false,
            decision: None,
            simulated: true,
        })
    }

    fn moment(&self, day: Date, minute: i8) -> Timestamp {
        let at = day.at(VISIT_HOUR, minute, 0, 0).to_zoned_datetime(self.zone.clone());
        at.expect("the days of a plan lie far from the ends of time").timestamp()
    }
}

/// No finer than anybody could know.
fn to_centimetre(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}
