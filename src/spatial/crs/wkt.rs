//! Well-known text: two dialects written, and whatever a file brings recognised by EPSG's number or by its parameters.

use super::{Crs, Datum, Definition, family};

/// Why a text names no system that is known here.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WktError {
    #[error("it is no well-known text")]
    NotWkt,
    #[error("{0} is not known here")]
    Unknown(String),
}

/// Texts longer than this are no definition of anything.
const MAX_BYTES: usize = 16_384;

/// Brackets inside brackets; the deepest of the standard's own is six.
const MAX_DEPTH: usize = 24;

pub(super) fn ogc(crs: &Crs) -> String {
    let number = crs.code().number();
    match &crs.definition {
        Definition::Geographic(datum) => geographic(*datum),
        Definition::WebMercator => format!(
            "PROJCS[\"WGS 84 / Pseudo-Mercator\",{},PROJECTION[\"Mercator_1SP\"],PARAMETER[\"central_meridian\",0],\
             PARAMETER[\"scale_factor\",1],PARAMETER[\"false_easting\",0],PARAMETER[\"false_northing\",0],{METRE},\
             AXIS[\"Easting\",EAST],AXIS[\"Northing\",NORTH],EXTENSION[\"PROJ4\",\"{}\"],AUTHORITY[\"EPSG\",\"3857\"]]",
            geographic(Datum::Wgs84),
            crs.proj()
        ),
        Definition::TransverseMercator { datum, meridian, scale, false_easting, .. } => format!(
            "PROJCS[\"{}\",{},PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"latitude_of_origin\",0],\
             PARAMETER[\"central_meridian\",{meridian}],PARAMETER[\"scale_factor\",{scale}],\
             PARAMETER[\"false_easting\",{false_easting}],PARAMETER[\"false_northing\",0],{METRE},\
             AUTHORITY[\"EPSG\",\"{number}\"]]",
            crs.name(),
            geographic(*datum)
        ),
    }
}

const METRE: &str = "UNIT[\"metre\",1,AUTHORITY[\"EPSG\",\"9001\"]]";

fn geographic(datum: Datum) -> String {
    let (name, datum, ellipsoid, number) = match datum {
        Datum::Wgs84 => (
            "WGS 84",
            "WGS_1984",
            "SPHEROID[\"WGS 84\",6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]",
            4326,
        ),
        Datum::Cgcs2000 => (
            "China Geodetic Coordinate System 2000",
            "China_2000",
            "SPHEROID[\"CGCS2000\",6378137,298.257222101,AUTHORITY[\"EPSG\",\"1024\"]],AUTHORITY[\"EPSG\",\"1043\"]",
            4490,
        ),
    };
    format!(
        "GEOGCS[\"{name}\",DATUM[\"{datum}\",{ellipsoid}],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],\
         UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"{number}\"]]"
    )
}

pub(super) fn esri(crs: &Crs) -> String {
    match &crs.definition {
        Definition::Geographic(datum) => esri_geographic(*datum).to_owned(),
        Definition::WebMercator => format!(
            "PROJCS[\"WGS_1984_Web_Mercator_Auxiliary_Sphere\",{},PROJECTION[\"Mercator_Auxiliary_Sphere\"],\
             PARAMETER[\"False_Easting\",0.0],PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",0.0],\
             PARAMETER[\"Standard_Parallel_1\",0.0],PARAMETER[\"Auxiliary_Sphere_Type\",0.0],UNIT[\"Meter\",1.0]]",
            esri_geographic(Datum::Wgs84)
        ),
        Definition::TransverseMercator { datum, meridian, scale, false_easting, .. } => {
            let projection = match datum {
                Datum::Wgs84 => "Transverse_Mercator",
                Datum::Cgcs2000 => "Gauss_Kruger",
            };
            format!(
                "PROJCS[\"{}\",{},PROJECTION[\"{projection}\"],PARAMETER[\"False_Easting\",{false_easting:?}],\
                 PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",{meridian:?}],\
                 PARAMETER[\"Scale_Factor\",{scale:?}],PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]",
                esri_name(crs.name()),
                esri_geographic(*datum)
            )
        }
    }
}

fn esri_geographic(datum: Datum) -> &'static str {
    match datum {
        Datum::Wgs84 => {
            "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],\
             PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]"
        }
        Datum::Cgcs2000 => {
            "GEOGCS[\"GCS_China_Geodetic_Coordinate_System_2000\",DATUM[\"D_China_2000\",\
             SPHEROID[\"CGCS2000\",6378137.0,298.257222101]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]"
        }
    }
}

/// EPSG's name as ESRI writes it: `CGCS2000_3_Degree_GK_CM_120E`, `WGS_1984_UTM_Zone_51N`.
fn esri_name(name: &str) -> String {
    let written = name.replace("3-degree Gauss-Kruger", "3_Degree_GK").replace("Gauss-Kruger", "GK");
    written.replace(" / ", "_").replace("WGS 84", "WGS_1984").replace("zone", "Zone").replace(' ', "_")
}

/// A keyword with what stands in its brackets.
struct Node<'a> {
    keyword: &'a str,
    values: Vec<&'a str>,
    children: Vec<Node<'a>>,
}

pub(super) fn recognise(text: &str) -> Result<Crs, WktError> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}');
    if text.len() > MAX_BYTES {
        return Err(WktError::NotWkt);
    }
    let mut reader = Reader { text, at: 0 };
    let root = reader.node(0).ok_or(WktError::NotWkt)?;
    if !text[reader.at..].trim().is_empty() {
        return Err(WktError::NotWkt);
    }
    let name = root.values.first().copied().unwrap_or_default();
    let unknown = || WktError::Unknown(if name.is_empty() { root.keyword.to_owned() } else { name.to_owned() });
    if let Some(number) = root.epsg() {
        return Crs::epsg(number).ok_or_else(unknown);
    }
    let is_cgcs2000 =
        root.names_datum(&["China_2000", "China_Geodetic_Coordinate_System_2000", "CGCS2000", "China 2000"]);
    let is_wgs84 = root.names_datum(&["WGS_1984", "World Geodetic System 1984", "WGS 84", "WGS_84"]);
    if !is_cgcs2000 && !is_wgs84 {
        return Err(unknown());
    }
    let number = match root.keyword.to_ascii_uppercase().as_str() {
        "GEOGCS" | "GEOGCRS" | "GEODCRS" => Some(if is_cgcs2000 { 4490 } else { 4326 }),
        "PROJCS" | "PROJCRS" => {
            let projection = root.find(&["PROJECTION", "METHOD"]).and_then(|node| node.values.first()).copied();
            let projection = projection.unwrap_or_default().to_ascii_lowercase().replace(' ', "_");
            match projection.as_str() {
                "mercator_auxiliary_sphere" | "popular_visualisation_pseudo_mercator" => Some(3857),
                "gauss_kruger" | "transverse_mercator" => {
                    let parameter = |names: &[&str]| root.parameter(names);
                    let meridian = parameter(&["central_meridian", "longitude_of_natural_origin"]);
                    let scale = parameter(&["scale_factor", "scale_factor_at_natural_origin"]).unwrap_or(1.0);
                    let easting = parameter(&["false_easting"]);
                    let is_plain = parameter(&["false_northing"]).unwrap_or(0.0) == 0.0
                        && parameter(&["latitude_of_origin", "latitude_of_natural_origin"]).unwrap_or(0.0) == 0.0;
                    meridian
                        .zip(easting)
                        .filter(|_| is_plain)
                        .and_then(|(meridian, easting)| family::number_of(is_cgcs2000, meridian, scale, easting))
                }
                _ => None,
            }
        }
        _ => None,
    };
    number.and_then(Crs::epsg).ok_or_else(unknown)
}

impl Node<'_> {
    /// EPSG's number of the whole, not of a part.
    fn epsg(&self) -> Option<u32> {
        let own = self.children.iter().find(|child| ["AUTHORITY", "ID"].iter().any(|word| child.is(word)))?;
        let [authority, number, ..] = own.values[..] else { return None };
        authority.eq_ignore_ascii_case("EPSG").then(|| number.parse().ok())?
    }

    fn is(&self, keyword: &str) -> bool {
        self.keyword.eq_ignore_ascii_case(keyword)
    }

    /// The first below this one with one of these keywords.
    fn find(&self, keywords: &[&str]) -> Option<&Self> {
        self.children.iter().find_map(|child| {
            if keywords.iter().any(|word| child.is(word)) { Some(child) } else { child.find(keywords) }
        })
    }

    fn names_datum(&self, names: &[&str]) -> bool {
        let found = self.find(&["DATUM", "ENSEMBLE"]).and_then(|datum| datum.values.first());
        found.is_some_and(|name| {
            let bare = name.strip_prefix("D_").unwrap_or(name);
            let bare = bare.strip_suffix(" ensemble").unwrap_or(bare);
            names.iter().any(|known| bare.eq_ignore_ascii_case(known))
        })
    }

    fn parameter(&self, names: &[&str]) -> Option<f64> {
        let mut found = None;
        self.visit(&mut |node| {
            if let [name, value, ..] = node.values[..]
                && node.is("PARAMETER")
                && names.iter().any(|known| name.replace(' ', "_").eq_ignore_ascii_case(known))
            {
                found = value.parse().ok().filter(|number: &f64| number.is_finite());
            }
        });
        found
    }

    fn visit(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        for child in &self.children {
            child.visit(visit);
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn node(&mut self, depth: usize) -> Option<Node<'a>> {
        if depth > MAX_DEPTH {
            return None;
        }
        let keyword = self.word();
        if keyword.is_empty() || !self.eat(&['[', '(']) {
            return None;
        }
        let mut node = Node { keyword, values: Vec::new(), children: Vec::new() };
        loop {
            self.skip();
            if self.peek()? == '"' {
                node.values.push(self.quoted()?);
            } else {
                let before = self.at;
                let word = self.word();
                if matches!(self.peek(), Some('[' | '(')) {
                    self.at = before;
                    node.children.push(self.node(depth + 1)?);
                } else if word.is_empty() {
                    return None;
                } else {
                    node.values.push(word);
                }
            }
            if self.eat(&[']', ')']) {
                return Some(node);
            }
            if !self.eat(&[',']) {
                return None;
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, wanted: &[char]) -> bool {
        self.skip();
        let found = self.peek().filter(|c| wanted.contains(c));
        self.at += found.map_or(0, char::len_utf8);
        found.is_some()
    }

    /// A keyword or a number.
    fn word(&mut self) -> &'a str {
        self.skip();
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "_+-.".contains(c))).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn quoted(&mut self) -> Option<&'a str> {
        let rest = &self.text[self.at + 1..];
        let end = rest.find('"')?;
        self.at += end + 2;
        Some(&rest[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::CrsCode;

    #[test]
    fn what_is_written_is_recognised_in_both_dialects() {
        for number in [4326, 4490, 3857, 4528, 4549, 4498, 4534, 4554, 32651] {
            let crs = Crs::epsg(number).expect("known");
            for text in [crs.wkt(), crs.esri_wkt()] {
                assert_eq!(Crs::from_wkt(&text).map(|found| found.code()), Ok(CrsCode::Epsg(number)), "{text}");
            }
        }
    }

    #[test]
    fn a_text_without_a_number_names_the_narrower_of_two_zones_with_the_same_coordinates() {
        let six_degrees = Crs::epsg(4508).expect("known");
        assert_eq!(Crs::from_wkt(&six_degrees.wkt()).map(|found| found.code()), Ok(CrsCode::Epsg(4508)));
        assert_eq!(Crs::from_wkt(&six_degrees.esri_wkt()).map(|found| found.code()), Ok(CrsCode::Epsg(4546)));
    }

    #[test]
    fn what_is_unknown_or_no_text_is_told() {
        let xian80 = "GEOGCS[\"GCS_Xian_1980\",DATUM[\"D_Xian_1980\",SPHEROID[\"Xian_1980\",6378140.0,298.257]],\
                      PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";
        assert_eq!(Crs::from_wkt(xian80).unwrap_err(), WktError::Unknown("GCS_Xian_1980".to_owned()));
        for text in ["", "[", "GEOGCS[", "GEOGCS[\"", "GEOGCS[\"a\"]]", "{\"type\": 1}", &"A[".repeat(10_000)] {
            assert_eq!(Crs::from_wkt(text).unwrap_err(), WktError::NotWkt, "{text:.20}");
        }
    }
}
