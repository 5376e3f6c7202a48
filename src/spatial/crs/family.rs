//! The systems that Guatu knows by EPSG's number, and their formulas.

use std::sync::Arc;

use geo::Coord;
use proj4rs::Proj;

use super::{Crs, CrsCode, Datum, Definition, Unit, Way};

/// Radius of the sphere of web maps.
const MERCATOR_RADIUS_M: f64 = 6_378_137.0;

/// Degrees from its meridian beyond which a transverse Mercator projection is of no use to anybody.
pub(super) const MAX_FROM_MERIDIAN: f64 = 70.0;

/// Central meridians of the first zones of China, and how far zones are apart.
const FIRST_MERIDIAN: f64 = 75.0;

pub(super) fn known(number: u32) -> Option<Crs> {
    Some(match number {
        4326 => geographic(number, "WGS 84", Datum::Wgs84),
        4490 => geographic(number, "China Geodetic Coordinate System 2000", Datum::Cgcs2000),
        3857 => Crs {
            code: CrsCode::Epsg(number),
            name: "WGS 84 / Pseudo-Mercator".to_owned(),
            unit: Unit::Metre,
            is_northing_first: false,
            definition: Definition::WebMercator,
            area: [-180.0, -85.06, 180.0, 85.06],
        },
        // Six-degree zones 13 to 23, the number before the easting, then without it; the same for three-degree zones 25 to 45.
        4491..=4501 => gauss_krueger(number, number - 4491, 6, Some(13))?,
        4502..=4512 => gauss_krueger(number, number - 4502, 6, None)?,
        4513..=4533 => gauss_krueger(number, number - 4513, 3, Some(25))?,
        4534..=4554 => gauss_krueger(number, number - 4534, 3, None)?,
        32601..=32660 => {
            let zone = number - 32600;
            let meridian = f64::from(zone) * 6.0 - 183.0;
            let definition = transverse(Datum::Wgs84, meridian, 0.9996, 500_000.0)?;
            Crs {
                code: CrsCode::Epsg(number),
                name: format!("WGS 84 / UTM zone {zone}N"),
                unit: Unit::Metre,
                is_northing_first: false,
                definition,
                area: [meridian - 3.0, 0.0, meridian + 3.0, 84.0],
            }
        }
        _ => return None,
    })
}

fn geographic(number: u32, name: &str, datum: Datum) -> Crs {
    Crs {
        code: CrsCode::Epsg(number),
        name: name.to_owned(),
        unit: Unit::Degree,
        is_northing_first: true,
        definition: Definition::Geographic(datum),
        area: match datum {
            Datum::Wgs84 => [-180.0, -90.0, 180.0, 90.0],
            Datum::Cgcs2000 => [73.62, 16.7, 134.77, 53.56],
        },
    }
}

/// A zone of `width` degrees, `place` zones east of the first one, whose number `first` is if eastings carry it.
fn gauss_krueger(number: u32, place: u32, width: u32, first: Option<u32>) -> Option<Crs> {
    let meridian = FIRST_MERIDIAN + f64::from(place * width);
    let zone = first.map(|first| first + place);
    let false_easting = 500_000.0 + zone.map_or(0.0, |zone| f64::from(zone) * 1_000_000.0);
    let width_words = if width == 3 { "3-degree Gauss-Kruger" } else { "Gauss-Kruger" };
    let which = zone.map_or_else(|| format!("CM {meridian}E"), |zone| format!("zone {zone}"));
    let half = f64::from(width) / 2.0;
    Some(Crs {
        code: CrsCode::Epsg(number),
        name: format!("CGCS2000 / {width_words} {which}"),
        unit: Unit::Metre,
        is_northing_first: true,
        definition: transverse(Datum::Cgcs2000, meridian, 1.0, false_easting)?,
        area: [meridian - half, 16.7, meridian + half, 53.56],
    })
}

/// The number of a Gauss-Krüger or UTM system by its parameters.
pub(super) fn number_of(is_cgcs2000: bool, meridian: f64, scale: f64, false_easting: f64) -> Option<u32> {
    let near = |a: f64, b: f64| (a - b).abs() < 1e-6;
    let candidates: Box<dyn Iterator<Item = u32>> = if is_cgcs2000 {
        Box::new((4534..=4554).chain(4513..=4533).chain(4502..=4512).chain(4491..=4501))
    } else {
        Box::new(32601..=32660)
    };
    candidates.into_iter().find(|number| {
        known(*number).is_some_and(|crs| match crs.definition {
            Definition::TransverseMercator { meridian: m, scale: k, false_easting: x, .. } => {
                near(m, meridian) && near(k, scale) && near(x, false_easting)
            }
            _ => false,
        })
    })
}

/// Without datums on either side proj4rs shifts none: WGS 84 and CGCS2000 count as one.
fn transverse(datum: Datum, meridian: f64, scale: f64, false_easting: f64) -> Option<Definition> {
    let ellipsoid = ellipsoid(datum);
    let geographic = Proj::from_proj_string(&format!("+proj=longlat {ellipsoid} +no_defs")).ok()?;
    let text = transverse_text(datum, meridian, scale, false_easting);
    let projected = Proj::from_proj_string(&text).ok()?;
    let way = Arc::new(Way { geographic, projected });
    Some(Definition::TransverseMercator { datum, meridian, scale, false_easting, way })
}

fn transverse_text(datum: Datum, meridian: f64, scale: f64, false_easting: f64) -> String {
    let ellipsoid = ellipsoid(datum);
    format!(
        "+proj=tmerc +lat_0=0 +lon_0={meridian} +k={scale} +x_0={false_easting} +y_0=0 {ellipsoid} +units=m +no_defs"
    )
}

fn ellipsoid(datum: Datum) -> &'static str {
    match datum {
        Datum::Wgs84 => "+ellps=WGS84",
        Datum::Cgcs2000 => "+ellps=GRS80",
    }
}

pub(super) fn proj(definition: &Definition) -> String {
    match definition {
        Definition::Geographic(datum) => format!("+proj=longlat {} +no_defs", ellipsoid(*datum)),
        Definition::WebMercator => {
            "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs"
                .to_owned()
        }
        Definition::TransverseMercator { datum, meridian, scale, false_easting, .. } => {
            transverse_text(*datum, *meridian, *scale, *false_easting)
        }
    }
}

/// Degrees between two longitudes, the short way round.
pub(super) fn angle_between(a: f64, b: f64) -> f64 {
    let apart = (a - b).rem_euclid(360.0);
    apart.min(360.0 - apart)
}

/// A pole is infinitely far, which the caller refuses.
pub(super) fn to_mercator(at: Coord) -> Coord {
    let y = if at.y.abs() >= 90.0 { f64::INFINITY } else { at.y.to_radians().tan().asinh() };
    Coord { x: MERCATOR_RADIUS_M * at.x.to_radians(), y: MERCATOR_RADIUS_M * y }
}

pub(super) fn from_mercator(at: Coord) -> Coord {
    Coord { x: (at.x / MERCATOR_RADIUS_M).to_degrees(), y: (at.y / MERCATOR_RADIUS_M).sinh().atan().to_degrees() }
}
