//! Search by name over everything that has one.

use geo::Rect;

use super::View;
use super::projects::Summary;
use crate::atlas::Subject;
use crate::index::NameHit;
use crate::plan::{Feature, Quota, Target, Theme};
use crate::spatial::union;

/// What was found.
pub enum Found<'a> {
    Project(Summary<'a>),
    Target(&'a Target),
    Quota(&'a Quota),
    Theme(&'a Theme),
    Place(&'a Feature),
}

pub struct Hit<'a> {
    pub found: Found<'a>,
    /// Where the name holds the query.
    pub name_hit: NameHit,
    /// What to frame on the map, if it has a place.
    pub rect: Option<Rect>,
}

impl View {
    /// At most `limit` names that hold `query`, best first. Cost: O(names that hold it).
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit<'_>> {
        let hits = self.atlas.search(query).filter_map(|(subject, name_hit)| {
            let (found, rect) = self.find(subject)?;
            Some(Hit { found, name_hit, rect })
        });
        hits.take(limit).collect()
    }

    fn find(&self, subject: &Subject) -> Option<(Found<'_>, Option<Rect>)> {
        let atlas = &self.atlas;
        Some(match subject {
            Subject::Project(id) => {
                let summary = self.summary(atlas.projects.get(id)?);
                let rect = summary.rect;
                (Found::Project(summary), rect)
            }
            Subject::Quota(id) => {
                let quota = &atlas.quotas.get(id)?.value;
                let places = quota.members.iter().flat_map(|member| atlas.places_of(member));
                (Found::Quota(quota), places.map(|place| place.shape.rect()).reduce(union))
            }
            Subject::Target(id) => (Found::Target(&atlas.targets.get(id)?.value), None),
            Subject::Theme(id) => (Found::Theme(&atlas.themes.get(id)?.value), None),
            Subject::Place { collection, id } => {
                let feature = &atlas.feature(atlas.collection(collection.as_str())?, id.as_str())?.value;
                (Found::Place(feature), Some(feature.shape.rect()))
            }
        })
    }
}
