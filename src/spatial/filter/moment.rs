//! Days, moments and the intervals between them, and the fifteen ways in which two of them can stand to each other.
//!
//! A day and a moment are compared as days in UTC: a moment is equal to the day that it falls on.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Instant {
    Day(Date),
    Moment(Timestamp),
}

impl Instant {
    /// # Errors
    /// What it should have been.
    pub fn day(text: &str) -> Result<Instant, String> {
        /// `2019-12-31`, and not the other forms of ISO 8601 that the calendar's parser reads.
        const LENGTH: usize = 10;
        let day = (text.len() == LENGTH).then(|| text.parse().ok()).flatten();
        day.map(Instant::Day).ok_or_else(|| "a day is written as 2019-12-31".to_owned())
    }

    /// # Errors
    /// What it should have been.
    pub fn moment(text: &str) -> Result<Instant, String> {
        let is_rfc_3339 = text.len() >= 20 && matches!(text.as_bytes()[10], b'T' | b't');
        let moment = is_rfc_3339.then(|| text.parse().ok()).flatten();
        moment.map(Instant::Moment).ok_or_else(|| "a moment is written as 2019-12-31T12:00:00Z".to_owned())
    }

    pub fn compare(self, other: Instant) -> Ordering {
        match (self, other) {
            (Instant::Moment(a), Instant::Moment(b)) => a.cmp(&b),
            (a, b) => a.date().cmp(&b.date()),
        }
    }

    fn date(self) -> Date {
        match self {
            Instant::Day(day) => day,
            Instant::Moment(moment) => Offset::UTC.to_datetime(moment).date(),
        }
    }
}

/// An end of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// Before all that there is.
    Past,
    At(Instant),
    /// After all that there is.
    Future,
}

impl End {
    pub fn compare(self, other: End) -> Ordering {
        let rank = |end| match end {
            End::Past => 0,
            End::At(_) => 1,
            End::Future => 2,
        };
        match (self, other) {
            (End::At(a), End::At(b)) => a.compare(b),
            (a, b) => rank(a).cmp(&rank(b)),
        }
    }
}

/// How two intervals stand to each other (W3C/OGC Time Ontology).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Order {
    After,
    Before,
    Contains,
    Disjoint,
    During,
    Equals,
    FinishedBy,
    Finishes,
    Intersects,
    Meets,
    MetBy,
    OverlappedBy,
    Overlaps,
    StartedBy,
    Starts,
}

/// Start and end; none for what is unknown.
pub(super) type Period = [Option<End>; 2];

impl Order {
    pub fn named(lower: &str) -> Option<Order> {
        Some(match lower {
            "t_after" => Order::After,
            "t_before" => Order::Before,
            "t_contains" => Order::Contains,
            "t_disjoint" => Order::Disjoint,
            "t_during" => Order::During,
            "t_equals" => Order::Equals,
            "t_finishedby" => Order::FinishedBy,
            "t_finishes" => Order::Finishes,
            "t_intersects" => Order::Intersects,
            "t_meets" => Order::Meets,
            "t_metby" => Order::MetBy,
            "t_overlappedby" => Order::OverlappedBy,
            "t_overlaps" => Order::Overlaps,
            "t_startedby" => Order::StartedBy,
            "t_starts" => Order::Starts,
            _ => return None,
        })
    }

    /// The standard has the others for intervals alone.
    pub fn takes_instants(self) -> bool {
        matches!(self, Order::After | Order::Before | Order::Disjoint | Order::Equals | Order::Intersects)
    }

    /// Whether it holds; unknown as long as an end that is unknown could decide.
    pub fn holds(self, [start_a, end_a]: Period, [start_b, end_b]: Period) -> Option<bool> {
        let less = |a: Option<End>, b: Option<End>| Some(a?.compare(b?) == Ordering::Less);
        let same = |a: Option<End>, b: Option<End>| Some(a?.compare(b?) == Ordering::Equal);
        match self {
            Order::After => less(end_b, start_a),
            Order::Before => less(end_a, start_b),
            Order::Contains => all([less(start_a, start_b), less(end_b, end_a)]),
            Order::Disjoint => any([less(end_a, start_b), less(end_b, start_a)]),
            Order::During => all([less(start_b, start_a), less(end_a, end_b)]),
            Order::Equals => all([same(start_a, start_b), same(end_a, end_b)]),
            Order::FinishedBy => all([less(start_a, start_b), same(end_a, end_b)]),
            Order::Finishes => all([less(start_b, start_a), same(end_a, end_b)]),
            Order::Intersects => any([less(end_a, start_b), less(end_b, start_a)]).map(|is_apart| !is_apart),
            Order::Meets => same(end_a, start_b),
            Order::MetBy => same(start_a, end_b),
            Order::OverlappedBy => all([less(start_b, start_a), less(start_a, end_b), less(end_b, end_a)]),
            Order::Overlaps => all([less(start_a, start_b), less(start_b, end_a), less(end_a, end_b)]),
            Order::StartedBy => all([same(start_a, start_b), less(end_b, end_a)]),
            Order::Starts => all([same(start_a, start_b), less(end_a, end_b)]),
        }
    }
}

/// SQL's `AND`: false if one is false, else unknown if one is unknown.
pub(super) fn all(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = None,
        }
    }
    known
}

/// SQL's `OR`: true if one is true, else unknown if one is unknown.
pub(super) fn any(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    all(parts.into_iter().map(|part| part.map(|part| !part))).map(|none| !none)
}
