//! Geometries as well-known text in two dimensions, the six simple types. Lists of lists are read by depth, not by recursion.

use std::fmt::Write;

use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

/// A geometry with at most `decimals` behind the point; None for a type that is not among the six.
pub(super) fn write(geometry: &Geometry, decimals: u8) -> Option<String> {
    let mut out = String::new();
    match geometry {
        Geometry::Point(point) => {
            out.push_str("POINT ");
            list(&mut out, [point.0], |out, at| position(out, at, decimals));
        }
        Geometry::LineString(line) => {
            out.push_str("LINESTRING ");
            positions(&mut out, line, decimals);
        }
        Geometry::Polygon(polygon) => {
            out.push_str("POLYGON ");
            rings(&mut out, polygon, decimals);
        }
        Geometry::MultiPoint(points) => {
            out.push_str("MULTIPOINT ");
            list(&mut out, points, |out, point| list(out, [point.0], |out, at| position(out, at, decimals)));
        }
        Geometry::MultiLineString(lines) => {
            out.push_str("MULTILINESTRING ");
            list(&mut out, lines, |out, line| positions(out, line, decimals));
        }
        Geometry::MultiPolygon(polygons) => {
            out.push_str("MULTIPOLYGON ");
            list(&mut out, polygons, |out, polygon| rings(out, polygon, decimals));
        }
        _ => return None,
    }
    Some(out)
}

/// A number with at most `decimals` behind the point and no zeros at its end.
pub(super) fn number(out: &mut String, value: f64, decimals: u8) {
    let start = out.len();
    // Writing to a String does not fail.
    let _ = write!(out, "{value:.*}", usize::from(decimals));
    if decimals > 0 {
        let kept = out[start..].trim_end_matches('0').trim_end_matches('.').len();
        out.truncate(start + kept);
    }
    if &out[start..] == "-0" {
        out.replace_range(start.., "0");
    }
}

fn position(out: &mut String, at: Coord, decimals: u8) {
    number(out, at.x, decimals);
    out.push(' ');
    number(out, at.y, decimals);
}

fn positions(out: &mut String, line: &LineString, decimals: u8) {
    list(out, &line.0, |out, at| position(out, *at, decimals));
}

fn rings(out: &mut String, polygon: &Polygon, decimals: u8) {
    let all = std::iter::once(polygon.exterior()).chain(polygon.interiors());
    list(out, all, |out, ring| positions(out, ring, decimals));
}

fn list<T>(out: &mut String, parts: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    let start = out.len();
    for part in parts {
        out.push(if out.len() == start { '(' } else { ',' });
        write(out, part);
    }
    out.push_str(if out.len() == start { "EMPTY" } else { ")" });
}

/// Reads a geometry; None where it is written as empty.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub(super) fn read(text: &str) -> Result<Option<Geometry>, String> {
    let mut reader = Reader { rest: text.trim() };
    if reader.rest.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("SRID=")) {
        let (_, rest) = reader.rest.split_once(';').ok_or("an SRID without a geometry")?;
        reader.rest = rest.trim_start();
    }
    let name = reader.word().to_ascii_uppercase();
    reader.dimension(&name)?;
    if reader.is_empty_word() {
        return if reader.rest.is_empty() { Ok(None) } else { Err(reader.unexpected("its end")) };
    }
    let geometry = match name.as_str() {
        "POINT" => Geometry::Point(reader.point()?),
        "LINESTRING" => Geometry::LineString(reader.line()?),
        "POLYGON" => Geometry::Polygon(reader.polygon()?),
        "MULTIPOINT" => Geometry::MultiPoint(MultiPoint(reader.list(Reader::loose_point)?)),
        "MULTILINESTRING" => Geometry::MultiLineString(MultiLineString(reader.list(Reader::line)?)),
        "MULTIPOLYGON" => Geometry::MultiPolygon(MultiPolygon(reader.list(Reader::polygon)?)),
        "" => return Err(format!("{:?} is no well-known text", shortened(text))),
        other => {
            return Err(format!(
                "{:?} is not among POINT, LINESTRING, POLYGON, MULTIPOINT, MULTILINESTRING, MULTIPOLYGON",
                shortened(other)
            ));
        }
    };
    if reader.rest.is_empty() { Ok(Some(geometry)) } else { Err(reader.unexpected("its end")) }
}

/// Enough of a text to recognise it by.
fn shortened(text: &str) -> &str {
    const SHOWN: usize = 30;
    text.char_indices().nth(SHOWN).map_or(text, |(at, _)| &text[..at])
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn word(&mut self) -> &'a str {
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    /// Heights and measures are no part of what is read.
    fn dimension(&mut self, name: &str) -> Result<(), String> {
        let before = self.rest;
        let word = self.word().to_ascii_uppercase();
        let is_higher = ["Z", "M", "ZM"].contains(&word.as_str());
        self.rest = before;
        let is_glued = matches!(name.strip_suffix(['Z', 'M']), Some(bare) if bare.ends_with("POINT")
            || bare.ends_with("STRING") || bare.ends_with("POLYGON") || bare.ends_with('Z'));
        if is_higher || is_glued {
            return Err("it has heights or measures (Z, M): places here are flat".to_owned());
        }
        Ok(())
    }

    fn is_empty_word(&mut self) -> bool {
        let is_empty = self.rest.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("EMPTY"));
        if is_empty {
            self.rest = self.rest[5..].trim_start();
        }
        is_empty
    }

    fn unexpected(&self, expected: &str) -> String {
        match shortened(self.rest) {
            "" => format!("it ends where {expected} should come"),
            found => format!("{found:?} stands where {expected} should come"),
        }
    }

    fn sign(&mut self, sign: char) -> Result<(), String> {
        self.rest = self.rest.strip_prefix(sign).ok_or_else(|| self.unexpected(&format!("{sign:?}")))?.trim_start();
        Ok(())
    }

    fn number(&mut self) -> Result<f64, String> {
        let end = self.rest.find(|c: char| c == ',' || c == ')' || c == '(' || c.is_whitespace());
        let (token, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let number = token.parse::<f64>().ok().filter(|number| number.is_finite());
        let number = number.ok_or_else(|| self.unexpected("a number"))?;
        self.rest = rest.trim_start();
        Ok(number)
    }

    fn coord(&mut self) -> Result<Coord, String> {
        let at = Coord { x: self.number()?, y: self.number()? };
        if self.rest.starts_with([',', ')']) {
            return Ok(at);
        }
        if self.number().is_ok() {
            return Err("a position has more than two numbers: places here are flat".to_owned());
        }
        Err(self.unexpected("',' or ')'"))
    }

    fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        self.sign('(')?;
        let mut parts = vec![read(self)?];
        while self.rest.starts_with(',') {
            self.sign(',')?;
            parts.push(read(self)?);
        }
        self.sign(')')?;
        Ok(parts)
    }

    fn point(&mut self) -> Result<Point, String> {
        self.sign('(')?;
        let at = self.coord()?;
        self.sign(')')?;
        Ok(Point(at))
    }

    /// A point of several, which old writers leave without its own brackets.
    fn loose_point(&mut self) -> Result<Point, String> {
        if self.rest.starts_with('(') { self.point() } else { self.coord().map(Point) }
    }

    fn line(&mut self) -> Result<LineString, String> {
        self.list(Reader::coord).map(LineString)
    }

    fn polygon(&mut self) -> Result<Polygon, String> {
        let mut rings = self.list(Reader::line)?.into_iter();
        if rings.as_slice().iter().any(|ring| !ring.is_closed()) {
            return Err("a ring is open: its last position must repeat its first".to_owned());
        }
        let exterior = rings.next().ok_or("a polygon without rings")?;
        Ok(Polygon::new(exterior, rings.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_six_types_come_back() {
        for text in [
            "POINT (120.5 30.25)",
            "LINESTRING (0 0,1 2)",
            "POLYGON ((0 0,9 0,9 9,0 0),(5 4,7 5,5 3,5 4))",
            "MULTIPOINT ((1 2),(3 4))",
            "MULTILINESTRING ((0 0,1 1),(2 2,3 -3.5))",
            "MULTIPOLYGON (((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))",
        ] {
            let geometry = read(text).expect("sound").expect("not empty");
            assert_eq!(write(&geometry, 9).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_others_write_differently_is_read() {
        let is_read = |text: &str, as_: &str| {
            let geometry = read(text).unwrap_or_else(|fault| panic!("{text}: {fault}")).expect("not empty");
            assert_eq!(write(&geometry, 9).as_deref(), Some(as_), "{text}");
        };
        is_read("  point(1 2) ", "POINT (1 2)");
        is_read("SRID=4490;POINT (1 2)", "POINT (1 2)");
        is_read("MULTIPOINT (1 2, 3 4)", "MULTIPOINT ((1 2),(3 4))");
        is_read("LineString ( 1e2 -2.50 , 3 4 )", "LINESTRING (100 -2.5,3 4)");
        for empty in ["POINT EMPTY", "MULTIPOLYGON empty"] {
            assert_eq!(read(empty), Ok(None), "{empty}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, reason) in [
            ("", "no well-known text"),
            ("近南湖", "no well-known text"),
            ("POINT Z (1 2 3)", "flat"),
            ("POINTZ (1 2 3)", "flat"),
            ("POINT (1 2 3)", "flat"),
            ("POINT (1)", "a number"),
            ("POINT (nan 1)", "a number"),
            ("POINT (1 2", "it ends"),
            ("POINT (1 2) x", "its end"),
            ("POINT EMPTY x", "its end"),
            ("POLYGON ((0 0,1 0,1 1))", "open"),
            ("GEOMETRYCOLLECTION (POINT (1 2))", "not among"),
            ("CIRCULARSTRING (0 0,1 1,2 0)", "not among"),
            ("SRID=4490", "without a geometry"),
        ] {
            let fault = read(text).expect_err(text);
            assert!(fault.contains(reason), "{text}: {fault}");
        }
        let deep = format!("POLYGON {}", "(".repeat(1_000_000));
        assert!(read(&deep).is_err());
    }

    #[test]
    fn numbers_have_no_more_digits_than_asked_for() {
        let check = |value: f64, decimals: u8, expected: &str| {
            let mut out = String::new();
            number(&mut out, value, decimals);
            assert_eq!(out, expected);
        };
        check(120.123_456_789_4, 9, "120.123456789");
        check(100_000.0, 4, "100000");
        check(-0.000_001, 4, "0");
        check(100.0, 0, "100");
    }
}
