//! What is near, and what stands in a relation to a shape: plan features with their distance, nearest first.

use super::View;
use crate::plan::{Collection, Feature, Kind, Light, Stage, Tally};
use crate::spatial::{LonLat, Nearest, Query, distance_from, nearest, nearest_between, window_around};

/// Which features are wanted by their projects: each list means "one of these", an empty list "any".
#[derive(Clone, Debug, Default)]
pub struct FeatureFilter {
    pub kind: Vec<Kind>,
    pub stage: Vec<Stage>,
    pub light: Vec<Light>,
}

/// Where distances are measured from.
pub enum Origin<'a> {
    Position(LonLat),
    /// A feature, which is itself left out.
    Feature(&'a Feature),
}

/// A feature with its distance; the bearing is none where the distance is zero.
pub struct Near<'a> {
    pub collection: &'a Collection,
    pub feature: &'a Feature,
    pub distance_m: f64,
    pub bearing_deg: Option<f64>,
}

/// The nearest features within a radius; `truncated` when there are more than were asked for.
pub struct Nearby<'a> {
    pub found: Vec<Near<'a>>,
    pub truncated: bool,
}

/// The features that stand in a relation to a shape, with counts over all of them, however many are told.
pub struct Answer<'a> {
    pub found: Vec<Near<'a>>,
    pub matched: usize,
    pub kind: Tally<Kind>,
    pub stage: Tally<Stage>,
    pub light: Tally<Light>,
}

impl View {
    /// The plan's features within `radius_m` of an origin, nearest first, at most `limit`.
    ///
    /// Cost: O(log n + limit) distances from a position; from a feature, all within the radius are measured.
    pub fn nearby<'a>(
        &'a self,
        origin: &Origin<'_>,
        radius_m: f64,
        limit: usize,
        filter: &FeatureFilter,
    ) -> Nearby<'a> {
        let mut found = Vec::new();
        for collection in self.atlas.plan_collections() {
            match origin {
                Origin::Position(at) => self.near_position(collection, *at, radius_m, limit, filter, &mut found),
                Origin::Feature(from) => self.near_feature(collection, from, radius_m, filter, &mut found),
            }
        }
        sort(&mut found);
        let truncated = found.len() > limit;
        found.truncate(limit);
        Nearby { found, truncated }
    }

    fn near_position<'a>(
        &'a self,
        collection: &'a Collection,
        at: LonLat,
        radius_m: f64,
        limit: usize,
        filter: &FeatureFilter,
        found: &mut Vec<Near<'a>>,
    ) {
        let from = at.into();
        let distance =
            |feature: &Feature| self.wanted(collection, feature, filter).then(|| distance_from(from, &feature.shape));
        // One more than asked for shows whether there are more.
        for (feature, distance_m) in self.atlas.nearest(collection, from, limit + 1, radius_m, distance) {
            let bearing_deg = nearest(from, &feature.shape).bearing_deg;
            found.push(Near { collection, feature, distance_m, bearing_deg });
        }
    }

    fn near_feature<'a>(
        &'a self,
        collection: &'a Collection,
        from: &Feature,
        radius_m: f64,
        filter: &FeatureFilter,
        found: &mut Vec<Near<'a>>,
    ) {
        for feature in self.atlas.in_window(collection, window_around(from.shape.rect(), radius_m)) {
            if feature.number == from.number || !self.wanted(collection, feature, filter) {
                continue;
            }
            let Nearest { distance_m, bearing_deg } = nearest_between(&from.shape, &feature.shape);
            if distance_m <= radius_m {
                found.push(Near { collection, feature, distance_m, bearing_deg });
            }
        }
    }

    /// The features of `collections` that match a spatial question, nearest first, at most `limit` of them.
    ///
    /// `except` leaves one feature out: the one whose shape is asked with. Cost: an exact test for each candidate by box.
    pub fn query<'a>(
        &'a self,
        query: &Query,
        collections: &[&'a Collection],
        filter: &FeatureFilter,
        except: Option<u64>,
        limit: usize,
    ) -> Answer<'a> {
        let mut found = Vec::new();
        for collection in collections {
            for feature in self.atlas.in_window(collection, query.window()) {
                if Some(feature.number) == except || !self.wanted(collection, feature, filter) {
                    continue;
                }
                if let Some(distance_m) = query.distance_of(&feature.shape) {
                    found.push(Near { collection, feature, distance_m, bearing_deg: None });
                }
            }
        }
        sort(&mut found);
        let mut answer = Answer {
            matched: found.len(),
            found: Vec::new(),
            kind: Tally::default(),
            stage: Tally::default(),
            light: Tally::default(),
        };
        for near in &found {
            let facts = self.facts(near.collection, near.feature);
            facts.kind.into_iter().for_each(|kind| answer.kind.add(kind));
            facts.project.into_iter().for_each(|row| answer.stage.add(row.value.stage));
            facts.light.into_iter().for_each(|light| answer.light.add(light));
        }
        found.truncate(limit);
        for near in found.iter_mut().filter(|near| near.distance_m > 0.0) {
            near.bearing_deg = nearest_between(&query.shape, &near.feature.shape).bearing_deg;
        }
        answer.found = found;
        answer
    }

    fn wanted(&self, collection: &Collection, feature: &Feature, filter: &FeatureFilter) -> bool {
        let facts = self.facts(collection, feature);
        let stage = facts.project.map(|row| row.value.stage);
        one_of(&filter.kind, facts.kind) && one_of(&filter.stage, stage) && one_of(&filter.light, facts.light)
    }
}

fn one_of<T: PartialEq>(wanted: &[T], found: Option<T>) -> bool {
    wanted.is_empty() || found.is_some_and(|found| wanted.contains(&found))
}

fn sort(found: &mut [Near]) {
    found.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.feature.number.cmp(&b.feature.number)));
}
