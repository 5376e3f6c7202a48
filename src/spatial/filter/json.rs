//! CQL2 JSON (OGC 21-065r2, clause 8.3) to the same syntax as text. Members that the standard does not have are refused.

use geo::{Coord, Geometry, GeometryCollection, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde_json::{Map, Value};

use super::error::{FilterError, Place};
use super::expression::{Arithmetic, Comparison};
use super::functions;
use super::lexer::shown;
use super::limits::MAX_BYTES;
use super::literal;
use super::syntax::{Budget, Node, What};

/// Operators that are no functions, in lower case and beside comparisons and arithmetic.
const OPERATORS: [&str; 7] = ["and", "or", "not", "like", "between", "in", "isnull"];

pub(super) fn read(text: &str) -> Result<Node, FilterError> {
    if text.len() > MAX_BYTES {
        return Err(FilterError::TooLong(text.len()));
    }
    if text.trim().is_empty() {
        return Err(FilterError::Empty);
    }
    // The parser itself refuses what is nested deeper than 128.
    let value: Value = serde_json::from_str(text).map_err(|fault| FilterError::NotJson(fault.to_string()))?;
    Reader::default().node(&value, "")
}

#[derive(Default)]
struct Reader {
    budget: Budget,
}

fn place(path: &str) -> Place {
    Place::Pointer(path.to_owned())
}

fn unexpected(path: &str, expected: &str, found: &Value) -> FilterError {
    FilterError::Syntax { at: place(path), expected: expected.to_owned(), found: shown(&found.to_string()) }
}

fn array<'a>(value: &'a Value, path: &str, expected: &str) -> Result<&'a [Value], FilterError> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| unexpected(path, expected, value))
}

fn text<'a>(value: &'a Value, path: &str) -> Result<&'a str, FilterError> {
    value.as_str().ok_or_else(|| unexpected(path, "a text", value))
}

impl Reader {
    fn node(&mut self, value: &Value, path: &str) -> Result<Node, FilterError> {
        let what = match value {
            Value::Bool(boolean) => What::Boolean(*boolean),
            Value::Number(_) => What::Number(number(value, path)?),
            Value::String(text) => What::Text(text.clone()),
            Value::Array(list) => What::List(self.nodes(list, path)?),
            Value::Object(members) => return self.object(members, value, path),
            Value::Null => {
                return Err(unexpected(path, "an expression (whether something is null is asked by isNull)", value));
            }
        };
        self.budget.node(place(path), what)
    }

    fn nodes(&mut self, values: &[Value], path: &str) -> Result<Vec<Node>, FilterError> {
        values.iter().enumerate().map(|(at, value)| self.node(value, &format!("{path}/{at}"))).collect()
    }

    fn object(&mut self, members: &Map<String, Value>, whole: &Value, path: &str) -> Result<Node, FilterError> {
        let only = |name: &str| members.get(name).filter(|_| members.len() == 1);
        if let (Some(operator), Some(arguments), 2) = (members.get("op"), members.get("args"), members.len()) {
            return self.call(operator, arguments, path);
        }
        let what = if let Some(name) = only("property") {
            What::Property(text(name, &format!("{path}/property"))?.to_owned())
        } else if let Some(date) = only("date") {
            What::Date(text(date, &format!("{path}/date"))?.to_owned())
        } else if let Some(timestamp) = only("timestamp") {
            What::Timestamp(text(timestamp, &format!("{path}/timestamp"))?.to_owned())
        } else if let Some(ends) = only("interval") {
            let path = format!("{path}/interval");
            let [start, end] = array(ends, &path, "an array of start and end")? else {
                return Err(unexpected(&path, "an array of start and end", ends));
            };
            What::Interval(Box::new([self.node(start, &format!("{path}/0"))?, self.node(end, &format!("{path}/1"))?]))
        } else if let Some(numbers) = only("bbox") {
            let path = format!("{path}/bbox");
            let numbers = array(numbers, &path, "an array of four or six numbers")?;
            What::Box(numbers.iter().take(7).map(|value| number(value, &path)).collect::<Result<_, _>>()?)
        } else if members.contains_key("type") {
            What::Geometry(self.geometry(members, whole, path, Self::collection)?)
        } else {
            let expected =
                "an object with op and args, property, date, timestamp, interval, bbox, or a GeoJSON geometry";
            return Err(unexpected(path, expected, whole));
        };
        self.budget.node(place(path), what)
    }

    fn call(&mut self, operator: &Value, arguments: &Value, path: &str) -> Result<Node, FilterError> {
        let at = format!("{path}/op");
        let name = text(operator, &at)?;
        let lower = name.to_ascii_lowercase();
        let is_operator = OPERATORS.contains(&lower.as_str())
            || Comparison::named(&lower).is_some()
            || Arithmetic::named(&lower).is_some();
        if !is_operator {
            functions::known(&place(&at), name)?;
        }
        let arguments_path = format!("{path}/args");
        let arguments = array(arguments, &arguments_path, "an array of operands")?;
        let arguments = self.nodes(arguments, &arguments_path)?;
        self.budget.call(place(path), &lower, arguments)
    }

    /// `collection` reads the members of a collection, where one may be.
    fn geometry(
        &mut self,
        members: &Map<String, Value>,
        whole: &Value,
        path: &str,
        collection: fn(&mut Self, &Value, &str) -> Result<Geometry, FilterError>,
    ) -> Result<Geometry, FilterError> {
        if let Some(other) =
            members.keys().find(|name| !["type", "coordinates", "geometries", "bbox"].contains(&name.as_str()))
        {
            return Err(unexpected(path, "a GeoJSON geometry without further members", &Value::from(other.as_str())));
        }
        let kind = members.get("type").and_then(Value::as_str).unwrap_or_default();
        let name = if kind == "GeometryCollection" { "geometries" } else { "coordinates" };
        let path = format!("{path}/{name}");
        let Some(inner) = members.get(name) else {
            return Err(unexpected(&path, "a GeoJSON geometry with its coordinates or geometries", whole));
        };
        let at = place(&path);
        Ok(match kind {
            "Point" => Point::from(self.position(inner, &path)?).into(),
            "LineString" => literal::line(&at, self.positions(inner, &path)?)?.into(),
            "Polygon" => self.polygon(inner, &path)?.into(),
            "MultiPoint" => {
                let points: Vec<Coord> = self.positions(inner, &path)?;
                MultiPoint::new(points.into_iter().map(Point::from).collect()).into()
            }
            "MultiLineString" => {
                let lines = self.list(inner, &path, Self::positions)?;
                let lines = lines.into_iter().map(|line| literal::line(&at, line)).collect::<Result<_, _>>()?;
                MultiLineString::new(lines).into()
            }
            "MultiPolygon" => MultiPolygon::new(self.list(inner, &path, Self::polygon)?).into(),
            "GeometryCollection" => collection(self, inner, &path)?,
            _ => return Err(unexpected(&path, "a GeoJSON geometry", whole)),
        })
    }

    fn collection(&mut self, value: &Value, path: &str) -> Result<Geometry, FilterError> {
        let no_collection =
            |_: &mut Self, inner: &Value, path: &str| Err(unexpected(path, "a geometry that is no collection", inner));
        let parts = self.list(value, path, |reader, part, path| match part.as_object() {
            Some(members) => reader.geometry(members, part, path, no_collection),
            None => Err(unexpected(path, "a GeoJSON geometry", part)),
        })?;
        Ok(Geometry::GeometryCollection(GeometryCollection(parts)))
    }

    fn list<T>(
        &mut self,
        value: &Value,
        path: &str,
        part: impl Fn(&mut Self, &Value, &str) -> Result<T, FilterError>,
    ) -> Result<Vec<T>, FilterError> {
        let parts = array(value, path, "an array")?;
        if parts.is_empty() {
            return Err(unexpected(
                path,
                "a geometry that is not empty, as nothing has a relation to an empty one",
                value,
            ));
        }
        parts.iter().enumerate().map(|(at, inner)| part(self, inner, &format!("{path}/{at}"))).collect()
    }

    fn polygon(&mut self, value: &Value, path: &str) -> Result<Polygon, FilterError> {
        literal::polygon(&place(path), self.list(value, path, Self::positions)?)
    }

    fn positions(&mut self, value: &Value, path: &str) -> Result<Vec<Coord>, FilterError> {
        self.list(value, path, Self::position)
    }

    fn position(&mut self, value: &Value, path: &str) -> Result<Coord, FilterError> {
        let numbers = array(value, path, "a position of two numbers")?;
        let numbers = numbers.iter().take(5).map(|value| number(value, path)).collect::<Result<Vec<_>, _>>()?;
        self.budget.vertex(&place(path), &numbers)
    }
}

fn number(value: &Value, path: &str) -> Result<f64, FilterError> {
    value.as_f64().filter(|number| number.is_finite()).ok_or_else(|| unexpected(path, "a number", value))
}
