//! Changing the plan by its API: versions, records, rules, retries, batches, the log, undo, the past, what is internal, live events.

mod as_of;
mod batches;
mod events;
mod features;
mod feed;
mod history;
mod internal;
mod leaks;
mod notes;
mod records;
mod refusals;
mod retries;
mod rights;
mod rules;
mod stages;
mod undo;
mod versions;

/// A project without a report, and its place.
const ROAD: &str = "/api/v1/projects/chuangxin-road";
const ITEM: &str = "/ogc/collections/roads/items/chuangxin-road";
