//! The records of a `.shp`, one after another. The `.shx` beside it is not needed for that and not looked at. Heights and measures are dropped.

use std::io::{self, ErrorKind, Read};

use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point};

use super::rings;
use super::{FILE_CODE, HEADER_BYTES};
use crate::formats::archive::fault;
use crate::formats::layer::ReadError;
use crate::spatial::MAX_VERTICES;

/// Bytes of a record that are looked at: twice what the largest shape that is taken has, with heights and measures. What is longer is passed over.
const MAX_RECORD_BYTES: u64 = 64 * MAX_VERTICES as u64;

const NULL: u32 = 0;
const POINT: u32 = 1;
const LINES: u32 = 3;
const POLYGONS: u32 = 5;
const MULTI_POINT: u32 = 8;
const MULTI_PATCH: u32 = 31;

/// Reads a `.shp` from its beginning to its end.
pub(super) struct Shapes<'f, R> {
    file: &'f str,
    bytes: R,
    /// Bytes that are left, by the header.
    left: u64,
    /// Number that the last record had.
    last: Option<u32>,
    count: u64,
    content: Vec<u8>,
}

/// What a record holds: a sound geometry, none, or what is wrong with it.
pub(super) type Found = Result<Option<Geometry>, String>;

impl<'f, R: Read> Shapes<'f, R> {
    pub(super) fn new(file: &'f str, mut bytes: R) -> Result<Shapes<'f, R>, ReadError> {
        let mut header = [0; 100];
        bytes.read_exact(&mut header).map_err(|error| fault(file, error))?;
        let big = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        if big(0) != FILE_CODE.unsigned_abs() {
            return Err(ReadError::refused(file, "is no .shp: its first bytes are others"));
        }
        let length = 2 * u64::from(big(24));
        let left = length.checked_sub(HEADER_BYTES);
        let left =
            left.ok_or_else(|| ReadError::refused(file, format!("its header says that it has {length} bytes")))?;
        Ok(Shapes { file, bytes, left, last: None, count: 0, content: Vec::new() })
    }

    /// The next record; None at the end.
    pub(super) fn next(&mut self) -> Result<Option<Found>, ReadError> {
        if self.left == 0 {
            return self.check_end();
        }
        self.count += 1;
        let at = format!("{}, record {}", self.file, self.count);
        let mut head = [0; 8];
        self.bytes.read_exact(&mut head).map_err(|error| fault(&at, error))?;
        let [number, words] = [0, 4].map(|at| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]));
        // Records are numbered from 1, by some programs from 0; any other number is no beginning of a record.
        let is_next = self.last.map_or(number <= 1, |last| last.checked_add(1) == Some(number));
        if !is_next {
            return Err(ReadError::refused(at, format!("is numbered {number}: the file is damaged here or before")));
        }
        self.last = Some(number);
        let length = 2 * u64::from(words);
        let left = self.left.checked_sub(8 + length);
        self.left = left.ok_or_else(|| {
            ReadError::refused(&at, format!("says that it has {length} bytes, beyond the file's end"))
        })?;
        if length > MAX_RECORD_BYTES {
            let passed = io::copy(&mut self.bytes.by_ref().take(length), &mut io::sink());
            if passed.map_err(|error| fault(&at, error))? < length {
                return Err(ReadError::refused(at, "ends before it should"));
            }
            return Ok(Some(Err(format!("has {length} bytes, more than a shape of {MAX_VERTICES} vertices takes"))));
        }
        self.content.clear();
        self.bytes.by_ref().take(length).read_to_end(&mut self.content).map_err(|error| fault(&at, error))?;
        if (self.content.len() as u64) < length {
            return Err(ReadError::refused(at, "ends before it should"));
        }
        Ok(Some(geometry(&self.content)))
    }

    fn check_end(&mut self) -> Result<Option<Found>, ReadError> {
        loop {
            return match self.bytes.read(&mut [0]) {
                Ok(0) => Ok(None),
                Ok(_) => Err(ReadError::refused(self.file, "has more bytes than its header says")),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => Err(fault(self.file, error)),
            };
        }
    }
}

/// What is left of a record.
struct Content<'a>(&'a [u8]);

impl Content<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or("its record ends too early")?;
        self.0 = rest;
        Ok(*taken)
    }

    fn number(&mut self) -> Result<u32, String> {
        self.take().map(u32::from_le_bytes)
    }

    fn count(&mut self, what: &str) -> Result<usize, String> {
        let count = self.number()? as usize;
        if count > MAX_VERTICES {
            return Err(format!("it has {count} {what}; {MAX_VERTICES} vertices are the limit"));
        }
        Ok(count)
    }

    fn coord(&mut self) -> Result<Coord, String> {
        let at = Coord { x: f64::from_le_bytes(self.take()?), y: f64::from_le_bytes(self.take()?) };
        if at.x.is_finite() && at.y.is_finite() {
            Ok(at)
        } else {
            Err("a coordinate is not a finite number".to_owned())
        }
    }

    fn coords(&mut self, count: usize) -> Result<Vec<Coord>, String> {
        if count > self.0.len() / size_of::<Coord>() {
            return Err(format!("its record is too short for {count} vertices"));
        }
        (0..count).map(|_| self.coord()).collect()
    }

    fn extent(&mut self) -> Result<(), String> {
        self.take::<32>().map(|_| ())
    }

    /// Parts of a line or polygon, by the places where they begin.
    fn parts(&mut self) -> Result<Vec<LineString>, String> {
        self.extent()?;
        let (parts, count) = (self.count("parts")?, self.count("vertices")?);
        let starts = (0..parts).map(|_| self.number().map(|start| start as usize)).collect::<Result<Vec<_>, _>>()?;
        let is_ordered = starts.first().is_some_and(|first| *first == 0)
            && starts.windows(2).all(|pair| pair[0] < pair[1])
            && starts.last().is_some_and(|last| *last < count);
        if !is_ordered {
            return Err("its parts are empty or out of order".to_owned());
        }
        let coords = self.coords(count)?;
        let ends = starts[1..].iter().copied().chain([count]);
        Ok(starts.iter().zip(ends).map(|(start, end)| LineString(coords[*start..end].to_vec())).collect())
    }
}

/// Types with heights are ten higher, those with measures twenty; both come after what is read.
fn geometry(content: &[u8]) -> Found {
    let mut content = Content(content);
    let code = content.number()?;
    let flat = match code {
        MULTI_PATCH => return Err("it is a body (MultiPatch): places here are flat".to_owned()),
        NULL => return Ok(None),
        1..=29 => code % 10,
        _ => NULL,
    };
    let geometry = match flat {
        POINT => Geometry::Point(Point(content.coord()?)),
        MULTI_POINT => {
            content.extent()?;
            let count = content.count("points")?;
            if count == 0 {
                return Err("it has no points".to_owned());
            }
            Geometry::MultiPoint(MultiPoint(content.coords(count)?.into_iter().map(Point).collect()))
        }
        LINES => lines(content.parts()?)?,
        POLYGONS => polygons(content.parts()?)?,
        _ => return Err(format!("{code} is no type of a shape")),
    };
    Ok(Some(geometry))
}

fn lines(mut parts: Vec<LineString>) -> Result<Geometry, String> {
    if parts.iter().any(|part| part.0.len() < 2) {
        return Err("a line takes at least 2 positions".to_owned());
    }
    match parts.pop() {
        Some(only) if parts.is_empty() => Ok(Geometry::LineString(only)),
        last => Ok(Geometry::MultiLineString(MultiLineString(parts.into_iter().chain(last).collect()))),
    }
}

fn polygons(parts: Vec<LineString>) -> Result<Geometry, String> {
    for (ring, number) in parts.iter().zip(1..) {
        if !ring.is_closed() {
            return Err(format!("ring {number} is open: its last position must repeat its first"));
        }
    }
    let mut polygons = rings::polygons(parts)?;
    match polygons.pop() {
        Some(only) if polygons.is_empty() => Ok(Geometry::Polygon(only)),
        last => Ok(Geometry::MultiPolygon(MultiPolygon(polygons.into_iter().chain(last).collect()))),
    }
}
