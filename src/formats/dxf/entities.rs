//! Entities of a drawing: points, polylines (closed ones for rings), and texts.

use std::io::Write;

use geo::{BoundingRect, Centroid, Coord, Geometry, InteriorPoint, LineString, Polygon};

use super::frame::{FIRST_HANDLE, MODEL_SPACE, STYLE};
use super::text;
use crate::formats::coordinate::rounded;
use crate::formats::layer::WriteError;
use crate::spatial::Unit;

/// Height of labels: they can be read where a block of houses fills the screen.
const LABEL_HEIGHT_M: f64 = 10.0;
/// The same in degrees, about.
const LABEL_HEIGHT_DEGREES: f64 = 0.000_1;

pub(super) struct Entities<W: Write> {
    out: W,
    /// Name of the layer, as the drawing has it.
    layer: Vec<u8>,
    label_height: f64,
    decimals: u8,
    next_handle: u64,
}

impl<W: Write> Entities<W> {
    pub(super) fn new(out: W) -> Entities<W> {
        Entities { out, layer: Vec::new(), label_height: LABEL_HEIGHT_M, decimals: 4, next_handle: FIRST_HANDLE }
    }

    pub(super) fn begin(&mut self, layer: &str, unit: Unit, decimals: u8) {
        self.layer = text::name(layer);
        self.decimals = decimals;
        self.label_height = match unit {
            Unit::Metre => LABEL_HEIGHT_M,
            Unit::Degree => LABEL_HEIGHT_DEGREES,
        };
    }

    /// What was written to, and the next handle, which the head wants to know.
    pub(super) fn finish(self) -> (W, u64) {
        (self.out, self.next_handle)
    }

    pub(super) fn geometry(&mut self, geometry: &Geometry) -> Result<(), WriteError> {
        match geometry {
            Geometry::Point(point) => self.point(point.0),
            Geometry::LineString(line) => self.line(line),
            Geometry::Polygon(polygon) => self.polygon(polygon),
            Geometry::MultiPoint(points) => points.0.iter().try_for_each(|point| self.point(point.0)),
            Geometry::MultiLineString(lines) => lines.0.iter().try_for_each(|line| self.line(line)),
            Geometry::MultiPolygon(polygons) => polygons.0.iter().try_for_each(|polygon| self.polygon(polygon)),
            _ => Err(WriteError::CannotHold("it is none of the six types of geometry".to_owned())),
        }
    }

    /// A text inside of an area, in the middle of a line, beside a point.
    pub(super) fn label(&mut self, geometry: &Geometry, label: &str) -> Result<(), WriteError> {
        let Some(at) = place_of(geometry) else { return Ok(()) };
        self.head("TEXT", "AcDbText")?;
        self.position(at, true)?;
        write!(self.out, " 40\n{}\n  1\n", self.label_height)?;
        self.out.write_all(&text::label(label))?;
        write!(self.out, "\n  7\n{STYLE}\n100\nAcDbText\n")?;
        Ok(())
    }

    fn head(&mut self, entity: &str, class: &str) -> Result<(), WriteError> {
        let handle = self.next_handle;
        self.next_handle += 1;
        write!(self.out, "  0\n{entity}\n  5\n{handle:X}\n330\n{MODEL_SPACE}\n100\nAcDbEntity\n  8\n")?;
        self.out.write_all(&self.layer)?;
        write!(self.out, "\n100\n{class}\n")?;
        Ok(())
    }

    fn position(&mut self, at: Coord, has_height: bool) -> Result<(), WriteError> {
        let (x, y) = (rounded(at.x, self.decimals)?, rounded(at.y, self.decimals)?);
        write!(self.out, " 10\n{x:?}\n 20\n{y:?}\n")?;
        if has_height {
            self.out.write_all(b" 30\n0.0\n")?;
        }
        Ok(())
    }

    fn point(&mut self, at: Coord) -> Result<(), WriteError> {
        self.head("POINT", "AcDbPoint")?;
        self.position(at, true)
    }

    fn line(&mut self, line: &LineString) -> Result<(), WriteError> {
        self.polyline(&line.0, 0)
    }

    fn polygon(&mut self, polygon: &Polygon) -> Result<(), WriteError> {
        // A closed polyline goes back to its first vertex by itself.
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).try_for_each(|ring| {
            let open = ring.0.split_last().map_or(&[][..], |(_, open)| open);
            self.polyline(open, 1)
        })
    }

    fn polyline(&mut self, line: &[Coord], closed: u8) -> Result<(), WriteError> {
        self.head("LWPOLYLINE", "AcDbPolyline")?;
        write!(self.out, " 90\n{}\n 70\n{closed}\n", line.len())?;
        line.iter().try_for_each(|at| self.position(*at, false))
    }
}

fn place_of(geometry: &Geometry) -> Option<Coord> {
    match geometry {
        Geometry::Point(point) => Some(point.0),
        Geometry::LineString(line) => middle(line),
        Geometry::MultiLineString(lines) => lines.0.first().and_then(middle),
        Geometry::MultiPoint(points) => points.0.first().map(|point| point.0),
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) => {
            let inside = geometry.interior_point().or_else(|| geometry.centroid());
            inside.map(|point| point.0).or_else(|| geometry.bounding_rect().map(|rect| rect.center()))
        }
        _ => None,
    }
}

fn middle(line: &LineString) -> Option<Coord> {
    use geo::{Euclidean, InterpolateLine};
    Euclidean.point_at_ratio_from_start(line, 0.5).map(|point| point.0).or_else(|| line.0.first().copied())
}
