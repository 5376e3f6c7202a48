//! The geometry of a feature from its table of numbers, whose offsets the buffer's verification has checked and whose meaning nobody.

use flatgeobuf::{Geometry as Table, GeometryType as Type};
use geo::{Coord, Geometry, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use crate::formats::found::{MAX_PARTS, line_of, polygon_of, too_many_vertices};
use crate::spatial::{GeometryType, MAX_VERTICES, ShapeError};

/// How many positions a table has, its parts together.
pub(super) fn count(table: &Table) -> usize {
    let own = |table: &Table| table.xy().map_or(0, |numbers| numbers.len() / 2);
    let parts = table.parts().map_or(0, |parts| parts.iter().map(|part| own(&part)).sum());
    own(table) + parts
}

/// None when it is empty. `declared` is the layer's type; a layer of several types leaves it to the feature.
pub(super) fn read(table: &Table, declared: Type) -> Result<Option<Geometry>, String> {
    let kind = if declared == Type::Unknown { table.type_() } else { declared };
    let count = count(table);
    if count > MAX_VERTICES {
        return Err(too_many_vertices(count));
    }
    if count == 0 {
        return Ok(None);
    }
    Ok(Some(match kind {
        Type::Point => match positions(table)?[..] {
            [at] => Point(at).into(),
            _ => return Err(format!("a Point has {count} positions; it takes one")),
        },
        Type::LineString => line_of(positions(table)?)?.into(),
        Type::Polygon => polygon(table)?.into(),
        Type::MultiPoint => MultiPoint(positions(table)?.into_iter().map(Point).collect()).into(),
        Type::MultiLineString => {
            let lines = lines(table)?.into_iter().map(line_of).collect::<Result<_, _>>()?;
            Geometry::MultiLineString(MultiLineString(lines))
        }
        Type::MultiPolygon => {
            let parts = table.parts().ok_or("a MultiPolygon has no parts")?;
            if parts.len() > MAX_PARTS {
                return Err(format!("it has more than {MAX_PARTS} parts"));
            }
            let polygons = parts.iter().map(|part| polygon(&part)).collect::<Result<_, _>>()?;
            Geometry::MultiPolygon(MultiPolygon(polygons))
        }
        other => {
            let name = other.variant_name().map_or_else(|| format!("type {}", other.0), str::to_owned);
            return Err(ShapeError::Type(name).to_string());
        }
    }))
}

/// The layer's type, where it has one of the six.
pub(super) fn type_of(declared: Type) -> Option<GeometryType> {
    Some(match declared {
        Type::Point => GeometryType::Point,
        Type::LineString => GeometryType::LineString,
        Type::Polygon => GeometryType::Polygon,
        Type::MultiPoint => GeometryType::MultiPoint,
        Type::MultiLineString => GeometryType::MultiLineString,
        Type::MultiPolygon => GeometryType::MultiPolygon,
        _ => return None,
    })
}

fn polygon(table: &Table) -> Result<Polygon, String> {
    polygon_of(lines(table)?)
}

fn positions(table: &Table) -> Result<Vec<Coord>, String> {
    let numbers = table.xy().ok_or("it has no positions")?;
    if numbers.len() % 2 == 1 {
        return Err("its numbers are no pairs of x and y".to_owned());
    }
    let line: Vec<_> = (0..numbers.len() / 2)
        .map(|place| Coord { x: numbers.get(2 * place), y: numbers.get(2 * place + 1) })
        .collect();
    match line.iter().find(|at| !at.x.is_finite() || !at.y.is_finite()) {
        Some(_) => Err(ShapeError::NotFinite.to_string()),
        None => Ok(line),
    }
}

/// Positions cut where `ends` says; one line where it says nothing.
fn lines(table: &Table) -> Result<Vec<Vec<Coord>>, String> {
    let all = positions(table)?;
    let Some(ends) = table.ends().filter(|ends| !ends.is_empty()) else { return Ok(vec![all]) };
    if ends.len() > MAX_PARTS {
        return Err(format!("it has more than {MAX_PARTS} parts"));
    }
    let mut begin = 0;
    let mut lines = Vec::with_capacity(ends.len());
    for end in ends {
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        let line = all.get(begin..end).ok_or("its parts end where there are no positions, or out of order")?;
        lines.push(line.to_vec());
        begin = end;
    }
    if begin == all.len() { Ok(lines) } else { Err("positions follow its last part".to_owned()) }
}
