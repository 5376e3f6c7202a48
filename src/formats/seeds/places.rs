//! One collection's GeoJSON file: known members only, checked shapes of the declared type inside the declared extent.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::Problems;
use crate::plan::rules::outside_extent;
use crate::plan::{Collection, Feature, Position, Role, Slug, Text};
use crate::spatial::{MAX_VERTICES, Shape};

const PLAN_PROPERTIES: [&str; 7] = ["project", "name_zh", "name_en", "accuracy_m", "position", "basis_zh", "basis_en"];
const CONTEXT_PROPERTIES: [&str; 4] = ["name_zh", "name_en", "accuracy_m", "class"];

/// How far off a drawn place may be said to be: half the way round the globe.
const MAX_ACCURACY_M: f64 = 20_000_000.0;

/// The places read so far.
#[derive(Default)]
pub(super) struct Places {
    pub features: Vec<Feature>,
    /// Projects of features that were refused: not missing from the map on top of that.
    claimed: HashSet<Slug>,
    /// Collections of which not every feature's project is known.
    unread: HashSet<Slug>,
}

impl Places {
    /// Whether a project may have a place in one of `collections`, for all that could be read.
    pub(super) fn may_hold<'a>(&self, project: &Slug, mut collections: impl Iterator<Item = &'a Slug>) -> bool {
        self.claimed.contains(project) || collections.any(|collection| self.unread.contains(collection))
    }
}

pub(super) struct File<'a> {
    pub path: &'a str,
    pub collection: &'a Collection,
    pub extent: [f64; 4],
    pub problems: &'a mut Problems,
}

impl File<'_> {
    /// Appends the file's features, numbered on from those already there. No text: the file could not be fetched.
    pub(super) fn read(&mut self, text: Option<&str>, places: &mut Places) {
        let Some(list) = text.and_then(|text| self.list(text)) else {
            places.unread.insert(self.collection.id.clone());
            return;
        };
        let mut seen: HashSet<Slug> = HashSet::new();
        for (value, index) in list.iter().zip(1_usize..) {
            let id = value.get("id").and_then(Value::as_str);
            let row = id.map_or_else(|| format!("feature {index}"), |id| format!("feature {index} ({id})"));
            let number = places.features.last().map_or(1, |last| last.number + 1);
            let feature = (Row { file: self, row: row.clone() }).feature(value, number);
            if feature.is_none() {
                let project = value.pointer("/properties/project").and_then(Value::as_str);
                match project.and_then(|project| project.trim().parse().ok()) {
                    Some(project) => drop(places.claimed.insert(project)),
                    None => drop(places.unread.insert(self.collection.id.clone())),
                }
            }
            let Some(feature) = feature else { continue };
            if seen.insert(feature.id.clone()) {
                places.features.push(feature);
            } else {
                let message = format!("{} is there twice", feature.id);
                self.problems.add(self.path, Some(row), Some("id"), message);
                places.claimed.extend(feature.project);
            }
        }
    }

    /// The features of a FeatureCollection, as they are written.
    fn list(&mut self, text: &str) -> Option<Vec<Value>> {
        let mut document = match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(document)) => document,
            Ok(_) => {
                self.problems.add(self.path, None, None, "is not a GeoJSON FeatureCollection");
                return None;
            }
            Err(fault) => {
                let row = Some(format!("line {}", fault.line()));
                self.problems.add(self.path, row, None, format_args!("not JSON: {fault}"));
                return None;
            }
        };
        for member in document.keys().filter(|key| !["type", "features", "name"].contains(&key.as_str())) {
            let message = if member == "crs" {
                "coordinates are WGS 84 longitude, latitude; a crs member is not allowed (RFC 7946)"
            } else {
                "unknown member"
            };
            self.problems.add(self.path, None, Some(member), message);
        }
        let list = document.get_mut("features").map(Value::take);
        match (document.get("type").and_then(Value::as_str), list) {
            (Some("FeatureCollection"), Some(Value::Array(list))) => Some(list),
            _ => {
                self.problems.add(self.path, None, Some("type"), "is not a GeoJSON FeatureCollection with features");
                None
            }
        }
    }
}

/// A feature at hand, with its place in the file.
struct Row<'a, 'b> {
    file: &'a mut File<'b>,
    row: String,
}

impl Row<'_, '_> {
    fn problem(&mut self, field: &str, message: impl std::fmt::Display) {
        self.file.problems.add(self.file.path, Some(self.row.clone()), Some(field), message);
    }

    fn feature(&mut self, value: &Value, number: u64) -> Option<Feature> {
        let Some(object) = value.as_object().filter(|object| object.get("type").is_some_and(|t| t == "Feature")) else {
            self.problem("type", "is not a GeoJSON Feature");
            return None;
        };
        let members = ["type", "id", "properties", "geometry", "bbox"];
        for member in object.keys().filter(|key| !members.contains(&key.as_str())) {
            self.problem(member, "unknown member");
        }
        let id = self.word::<Slug>(object, "id");
        let shape = self.shape(object.get("geometry").unwrap_or(&Value::Null));
        let Some(properties) = object.get("properties").and_then(Value::as_object) else {
            self.problem("properties", "are missing");
            return None;
        };
        let is_plan = matches!(self.file.collection.role, Role::Plan { .. });
        let known: &[&str] = if is_plan { &PLAN_PROPERTIES } else { &CONTEXT_PROPERTIES };
        for name in properties.keys().filter(|name| !known.contains(&name.as_str())) {
            self.problem(name, format_args!("unknown property; the properties are {}", known.join(", ")));
        }
        let name = self.text(properties, "name");
        let accuracy_m = self.accuracy(properties);
        let (project, position, basis, class) = if is_plan {
            let project = self.word(properties, "project").map(Some);
            (project, self.word(properties, "position"), self.text(properties, "basis").map(Some), Some(None))
        } else {
            let class =
                if properties.contains_key("class") { self.word(properties, "class").map(Some) } else { Some(None) };
            (Some(None), Some(Position::Approximate), Some(None), class)
        };
        Some(Feature {
            number,
            id: id?,
            collection: self.file.collection.id.clone(),
            project: project?,
            name: name?,
            class: class?,
            accuracy_m: accuracy_m?,
            position: position?,
            basis: basis?,
            shape: shape?,
        })
    }

    fn shape(&mut self, geometry: &Value) -> Option<Shape> {
        for member in geometry.as_object().into_iter().flat_map(Map::keys) {
            if !["type", "coordinates", "bbox"].contains(&member.as_str()) {
                self.problem("geometry", format_args!("unknown member {member}"));
            }
        }
        let shape = match Shape::from_json(geometry.clone(), MAX_VERTICES) {
            Ok(shape) => shape,
            Err(fault) => {
                self.problem("geometry", fault);
                return None;
            }
        };
        let (found, declared) = (shape.geometry_type(), self.file.collection.geometry_type);
        if found != declared {
            self.problem("geometry", format_args!("is a {found}, but the collection is declared to hold {declared}"));
            return None;
        }
        if let Some(Text { en, .. }) = outside_extent(&shape, self.file.extent) {
            self.problem("geometry", en);
            return None;
        }
        Some(shape)
    }

    fn string<'v>(&mut self, object: &'v Map<String, Value>, field: &str) -> Option<&'v str> {
        let text = object.get(field).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        if text.is_none() {
            self.problem(field, "is not a text that says something");
        }
        text
    }

    fn word<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        object: &Map<String, Value>,
        field: &str,
    ) -> Option<T> {
        let text = self.string(object, field)?;
        text.parse().map_err(|fault| self.problem(field, fault)).ok()
    }

    fn text(&mut self, object: &Map<String, Value>, name: &str) -> Option<Text> {
        let zh = self.string(object, &format!("{name}_zh")).map(str::to_owned);
        let en = self.string(object, &format!("{name}_en")).map(str::to_owned);
        Some(Text { zh: zh?, en: en? })
    }

    fn accuracy(&mut self, object: &Map<String, Value>) -> Option<f64> {
        let accuracy = object.get("accuracy_m").and_then(Value::as_f64);
        let known = accuracy.filter(|metres| (0.0..=MAX_ACCURACY_M).contains(metres));
        if known.is_none() {
            self.problem("accuracy_m", format_args!("is not a number of metres from 0 to {MAX_ACCURACY_M}"));
        }
        known
    }
}
