//! Two days of the plan beside each other: what was added, dropped, moved, what advanced, what slipped, whose light changed. Pure.

use std::collections::BTreeMap;

use geo::Rect;

use super::View;
use super::history::moved_m;
use super::projects::Summary;
use crate::plan::{Feature, Project, Slug, Stage};
use crate::spatial::union;

/// What may have happened to a project between two days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Added,
    /// Removed from the plan, or cancelled.
    Dropped,
    /// A later stage, or more progress at the same stage.
    Advanced,
    /// An earlier stage, less progress at the same stage, suspended, or due later.
    Slipped,
    /// A place has another shape.
    Moved,
    /// The light has another colour.
    Light,
    /// Due on another day.
    Due,
}

impl What {
    pub const ALL: [What; 7] =
        [What::Added, What::Dropped, What::Advanced, What::Slipped, What::Moved, What::Light, What::Due];

    pub const fn as_str(self) -> &'static str {
        match self {
            What::Added => "added",
            What::Dropped => "dropped",
            What::Advanced => "advanced",
            What::Slipped => "slipped",
            What::Moved => "moved",
            What::Light => "light",
            What::Due => "due",
        }
    }
}

/// A project that is not as it was.
pub struct Difference<'a> {
    pub what: Vec<What>,
    pub before: Option<Summary<'a>>,
    pub after: Option<Summary<'a>>,
    /// The farthest that the middle of a place went.
    pub moved_m: Option<f64>,
    /// Around its places on both days.
    pub rect: Option<Rect>,
}

/// All projects that differ between two views, in the plan's order; those that are gone come last.
///
/// Cost: O(projects + places).
pub fn compare<'a>(earlier: &'a View, later: &'a View) -> Vec<Difference<'a>> {
    let there = later.atlas.projects.iter().map(|row| &row.value.id);
    let gone = earlier.atlas.projects.iter().map(|row| &row.value.id);
    let gone = gone.filter(|id| later.atlas.projects.get(*id).is_none());
    there.chain(gone).filter_map(|id| difference(earlier, later, id)).collect()
}

fn difference<'a>(earlier: &'a View, later: &'a View, id: &Slug) -> Option<Difference<'a>> {
    let summary = |view: &'a View| view.atlas.projects.get(id).map(|row| view.summary(row));
    let (before, after) = (summary(earlier), summary(later));
    let moves = moves(earlier, later, id);
    let what = what(before.as_ref(), after.as_ref(), &moves);
    if what.is_empty() {
        return None;
    }
    let rects = [&before, &after].into_iter().flatten().filter_map(|summary| summary.rect);
    let rect = rects.reduce(union);
    Some(Difference { what, moved_m: moves.into_iter().reduce(f64::max), before, after, rect })
}

fn what(before: Option<&Summary>, after: Option<&Summary>, moves: &[f64]) -> Vec<What> {
    let (before, after) = match (before, after) {
        (None, None) => return Vec::new(),
        (None, Some(_)) => return vec![What::Added],
        (Some(_), None) => return vec![What::Dropped],
        (Some(before), Some(after)) => (before, after),
    };
    let (was, is) = (&before.row.value, &after.row.value);
    let dropped = was.stage != Stage::Cancelled && is.stage == Stage::Cancelled;
    let (ahead, back) = if dropped { (false, false) } else { went(was, is) };
    let found = [
        (What::Dropped, dropped),
        (What::Advanced, ahead),
        (What::Slipped, back || is.due > was.due),
        (What::Moved, !moves.is_empty()),
        (What::Light, before.light.colour != after.light.colour),
        (What::Due, was.due != is.due),
    ];
    found.into_iter().filter(|(_, holds)| *holds).map(|(what, _)| what).collect()
}

/// Whether a project went ahead, and whether it went back.
fn went(was: &Project, is: &Project) -> (bool, bool) {
    match (was.stage.step(), is.stage.step()) {
        (Some(from), Some(to)) if from != to => (to > from, to < from),
        (None, Some(_)) => (true, false),
        (Some(_), None) => (false, is.stage == Stage::Suspended),
        _ => match (was.progress, is.progress) {
            (Some(from), Some(to)) => (to > from, to < from),
            (None, Some(to)) => (to > 0.0, false),
            _ => (false, false),
        },
    }
}

/// Metres that the middles of a project's places went, one for each whose shape is another.
fn moves(earlier: &View, later: &View, id: &Slug) -> Vec<f64> {
    let places: BTreeMap<u64, &Feature> = earlier.atlas.places_of(id).map(|place| (place.number, place)).collect();
    let pairs = later.atlas.places_of(id).filter_map(|place| Some((*places.get(&place.number)?, place)));
    pairs.filter(|(before, after)| before.shape != after.shape).map(|(before, after)| moved_m(before, after)).collect()
}
