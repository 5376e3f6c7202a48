//! Coordinates of a geometry, whose depth tells its type: read before the type is known, and built when it is.
//!
//! Heights are dropped. What is wrong with a geometry is told of it alone; the file goes on behind it.

use std::fmt;

use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::context::Context;
use crate::formats::found::{MAX_PARTS, line_of, polygon_of};
use crate::spatial::{MAX_VERTICES, ShapeError};

/// Lists inside lists, as they come.
#[derive(Debug)]
pub(super) enum Nest {
    Number(f64),
    Position(Coord),
    Line(Vec<Coord>),
    List(Vec<Nest>),
    Empty,
    /// What cannot be part of a geometry, and why.
    Wrong(String),
}

/// Reads one list of coordinates, or a number within it.
pub(super) struct NestSeed<'c, 'v>(pub(super) &'c mut Context<'v>);

impl<'de> DeserializeSeed<'de> for NestSeed<'_, '_> {
    type Value = Nest;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Nest, D::Error> {
        deserializer.deserialize_any(self)
    }
}

fn no_number() -> Nest {
    Nest::Wrong("its coordinates hold something that is no number".to_owned())
}

#[expect(clippy::cast_precision_loss, reason = "coordinates are far below the numbers that a double lacks")]
impl<'de> Visitor<'de> for NestSeed<'_, '_> {
    type Value = Nest;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("coordinates")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Nest, E> {
        Ok(Nest::Number(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Nest, E> {
        Ok(Nest::Number(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Nest, E> {
        Ok(Nest::Number(value as f64))
    }

    fn visit_unit<E: Error>(self) -> Result<Nest, E> {
        Ok(no_number())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Nest, E> {
        Ok(no_number())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Nest, E> {
        Ok(no_number())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Nest, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(no_number())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Nest, A::Error> {
        let mut nest = Nest::Empty;
        let mut numbers = Vec::new();
        let mut count = 0_usize;
        while let Some(item) = list.next_element_seed(NestSeed(self.0))? {
            if let Nest::Number(number) = item
                && matches!(nest, Nest::Empty)
            {
                count += 1;
                if numbers.len() < 2 {
                    numbers.push(number);
                }
            } else if count > 0 {
                nest = uneven();
                count = 0;
            } else {
                nest = nest.with(item);
            }
        }
        match (numbers[..].as_ref(), count) {
            ([x, y], 2..) => {
                self.0.position().map_err(A::Error::custom)?;
                Ok(self.0.within(MAX_VERTICES, Nest::Position(Coord { x: *x, y: *y })))
            }
            (_, 1) => Ok(Nest::Wrong("a position has one number; it takes two".to_owned())),
            _ => {
                self.0.part();
                Ok(if self.0.has_too_many_parts() {
                    Nest::Wrong(format!("it has more than {MAX_PARTS} parts"))
                } else {
                    nest
                })
            }
        }
    }
}

fn uneven() -> Nest {
    Nest::Wrong("its coordinates are not equally deep".to_owned())
}

impl Nest {
    /// The list with one more item.
    fn with(self, item: Nest) -> Nest {
        match (self, item) {
            (wrong @ Nest::Wrong(_), _) | (_, wrong @ Nest::Wrong(_)) => wrong,
            (Nest::Empty, Nest::Position(at)) => Nest::Line(vec![at]),
            (Nest::Line(mut line), Nest::Position(at)) => {
                line.push(at);
                Nest::Line(line)
            }
            (Nest::Empty, item @ (Nest::Line(_) | Nest::List(_) | Nest::Empty)) => Nest::List(vec![item]),
            (Nest::List(mut list), item @ (Nest::Line(_) | Nest::List(_) | Nest::Empty)) => {
                list.push(item);
                Nest::List(list)
            }
            _ => uneven(),
        }
    }

    /// The geometry of type `name`; none where it is empty.
    pub(super) fn build(self, name: &str) -> Result<Option<Geometry>, String> {
        let nest = match self {
            Nest::Wrong(reason) => return Err(reason),
            Nest::Empty => Nest::List(Vec::new()),
            other => other,
        };
        let is_empty = matches!(&nest, Nest::List(list) if list.is_empty());
        let geometry: Geometry = match name {
            _ if is_empty => return known(name).map(|()| None),
            "Point" => Point(nest.position()?).into(),
            "LineString" => line(nest)?.into(),
            "Polygon" => polygon(nest)?.into(),
            "MultiPoint" => MultiPoint(nest.positions()?.into_iter().map(Point).collect()).into(),
            "MultiLineString" => MultiLineString(nest.list()?.into_iter().map(line).collect::<Result<_, _>>()?).into(),
            "MultiPolygon" => MultiPolygon(nest.list()?.into_iter().map(polygon).collect::<Result<_, _>>()?).into(),
            other => return known(other).map(|()| None),
        };
        Ok(Some(geometry))
    }

    fn position(self) -> Result<Coord, String> {
        match self {
            Nest::Position(at) => Ok(at),
            _ => Err("its coordinates are not those of a position".to_owned()),
        }
    }

    fn positions(self) -> Result<Vec<Coord>, String> {
        match self {
            Nest::Line(line) => Ok(line),
            Nest::Empty => Ok(Vec::new()),
            _ => Err("its coordinates are not a list of positions where one is wanted".to_owned()),
        }
    }

    fn list(self) -> Result<Vec<Nest>, String> {
        match self {
            Nest::List(list) => Ok(list),
            Nest::Empty => Ok(Vec::new()),
            _ => Err("its coordinates are not as deep as its type wants".to_owned()),
        }
    }
}

/// Refuses what is none of the six types.
fn known(name: &str) -> Result<(), String> {
    let six = ["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"];
    if six.contains(&name) { Ok(()) } else { Err(ShapeError::Type(name.chars().take(40).collect()).to_string()) }
}

fn line(nest: Nest) -> Result<LineString, String> {
    line_of(nest.positions()?)
}

fn polygon(nest: Nest) -> Result<Polygon, String> {
    let rings = nest.list()?.into_iter().map(Nest::positions);
    polygon_of(rings.collect::<Result<Vec<_>, String>>()?)
}
