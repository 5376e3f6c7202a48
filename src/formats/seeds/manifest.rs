//! `plan.toml`: the plan itself, its extent, and its collections.

use serde::Deserialize;

use super::Problems;
use crate::plan::{Collection, Date, Kind, Plan, Role, Slug, Text, Visibility, is_reserved_collection};
use crate::spatial::{BBox, GeometryType};

const FILE: &str = "plan.toml";

pub(super) struct Manifest {
    pub plan: Plan,
    pub collections: Vec<Collection>,
    /// The GeoJSON file of each collection.
    pub paths: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    id: Slug,
    district: FullText,
    city: FullText,
    year: i16,
    start: toml::value::Datetime,
    due: toml::value::Datetime,
    extent: [f64; 4],
    geodata: String,
    context: Option<String>,
    collections: Vec<WireCollection>,
    #[serde(default)]
    context_collections: Vec<WireContext>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireText {
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCollection {
    id: Slug,
    kind: Kind,
    geometry: GeometryType,
    title: FullText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireContext {
    id: Slug,
    file: Slug,
    geometry: GeometryType,
    title: FullText,
}

/// A text that says something in both languages.
#[derive(Deserialize)]
#[serde(try_from = "WireText")]
struct FullText(Text);

impl TryFrom<WireText> for FullText {
    type Error = &'static str;

    fn try_from(text: WireText) -> Result<FullText, &'static str> {
        let WireText { zh, en } = text;
        if zh.trim().is_empty() || en.trim().is_empty() {
            return Err("a text takes both zh and en");
        }
        Ok(FullText(Text { zh, en }))
    }
}

impl Manifest {
    /// None when the file cannot be read at all. A value that is wrong is noted and stands in for itself as the widest there
    /// is, so that the other files are still looked at.
    pub(super) fn read(text: &str, problems: &mut Problems) -> Option<Manifest> {
        let wire: Wire = match toml::from_str(text) {
            Ok(wire) => wire,
            Err(fault) => {
                let row = fault.span().map(|span| format!("line {}", 1 + text[..span.start].matches('\n').count()));
                problems.add(FILE, row, None, fault.message());
                return None;
            }
        };
        let start = date("start", wire.start, problems);
        let due = date("due", wire.due, problems);
        if let (Some(start), Some(due)) = (start, due)
            && due <= start
        {
            problems.add(FILE, None, Some("due"), format_args!("{due} is not after the plan's start {start}"));
        }
        let wrong_before = problems.0.len();
        let [west, south, east, north] = wire.extent;
        if let Err(fault) = BBox::new(west, south, east, north) {
            problems.add(
                FILE,
                None,
                Some("extent"),
                format_args!("{fault}; it takes [west, south, east, north] in degrees"),
            );
        } else if west >= east || south >= north {
            problems.add(
                FILE,
                None,
                Some("extent"),
                "is empty or reversed; it takes [west, south, east, north] in degrees",
            );
        }
        let extent = if problems.0.len() == wrong_before { wire.extent } else { BBox::WORLD.into() };
        if wire.context.is_none() && !wire.context_collections.is_empty() {
            problems.add(FILE, None, Some("context"), "names no folder, but there are context_collections");
        }
        let mut collections = Vec::new();
        let mut paths = Vec::new();
        for (wire_collection, order) in wire.collections.into_iter().zip(1..) {
            let WireCollection { id, kind, geometry, title } = wire_collection;
            paths.push(format!("{}/{id}.geojson", wire.geodata));
            let role = Role::Plan { kind };
            let visibility = Visibility::default();
            collections.push(Collection { id, order, title: title.0, geometry_type: geometry, role, visibility });
        }
        let context_collections = if wire.context.is_some() { wire.context_collections } else { Vec::new() };
        let folder = wire.context.unwrap_or_default();
        for (wire_context, order) in context_collections.into_iter().zip(1_001..) {
            let WireContext { id, file, geometry, title } = wire_context;
            paths.push(format!("{folder}/{file}.geojson"));
            let (role, visibility) = (Role::Context, Visibility::default());
            collections.push(Collection { id, order, title: title.0, geometry_type: geometry, role, visibility });
        }
        for collection in collections.iter().filter(|collection| is_reserved_collection(&collection.id)) {
            let message = format!("the id {} stands for something else; choose another", collection.id);
            problems.add(FILE, None, Some("collections"), message);
        }
        if let Some(twice) = first_repeated(collections.iter().map(|collection| &collection.id)) {
            problems.add(FILE, None, Some("collections"), format_args!("collection {twice} is there twice"));
        }
        let plan = Plan {
            id: wire.id,
            district: wire.district.0,
            city: wire.city.0,
            year: wire.year,
            start: start.unwrap_or(Date::MIN),
            due: due.unwrap_or(Date::MAX),
            extent,
            simulated: false,
        };
        Some(Manifest { plan, collections, paths })
    }
}

fn date(field: &str, value: toml::value::Datetime, problems: &mut Problems) -> Option<Date> {
    let read = value.to_string().parse::<Date>().ok().filter(|_| value.time.is_none());
    if read.is_none() {
        problems.add(FILE, None, Some(field), format_args!("{value} is not a date; write it as 2019-12-31"));
    }
    read
}

fn first_repeated<'a, T: Eq + std::hash::Hash>(items: impl Iterator<Item = &'a T>) -> Option<&'a T> {
    let mut seen = std::collections::HashSet::new();
    items.into_iter().find(|item| !seen.insert(*item))
}
