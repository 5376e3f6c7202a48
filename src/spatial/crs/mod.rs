//! Coordinate reference systems: which there are, in what order each writes its coordinates, and the way there and back.
//!
//! Everything inside Guatu is CRS84: longitude, latitude. A [`Crs`] turns geometries between that and its own coordinates, which
//! are always x east, y north here, as files hold them; whoever speaks as the authority does asks [`Crs::is_northing_first`].
//! CGCS2000 and WGS 84 count as one datum, as EPSG's transformation 0,0,0 between them says; they differ by less than a decimetre.

mod family;
mod offset;
mod wkt;

use std::fmt;
use std::sync::Arc;

use geo::{Coord, Geometry, MapCoords};
use proj4rs::Proj;
use proj4rs::adaptors::transform_xy;

pub use offset::Offset;
pub use wkt::WktError;

/// The URI of longitude, latitude on WGS 84 (OGC 17-069r4).
pub const CRS84_URI: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// Beginning of the URIs of EPSG's systems.
const EPSG_URI: &str = "http://www.opengis.net/def/crs/EPSG/0/";

/// What a system is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CrsCode {
    Crs84,
    Epsg(u32),
}

/// What coordinates count in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Degree,
    Metre,
}

/// A coordinate reference system that coordinates can be turned into and back from.
#[derive(Clone, Debug)]
pub struct Crs {
    code: CrsCode,
    name: String,
    unit: Unit,
    is_northing_first: bool,
    definition: Definition,
    /// West, south, east, north in degrees: where it is meant for.
    area: [f64; 4],
}

/// How coordinates come about.
#[derive(Clone, Debug)]
enum Definition {
    /// Longitude and latitude themselves.
    Geographic(Datum),
    /// The sphere of web maps.
    WebMercator,
    TransverseMercator {
        datum: Datum,
        meridian: f64,
        scale: f64,
        false_easting: f64,
        way: Arc<Way>,
    },
}

/// A projection and the geographic coordinates that it starts from.
#[derive(Debug)]
struct Way {
    geographic: Proj,
    projected: Proj,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Datum {
    Wgs84,
    Cgcs2000,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CrsError {
    #[error("{0} is not offered")]
    Unknown(String),
    #[error("the position {0}, {1} has no coordinates in {2}")]
    Outside(f64, f64, CrsCode),
}

impl fmt::Display for CrsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CrsCode::Crs84 => f.write_str("OGC:CRS84"),
            CrsCode::Epsg(number) => write!(f, "EPSG:{number}"),
        }
    }
}

impl CrsCode {
    /// Reads a URI, a URN, a safe CURIE, `EPSG:4549`, or a bare EPSG number.
    pub fn parse(text: &str) -> Option<CrsCode> {
        let text = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if text == CRS84_URI || ["OGC:CRS84", "CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84"].contains(&text) {
            return Some(CrsCode::Crs84);
        }
        let upper = text.to_ascii_uppercase();
        let text = if upper.starts_with("EPSG:") { upper.as_str() } else { text };
        let beginnings = [EPSG_URI, "https://www.opengis.net/def/crs/EPSG/0/", "urn:ogc:def:crs:EPSG::", "EPSG:"];
        let number = beginnings.iter().find_map(|beginning| text.strip_prefix(beginning)).unwrap_or(text);
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        number.parse().ok().filter(|_| is_number).map(CrsCode::Epsg)
    }

    /// As OGC's standards name it.
    pub fn uri(self) -> String {
        match self {
            CrsCode::Crs84 => CRS84_URI.to_owned(),
            CrsCode::Epsg(number) => format!("{EPSG_URI}{number}"),
        }
    }

    pub fn urn(self) -> String {
        match self {
            CrsCode::Crs84 => "urn:ogc:def:crs:OGC:1.3:CRS84".to_owned(),
            CrsCode::Epsg(number) => format!("urn:ogc:def:crs:EPSG::{number}"),
        }
    }

    /// EPSG's number; that of WGS 84 for CRS84, which files know no other way to name.
    pub fn number(self) -> u32 {
        match self {
            CrsCode::Crs84 => 4326,
            CrsCode::Epsg(number) => number,
        }
    }
}

impl Crs {
    /// Longitude, latitude on WGS 84.
    pub fn crs84() -> Crs {
        Crs {
            code: CrsCode::Crs84,
            name: "WGS 84 (longitude, latitude)".to_owned(),
            unit: Unit::Degree,
            is_northing_first: false,
            definition: Definition::Geographic(Datum::Wgs84),
            area: [-180.0, -90.0, 180.0, 90.0],
        }
    }

    /// One of EPSG's that Guatu knows: 4326, 4490, 3857, CGCS2000 Gauss-Krüger (4491 to 4554), WGS 84 UTM north (32601 to 32660).
    pub fn epsg(number: u32) -> Option<Crs> {
        family::known(number)
    }

    /// Reads the WKT 1 or 2 of a file, whether or not it holds EPSG's number.
    ///
    /// # Errors
    /// [`WktError`] with what it says that cannot be told apart or is not known.
    pub fn from_wkt(text: &str) -> Result<Crs, WktError> {
        wkt::recognise(text)
    }

    pub fn code(&self) -> CrsCode {
        self.code
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// Whether the authority writes north (latitude, northing) before east.
    pub fn is_northing_first(&self) -> bool {
        self.is_northing_first
    }

    /// West, south, east, north in degrees: where it is meant for.
    pub fn area(&self) -> [f64; 4] {
        self.area
    }

    /// Decimals that tell a millimetre.
    pub fn decimals(&self) -> u8 {
        match self.unit {
            Unit::Degree => 9,
            Unit::Metre => 4,
        }
    }

    /// Well-known text 1 as the GeoPackage and PROJ know it.
    pub fn wkt(&self) -> String {
        wkt::ogc(self)
    }

    /// Well-known text 1 as a shapefile's `.prj` holds it.
    pub fn esri_wkt(&self) -> String {
        wkt::esri(self)
    }

    /// Definition as PROJ reads it.
    pub fn proj(&self) -> String {
        family::proj(&self.definition)
    }

    /// Whether coordinates are longitude and latitude themselves.
    pub fn is_geographic(&self) -> bool {
        matches!(self.definition, Definition::Geographic(_))
    }

    /// From longitude, latitude to x east, y north.
    ///
    /// # Errors
    /// [`CrsError::Outside`] where the system has no coordinates: a pole in a Mercator map, the other side of the world.
    pub fn project(&self, at: Coord) -> Result<Coord, CrsError> {
        let outside = || CrsError::Outside(at.x, at.y, self.code);
        let projected = match &self.definition {
            Definition::Geographic(_) => at,
            Definition::WebMercator => family::to_mercator(at),
            Definition::TransverseMercator { way, meridian, .. } => {
                if family::angle_between(at.x, *meridian) > family::MAX_FROM_MERIDIAN {
                    return Err(outside());
                }
                let projected = transform_xy(&way.geographic, &way.projected, at.x.to_radians(), at.y.to_radians());
                projected.map(|(x, y)| Coord { x, y }).map_err(|_| outside())?
            }
        };
        if projected.x.is_finite() && projected.y.is_finite() { Ok(projected) } else { Err(outside()) }
    }

    /// From x east, y north to longitude, latitude.
    ///
    /// # Errors
    /// [`CrsError::Outside`] where nothing on the globe has these coordinates.
    pub fn unproject(&self, at: Coord) -> Result<Coord, CrsError> {
        let outside = || CrsError::Outside(at.x, at.y, self.code);
        let place = match &self.definition {
            Definition::Geographic(_) => at,
            Definition::WebMercator => family::from_mercator(at),
            Definition::TransverseMercator { way, .. } => {
                let found = transform_xy(&way.projected, &way.geographic, at.x, at.y);
                found.map(|(x, y)| Coord { x: x.to_degrees(), y: y.to_degrees() }).map_err(|_| outside())?
            }
        };
        if place.x.is_finite() && place.y.is_finite() { Ok(place) } else { Err(outside()) }
    }

    /// A geometry of longitudes and latitudes in this system's coordinates, x east, y north.
    ///
    /// # Errors
    /// As [`Crs::project`].
    pub fn project_geometry(&self, geometry: &Geometry) -> Result<Geometry, CrsError> {
        geometry.try_map_coords(|at| self.project(at))
    }

    /// As [`Crs::project_geometry`], back.
    ///
    /// # Errors
    /// As [`Crs::unproject`].
    pub fn unproject_geometry(&self, geometry: &Geometry) -> Result<Geometry, CrsError> {
        geometry.try_map_coords(|at| self.unproject(at))
    }
}

impl PartialEq for Crs {
    fn eq(&self, other: &Crs) -> bool {
        self.code == other.code
    }
}

/// The systems that a server offers: those that everybody needs, and those that its operator adds.
#[derive(Clone, Debug)]
pub struct CrsCatalogue(Vec<Arc<Crs>>);

/// Offered everywhere: both orders of WGS 84, web maps, CGCS2000 and its 3-degree zone of the shipped plan with and without its number.
const ALWAYS: [u32; 5] = [4326, 3857, 4490, 4549, 4528];

impl Default for CrsCatalogue {
    fn default() -> CrsCatalogue {
        let known = ALWAYS.iter().filter_map(|number| Crs::epsg(*number));
        CrsCatalogue(std::iter::once(Crs::crs84()).chain(known).map(Arc::new).collect())
    }
}

impl CrsCatalogue {
    /// The same with one more; twice is once.
    ///
    /// # Errors
    /// [`CrsError::Unknown`] for a number that Guatu has no definition of.
    pub fn with(mut self, number: u32) -> Result<CrsCatalogue, CrsError> {
        let crs = Crs::epsg(number).ok_or_else(|| CrsError::Unknown(CrsCode::Epsg(number).to_string()))?;
        if self.get(crs.code).is_none() {
            self.0.push(Arc::new(crs));
        }
        Ok(self)
    }

    /// All of them; CRS84, in which features are kept, first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Crs>> {
        self.0.iter()
    }

    pub fn get(&self, code: CrsCode) -> Option<&Arc<Crs>> {
        self.0.iter().find(|crs| crs.code == code)
    }

    /// One that is named as [`CrsCode::parse`] reads names.
    ///
    /// # Errors
    /// [`CrsError::Unknown`] for one that is not offered.
    pub fn find(&self, name: &str) -> Result<&Arc<Crs>, CrsError> {
        CrsCode::parse(name).and_then(|code| self.get(code)).ok_or_else(|| CrsError::Unknown(name.to_owned()))
    }

    pub fn storage(&self) -> &Arc<Crs> {
        &self.0[0]
    }
}

/// A geometry with its two axes exchanged, for those who write north before east.
pub fn swapped(geometry: &Geometry) -> Geometry {
    geometry.map_coords(|Coord { x, y }| Coord { x: y, y: x })
}
