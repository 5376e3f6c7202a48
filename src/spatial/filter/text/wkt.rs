//! Geometries in CQL2 text: well-known text. Coordinates are taken as they are written; what they mean is looked at later.

use geo::{Coord, Geometry, GeometryCollection, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use super::Parser;
use crate::spatial::filter::error::FilterError;
use crate::spatial::filter::lexer::Token;
use crate::spatial::filter::literal;

const TYPES: [&str; 7] =
    ["point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection"];

impl Parser {
    /// Reads a geometry if the word that comes next, which is `lower` in lower case, begins one; else it is a name.
    pub(super) fn geometry(&mut self, lower: &str) -> Result<Option<Geometry>, FilterError> {
        if !TYPES.contains(&lower) {
            return Ok(None);
        }
        let follows = match self.peek_after() {
            Some(Token::Sign("(")) => "(",
            Some(Token::Word(word)) if ["z", "m", "zm"].iter().any(|tag| word.eq_ignore_ascii_case(tag)) => "tag",
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("empty") => "empty",
            _ => return Ok(None),
        };
        self.skip();
        if follows == "tag" {
            self.skip();
        }
        if follows == "empty" || matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case("empty")) {
            return Err(self.unexpected("a geometry that is not empty, as nothing has a relation to an empty one"));
        }
        self.shape(lower).map(Some)
    }

    fn shape(&mut self, lower: &str) -> Result<Geometry, FilterError> {
        let at = self.at();
        Ok(match lower {
            "point" => {
                self.expect("(")?;
                let place = self.position()?;
                self.expect(")")?;
                Point::from(place).into()
            }
            "linestring" => literal::line(&at, self.positions()?)?.into(),
            "polygon" => self.polygon()?.into(),
            "multipoint" => MultiPoint::new(self.list(Parser::point_of_many)?).into(),
            "multilinestring" => {
                let lines = self.list(Parser::positions)?;
                let lines = lines.into_iter().map(|line| literal::line(&at, line)).collect::<Result<_, _>>()?;
                MultiLineString::new(lines).into()
            }
            "multipolygon" => MultiPolygon::new(self.list(Parser::polygon)?).into(),
            _ => Geometry::GeometryCollection(GeometryCollection(self.list(Parser::member)?)),
        })
    }

    fn list<T>(&mut self, part: impl Fn(&mut Parser) -> Result<T, FilterError>) -> Result<Vec<T>, FilterError> {
        self.expect("(")?;
        let mut parts = vec![part(self)?];
        while self.takes(",") {
            parts.push(part(self)?);
        }
        self.expect(")")?;
        Ok(parts)
    }

    fn positions(&mut self) -> Result<Vec<Coord>, FilterError> {
        self.list(Parser::position)
    }

    fn polygon(&mut self) -> Result<Polygon, FilterError> {
        let at = self.at();
        literal::polygon(&at, self.list(Parser::positions)?)
    }

    /// With brackets of its own or without.
    fn point_of_many(&mut self) -> Result<Point, FilterError> {
        let is_bracketed = self.takes("(");
        let place = self.position()?;
        if is_bracketed {
            self.expect(")")?;
        }
        Ok(place.into())
    }

    /// A collection takes no collections.
    fn member(&mut self) -> Result<Geometry, FilterError> {
        let lower = match self.peek() {
            Some(Token::Word(word)) => word.to_ascii_lowercase(),
            _ => String::new(),
        };
        let member = if lower == "geometrycollection" { None } else { self.geometry(&lower)? };
        member.ok_or_else(|| self.unexpected("a geometry that is no collection"))
    }

    fn position(&mut self) -> Result<Coord, FilterError> {
        /// East, north, height, measure.
        const MOST: usize = 4;
        let at = self.at();
        let mut numbers = vec![self.number()?];
        while numbers.len() <= MOST && matches!(self.peek(), Some(Token::Number(_) | Token::Sign("-" | "+"))) {
            numbers.push(self.number()?);
        }
        self.budget.vertex(&at, &numbers)
    }
}
