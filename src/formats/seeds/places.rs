//! One collection's GeoJSON file: known members only, checked shapes of the declared type inside the declared extent.

use std::collections::HashSet;

use geo::CoordsIter;
use serde_json::{Map, Value};

use super::Problems;
use crate::plan::{Collection, Feature, Position, Role, Slug, Text};
use crate::spatial::{MAX_VERTICES, Shape};

const PLAN_PROPERTIES: [&str; 7] = ["project", "name_zh", "name_en", "accuracy_m", "position", "basis_zh", "basis_en"];
const CONTEXT_PROPERTIES: [&str; 4] = ["name_zh", "name_en", "accuracy_m", "class"];

/// How far off a drawn place may be said to be: half the way round the globe.
const MAX_ACCURACY_M: f64 = 20_000_000.0;

pub(super) struct File<'a> {
    pub path: &'a str,
    pub collection: &'a Collection,
    pub extent: [f64; 4],
    pub problems: &'a mut Problems,
}

impl File<'_> {
    /// Appends the file's features, numbered on from those already there.
    pub(super) fn read(&mut self, text: &str, features: &mut Vec<Feature>) {
        let document = match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(document)) => document,
            Ok(_) => return self.problems.add(self.path, None, None, "is not a GeoJSON FeatureCollection"),
            Err(fault) => {
                let row = Some(format!("line {}", fault.line()));
                return self.problems.add(self.path, row, None, format_args!("not JSON: {fault}"));
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
        let list = document.get("features").and_then(Value::as_array);
        let (Some("FeatureCollection"), Some(list)) = (document.get("type").and_then(Value::as_str), list) else {
            return self.problems.add(self.path, None, Some("type"), "is not a GeoJSON FeatureCollection with features");
        };
        let mut seen: HashSet<Slug> = HashSet::new();
        for (value, index) in list.iter().zip(1_usize..) {
            let id = value.get("id").and_then(Value::as_str);
            let row = id.map_or_else(|| format!("feature {index}"), |id| format!("feature {index} ({id})"));
            let number = features.last().map_or(1, |last: &Feature| last.number + 1);
            let Some(feature) = (Row { file: self, row: row.clone() }).feature(value, number) else { continue };
            if seen.insert(feature.id.clone()) {
                features.push(feature);
            } else {
                let message = format!("{} is there twice", feature.id);
                self.problems.add(self.path, Some(row), Some("id"), message);
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
            let class = if properties.contains_key("class") { self.word(properties, "class").map(Some) } else { Some(None) };
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
        let [west, south, east, north] = self.file.extent;
        let inside = |x: f64, y: f64| (west..=east).contains(&x) && (south..=north).contains(&y);
        if let Some(at) = shape.geometry().coords_iter().find(|at| !inside(at.x, at.y)) {
            let hint = if inside(at.y, at.x) {
                "; longitude and latitude look swapped (GeoJSON order is longitude, latitude)"
            } else {
                ""
            };
            let message = format!("position [{}, {}] is outside the plan's extent {:?}{hint}", at.x, at.y, self.file.extent);
            self.problem("geometry", message);
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

    fn word<T: std::str::FromStr<Err: std::fmt::Display>>(&mut self, object: &Map<String, Value>, field: &str) -> Option<T> {
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
