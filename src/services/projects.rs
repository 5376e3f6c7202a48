//! Projects by filter, counted by every filter value, sorted and paged; and one project with all that is around it.

use std::collections::{BTreeMap, HashSet};

use geo::{Intersects, Rect};

use super::View;
use super::order::{Cursor, Sort};
use crate::atlas::{Row, Subject};
use crate::plan::{Date, Kind, Light, LightReading, Position, Project, Quota, Slug, Stage, Tally};
use crate::spatial::{BBox, Nearest, nearest_between, union, window_around};

/// Which projects are wanted: each list means "one of these", an empty list "any".
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kind: Vec<Kind>,
    pub stage: Vec<Stage>,
    pub light: Vec<Light>,
    pub section: Vec<Slug>,
    pub quota: Vec<Slug>,
    pub position: Vec<Position>,
    /// Due strictly before this day.
    pub due_before: Option<Date>,
    /// With a place that meets the box.
    pub bbox: Option<BBox>,
    /// With a name that holds this text.
    pub q: Option<String>,
}

/// A project with what a list shows of it.
#[derive(Clone, Debug)]
pub struct Summary<'a> {
    pub row: &'a Row<Project>,
    pub light: LightReading,
    pub quota: Option<&'a Quota>,
    /// The best of its features; none without a feature.
    pub position: Option<Position>,
    pub rect: Option<Rect>,
}

/// Counts for each value of a filter, with every other filter applied but not its own.
#[derive(Clone, Debug, Default)]
pub struct Facets {
    pub kind: Tally<Kind>,
    pub stage: Tally<Stage>,
    pub light: Tally<Light>,
    pub position: Tally<Position>,
    pub section: BTreeMap<Slug, u64>,
    pub quota: BTreeMap<Slug, u64>,
}

pub struct Page<'a> {
    pub projects: Vec<Summary<'a>>,
    pub matched: usize,
    pub facets: Facets,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// A project near another, by their nearest places.
pub struct Neighbour<'a> {
    pub summary: Summary<'a>,
    pub distance_m: f64,
    pub bearing_deg: Option<f64>,
}

/// How far neighbours are looked for.
const NEIGHBOUR_REACH_M: f64 = 3_000.0;

/// How many neighbours are told.
const NEIGHBOUR_LIMIT: usize = 8;

/// The filters that have facets, in the order of [`Failures`].
const FACETED: usize = 6;

/// For each faceted filter, whether a project fails it.
type Failures = [bool; FACETED];

impl View {
    pub fn summary<'a>(&'a self, row: &'a Row<Project>) -> Summary<'a> {
        let project = &row.value;
        let places = || self.atlas.places_of(&project.id);
        Summary {
            row,
            light: self.light(project),
            quota: self.atlas.quota_of(&project.id),
            position: places().map(|place| place.position).min(),
            rect: places().map(|place| place.shape.rect()).reduce(union),
        }
    }

    /// A page of the projects that match, with facets. Cost: O(projects), plus the sort of those that match.
    pub fn projects(&self, filter: &Filter, sort: Sort, limit: usize, after: Option<&Cursor>) -> Page<'_> {
        let mut facets = self.empty_facets();
        let mut matching = Vec::new();
        let found = filter.q.as_deref().map(|q| self.named(q));
        let inside = filter.bbox.map(|bbox| self.placed_in(bbox));
        for row in self.atlas.projects.iter() {
            let project = &row.value;
            let unfaceted = filter.due_before.is_none_or(|day| project.due < day)
                && found.as_ref().is_none_or(|ids| ids.contains(&project.id))
                && inside.as_ref().is_none_or(|ids| ids.contains(&project.id));
            if !unfaceted {
                continue;
            }
            let summary = self.summary(row);
            let failures = filter.failures(&summary);
            facets.count(&summary, failures);
            if failures == [false; FACETED] {
                matching.push(summary);
            }
        }
        let matched = matching.len();
        let mut keyed: Vec<(Cursor, Summary)> = matching.into_iter().map(|s| (sort.cursor(&s), s)).collect();
        keyed.sort_by(|a, b| sort.compare(&a.0, &b.0));
        let begin = after.map_or(0, |after| keyed.partition_point(|(at, _)| sort.compare(at, after).is_le()));
        let end = keyed.len().min(begin + limit);
        let next = keyed.get(end).and_then(|_| keyed[..end].last()).map(|(cursor, _)| cursor.clone());
        let projects = keyed.drain(begin..end).map(|(_, summary)| summary).collect();
        Page { projects, matched, facets, next }
    }

    /// The nearest other projects within [`NEIGHBOUR_REACH_M`], nearest first, each by its nearest place.
    pub fn neighbours<'a>(&'a self, project: &Project) -> Vec<Neighbour<'a>> {
        let mut best: BTreeMap<&Slug, (f64, Option<f64>)> = BTreeMap::new();
        for place in self.atlas.places_of(&project.id) {
            let window = window_around(place.shape.rect(), NEIGHBOUR_REACH_M);
            for other in self.atlas.plan_collections().flat_map(|collection| self.atlas.in_window(collection, window)) {
                let Some(id) = other.project.as_ref().filter(|id| **id != project.id) else { continue };
                let Nearest { distance_m: metres, bearing_deg } = nearest_between(&place.shape, &other.shape);
                if metres <= NEIGHBOUR_REACH_M && best.get(id).is_none_or(|(least, _)| metres < *least) {
                    best.insert(id, (metres, bearing_deg));
                }
            }
        }
        let mut near: Vec<_> = best.into_iter().collect();
        near.sort_by(|a, b| a.1.0.total_cmp(&b.1.0).then(a.0.cmp(b.0)));
        near.truncate(NEIGHBOUR_LIMIT);
        let tell = |(id, (distance_m, bearing_deg)): (&Slug, (f64, Option<f64>))| {
            let row = self.atlas.projects.get(id)?;
            Some(Neighbour { summary: self.summary(row), distance_m, bearing_deg })
        };
        near.into_iter().filter_map(tell).collect()
    }

    fn named(&self, q: &str) -> HashSet<&Slug> {
        let subjects = self.atlas.search(q).map(|(subject, _)| subject);
        subjects.filter_map(|subject| if let Subject::Project(id) = subject { Some(id) } else { None }).collect()
    }

    fn placed_in(&self, bbox: BBox) -> HashSet<&Slug> {
        let places = self.atlas.plan_collections().flat_map(|collection| self.atlas.in_window(collection, bbox));
        let inside = places.filter(|place| bbox.rects().any(|rect| place.shape.geometry().intersects(&rect)));
        inside.filter_map(|place| place.project.as_ref()).collect()
    }

    fn empty_facets(&self) -> Facets {
        Facets {
            section: self.atlas.sections.iter().map(|row| (row.value.id.clone(), 0)).collect(),
            quota: self.atlas.quotas.iter().map(|row| (row.value.id.clone(), 0)).collect(),
            ..Facets::default()
        }
    }
}

impl Filter {
    fn failures(&self, summary: &Summary) -> Failures {
        let project = &summary.row.value;
        let fails = |list_is_empty: bool, found: bool| !list_is_empty && !found;
        [
            fails(self.kind.is_empty(), self.kind.contains(&project.kind)),
            fails(self.stage.is_empty(), self.stage.contains(&project.stage)),
            fails(self.light.is_empty(), self.light.contains(&summary.light.colour)),
            fails(self.position.is_empty(), summary.position.is_some_and(|p| self.position.contains(&p))),
            fails(self.section.is_empty(), self.section.contains(&project.section)),
            fails(self.quota.is_empty(), summary.quota.is_some_and(|quota| self.quota.contains(&quota.id))),
        ]
    }
}

impl Facets {
    /// Counts a project for each filter whose fellows it passes, all but that filter itself.
    fn count(&mut self, summary: &Summary, failures: Failures) {
        let project = &summary.row.value;
        let passes_others = |own: usize| failures.iter().enumerate().all(|(at, failed)| at == own || !failed);
        if passes_others(0) {
            self.kind.add(project.kind);
        }
        if passes_others(1) {
            self.stage.add(project.stage);
        }
        if passes_others(2) {
            self.light.add(summary.light.colour);
        }
        if let Some(position) = summary.position.filter(|_| passes_others(3)) {
            self.position.add(position);
        }
        if passes_others(4) {
            *self.section.entry(project.section.clone()).or_default() += 1;
        }
        if let Some(quota) = summary.quota.filter(|_| passes_others(5)) {
            *self.quota.entry(quota.id.clone()).or_default() += 1;
        }
    }
}
