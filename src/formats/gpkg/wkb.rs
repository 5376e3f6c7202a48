//! ISO well-known binary for the six simple types. Reads both byte orders and may drop heights; writes little-endian in two dimensions.

use geo::{Coord, CoordsIter, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use super::{BlobError, Heights};

const BIG_ENDIAN: u8 = 0;
const LITTLE_ENDIAN: u8 = 1;

const POINT: u32 = 1;
const LINE_STRING: u32 = 2;
const POLYGON: u32 = 3;
const MULTI_POINT: u32 = 4;
const MULTI_LINE_STRING: u32 = 5;
const MULTI_POLYGON: u32 = 6;

/// Appends the geometry; false (and an unfinished blob) for a type that is not among the six.
pub(super) fn write(geometry: &Geometry, out: &mut Vec<u8>) -> bool {
    match geometry {
        Geometry::Point(point) => write_point(point, out),
        Geometry::LineString(line) => write_line(line, out),
        Geometry::Polygon(polygon) => write_polygon(polygon, out),
        Geometry::MultiPoint(points) => write_many(MULTI_POINT, &points.0, write_point, out),
        Geometry::MultiLineString(lines) => write_many(MULTI_LINE_STRING, &lines.0, write_line, out),
        Geometry::MultiPolygon(polygons) => write_many(MULTI_POLYGON, &polygons.0, write_polygon, out),
        _ => return false,
    }
    true
}

fn write_type(code: u32, out: &mut Vec<u8>) {
    out.push(LITTLE_ENDIAN);
    out.extend(code.to_le_bytes());
}

fn write_count(count: usize, out: &mut Vec<u8>) {
    let count = u32::try_from(count).expect("a shape has at most MAX_VERTICES parts");
    out.extend(count.to_le_bytes());
}

fn write_coord(at: Coord, out: &mut Vec<u8>) {
    out.extend(at.x.to_le_bytes());
    out.extend(at.y.to_le_bytes());
}

fn write_coords(line: &LineString, out: &mut Vec<u8>) {
    write_count(line.coords_count(), out);
    line.coords_iter().for_each(|at| write_coord(at, out));
}

fn write_point(point: &Point, out: &mut Vec<u8>) {
    write_type(POINT, out);
    write_coord(point.0, out);
}

fn write_line(line: &LineString, out: &mut Vec<u8>) {
    write_type(LINE_STRING, out);
    write_coords(line, out);
}

fn write_polygon(polygon: &Polygon, out: &mut Vec<u8>) {
    write_type(POLYGON, out);
    write_count(1 + polygon.interiors().len(), out);
    write_coords(polygon.exterior(), out);
    polygon.interiors().iter().for_each(|ring| write_coords(ring, out));
}

fn write_many<T>(code: u32, parts: &[T], write: impl Fn(&T, &mut Vec<u8>), out: &mut Vec<u8>) {
    write_type(code, out);
    write_count(parts.len(), out);
    parts.iter().for_each(|part| write(part, out));
}

/// Reads one geometry that fills the bytes exactly.
pub(super) fn read(bytes: &[u8], heights: Heights) -> Result<Geometry, BlobError> {
    let mut reader = Reader { bytes, heights };
    let (code, layout) = reader.header()?;
    let geometry = match code {
        POINT => Geometry::Point(reader.point(layout)?),
        LINE_STRING => Geometry::LineString(reader.line(layout)?),
        POLYGON => Geometry::Polygon(reader.polygon(layout)?),
        MULTI_POINT => Geometry::MultiPoint(MultiPoint(reader.many(layout, POINT, Reader::point)?)),
        MULTI_LINE_STRING => {
            Geometry::MultiLineString(MultiLineString(reader.many(layout, LINE_STRING, Reader::line)?))
        }
        MULTI_POLYGON => Geometry::MultiPolygon(MultiPolygon(reader.many(layout, POLYGON, Reader::polygon)?)),
        other => return Err(BlobError::Type(other)),
    };
    if reader.bytes.is_empty() { Ok(geometry) } else { Err(BlobError::Trailing(reader.bytes.len())) }
}

pub(super) fn f64_of(bytes: [u8; 8], little: bool) -> f64 {
    if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) }
}

/// What is left to read. Nothing is allocated for a count before its bytes are known to be there.
struct Reader<'a> {
    bytes: &'a [u8],
    heights: Heights,
}

/// How the numbers of one part are written; each part of a multi geometry may choose anew.
#[derive(Clone, Copy)]
struct Layout {
    little: bool,
    /// Numbers of a position behind its x and y.
    extra: usize,
}

impl Layout {
    fn position_bytes(self) -> usize {
        size_of::<Coord>() + self.extra * size_of::<f64>()
    }
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], BlobError> {
        let (taken, rest) = self.bytes.split_first_chunk::<N>().ok_or(BlobError::Short)?;
        self.bytes = rest;
        Ok(*taken)
    }

    fn u32(&mut self, little: bool) -> Result<u32, BlobError> {
        let bytes = self.take()?;
        Ok(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// The type code without its thousands, which tell of heights and measures.
    fn header(&mut self) -> Result<(u32, Layout), BlobError> {
        let [order] = self.take()?;
        let little = match order {
            LITTLE_ENDIAN => true,
            BIG_ENDIAN => false,
            _ => return Err(BlobError::NotABlob),
        };
        let code = self.u32(little)?;
        let extra = match (code / 1000, self.heights) {
            (0, _) => 0,
            (1 | 2, Heights::Dropped) => 1,
            (3, Heights::Dropped) => 2,
            _ => return Err(BlobError::Type(code)),
        };
        Ok((code % 1000, Layout { little, extra }))
    }

    fn coord(&mut self, layout: Layout) -> Result<Coord, BlobError> {
        let at = Coord { x: f64_of(self.take()?, layout.little), y: f64_of(self.take()?, layout.little) };
        for _ in 0..layout.extra {
            self.take::<8>()?;
        }
        Ok(at)
    }

    /// An empty point is written as two NaNs.
    fn point(&mut self, layout: Layout) -> Result<Point, BlobError> {
        let at = self.coord(layout)?;
        if at.x.is_nan() && at.y.is_nan() { Err(BlobError::Empty) } else { Ok(Point(at)) }
    }

    fn line(&mut self, layout: Layout) -> Result<LineString, BlobError> {
        let count = self.u32(layout.little)? as usize;
        if count > self.bytes.len() / layout.position_bytes() {
            return Err(BlobError::Short);
        }
        (0..count).map(|_| self.coord(layout)).collect::<Result<Vec<_>, _>>().map(LineString)
    }

    fn ring(&mut self, layout: Layout) -> Result<LineString, BlobError> {
        let ring = self.line(layout)?;
        if ring.is_closed() { Ok(ring) } else { Err(BlobError::OpenRing) }
    }

    fn polygon(&mut self, layout: Layout) -> Result<Polygon, BlobError> {
        let count = self.u32(layout.little)?;
        if count == 0 {
            return Err(BlobError::Empty);
        }
        let exterior = self.ring(layout)?;
        let interiors = (1..count).map(|_| self.ring(layout)).collect::<Result<Vec<_>, _>>()?;
        Ok(Polygon::new(exterior, interiors))
    }

    fn many<T>(
        &mut self,
        layout: Layout,
        part_code: u32,
        read: impl Fn(&mut Self, Layout) -> Result<T, BlobError>,
    ) -> Result<Vec<T>, BlobError> {
        let count = self.u32(layout.little)?;
        let part = |reader: &mut Self| match reader.header()? {
            (code, layout) if code == part_code => read(reader, layout),
            (code, _) => Err(BlobError::Type(code)),
        };
        (0..count).map(|_| part(self)).collect()
    }
}
