//! The order of a list of projects, and the place between two of its pages.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::projects::Summary;
use crate::plan::Slug;

/// What a list can be sorted by; ties keep the plan's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    Plan,
    Name,
    Kind,
    Stage,
    Due,
    Light,
}

const SORT_KEYS: [(SortKey, &str); 6] = [
    (SortKey::Plan, "plan"),
    (SortKey::Name, "name"),
    (SortKey::Kind, "kind"),
    (SortKey::Stage, "stage"),
    (SortKey::Due, "due"),
    (SortKey::Light, "light"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub key: SortKey,
    pub descending: bool,
}

/// The place between two pages: the sort value, order and id of the project before it. It keeps its place while edits land,
/// even when that project is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    sort: Sort,
    value: String,
    order: u32,
    id: Slug,
}

impl Sort {
    pub(super) fn cursor(self, summary: &Summary) -> Cursor {
        let project = &summary.row.value;
        let place = |ordinal: usize| format!("{ordinal:02}");
        let value = match self.key {
            SortKey::Plan => String::new(),
            SortKey::Name => project.name.zh.clone(),
            SortKey::Kind => place(project.kind as usize),
            SortKey::Stage => place(project.stage as usize),
            SortKey::Due => project.due.to_string(),
            SortKey::Light => place(summary.light.colour as usize),
        };
        Cursor { sort: self, value, order: project.order, id: project.id.clone() }
    }

    /// By value in the wanted direction; ties keep the plan's order.
    pub(super) fn compare(self, a: &Cursor, b: &Cursor) -> Ordering {
        let by_value = a.value.cmp(&b.value);
        let by_value = if self.descending { by_value.reverse() } else { by_value };
        by_value.then_with(|| (a.order, &a.id).cmp(&(b.order, &b.id)))
    }
}

impl Cursor {
    /// The order of the list that the cursor is a place in.
    pub fn sort(&self) -> Sort {
        self.sort
    }
}

/// `name`, or `-name` for the other way round.
impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = SORT_KEYS.iter().find(|(key, _)| *key == self.key).map_or("", |(_, word)| word);
        write!(f, "{}{key}", if self.descending { "-" } else { "" })
    }
}

impl FromStr for Sort {
    type Err = SortError;

    fn from_str(text: &str) -> Result<Sort, SortError> {
        let (descending, word) = text.strip_prefix('-').map_or((false, text), |word| (true, word));
        let (key, _) = SORT_KEYS.iter().find(|(_, known)| *known == word).ok_or_else(|| SortError(text.to_owned()))?;
        if descending && *key == SortKey::Plan {
            return Err(SortError(text.to_owned()));
        }
        Ok(Sort { key: *key, descending })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot be sorted by")]
pub struct SortError(String);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}", self.sort, self.order, self.id, self.value)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Cursor, CursorError> {
        let mut parts = text.splitn(4, '.');
        let mut part = || parts.next().ok_or(CursorError);
        let sort = part()?.parse().map_err(|_| CursorError)?;
        let order = part()?.parse().map_err(|_| CursorError)?;
        let id = part()?.parse().map_err(|_| CursorError)?;
        Ok(Cursor { sort, order, id, value: part()?.to_owned() })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a cursor; follow the `next` link of a page as it is")]
pub struct CursorError;
