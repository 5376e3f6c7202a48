//! Features of a collection as OGC API – Features asks for them: by box, by time, by property, page by page.

use geo::Intersects;

use super::{Facts, View};
use crate::formats::Value;
use crate::plan::{Collection, Date, Feature};
use crate::spatial::BBox;

/// A closed interval of days, open at an end that is none. An instant has both ends the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// Which items are wanted; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct ItemFilter {
    pub bbox: Option<BBox>,
    /// Held against the due date; a feature without one always matches (OGC 17-069r4, 7.15.4).
    pub datetime: Option<Interval>,
    /// Name of a property and the value that it must equal.
    pub equals: Vec<(&'static str, Wanted)>,
}

/// A value that a property is held against.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    Text(String),
    Number(f64),
    Date(Date),
}

pub struct ItemPage<'a> {
    pub items: Vec<Facts<'a>>,
    pub matched: usize,
    /// The number after which the next page begins, if there is one.
    pub next: Option<u64>,
}

impl View {
    /// A page of a collection's features by number, from the first after number `after`.
    ///
    /// Cost: O(limit) without a filter; with one, all candidates are tested so that they can be counted.
    pub fn items<'a>(
        &'a self,
        collection: &'a Collection,
        filter: &ItemFilter,
        limit: usize,
        after: u64,
    ) -> ItemPage<'a> {
        if filter.is_empty() {
            let total = self.atlas.set(collection).len();
            let rows = self.atlas.features_after(collection, after).take(limit + 1);
            return page(rows.map(|row| self.facts(collection, &row.value)).collect(), total, limit);
        }
        let candidates: Vec<&Feature> = match filter.bbox {
            Some(bbox) => self.atlas.in_window(collection, bbox),
            None => self.atlas.features_after(collection, 0).map(|row| &row.value).collect(),
        };
        let facts = candidates.into_iter().map(|feature| self.facts(collection, feature));
        let matching: Vec<Facts> = facts.filter(|facts| filter.matches(facts)).collect();
        let total = matching.len();
        let begin = matching.partition_point(|facts| facts.feature.number <= after);
        page(matching.into_iter().skip(begin).take(limit + 1).collect(), total, limit)
    }

    /// First and last due date among a collection's projects.
    pub fn due_interval(&self, collection: &Collection) -> Option<(Date, Date)> {
        let dues = || {
            let rows = self.atlas.features_after(collection, 0);
            rows.filter_map(|row| self.atlas.project_of(&row.value)).map(|row| row.value.due)
        };
        dues().min().zip(dues().max())
    }
}

/// Cuts a list that may hold one more than `limit`, which only shows that there is a next page.
fn page(mut items: Vec<Facts<'_>>, matched: usize, limit: usize) -> ItemPage<'_> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|facts| facts.feature.number);
    ItemPage { items, matched, next }
}

impl ItemFilter {
    fn is_empty(&self) -> bool {
        self.bbox.is_none() && self.datetime.is_none() && self.equals.is_empty()
    }

    fn matches(&self, facts: &Facts) -> bool {
        let shape = facts.feature.shape.geometry();
        self.bbox.is_none_or(|bbox| bbox.rects().any(|rect| shape.intersects(&rect)))
            && self.datetime.is_none_or(|interval| interval.holds(facts.project.map(|row| row.value.due)))
            && self.equals.iter().all(|(name, wanted)| equals(facts.value(name), wanted))
    }
}

impl Interval {
    fn holds(self, date: Option<Date>) -> bool {
        date.is_none_or(|date| self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to))
    }
}

fn equals(value: Value, wanted: &Wanted) -> bool {
    match (value, wanted) {
        (Value::Text(text), Wanted::Text(wanted)) => text == wanted,
        #[expect(clippy::float_cmp, reason = "equality is what was asked for")]
        (Value::Number(number), Wanted::Number(wanted)) => number == *wanted,
        (Value::Date(date), Wanted::Date(wanted)) => date == *wanted,
        _ => false,
    }
}
