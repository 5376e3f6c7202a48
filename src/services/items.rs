//! Features of a collection as OGC API – Features asks for them: by box, by time, by property, by word, by filter, in an order, page by page.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use geo::CoordsIter;
use unicode_normalization::UnicodeNormalization;

use super::scan::{Scan, ScanError};
use super::tiles::digest;
use super::{Facts, View};
use crate::formats::Value;
use crate::plan::{Collection, Date, Feature};
use crate::spatial::filter::{Filter, Work};
use crate::spatial::{Area, BBox};

/// A closed interval of days, open at an end that is none. An instant has both ends the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// Which items are wanted; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct ItemFilter {
    pub area: Option<Area>,
    /// Held against the due date; a feature without one always matches (OGC 17-069r4, 7.15.4).
    pub datetime: Option<Interval>,
    /// Name of a property and the value that it must equal.
    pub equals: Vec<(&'static str, Wanted)>,
    /// Any of these is somewhere in its names or its basis.
    pub words: Vec<Words>,
    pub condition: Option<Filter>,
}

/// A value that a property is held against.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    Text(String),
    Number(f64),
    Date(Date),
}

/// Some words in a row, as they are looked for: one case, one width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(String);

/// Properties that words are looked for in.
const WORDED: [&str; 6] = ["name_zh", "name_en", "project_zh", "project_en", "basis_zh", "basis_en"];

/// Steps of work (see [`Work`]) for each byte of a text that words are looked for in, which is made anew for that.
const FOLD_COST: usize = 4;

/// Steps of work for each vertex that is held against a box of degrees, and of another reference system.
const MEET_COST: [usize; 2] = [1, 10];

/// By which properties items come, the first before the others; by their numbers where nothing else tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemOrder(pub Vec<(&'static str, Direction)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

/// The place between two pages: number and sorted values of the feature before it. It keeps its place while edits land, even
/// when that feature is gone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cursor {
    number: u64,
    /// Stands for the order that the values are of; zero for that of numbers.
    order: u64,
    values: Vec<Sorted>,
}

/// A value that features are sorted by; what is absent comes last, either way.
#[derive(Clone, Debug, PartialEq)]
enum Sorted {
    Number(f64),
    Text(String),
    Absent,
}

pub struct ItemPage<'a> {
    pub items: Vec<Facts<'a>>,
    pub matched: usize,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

impl View {
    /// A page of a collection's features, from the first after the cursor.
    ///
    /// Cost: O(limit) without a filter and an order; with one, all candidates are looked at so that they can be counted, as far as the scan goes.
    ///
    /// # Errors
    /// [`ScanError`] where the scan came to no end.
    pub fn items<'a>(
        &'a self,
        collection: &'a Collection,
        filter: &'a ItemFilter,
        order: &ItemOrder,
        limit: usize,
        after: &Cursor,
        scan: &Scan,
    ) -> Result<ItemPage<'a>, ScanError> {
        if filter.is_empty() && order.0.is_empty() {
            let total = self.atlas.set(collection).len();
            let rows = self.atlas.features_after(collection, after.number).take(limit + 1);
            let facts = rows.map(|row| self.facts(collection, &row.value)).collect();
            return Ok(page(facts, order, total, limit));
        }
        let mut matching: Vec<(Cursor, Facts)> =
            self.matching(collection, filter, scan).map(|facts| (order.place(&facts), facts)).collect();
        scan.check()?;
        if !order.0.is_empty() {
            matching.sort_by(|a, b| order.compare(&a.0, &b.0));
        }
        let total = matching.len();
        let begin = if after.number == 0 {
            0
        } else {
            matching.partition_point(|(place, _)| order.compare(place, after) != Ordering::Greater)
        };
        let rest = matching.into_iter().skip(begin).take(limit + 1).map(|(_, facts)| facts);
        Ok(page(rest.collect(), order, total, limit))
    }

    /// All features that a filter holds for, by number, as far as the scan goes: whoever has come to the end asks it whether that was all.
    ///
    /// Cost: O(candidates).
    pub fn matching<'a>(
        &'a self,
        collection: &'a Collection,
        filter: &ItemFilter,
        scan: &Scan,
    ) -> impl Iterator<Item = Facts<'a>> {
        let candidates = self.candidates(collection, filter).take_while(|_| scan.goes_on());
        candidates.filter(move |facts| filter.matches(facts, &scan.work))
    }

    /// Features among which are all that a filter holds for, by number.
    fn candidates<'a>(
        &'a self,
        collection: &'a Collection,
        filter: &ItemFilter,
    ) -> Box<dyn Iterator<Item = Facts<'a>> + 'a> {
        let candidates: Box<dyn Iterator<Item = &Feature>> = match filter.window() {
            Some(window) => Box::new(self.atlas.in_window(collection, window).into_iter()),
            None => Box::new(self.atlas.features_after(collection, 0).map(|row| &row.value)),
        };
        Box::new(candidates.map(move |feature| self.facts(collection, feature)))
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
fn page<'a>(mut items: Vec<Facts<'a>>, order: &ItemOrder, matched: usize, limit: usize) -> ItemPage<'a> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|facts| order.place(facts));
    ItemPage { items, matched, next }
}

impl ItemFilter {
    pub fn is_empty(&self) -> bool {
        self.area.is_none()
            && self.datetime.is_none()
            && self.equals.is_empty()
            && self.words.is_empty()
            && self.condition.is_none()
    }

    /// A box that all that match meet. Of two, the smaller one is as good as both together.
    fn window(&self) -> Option<BBox> {
        let asked = self.area.as_ref().map(Area::window);
        let implied = self.condition.as_ref().and_then(Filter::bbox);
        let size = |bbox: &BBox| bbox.rects().map(|rect| rect.width() * rect.height()).sum::<f64>();
        asked.into_iter().chain(implied).min_by(|a, b| size(a).total_cmp(&size(b)))
    }

    /// Whether all conditions hold; where the work is used up, the answer means nothing.
    fn matches(&self, facts: &Facts, work: &Work) -> bool {
        self.datetime.is_none_or(|interval| interval.holds(facts.project.map(|row| row.value.due)))
            && self.equals.iter().all(|(name, wanted)| equals(facts.value(name), wanted))
            && self.area.as_ref().is_none_or(|area| meets(area, facts.feature, work))
            && (self.words.is_empty() || self.words.iter().any(|words| words.are_in(facts, work)))
            && self.condition.as_ref().is_none_or(|condition| condition.matches_within(facts, work))
    }
}

fn meets(area: &Area, feature: &Feature, work: &Work) -> bool {
    let geometry = feature.shape.geometry();
    let [degrees, projected] = MEET_COST;
    let each = if area.is_projected() { projected } else { degrees };
    work.spend(each * geometry.coords_count()).is_some() && area.meets(geometry)
}

impl Interval {
    fn holds(self, date: Option<Date>) -> bool {
        date.is_none_or(|date| self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to))
    }
}

impl Words {
    pub fn new(text: &str) -> Words {
        Words(folded(text.trim()))
    }

    fn are_in(&self, facts: &Facts, work: &Work) -> bool {
        WORDED.iter().any(|name| match facts.value(name) {
            Value::Text(text) => work.spend(FOLD_COST * text.len()).is_some() && folded(text).contains(&self.0),
            _ => false,
        })
    }
}

fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

impl ItemOrder {
    fn place(&self, facts: &Facts) -> Cursor {
        let values = self.0.iter().map(|(name, _)| Sorted::from(facts.value(name))).collect();
        Cursor { number: facts.feature.number, order: self.digest(), values }
    }

    /// Tells this order from others; zero for that of numbers.
    fn digest(&self) -> u64 {
        let key = |(name, direction): &(&str, Direction)| {
            format!("{}{name}", if *direction == Direction::Descending { '-' } else { '+' })
        };
        let keys: Vec<String> = self.0.iter().map(key).collect();
        // Half of it is enough, and is a number in JSON.
        if keys.is_empty() { 0 } else { digest(keys.join(",").as_bytes()) >> 32 }
    }

    fn compare(&self, a: &Cursor, b: &Cursor) -> Ordering {
        for ((_, direction), (left, right)) in self.0.iter().zip(a.values.iter().zip(&b.values)) {
            let order = match (left, right, direction) {
                (Sorted::Absent, Sorted::Absent, _) => Ordering::Equal,
                (Sorted::Absent, _, _) => Ordering::Greater,
                (_, Sorted::Absent, _) => Ordering::Less,
                (left, right, Direction::Ascending) => left.compare(right),
                (left, right, Direction::Descending) => right.compare(left),
            };
            if order != Ordering::Equal {
                return order;
            }
        }
        a.number.cmp(&b.number)
    }

    /// Whether a cursor is one of this order.
    pub fn takes(&self, cursor: &Cursor) -> bool {
        cursor.number == 0 || cursor.order == self.digest() && cursor.values.len() == self.0.len()
    }
}

impl Sorted {
    fn compare(&self, other: &Sorted) -> Ordering {
        match (self, other) {
            (Sorted::Number(a), Sorted::Number(b)) => a.total_cmp(b),
            (Sorted::Text(a), Sorted::Text(b)) => a.cmp(b),
            // A property has one type.
            _ => Ordering::Equal,
        }
    }
}

impl From<Value<'_>> for Sorted {
    fn from(value: Value) -> Sorted {
        match value {
            Value::Text(text) => Sorted::Text(text.to_owned()),
            Value::Number(number) => Sorted::Number(number),
            Value::Date(date) => Sorted::Text(date.to_string()),
            Value::Absent => Sorted::Absent,
        }
    }
}

/// A number, or a JSON array of the number, what stands for the order, and the sorted values.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.values.is_empty() {
            return write!(f, "{}", self.number);
        }
        let values = self.values.iter().map(|value| match value {
            Sorted::Number(number) => serde_json::Value::from(*number),
            Sorted::Text(text) => text.as_str().into(),
            Sorted::Absent => serde_json::Value::Null,
        });
        let all: Vec<_> = [self.number.into(), self.order.into()].into_iter().chain(values).collect();
        write!(f, "{}", serde_json::Value::from(all))
    }
}

impl FromStr for Cursor {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Cursor, &'static str> {
        const WRONG: &str = "it comes from no next link";
        if let Ok(number) = text.parse() {
            return Ok(Cursor { number, ..Cursor::default() });
        }
        let all: Vec<serde_json::Value> = serde_json::from_str(text).map_err(|_| WRONG)?;
        let [number, order, values @ ..] = &all[..] else { return Err(WRONG) };
        let order = order.as_u64().ok_or(WRONG)?;
        let number = number.as_u64().filter(|number| *number > 0).ok_or(WRONG)?;
        let value = |value: &serde_json::Value| match value {
            serde_json::Value::Null => Ok(Sorted::Absent),
            serde_json::Value::String(text) => Ok(Sorted::Text(text.clone())),
            serde_json::Value::Number(number) => number.as_f64().map(Sorted::Number).ok_or(WRONG),
            _ => Err(WRONG),
        };
        Ok(Cursor { number, order, values: values.iter().map(value).collect::<Result<_, _>>()? })
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
